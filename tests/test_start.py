"""What a server makes and imports before its first request: each of these took a part of its start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from serving import WAIT, tree

PROGRAM = """
import asyncio, json, os, signal, sys
from apiscribe_runtime import openapi
from apiscribe_runtime.lifecycle import listen
from apiscribe_runtime.messages import Message
from apiscribe_runtime.process import serve_shared
from apiscribe_runtime.settings import read_settings
from spaceone.registry import API

def models(base):
    for model in base.__subclasses__():
        yield model
        yield from models(model)

def report(_):
    known = {model.__qualname__: model.__pydantic_complete__ for model in models(Message)}
    print(json.dumps({"models": known, "modules": list(sys.modules)}))
    os.kill(os.getpid(), signal.SIGTERM)

settings = read_settings("serve", ["--grpc-port", "0", "--store", sys.argv[1]])
asyncio.run(serve_shared(API, settings, listen("127.0.0.1", 0, "--http-port"), report))
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The models and the modules of a server that has started."""
    store = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('start') / 'rows.db'}"
    path = os.pathsep.join([str(tree("spaceone")), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, store],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=True,
        text=True,
        timeout=WAIT,
    )
    return dict(json.loads(done.stdout))


def test_a_start_builds_no_model(started: dict[str, Any]) -> None:
    assert "JobTaskInfo" in started["models"]
    assert [name for name, is_built in started["models"].items() if is_built] == []


def test_a_start_imports_nothing_that_its_settings_do_not_need(started: dict[str, Any]) -> None:
    unneeded = {"jwt", "cryptography", "fastapi", "psycopg", "sqlalchemy.dialects.postgresql"}
    assert unneeded & set(started["modules"]) == set()

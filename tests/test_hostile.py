"""A page is hostile: each payload in each place of a page ends in an error or does nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from closed_form import benign, build, check, descriptors, speed_up
from hostile_pages import BENIGN, NAMED, NAMES, PAGES, PAYLOADS, PLACES, TEXT, TYPES, write


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    speed_up(monkeypatch)


# ---- one payload in one place

# (place, payload) → dialects, fault
KNOWN: dict[tuple[str, str], tuple[set[str], str]] = {
    ("type", word): ({"hugo"}, "emit/stubs.py names nested enums in .pyi as they are")
    for word in ("none", "keyword")
}


def cases() -> Iterator[Any]:
    """Every payload in every place that names are made of. Of the pairs of other places and
    payloads one in four; with APISCRIBE_THOROUGH in the environment, all.
    """
    others = 0
    for dialect, places in PLACES.items():
        for place in places:
            for payload in PAYLOADS | NAMES if place in NAMED else PAYLOADS:
                others += place not in NAMED
                if place in NAMED or others % 4 == 0 or "APISCRIBE_THOROUGH" in os.environ:
                    known, reason = KNOWN.get((place, payload), (set(), ""))
                    marks = [pytest.mark.xfail(strict=True, reason=reason)] * (dialect in known)
                    yield pytest.param(
                        dialect, place, payload, id=f"{dialect}-{place}-{payload}", marks=marks
                    )


@pytest.mark.parametrize("dialect", PAGES)
def test_the_benign_page_is_read_whole(dialect: str) -> None:
    made = benign(dialect)
    assert not made.compilation.report.at("error", "warning")
    check(made, dialect)
    api = made.compilation.api
    assert [service.full_name for _, service in api.services()] == [
        "spaceone.api.inventory.v1.JobBoard"
    ]
    assert {message.name for _, message in api.messages()} == {
        *("Job", "Note", "GetJob", "JobQuery", "Jobs")
    }
    shown = made.files("api.json")["api.json"]
    for place in PLACES[dialect]:
        # Titles and links are read, and not kept.
        unkept = {"title", "link", "anchor", "tabs", "target"} & {*place.split(), "front"}
        if place not in BENIGN and not unkept:
            assert f"plain {place}" in shown, place


@pytest.mark.parametrize(("dialect", "place", "payload"), list(cases()))
def test_a_payload_does_nothing(dialect: str, place: str, payload: str, tmp_path: Path) -> None:
    text = {**PAYLOADS, **NAMES}[payload]
    write(tmp_path / "api", dialect, {place: text})
    made = build(tmp_path / "api")
    check(made, dialect)
    if place in TEXT and not made.errors and not set("\r\n") & set(text):
        assert descriptors(made) == descriptors(benign(dialect))


@pytest.mark.parametrize("dialect", PAGES)
@pytest.mark.parametrize("payload", PAYLOADS | NAMES)
def test_a_payload_in_all_places_does_nothing(dialect: str, payload: str, tmp_path: Path) -> None:
    text = {**PAYLOADS, **NAMES}[payload]
    write(tmp_path / "api", dialect, dict.fromkeys(PLACES[dialect], text))
    check(build(tmp_path / "api"), dialect)


@pytest.mark.parametrize("place", ["about", "prose", "description"])
@pytest.mark.parametrize("dialect", PAGES)
def test_templates_and_code_on_a_page_are_text(dialect: str, place: str, tmp_path: Path) -> None:
    text = "{{ 7*7 }} ${x} {0} %s {# y #} $(z)"
    write(tmp_path / "api", dialect, {place: text})
    files = build(tmp_path / "api").files("")
    assert text in files["api.json"]
    (proto,) = [path for path in files if path.endswith(".proto")]
    assert f"// {text}\n" in files[proto]


@pytest.mark.parametrize("dialect", PAGES)
def test_api_json_hides_no_character(dialect: str, tmp_path: Path) -> None:
    write(tmp_path / "api", dialect, {"prose": PAYLOADS["bidi"], "json": PAYLOADS["escape"]})
    text = build(tmp_path / "api").files("api.json")["api.json"]
    assert "egassem" in text
    assert not {char for char in text if not char.isprintable()} - {"\n"}


# Runs all modules of all packages in a folder, under a handler that lets nothing out.
RUNNER = """
import importlib, json, os, pkgutil, sys
import grpc, google.protobuf.internal.builder, pydantic, uvicorn, fastapi, sqlalchemy.ext.asyncio, re2

def guard(event, arguments):
    forbidden = ("os.system", "os.exec", "os.posix_spawn", "os.remove", "os.rename", "os.mkdir")
    writes = event == "open" and set(str(arguments[1] or "r")) & set("wax+")
    if event.startswith((*forbidden, "subprocess.", "socket.connect", "shutil.")) or writes:
        os.write(2, f"{event} {arguments}".encode())
        os._exit(3)

sys.addaudithook(guard)
before = set(vars(importlib.import_module("builtins")))
faults = {}
for package in sys.argv[1:]:
    try:
        for found in pkgutil.walk_packages([package], f"{package}."):
            if found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            own = [part for part in vars(module).values() if isinstance(part, type)]
            for part in own:
                if part.__module__ != module.__name__:
                    continue
                if issubclass(part, pydantic.BaseModel):
                    part.model_rebuild(force=True)
                if module.__name__.endswith("_pb2_grpc"):
                    part(grpc.insecure_channel("localhost:1"))
        assert importlib.import_module(f"{package}.registry").API.services
    except Exception as error:
        faults[package] = f"{type(error).__name__}: {error}"
assert set(vars(importlib.import_module("builtins"))) == before
os.write(2, json.dumps(faults).encode())
"""


def test_packages_from_hostile_pages_import_and_run_nothing(tmp_path: Path) -> None:
    """In one process of their own: every payload in all places that are no types."""
    names = {}
    for dialect, places in PLACES.items():
        for payload, text in {**PAYLOADS, **NAMES}.items():
            name = f"{dialect}_{payload.replace(' ', '_').replace('-', '_')}"
            write(tmp_path / "specs" / name, dialect, dict.fromkeys(set(places) - TYPES, text))
            made = build(tmp_path / "specs" / name)
            for path, content in made.files(".py", runtime=True).items():
                (tmp_path / "out" / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "out" / path).write_text(content, "utf-8")
                names[name] = (dialect, payload)
    assert len(names) > len(PAYLOADS)
    before = sorted((tmp_path / "out").rglob("*"))
    done = subprocess.run(
        [sys.executable, "-B", "-c", RUNNER, *names],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert sorted((tmp_path / "out").rglob("*")) == before
    faults = {names[name]: fault for name, fault in json.loads(done.stderr).items()}
    assert faults == {}

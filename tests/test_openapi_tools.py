"""Tools of others take the OpenAPI documents of real pages: a linter, a mock server, generators."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from clusters import free_port
from documented_requests import documented_requests
from http_score import OTHER, projects, reading_of
from installations import install_packages, kept, make_environment
from openapi_pages import document
from openapi_spec_validator import OpenAPIV31SpecValidator
from serving import wait_until
from thorough import thorough

pytestmark = [
    pytest.mark.slow,
    thorough,
    pytest.mark.skipif(
        not OTHER.is_dir(), reason="no corpus: APISCRIBE_CORPUS names no folder with other/"
    ),
]

PACKAGES = (
    "@stoplight/spectral-cli@6.15.0",
    "@stoplight/prism-cli@5.14.2",
    "openapi-typescript@7.13.0",
    "typescript@5.9.3",
)
PYTHON_CLIENT = "openapi-python-client==0.29.1"
# What the generator for Python cannot express, by what it prints of it.
PYTHON_CLIENT_CANNOT = (
    # `id` and `!id`, `timeline` and `timeline[]`: two parameters of a page have one identifier.
    r"Parameters with same Python identifier \w+ detected",
    # A map in the place of a type gets the name of its owner and its property, and another
    # component may have that.
    r'Attempted to generate duplicate models with name "\w+"',
)
# What Prism answers in place of a message that may hold itself, where no page shows one.
PRISM_CANNOT = "SCHEMA_TOO_COMPLEX"


@pytest.fixture(scope="module")
def tools(request: pytest.FixtureRequest) -> Path:
    folder = kept(request, "openapi", PACKAGES, lambda folder: install_packages(folder, PACKAGES))
    return folder / "node_modules" / ".bin"


@pytest.fixture(scope="module")
def python_client(request: pytest.FixtureRequest) -> Path:
    folder = kept(
        request,
        "openapi-python-client",
        PYTHON_CLIENT,
        lambda folder: make_environment(folder, [PYTHON_CLIENT]),
    )
    return folder / "venv" / "bin" / "openapi-python-client"


@pytest.fixture(scope="module", params=projects())
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document of a project, as a file."""
    file = tmp_path_factory.mktemp(request.param) / "openapi.json"
    file.write_text(json.dumps(document(reading_of(request.param).api)), "utf-8")
    return file


def run(*command: str | Path, cwd: Path) -> str:
    """Return what a program prints; it must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout + done.stderr


def test_it_is_openapi(written: Path) -> None:
    errors = OpenAPIV31SpecValidator(json.loads(written.read_text("utf-8"))).iter_errors()
    assert [error.message for error in errors] == []


def test_spectral_finds_no_error(tools: Path, written: Path) -> None:
    (written.parent / "rules.yaml").write_text('extends: ["spectral:oas"]\n', "utf-8")
    run(tools / "spectral", "lint", "-D", "-r", "rules.yaml", written, cwd=written.parent)


def test_typescript_compiles_the_types(tools: Path, written: Path) -> None:
    run(tools / "openapi-typescript", written, "-o", "types.ts", cwd=written.parent)
    run(tools / "tsc", "--noEmit", "--strict", "types.ts", cwd=written.parent)


def test_a_python_client_has_all_operations(python_client: Path, written: Path) -> None:
    """Or the generator says why it has not, and it is one of its own limits."""
    config = written.parent / "config.yaml"
    config.write_text("project_name_override: sample\npost_hooks: []\n", "utf-8")
    options: list[str | Path] = ["--config", config, "--output-path", "client", "--overwrite"]
    text = run(python_client, "generate", "--path", written, *options, cwd=written.parent)
    causes = [part for part in re.split(r"\n\n+", text) if re.search(r"detected|Attempted", part)]
    assert all(any(re.search(why, part) for why in PYTHON_CLIENT_CANNOT) for part in causes), text
    assert bool(causes) == ("Warning(s) encountered" in text), text


@pytest.fixture
def prism(tools: Path, written: Path) -> Iterator[httpx.Client]:
    """A client of Prism, which serves the document."""
    port = free_port()
    with (written.parent / "prism.log").open("w") as log:
        command: list[str | Path] = [tools / "prism", "mock", "-p", str(port), written]
        served = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                wait_until(lambda: _answers(client))
                yield client
        finally:
            served.terminate()
            served.wait()


def _answers(client: httpx.Client) -> bool:
    try:
        client.get("/")
    except httpx.TransportError:
        return False
    return True


def test_prism_answers_every_operation(prism: httpx.Client, written: Path) -> None:
    """With a documented success: requests with JSON, or without a body, are as Prism expects."""
    content: Any = json.loads(written.read_text("utf-8"))
    refused = []
    for request in documented_requests(content):
        media_types = request.operation.get("requestBody", {}).get("content", {})
        if media_types and request.body is None:
            continue  # a form
        answer = request.send(prism)
        if answer.is_error and PRISM_CANNOT in answer.text:
            continue
        documented = request.operation["responses"].keys()
        status = str(answer.status_code)
        if answer.is_error or not {status, "default", "2XX"} & documented:
            refused.append(f"{request.verb} {request.template}: {status}")
    assert refused == []

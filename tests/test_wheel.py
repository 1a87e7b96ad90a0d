"""What users install: the wheel alone, and a generated package without apiscribe."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from installations import kept, make_environment, pip_of
from serving import WAIT
from thorough import thorough

from apiscribe import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def project(folder: Path) -> Any:
    """The project table of a distribution."""
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]


DEPENDENCIES = project(ROOT)["dependencies"]
RUNTIME = project(ROOT / "runtime")
SAMPLES = sorted(folder.name for folder in (ROOT / "generated").iterdir())
SERVER = [*RUNTIME["dependencies"], *RUNTIME["optional-dependencies"]["server"]]
# An environment of its own sees nothing of what PYTHONPATH names.
ALONE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def run(*command: str | Path, cwd: Path) -> str:
    result = subprocess.run(
        command, cwd=cwd, env=ALONE, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def python_of(folder: Path) -> Path:
    return folder / "venv" / "bin" / "python"


BuildWheel = Callable[[Path, Path], Path]


@pytest.fixture(scope="module")
def build_wheel(request: pytest.FixtureRequest) -> BuildWheel:
    """Builds the wheel of a source in a folder, in one environment for all: it has hatchling."""
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]

    def install(folder: Path) -> None:
        make_environment(folder, requires["requires"])

    python = python_of(kept(request, "hatchling", requires, install))

    def build(source: Path, folder: Path) -> Path:
        options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
        run(*pip_of(python), "wheel", *options, source, cwd=ROOT)
        (built,) = folder.glob("*.whl")
        return built

    return build


@pytest.fixture(scope="module")
def wheel(build_wheel: BuildWheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def runtime_wheel(build_wheel: BuildWheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT / "runtime", tmp_path_factory.mktemp("runtime"))


def reinstall(python: Path, wheel: Path, folder: Path) -> None:
    """The environment may be of an earlier run: its dependencies are, the wheel is this one."""
    options = ["--force-reinstall", "--no-deps", "--no-index", str(wheel)]
    run(*pip_of(python), "install", "--quiet", *options, cwd=folder)


def test_the_wheel_alone_builds_a_copy_of_the_specs(
    wheel: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    def install(folder: Path) -> None:
        make_environment(folder, [str(wheel)])

    python = python_of(kept(request, "wheel", DEPENDENCIES, install))
    reinstall(python, wheel, tmp_path)
    version = run(python.with_name("apiscribe"), "--version", cwd=tmp_path)
    assert version == f"apiscribe, version {__version__}\n"
    shutil.copytree(ROOT / "specs", tmp_path / "elsewhere" / "specs")
    run(python.with_name("apiscribe"), "build", cwd=tmp_path / "elsewhere")
    built, committed = tmp_path / "elsewhere" / "generated", ROOT / "generated"
    ours = {path.relative_to(committed) for path in committed.rglob("*") if path.is_file()}
    ours = {path for path in ours if "__pycache__" not in path.parts and path.suffix != ".db"}
    assert ours == {path.relative_to(built) for path in built.rglob("*") if path.is_file()}
    for path in ours:
        assert (built / path).read_bytes() == (committed / path).read_bytes(), path


@thorough
def test_package_indexes_accept_both_wheels(
    wheel: Path, runtime_wheel: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = python_of(
        kept(request, "twine", ["twine>=6"], lambda folder: make_environment(folder, ["twine>=6"]))
    )
    printed = run(python, "-m", "twine", "check", "--strict", wheel, runtime_wheel, cwd=tmp_path)
    assert printed.count("PASSED") == 2


MODELS = """
from cloudforet.models.spaceone.api.inventory.v1.job import JobsInfo
from pydantic import ValidationError
assert JobsInfo(results=[{"job_id": "a"}]).to_json() == {"results": [{"job_id": "a"}]}
try:
    JobsInfo(results=[{"job_id": ["a"]}])
except ValidationError as error:
    print(error.error_count())
"""


def test_models_need_the_base_of_the_runtime_alone(
    runtime_wheel: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    def install(folder: Path) -> None:
        make_environment(folder, [str(runtime_wheel)])

    python = python_of(kept(request, "models", RUNTIME["dependencies"], install))
    reinstall(python, runtime_wheel, tmp_path)
    installed = json.loads(run(*pip_of(python), "list", "--format", "json", cwd=tmp_path))
    names = {entry["name"] for entry in installed}
    assert "apiscribe-runtime" in names
    assert not names & {re.split(r"\W*[\[>]", line)[0] for line in SERVER} - {"pydantic"}
    assert run(python, "-B", "-c", MODELS, cwd=ROOT / "generated" / "cloudforet") == "1\n"


@pytest.fixture(scope="module")
def server_python(runtime_wheel: Path, tmp_path_factory: Any, request: Any) -> Path:
    """The Python of an environment with what a generated package requires for its server."""
    requirements = ROOT / "generated" / "cloudforet" / "requirements.txt"

    def install(folder: Path) -> None:
        links = ["--find-links", str(runtime_wheel.parent)]
        make_environment(folder, ["--requirement", str(requirements), *links])

    python = python_of(kept(request, "server", SERVER, install))
    reinstall(python, runtime_wheel, tmp_path_factory.mktemp("any"))
    return python


@pytest.mark.parametrize("vendored", [False, True])
def test_a_generated_server_runs_where_apiscribe_is_not_installed(
    server_python: Path, build_wheel: BuildWheel, vendored: bool, tmp_path: Path
) -> None:
    """A package with the runtime as a requirement, and a new project with its own copy of it."""
    python, api = server_python, tmp_path / "api"
    if vendored:
        new = [sys.executable, "-m", "apiscribe", "new", tmp_path / "mine"]
        subprocess.run([*new, "--spec", ROOT / "specs" / "cloudforet"], check=True)
        built = build_wheel(tmp_path / "mine", tmp_path / "dist")
        # All that it requires is installed already.
        options = ["--quiet", "--no-index", "--no-deps", "--target", api]
        run(*pip_of(python), "install", *options, built, cwd=tmp_path)
    else:
        shutil.copytree(ROOT / "generated" / "cloudforet", api)
    where = run(python, "-c", "import apiscribe_runtime as r; print(r.__file__)", cwd=api)
    assert Path(where).is_relative_to(api) == vendored
    missing = run(
        python, "-c", "import importlib.util as u; print(u.find_spec('apiscribe'))", cwd=tmp_path
    )
    assert missing.strip() == "None"
    answers(python, api)


def answers(python: Path, folder: Path) -> None:
    """A server of cloudforet starts in a folder, and answers with its sample row."""
    options = ["--sample", "1", "--grpc-port", "0", "--http-port", "0"]
    with subprocess.Popen(
        [python, "-m", "cloudforet", *options],
        cwd=folder,
        env=ALONE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        try:
            _, http_line = server.stdout.readline(), server.stdout.readline()
            body = {"domain_id": "domain-000000000001"}
            answer = httpx.post(
                f"{http_line.split()[1]}/inventory/v1/job/list", json=body, timeout=WAIT
            )
            assert answer.json()["total_count"] == 1
        finally:
            server.terminate()


# --- what pip and make install from nothing


# Imports all models, and prints what of others is imported, and what is installed.
IMPORTS = """
import importlib, importlib.metadata, pkgutil, sys
before = {name.partition(".")[0] for name in sys.modules}
package = importlib.import_module(sys.argv[1])
for entry in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    if entry.name.split(".")[1] not in ("__main__", "client", "pool", "registry", "stubs"):
        importlib.import_module(entry.name)
imported = {name.partition(".")[0] for name in sys.modules} - before - sys.stdlib_module_names
print(*sorted(name for name in imported - {package.__name__} if name[0] != "_"))
print(*sorted(each.name.lower() for each in importlib.metadata.distributions()))
"""
PYDANTIC = "annotated_types apiscribe_runtime pydantic pydantic_core typing_extensions"
PYDANTIC += " typing_inspection"


def pip_install(folder: Path, *arguments: str | Path) -> Path:
    """Return the Python of a new environment with what pip installs."""
    make_environment(folder, [str(argument) for argument in arguments])
    return python_of(folder)


@thorough
@pytest.mark.parametrize("vendored", [False, True])
@pytest.mark.parametrize("name", SAMPLES)
def test_the_models_of_a_package_install_pydantic_alone(
    name: str, vendored: bool, build_wheel: BuildWheel, runtime_wheel: Path, tmp_path: Path
) -> None:
    build = [sys.executable, "-m", "apiscribe", "build", ROOT / "specs" / name, "--out", tmp_path]
    subprocess.run([*build, *(["--vendor"] if vendored else [])], check=True, cwd=tmp_path)
    built = build_wheel(tmp_path / name, tmp_path / "dist")
    links = [] if vendored else ["--find-links", runtime_wheel.parent]
    python = pip_install(tmp_path, built, *links)
    imported, installed = run(python, "-c", IMPORTS, name, cwd=tmp_path / "dist").splitlines()
    assert imported == PYDANTIC
    others = "annotated-types pip pydantic pydantic_core setuptools typing-inspection"
    ours = {*installed.split()} - {*others.split(), "typing_extensions"}
    assert ours == ({name} if vendored else {name, "apiscribe-runtime"})


@thorough
@pytest.mark.parametrize("vendored", [False, True])
def test_the_server_of_a_package_installs_and_answers(
    vendored: bool, build_wheel: BuildWheel, runtime_wheel: Path, tmp_path: Path
) -> None:
    spec = ROOT / "specs" / "cloudforet"
    build = [sys.executable, "-m", "apiscribe", "build", spec, "--out", tmp_path]
    subprocess.run([*build, *(["--vendor"] if vendored else [])], check=True, cwd=tmp_path)
    built = build_wheel(tmp_path / "cloudforet", tmp_path / "dist")
    links = [] if vendored else ["--find-links", runtime_wheel.parent]
    answers(pip_install(tmp_path, f"{built}[server]", *links), tmp_path / "dist")


@thorough
@pytest.mark.parametrize("vendored", [False, True])
def test_a_new_project_passes_its_tests_where_apiscribe_is_not_installed(
    vendored: bool, runtime_wheel: Path, tmp_path: Path
) -> None:
    new = [sys.executable, "-m", "apiscribe", "new", tmp_path / "mine"]
    specs = [f"--spec={ROOT / 'specs' / name}" for name in ("cloudforet", "spaceone")]
    subprocess.run([*new, *specs, *([] if vendored else ["--no-vendor"])], check=True)
    links = {} if vendored else {"PIP_FIND_LINKS": str(runtime_wheel.parent)}
    done = subprocess.run(
        ["make", "test", f"PYTHON={sys.executable}"],
        cwd=tmp_path / "mine",
        env={**ALONE, **links},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d+ passed", done.stdout, re.MULTILINE)
    installed = run(
        tmp_path / "mine" / ".venv" / "bin" / "python", "-m", "pip", "list", cwd=tmp_path
    )
    names = {line.split()[0] for line in installed.splitlines()}
    assert "apiscribe" not in names
    assert ("apiscribe-runtime" in names) != vendored

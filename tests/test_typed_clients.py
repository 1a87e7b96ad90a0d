"""Programs that use a generated package, and the package itself, pass mypy --strict and pyright."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from installations import install_packages, kept

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / "tests" / "typed_clients"
GOOD = ("sync_client.py", "aio_client.py", "http_client.py", "http_aio_client.py", "app.py")
PACKAGES = sorted((ROOT / "generated").iterdir())
MISTAKES = 10  # in wrong.py
PATHS = [*PACKAGES, ROOT / "runtime"]
PYRIGHT = "pyright@1.1.414"

# Both install something, and read the stubs of all libraries.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def typings(request: pytest.FixtureRequest) -> Path:
    """A folder with the types of grpc, which grpc ships in another package."""

    def install(folder: Path) -> None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        command = [*pip, "--target", folder / "installed-stubs", "types-grpcio>=1"]
        subprocess.run(command, check=True, capture_output=True, text=True)
        (folder / "grpc").symlink_to(folder / "installed-stubs" / "grpc-stubs")

    return kept(request, "types-grpcio", "types-grpcio", install)


def test_the_programs_and_the_packages_pass_mypy(typings: Path) -> None:
    modules = [f"--module={Path(file).stem}" for file in (*GOOD, "wrong.py")]
    modules += [f"--package={folder.name}" for folder in PACKAGES]
    options = ["--config-file=", "--strict", "--cache-dir", typings / "mypy"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *modules],
        env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, [typings, PROGRAMS, *PATHS]))},
        cwd=PROGRAMS,
        capture_output=True,
        text=True,
    )
    assert not done.stderr
    # An installed library would be silent.
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    errors = [line for line in errors if not re.search(f"{typings.name}|/apiscribe_runtime/", line)]
    assert {line.partition(":")[0] for line in errors} == {"wrong.py"}, errors
    assert len(errors) == MISTAKES


def test_the_programs_and_the_packages_pass_pyright(
    request: pytest.FixtureRequest, typings: Path, tmp_path: Path
) -> None:
    node = kept(request, "pyright", PYRIGHT, lambda folder: install_packages(folder, [PYRIGHT]))
    for folder in (PROGRAMS, *PACKAGES):
        shutil.copytree(folder, tmp_path / "all", dirs_exist_ok=True)
    settings = {
        "include": ["all"],
        "stubPath": str(typings),
        "extraPaths": ["all", str(ROOT / "runtime")],
        "pythonVersion": "3.11",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [node / "node_modules" / ".bin" / "pyright", "--outputjson", "-p", tmp_path]
    done = subprocess.run(
        [*command, "--pythonpath", sys.executable], capture_output=True, text=True
    )
    result = json.loads(done.stdout)
    assert result["summary"]["filesAnalyzed"] > 50
    errors = [d for d in result["generalDiagnostics"] if d["severity"] == "error"]
    assert {Path(error["file"]).name for error in errors} == {"wrong.py"}, errors
    assert len({error["range"]["start"]["line"] for error in errors}) == MISTAKES

"""The clients of other projects' pages can be imported, and pass mypy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from http_score import OTHER, projects
from serving import build
from thorough import thorough

pytestmark = [
    pytest.mark.slow,
    thorough,
    pytest.mark.skipif(
        not OTHER.is_dir(), reason="no corpus: APISCRIBE_CORPUS names no folder with other/"
    ),
]

RUNTIME = Path(__file__).parent.parent / "runtime"
IMPORT_ALL = """
import importlib, pkgutil, sys
client = importlib.import_module(f"{sys.argv[1]}.client")
for module in pkgutil.walk_packages(client.__path__, f"{client.__name__}."):
    importlib.import_module(module.name)
client.Client("http://localhost")
"""


@pytest.mark.parametrize("project", projects())
def test_a_client_can_be_imported_and_passes_mypy(project: str, tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    (spec / "spec.toml").write_text('name = "sample"\n', "utf-8")
    shutil.copytree(OTHER / project / "pages", spec / "pages")
    tree = build(spec, tmp_path / "out")
    paths = os.pathsep.join([str(tree), str(RUNTIME)])
    command = [sys.executable, "-c", IMPORT_ALL, "sample"]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, check=True)
    options = ["--config-file=", "--strict", "--cache-dir", tmp_path / "mypy"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--package=sample.client"],
        env={**os.environ, "MYPYPATH": paths},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr

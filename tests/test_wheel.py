"""What users install: the wheel alone, and a generated package without apiscribe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from installations import kept, make_environment
from serving import WAIT

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


DEPENDENCIES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "dependencies"
]
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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_alone_builds_a_copy_of_the_specs(
    wheel: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    def install(folder: Path) -> None:
        make_environment(folder, [str(wheel)])

    python = python_of(kept(request, "wheel", DEPENDENCIES, install))
    # The environment may be of an earlier run: its dependencies are, the wheel is this one.
    reinstall = ["--force-reinstall", "--no-deps", "--no-index", str(wheel)]
    run(python, "-m", "pip", "install", "--quiet", *reinstall, cwd=tmp_path)
    shutil.copytree(ROOT / "specs", tmp_path / "elsewhere" / "specs")
    run(python.with_name("apiscribe"), "build", cwd=tmp_path / "elsewhere")
    built, committed = tmp_path / "elsewhere" / "generated", ROOT / "generated"
    ours = {path.relative_to(committed) for path in committed.rglob("*") if path.is_file()}
    ours = {path for path in ours if "__pycache__" not in path.parts and path.suffix != ".db"}
    assert ours == {path.relative_to(built) for path in built.rglob("*") if path.is_file()}
    for path in ours:
        assert (built / path).read_bytes() == (committed / path).read_bytes(), path


def test_a_generated_server_runs_where_apiscribe_is_not_installed(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shutil.copytree(ROOT / "generated" / "cloudforet", tmp_path / "api")
    requirements = tmp_path / "api" / "requirements.txt"

    def install(folder: Path) -> None:
        make_environment(folder, ["-r", str(requirements)])

    wanted = requirements.read_text("utf-8")
    python = python_of(kept(request, "requirements", wanted, install))
    missing = run(
        python, "-c", "import importlib.util as u; print(u.find_spec('apiscribe'))", cwd=tmp_path
    )
    assert missing.strip() == "None"
    options = ["--sample", "1", "--grpc-port", "0", "--http-port", "0"]
    with subprocess.Popen(
        [python, "-m", "cloudforet", *options],
        cwd=tmp_path / "api",
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

"""What users install: the wheel alone, and a generated package without apiscribe."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def environment(folder: Path, *packages: str | Path) -> Path:
    """The Python of a new environment that holds the packages and nothing else."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    result = subprocess.run([python, *install], capture_output=True, text=True, check=False)
    if "No matching distribution" in result.stderr:
        pytest.skip("needs a package index")
    assert result.returncode == 0, result.stderr
    return python


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_alone_builds_a_copy_of_the_specs(wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "environment", wheel)
    shutil.copytree(ROOT / "specs", tmp_path / "elsewhere" / "specs")
    run(python.with_name("apiscribe"), "build", cwd=tmp_path / "elsewhere")
    built, committed = tmp_path / "elsewhere" / "generated", ROOT / "generated"
    ours = {path.relative_to(committed) for path in committed.rglob("*") if path.is_file()}
    ours = {path for path in ours if "__pycache__" not in path.parts and path.suffix != ".db"}
    assert ours == {path.relative_to(built) for path in built.rglob("*") if path.is_file()}
    for path in ours:
        assert (built / path).read_bytes() == (committed / path).read_bytes(), path


def test_a_generated_server_runs_where_apiscribe_is_not_installed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "generated" / "cloudforet", tmp_path / "api")
    requirements = tmp_path / "api" / "requirements.txt"
    python = environment(tmp_path / "environment", "-r", requirements)
    missing = run(
        python, "-c", "import importlib.util as u; print(u.find_spec('apiscribe'))", cwd=tmp_path
    )
    assert missing.strip() == "None"
    options = ["--sample", "1", "--grpc-port", "0", "--http-port", "0"]
    with subprocess.Popen(
        [python, "-m", "cloudforet", *options],
        cwd=tmp_path / "api",
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        try:
            _, http_line = server.stdout.readline(), server.stdout.readline()
            request = {"domain_id": "domain-000000000001"}
            answer = httpx.post(f"{http_line.split()[1]}/inventory/v1/job/list", json=request)
            assert answer.json()["total_count"] == 1
        finally:
            server.terminate()

"""Programs of others that tests install with pip or npm, kept in pytest's cache between runs."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from slow import require_slow

BUF = "@bufbuild/buf@1.75.0"


def kept(
    request: pytest.FixtureRequest, name: str, wanted: object, install: Callable[[Path], None]
) -> Path:
    """Return the folder that `install` has filled with what is `wanted`, in this run or an earlier.

    Skip the test if pip or npm is missing, or cannot reach its registry.
    """
    require_slow()
    cache = request.config.cache
    assert cache is not None
    digest = sha256(json.dumps([wanted, sys.version]).encode()).hexdigest()
    folder = cache.mkdir(f"{name}-{digest[:12]}")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            try:
                install(folder)
            except FileNotFoundError as error:
                pytest.skip(f"needs {error.filename}")
            except subprocess.CalledProcessError as error:
                pytest.skip(f"needs {name} from a registry: {str(error.stderr)[-200:]}")
            (folder / "installed").touch()
    return folder


def pip_of(python: Path) -> list[str | Path]:
    """Return the command of this Python's pip for another Python, which needs none of its own."""
    return [sys.executable, "-m", "pip", "--python", python]


def make_environment(folder: Path, *installed: Sequence[str]) -> None:
    """Make a virtual environment in `folder`/venv, and let pip install each list of arguments.

    Python compiles the modules that a program imports: compiling all of them takes longer.
    """
    venv = folder / "venv"
    command = [sys.executable, "-m", "venv", "--clear", "--without-pip", venv]
    subprocess.run(command, check=True)
    pip = [*pip_of(venv / "bin" / "python"), "install", "--quiet", "--no-compile"]
    for arguments in installed:
        subprocess.run([*pip, *arguments], check=True, capture_output=True, text=True)


def install_packages(folder: Path, packages: Sequence[str]) -> None:
    """Install packages of npm into `folder`/node_modules."""
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", *packages]
    subprocess.run(command, check=True, capture_output=True, text=True)

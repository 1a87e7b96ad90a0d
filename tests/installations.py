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


def make_environment(folder: Path, *installed: Sequence[str]) -> None:
    """Make a virtual environment in `folder`/venv, and call its pip with each list of arguments."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder / "venv"], check=True)
    pip = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet"]
    for arguments in installed:
        subprocess.run([*pip, *arguments], check=True, capture_output=True, text=True)


def install_packages(folder: Path, packages: Sequence[str]) -> None:
    """Install packages of npm into `folder`/node_modules."""
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", *packages]
    subprocess.run(command, check=True, capture_output=True, text=True)

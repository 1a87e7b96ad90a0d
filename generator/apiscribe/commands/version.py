"""The version of apiscribe, and its commit in a checkout."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from apiscribe import __version__

_CHECKOUT = Path(__file__).parents[3]


def version_text() -> str:
    """Return such as `0.1.0 (commit 1a2b3c4d)`; the version alone of an installed wheel."""
    commit = _commit(_CHECKOUT) if (_CHECKOUT / "generator" / "apiscribe").is_dir() else ""
    return f"{__version__} (commit {commit})" if commit else __version__


def _commit(checkout: Path) -> str:
    """Return the commit of a checkout; empty if it is not one, or git is missing."""
    git = shutil.which("git")
    if git is None or not (checkout / ".git").exists():
        return ""
    command = [git, "-C", str(checkout), "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

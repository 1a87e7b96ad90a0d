"""The version of apiscribe, and its commit in a checkout.

It imports only what Python itself has loaded: `apiscribe --version` prints it before anything else
is imported. Git would take six times as long as Python to start.
"""

from __future__ import annotations

import os

from apiscribe import __version__

_GENERATOR = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_CHECKOUT = os.path.dirname(_GENERATOR)


def version_line() -> str:
    """Return what `apiscribe --version` prints."""
    return f"apiscribe, version {version_text()}"


def version_text() -> str:
    """Return such as `0.1.0 (commit 1a2b3c4d)`; the version alone of an installed wheel."""
    # The folder that contains an installed package may be in someone else's repository.
    is_checkout = os.path.basename(_GENERATOR) == "generator"
    commit = commit_of(_CHECKOUT)[:8] if is_checkout else ""
    return f"{__version__} (commit {commit})" if commit else __version__


def commit_of(checkout: str) -> str:
    """Return the commit of a checkout, in hex; empty if it is not one."""
    folder = os.path.join(checkout, ".git")
    if stated := _read(folder):  # of a linked work tree: `gitdir: PATH`
        folder = os.path.join(checkout, stated.removeprefix("gitdir:").strip())
    head = _read(os.path.join(folder, "HEAD")).strip()
    if not head.startswith("ref:"):
        return head
    name = head.removeprefix("ref:").strip()
    shared = os.path.join(folder, _read(os.path.join(folder, "commondir")).strip())
    if commit := _read(os.path.join(shared, name)).strip():
        return commit
    for line in _read(os.path.join(shared, "packed-refs")).splitlines():
        commit, _, packed = line.partition(" ")
        if packed == name:
            return commit
    return ""


def _read(file: str) -> str:
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return opened.read()
    except OSError:
        return ""

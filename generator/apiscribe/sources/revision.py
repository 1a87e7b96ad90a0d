"""What a source was at a git revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

from apiscribe.drift.side import Side
from apiscribe.sources import places
from apiscribe.sources.failure import SourceError


def open_source(text: str) -> Side:
    """The API at `git:REVISION:PATH`, a path from the current folder. Raises SourceError."""
    _, revision, path = [*text.split(":", 2), "", ""][:3]
    if not revision or not path:
        raise SourceError(f"{text} is not git:REVISION:PATH")
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise SourceError(f"git knows no revision {revision} here")
    prefix = _git("rev-parse", "--show-prefix") or b""
    name = commit.decode().strip()
    archive = _git("archive", "--format=tar", name, "--", path)
    if archive is None:
        where = prefix.decode().strip()
        raise SourceError(f"{revision} has no {where}{path}")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
            opened.extractall(folder, filter="data")
        side = places.open_source(str(Path(folder) / path))
    return replace(side, name=text, folder=text)


def _git(*arguments: str) -> bytes | None:
    """What git prints; None where it fails."""
    try:
        # The revision comes behind --end-of-options, the path behind --: neither is an option.
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except FileNotFoundError as error:
        raise SourceError("git is not installed") from error
    return done.stdout if done.returncode == 0 else None

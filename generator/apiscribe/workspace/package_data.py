"""The locations of apiscribe's own files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def templates_folder() -> Path:
    """Return the templates' folder: in the package of a wheel, beside generator/ in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent.parent / "templates"


def runtime_folder() -> Path:
    """Return the folder of the runtime's distribution, with its pyproject.toml."""
    inside = PACKAGE / "runtime"
    return inside if inside.is_dir() else PACKAGE.parent.parent / "runtime"


def own_files() -> list[str]:
    """Return the sorted paths of all code and templates."""
    return sorted({*_files(PACKAGE), *_files(templates_folder())})


def _files(folder: Path) -> Iterator[str]:
    for entry in os.scandir(folder) if folder.is_dir() else ():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _files(Path(entry))
        elif entry.is_file():
            yield entry.path

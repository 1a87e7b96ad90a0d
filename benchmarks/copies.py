"""Specs of any size, made of renamed copies of versions' pages.

Each copy has its own folder, packages and routes, so that copies do not conflict. The exception is
a short type name that only another package declares: several copies declare it, and apiscribe
reports that it is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import cycle, takewhile
from pathlib import Path

from benchmarks.versions import pages_of

_PACKAGE = re.compile(r"\*\*Package : ([\w.]+)\*\*")
_ROUTE = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\b([*\s]*)/")


def write_copies(versions: Sequence[Path], pages: int, target: Path) -> int:
    """Write copies of the versions in turn, and return the number of pages.

    It is at most `pages`, except that one copy is always written.
    """
    written = 0
    texts = {version: _texts(version) for version in versions}
    for number, version in enumerate(cycle(versions), 1):
        if written and written + len(texts[version]) > pages:
            return written
        for path, text in _renamed(texts[version], number).items():
            file = target / f"copy{number}" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        written += len(texts[version])
    return written


def _texts(version: Path) -> dict[str, str]:
    """Return the texts of a version's pages by path."""
    return {
        file.relative_to(version).as_posix(): file.read_text("utf-8") for file in pages_of(version)
    }


def _renamed(texts: dict[str, str], number: int) -> dict[str, str]:
    """Return the pages with the names of copy `number`."""
    root = _common_root({name for text in texts.values() for name in _PACKAGE.findall(text)})
    first, dot, rest = root.partition(".")
    package = re.compile(rf"(?<![\w/-]){re.escape(root)}(?!\w)")
    return {
        path: _ROUTE.sub(rf"\1\2/copy{number}/", package.sub(f"{first}{number}{dot}{rest}", text))
        for path, text in texts.items()
    }


def _common_root(packages: set[str]) -> str:
    """Return the longest common prefix of the packages, in whole parts."""
    parts = zip(*(name.split(".") for name in packages), strict=False)
    return ".".join(same[0] for same in takewhile(lambda part: len(set(part)) == 1, parts))

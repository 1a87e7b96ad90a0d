"""Specs of any size: an version's pages many times over, each copy an API of its own.

A copy has a folder of its own, and its packages and routes have names of their own, wherever the
pages speak of them. So nothing clashes. Only a type that pages name in short, and that no more than
another package declares, is then declared by several copies; apiscribe reports that, as it should.
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
    """How many pages there are in the copies of the versions, taken in turn, that are written.

    They are no more than asked for, except that there is always one copy.
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
    """Path → text of the version's pages."""
    return {
        file.relative_to(version).as_posix(): file.read_text("utf-8") for file in pages_of(version)
    }


def _renamed(texts: dict[str, str], number: int) -> dict[str, str]:
    """The pages under the names of copy `number`."""
    root = _common_root({name for text in texts.values() for name in _PACKAGE.findall(text)})
    first, dot, rest = root.partition(".")
    package = re.compile(rf"(?<![\w/-]){re.escape(root)}(?!\w)")
    return {
        path: _ROUTE.sub(rf"\1\2/copy{number}/", package.sub(f"{first}{number}{dot}{rest}", text))
        for path, text in texts.items()
    }


def _common_root(packages: set[str]) -> str:
    """What the names of all packages begin with, in whole parts; at least one package is there."""
    parts = zip(*(name.split(".") for name in packages), strict=False)
    return ".".join(same[0] for same in takewhile(lambda part: len(set(part)) == 1, parts))

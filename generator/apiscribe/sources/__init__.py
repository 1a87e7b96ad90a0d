"""Sources: what `drift` and `adopt` read an API from.

To add a kind of source: a module with a function, a row in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from apiscribe.drift.side import Side
from apiscribe.sources.failure import SourceError

__all__ = ["KINDS", "Kind", "SourceError", "open_source"]


@dataclass(frozen=True)
class Kind:
    """A kind of source: how a user writes one, what tells that a text is one, and the module whose
    `open_source` reads it.
    """

    form: str
    fits: Callable[[str], bool]
    module: str


# The first that fits is taken; the modules are imported when they are needed, for some are heavy.
KINDS: tuple[Kind, ...] = (
    Kind("git:REVISION:PATH", lambda text: text.startswith("git:"), "revision"),
    Kind("python:PACKAGE", lambda text: text.startswith("python:"), "python_package"),
    Kind("grpc://HOST:PORT", lambda text: text.startswith("grpc://"), "reflection"),
    Kind("http://127.0.0.1:PORT/openapi.json", lambda text: "://" in text, "openapi"),
    Kind("a folder or a file", bool, "places"),
)


def open_source(text: str) -> Side:
    """The API that a source holds. Raises SourceError, whose text names the way out."""
    kind = next((kind for kind in KINDS if kind.fits(text)), KINDS[-1])
    module = import_module(f"apiscribe.sources.{kind.module}")
    side: Side = module.open_source(text)
    return side

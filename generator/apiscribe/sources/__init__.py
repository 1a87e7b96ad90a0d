"""Sources: what `drift` and `adopt` read an API from.

To add a kind of source: a module with a function, a row in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from apiscribe.drift.side import Side
from apiscribe.sources.failure import SourceError
from apiscribe.sources.spec import is_spec, open_spec

__all__ = ["KINDS", "Kind", "SourceError", "open_source"]


@dataclass(frozen=True)
class Kind:
    """A kind of source: `form` is how a user writes one; `fits` tells whether a text names one."""

    form: str
    fits: Callable[[str], bool]
    open: Callable[[str], Side]


# The first that fits is taken.
KINDS: tuple[Kind, ...] = (Kind("a spec folder", is_spec, open_spec),)


def open_source(text: str) -> Side:
    """The API that a source holds. Raises SourceError, whose text names the way out."""
    for kind in KINDS:
        if kind.fits(text):
            return kind.open(text)
    if not Path(text).exists():
        raise SourceError(f"{text} does not exist")
    forms = ", ".join(kind.form for kind in KINDS)
    raise SourceError(f"{text} is no source of an API; a source is one of: {forms}")

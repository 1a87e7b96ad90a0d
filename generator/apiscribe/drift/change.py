"""Changes between two versions of an API: one entry for each cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from apiscribe.diagnostics.source import Span
from apiscribe.drift.addition import Addition

# What a change breaks, the worst first. `wire`: binary messages are misread. `json`: requests or
# responses over HTTP/JSON are refused or misread. `source`: code written against the stubs or
# models no longer compiles. `docs`: only documentation differs. `safe`: nothing.
Grade = Literal["wire", "json", "source", "docs", "safe"]

GRADES: tuple[Grade, ...] = ("wire", "json", "source", "docs", "safe")
BREAKING: tuple[Grade, ...] = ("wire", "json", "source")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference between two versions.

    `kind` is a stable word; see `drift.change_kinds.KINDS`. `symbol` is the full name of the
    changed declaration in the old version, or in the new version if it was added. `old` and `new`
    are its locations, None in a version without it. `message` is one sentence, `consequence` the
    effect on clients. `details` are parts of the change, such as the fields of a removed message.
    `fingerprint` is independent of line numbers. `additions` are the parts that the pages lack, if
    the change is about such.
    """

    kind: str
    grade: Grade
    symbol: str
    message: str
    consequence: str
    old: Span | None
    new: Span | None
    details: tuple[str, ...] = ()
    fingerprint: str = field(compare=False)
    additions: tuple[Addition, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class NotCompared:
    """A fact that a version cannot know; `reason` names the version and the cause."""

    fact: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Drift:
    """All changes in the order of the old version's pages, additions last; `accepted` are the
    changes that the baseline accepts.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    not_compared: tuple[NotCompared, ...] = ()
    accepted: tuple[Change, ...] = ()

"""A change: one cause, as one entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from apiscribe.diagnostics.source import Span

# What a change breaks, the worst first. `wire`: binary messages are misread. `json`: requests or
# answers over HTTP/JSON are refused or misread. `source`: code that is written against the stubs
# or models no longer fits. `docs`: only what people read is different. `safe`: nothing.
Grade = Literal["wire", "json", "source", "docs", "safe"]

GRADES: tuple[Grade, ...] = ("wire", "json", "source", "docs", "safe")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference between two editions.

    `kind` is a stable word; `drift.kinds.KINDS` lists all. `symbol` is the full name of what
    changed, as the old side has it (the new side, if it is new). `old` and `new` are its places;
    None where a side has none. `message` is one sentence, `consequence` what it does to a client.
    `details` are parts that went with it: the fields of a removed message. `fingerprint` stays the
    same when lines move.
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


@dataclass(frozen=True, kw_only=True)
class NotCompared:
    """A fact that one side cannot know: `reason` says which, and why."""

    fact: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Drift:
    """All that differs, in the order of the old side's pages, what is new behind it; `accepted`
    are the changes that the baseline accepts.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    not_compared: tuple[NotCompared, ...] = ()
    accepted: tuple[Change, ...] = ()

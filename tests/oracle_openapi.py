"""The oracle of drift on OpenAPI documents: the changes that oasdiff's own tests expect.

`make oracle` compares the pairs of documents in `openapi-pairs/` of the corpus, whose expected.json
names the changes of each pair with oasdiff's level. A pair with an ERR must have a change that breaks
clients, one with nothing but INFO must have none, and each change must be among those that drift names.
What differs is explained in openapi_exceptions.toml, in words of our own; the rest is unexplained.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from score import CORPUS

from apiscribe.drift.change import Drift
from apiscribe.drift.compare import compare
from apiscribe.sources.kinds import open_source

PAIRS = CORPUS / "openapi-pairs"
TABLE = Path(__file__).with_name("oracle_openapi.md")
EXCEPTIONS = Path(__file__).with_name("openapi_exceptions.toml")

BREAKING = ("wire", "json", "source")
_LIMITS = ("constraint-changed",)
_TYPES = ("field-type-changed", "field-label-changed", "constraint-changed")
# What oasdiff calls a change → the kinds of drift that say so, or what is listed as not compared. The
# first pattern that is found counts.
SAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("security", ("authentication-changed", "securitySchemes")),
    ("media-type", ("media-type-added", "media-type-removed", "media-type-changed", *_LIMITS)),
    ("(any|one)-of", ("alternative-added", "alternative-removed", "message-renamed", *_LIMITS)),
    ("all-of", ("field-removed", "field-added", "allOf", *_TYPES)),
    ("discriminator", ("discriminator-changed",)),
    ("enum-value", ("enum-value-added", "enum-value-removed")),
    ("nullable", ("null-changed",)),
    ("default-value-changed", ("default-changed",)),
    ("body-became-(required|optional)", ("required-added", "required-relaxed", "required-removed")),
    ("became-(required|optional)", ("required-added", "required-relaxed", "required-removed")),
    ("required-property-added|new-required", ("required-field-added", "field-added")),
    ("new-optional", ("field-added",)),
    ("property-removed", ("field-removed", "field-renamed", *_LIMITS)),
    ("type-", _TYPES),
    ("", _LIMITS),
)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A change that a test of oasdiff names."""

    id: str
    level: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of drift that say the same."""
        return next(kinds for pattern, kinds in SAME if re.search(pattern, self.id))


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two documents, with the changes that are expected."""

    old: str
    new: str
    changes: tuple[Expected, ...]

    @property
    def level(self) -> str:
        """The worst level of its changes; empty if it has none."""
        levels = {change.level for change in self.changes}
        return next((level for level in ("ERR", "WARN", "INFO") if level in levels), "")


@dataclass
class Tally:
    """What was counted: by expected change, by level of pairs, and what is not explained."""

    named: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    breaking: defaultdict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    exceptions: list[tuple[Pair, str]] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)

    def add(self, pair: Pair, drift: Drift, why: str) -> None:
        """Count a pair; `why` explains an exception."""
        kinds = {change.kind for change in drift.changes}
        kinds |= {entry.fact for entry in drift.not_compared}
        breaks = any(change.grade in BREAKING for change in drift.changes)
        missed = []
        for expected in pair.changes:
            if expected.level in ("ERR", "WARN", "INFO"):
                is_named = bool(kinds & set(expected.kinds))
                self.named[expected.id, expected.level, is_named] += 1
                missed += [] if is_named else [expected.id]
        self.breaking[pair.level].append(breaks)
        differs = (pair.level == "ERR" and not breaks) or (pair.level == "INFO" and breaks)
        if differs or missed:
            self.exceptions.append((pair, why))
            if not why:
                state = "breaking" if breaks else "not breaking"
                self.unexplained.append(f"{pair.old} → {pair.new}: {pair.level}, {state}; {missed}")

    def table(self) -> str:
        """Return the tables."""
        return "\n".join([*self._lines(), ""])

    def _lines(self) -> Iterator[str]:
        yield "# drift beside oasdiff"
        yield ""
        count = sum(map(len, self.breaking.values()))
        yield f"{count} pairs of documents from oasdiff's tests; what `make oracle` measured."
        yield ""
        yield "| worst change of a pair, by oasdiff | pairs | breaking, by drift | |"
        yield "| --- | ---: | ---: | ---: |"
        for level in ("ERR", "WARN", "INFO"):
            breaking = self.breaking[level]
            share = f"{sum(breaking) / len(breaking):.1%}" if breaking else ""
            yield f"| {level} | {len(breaking)} | {sum(breaking)} | {share} |"
        yield ""
        yield "| oasdiff's change | level | in pairs | drift names it |"
        yield "| --- | --- | ---: | ---: |"
        for id_, level in sorted({(id_, level) for id_, level, _ in self.named}):
            named, missed = (self.named[id_, level, each] for each in (True, False))
            yield f"| {id_} | {level} | {named + missed} | {named} |"
        yield ""
        yield "| exception | level | why |"
        yield "| --- | --- | --- |"
        for pair, why in self.exceptions:
            yield f"| {pair.old} → {pair.new} | {pair.level} | {why or 'unexplained'} |"


def pairs() -> list[Pair]:
    """Return the pairs of the corpus; none without it."""
    file = PAIRS / "expected.json"
    listed = json.loads(file.read_text("utf-8")) if file.is_file() else []
    return [
        Pair(old=e["old"], new=e["new"], changes=tuple(Expected(**c) for c in e["changes"]))
        for e in listed
    ]


def measure(listed: Sequence[Pair]) -> Tally:
    """Compare the documents of each pair."""
    reasons = {
        (entry["old"], entry["new"]): entry["why"]
        for entry in tomllib.loads(EXCEPTIONS.read_text("utf-8")).get("exception", [])
    }
    tally = Tally()
    for pair in listed:
        old, new = (open_source(str(PAIRS / name)) for name in (pair.old, pair.new))
        tally.add(pair, compare(old, new), reasons.get((pair.old, pair.new), ""))
    return tally


def main() -> int:
    """Measure all pairs, keep the table."""
    tally = measure(pairs())
    TABLE.write_text(tally.table(), "utf-8")
    print(tally.table(), *tally.unexplained, sep="\n")
    print(f"{len(tally.unexplained)} unexplained")
    return 0


if __name__ == "__main__":
    sys.exit(main())

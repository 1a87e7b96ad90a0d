"""How each part of a page was read: stated, inferred, corrected, skipped or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from apiscribe.commands.reading_report.notes import Note
from apiscribe.diagnostics.report import CoveredPart
from apiscribe.diagnostics.source import Span
from apiscribe.dialects.outline import SKIP_RULES
from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.lower.inference_rules import RULES
from apiscribe.model.api_text import Line

_OVERLAY = "overlay"
_MOST_NAMED = 5


@dataclass(frozen=True)
class Mark:
    """How a part was read. `why` names the rules; `notes` are the diagnostics at its lines."""

    state: Encoded
    why: Encoded
    first: int
    last: int
    notes: list[Note]


class Marks:
    """The marks of a page, for its parts in order.

    Facts that only the outputs need, such as the presence of a field, are not counted as inferred.
    """

    def __init__(
        self, parts: Iterable[CoveredPart], facts: Iterable[Line], notes: Sequence[Note]
    ) -> None:
        self._statuses: dict[Span, list[str]] = defaultdict(list)
        for part in parts:
            self._statuses[part.span].append(part.status)
        self._origins: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for fact in facts:
            if fact.span:
                self._origins[fact.span.line] += read_origins(fact.provenance)
        self._notes: dict[int, list[Note]] = defaultdict(list)
        for note in notes:
            self._notes[note.line].append(note)

    def take(self, span: Span) -> Mark | None:
        """Return the mark of the next part with this span; None if nothing is known about it."""
        if not self._statuses[span]:
            return None
        status = self._statuses[span].pop(0)
        lines = range(span.line, span.end_line + 1)
        notes = [note for line in lines for note in self._notes.pop(line, ())]
        state, why = self._state(status, span)
        return Mark(html_text(state), html_text(why), span.line, span.end_line, notes)

    def rest(self) -> list[Note]:
        """Return the notes that no mark has so far."""
        return [note for notes in self._notes.values() for note in notes]

    def _state(self, status: str, span: Span) -> tuple[str, str]:
        if status == "unread":
            return status, "Not read."
        if status in SKIP_RULES:
            return "skipped", f"Skipped ({status}): {SKIP_RULES[status]}"
        lines = range(span.line, span.end_line + 1)
        origins = [origin for line in lines for origin in self._origins.get(line, ())]
        if not origins:
            return "stated", "Read as stated."
        named = ", ".join(f"{fact} by {origin}" for fact, origin in origins[:_MOST_NAMED])
        named += ", …" if len(origins) > _MOST_NAMED else ""
        corrected = any(origin == _OVERLAY for _, origin in origins)
        return ("corrected" if corrected else "inferred"), f"Read; {named}."


def read_origins(provenance: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the facts about an API that no page states, each with its origin."""
    return [
        (fact, origin)
        for fact, origin in provenance.items()
        if fact != "numbers" and origin not in _stand_ins()
    ]


@cache
def _stand_ins() -> frozenset[str]:
    return frozenset(rule.name for rule in RULES if rule.use == "stand-in")

"""The provenance of a declaration: its page and lines, and the facts that no page states."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from apiscribe.diagnostics.source import Span
from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.emit.html_prose import html_prose
from apiscribe.lower.inference_rules import RULES
from apiscribe.model.api import Enum, Field, File, Message, Method, Route, Service
from apiscribe.model.resources import Resource

# Facts that only the outputs need: every field and every message would have them.
_OF_OUTPUTS = ("numbers", "optional", "enforced")
_RULES = frozenset(rule.name for rule in RULES)


@dataclass(frozen=True)
class FactView:
    """A fact that no page states, and its origin; `rule` is None if the origin is no rule."""

    fact: Encoded
    origin: Encoded
    rule: Encoded | None


@dataclass(frozen=True)
class OriginView:
    """Where a declaration comes from; `place` is None without a page."""

    place: Encoded | None
    facts: list[FactView]


@dataclass(frozen=True)
class RuleView:
    """A rule: its name, and what it claims."""

    name: Encoded
    about: list[Encoded]


def origin(span: Span | None, provenance: Mapping[str, str], page: str = "") -> OriginView:
    """Return the view of a declaration's provenance; a place on `page` is its lines alone."""
    return OriginView(
        place=html_text(_place(span, page)) if span and span.path else None,
        facts=[
            FactView(html_text(fact), html_text(name), html_text(name) if name in _RULES else None)
            for fact, name in sorted(shown_facts(provenance).items())
        ],
    )


def _place(span: Span, page: str) -> str:
    if span.path != page:
        return f"{span.path}:{span.lines}"
    return f"{'line' if span.line == span.end_line else 'lines'} {span.lines}"


def shown_facts(provenance: Mapping[str, str]) -> dict[str, str]:
    """Return the facts that say something about the API, with their origins."""
    return {fact: name for fact, name in provenance.items() if fact not in _OF_OUTPUTS}


def origins_in(file: File) -> set[str]:
    """Return the names of the origins of all facts of a file that say something about the API."""
    provenances = (part.provenance for part in _parts(file) if part.provenance)
    return {name for provenance in provenances for name in shown_facts(provenance).values()}


def _parts(file: File) -> Iterator[Service | Resource | Method | Route | Message | Field | Enum]:
    for service in file.services:
        yield service
        if service.resource:
            yield service.resource
        for method in service.methods:
            yield method
            yield from method.routes
    yield from file.all_enums()
    for message in file.messages:
        yield message
        yield from message.fields


def rule_views(used: Collection[str]) -> list[RuleView]:
    """Return the rules that are used, by name; a rule may infer several kinds of facts."""
    rules = [rule for rule in RULES if rule.name in used]
    texts = {rule.name: rule.text for rule in rules}
    return [RuleView(html_text(name), html_prose(texts[name])) for name in sorted(texts)]

"""Find the facts that pages cannot state, because their template has no column or mark for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from apiscribe.lower.inference import field_position, rule_name
from apiscribe.lower.inference_rules import RULES
from apiscribe.model.api import Api, Field, File
from apiscribe.model.version import ATTRIBUTE_FACTS, AttributeFact, Fact

# Dialects without a mark for streams, with the reason.
_NO_STREAMS = {"hugo": "Hugo pages have no mark for streams"}

_LABEL_RULES = {rule.name for rule in RULES if rule.fact == "repeated" and rule.use == "fact"}
NO_NUMBERS = "pages state no numbers, and no lock.json keeps any"
_NO_LABELS = "the pages' template does not mark lists"
_NO_LABEL_HERE = "the page does not mark all lists"

Facts = Mapping[Fact, str]


def unknown_facts(api: Api) -> Facts:
    """Return the facts that no page of the API states, with reasons."""
    inferred = rule_name(field_position)
    locked = any(m.provenance.get("numbers") != inferred for _, m in api.messages() if m.fields)
    unknown: dict[Fact, str] = {} if locked else {"numbers": NO_NUMBERS}
    stated = {fact for _, message in api.messages() for f in message.fields for fact in _stated(f)}
    stated |= {"authentication"} if api.facts.schemes else set()
    unknown |= {
        fact: f"the pages state no {fact}" for fact in ATTRIBUTE_FACTS if fact not in stated
    }
    return unknown


def _stated(field: Field) -> Iterator[AttributeFact]:
    """Yield the facts of a field's attributes that its page states."""
    if field.optional and "optional" not in field.provenance:
        yield "presence"
    attributes: Mapping[AttributeFact, object] = {
        "oneofs": field.oneof,
        "defaults": field.default,
        "nulls": field.nullable,
        "constraints": field.constraints,
        "deprecation": field.deprecated,
    }
    yield from (fact for fact, value in attributes.items() if value)


def unknown_on_pages(api: Api) -> Mapping[str, Facts]:
    """Return the facts that pages cannot state, with reasons, by page.

    A template that marks lists would also mark the lists that a rule inferred. If a dialect has
    inferred lists and no marked list, its template has no mark; otherwise only the pages with
    inferred and without marked lists lack it.
    """
    unknown: dict[str, dict[Fact, str]] = {}
    for dialect in dict.fromkeys(file.dialect for file in api.files):
        lists = _lists_by_page(file for file in api.files if file.dialect == dialect)
        unmarked = any(page.inferred for page in lists.values())
        marked = any(page.marked for page in lists.values())
        for path, page in lists.items():
            facts: dict[Fact, str] = {}
            if dialect in _NO_STREAMS:
                facts["streams"] = _NO_STREAMS[dialect]
            if unmarked and not marked:
                facts["labels"] = facts["labels of messages"] = _NO_LABELS
            elif page.inferred:
                # A template may mark lists of some types only.
                facts["labels of messages"] = _NO_LABEL_HERE
                if not page.marked:
                    facts["labels"] = _NO_LABEL_HERE
            if facts:
                unknown[path] = facts
    return unknown


@dataclass
class _Lists:
    """Whether a page has marked lists, and lists that a rule inferred."""

    marked: bool = False
    inferred: bool = False


def _lists_by_page(files: Iterable[File]) -> dict[str, _Lists]:
    pages: dict[str, _Lists] = {}
    for file in files:
        page = pages.setdefault(file.page, _Lists())
        fields = [field for message in file.messages for field in message.fields]
        page.marked |= any(_is_marked(field) for field in fields)
        page.inferred |= any(field.provenance.get("repeated") in _LABEL_RULES for field in fields)
    return pages


def _is_marked(field: Field) -> bool:
    return field.repeated and "repeated" not in field.provenance

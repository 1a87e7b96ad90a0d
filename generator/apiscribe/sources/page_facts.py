"""What pages cannot tell: facts that their templates have no place for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apiscribe.lower.inference import field_position, rule_name
from apiscribe.lower.rules import RULES
from apiscribe.model.api import Api, Field, File
from apiscribe.model.version import Fact

# Dialects without a mark for streams.
_NO_STREAMS = {"hugo": "Hugo pages have no mark for streams"}

_LABEL_RULES = {rule.name for rule in RULES if rule.fact == "repeated" and rule.use == "fact"}
NO_NUMBERS = "pages state no numbers, and no lock.json keeps any"
_NO_LABELS = "the pages' template does not mark lists"
_NO_LABEL_HERE = "the page does not mark all lists"

Facts = Mapping[Fact, str]


def unknown_facts(api: Api) -> Facts:
    """The facts that no page of the API can tell."""
    made = rule_name(field_position)
    told = any(m.provenance.get("numbers") != made for _, m in api.messages() if m.fields)
    return {} if told else {"numbers": NO_NUMBERS}


def unknown_on_pages(api: Api) -> Mapping[str, Facts]:
    """Page → the facts that it cannot tell, of the pages that lack any.

    A template that marks lists would have marked those that a rule had to infer. Where one was
    inferred and no page of the dialect marks any, none of its pages does; else it is the page with
    such a list and no mark that does not.
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
                # A template may mark the lists of some types alone.
                facts["labels of messages"] = _NO_LABEL_HERE
                if not page.marked:
                    facts["labels"] = _NO_LABEL_HERE
            if facts:
                unknown[path] = facts
    return unknown


@dataclass
class _Lists:
    """Whether a page has lists that it marks, and such that a rule made."""

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

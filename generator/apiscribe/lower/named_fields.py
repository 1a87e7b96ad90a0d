"""Types of the fields of requests that a page only names: those of the returned object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from apiscribe.lower.inference import rule_name
from apiscribe.lower.operation_types import plain
from apiscribe.model.draft import FieldDraft, OperationDraft, PageDraft

_HOLDERS = frozenset({"object", "array"})


def resolve_named(pages: Sequence[PageDraft]) -> list[PageDraft]:
    """Return the pages with the types of the fields that requests only name."""
    return [
        replace(page, operations=tuple(_resolved(o, page) for o in page.operations))
        for page in pages
    ]


def _resolved(operation: OperationDraft, page: PageDraft) -> OperationDraft:
    body = operation.body
    answer = next((a.type for a in operation.answers if a.status[:1] in ("", "2")), None)
    if body is None or body.name or answer is None or answer.repeated:
        return operation
    found = next((m for m in page.messages if plain(m.name) == plain(answer.name)), None)
    if found is None:
        return operation
    known = {field.name: field for field in found.fields}
    fields = tuple(as_in_object(field, known) for field in body.fields)
    return replace(operation, body=replace(body, fields=fields))


def as_in_object(field: FieldDraft, known: Mapping[str, FieldDraft]) -> FieldDraft:
    """Fields of a request without a type, and objects and lists without fields, have the type of
    the field with their name in the object that the operation returns, if the page lists it.
    """
    own, other = field.type, known.get(field.name)
    if other is None or own.fields or own.values or own.link:
        return field
    if own.name and not (own.name.lower() in _HOLDERS and other.type.fields):
        return field
    if own.name and bool(own.repeated or own.name.lower() == "array") != bool(other.type.repeated):
        return field
    return replace(
        field,
        type=other.type,
        constraints={**other.constraints, **field.constraints},
        provenance=(*field.provenance, ("type", rule_name(as_in_object))),
    )

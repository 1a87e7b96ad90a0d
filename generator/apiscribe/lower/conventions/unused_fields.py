"""The fields of requests that the server does not act on."""

from __future__ import annotations

from collections.abc import Iterator

from apiscribe.lower.conventions.list_shape import decides_rows
from apiscribe.lower.shapes import Messages, fields_of
from apiscribe.model.api import Field, Method
from apiscribe.model.resources import Resource, StandardMethod
from apiscribe.model.types import EnumRef, MessageRef, Scalar

_DEPTH = 2  # of messages in which fields are compared


def unused_fields(
    method: Method, standard: StandardMethod, resource: Resource, messages: Messages
) -> Iterator[str]:
    """Fields of a request that are no fields of the row have no effect, unless a convention gives
    them one. Rows without documented fields may have any field. A field that is an object of the
    row, and that a request has as a text or a number, or as an object with fields of other kinds,
    is not the same.
    """
    rows = fields_of(resource.message, messages)
    if not rows or standard.elements:
        return
    acted_on = {resource.key, resource.tenant, standard.key, standard.keys, standard.query}
    acted_on |= {standard.row, standard.mask, *standard.parents}
    acted_on |= {standard.selection, *standard.filters, *page_parameters(standard)}
    request = fields_of(method.request, messages)
    for name, field in request.items():
        if name in acted_on:
            continue
        if name not in rows or _is_unlike(field, rows[name], messages, _DEPTH):
            yield name


def page_parameters(standard: StandardMethod) -> set[str]:
    """Return the fields of a request that choose a page and an order."""
    names: set[str] = set()
    if standard.paging:
        names |= {standard.paging.size, standard.paging.position}
    if standard.sorting:
        names |= {standard.sorting.by, standard.sorting.order}
    return names - {""}


def _is_unlike(field: Field, row: Field, messages: Messages, depth: int) -> bool:
    """Return whether no value of a request's field is one of the row's: a text and an object, or
    two objects with such fields.
    """
    if _is_object(row) != _is_object(field):
        other = field if _is_object(row) else row
        return isinstance(other.type, Scalar | EnumRef)
    if not depth or not _is_object(row):
        return False
    known = fields_of(row.type.name, messages)
    return any(
        name in known and _is_unlike(inner, known[name], messages, depth - 1)
        for name, inner in fields_of(field.type.name, messages).items()
    )


def _is_object(field: Field) -> bool:
    return isinstance(field.type, MessageRef) and not field.type.name.startswith("google.")


def refused_fields(standard: StandardMethod, unused: tuple[str, ...]) -> Iterator[str]:
    """Fields without an effect are refused if they decide which rows a list returns: without them
    the answer would have other rows than the caller asked for, and a caller who pages until a page
    is empty would never end. Other fields change details of an answer; they are reported at the
    start of the server.
    """
    if standard.kind == "list":
        yield from (name for name in unused if decides_rows(name))

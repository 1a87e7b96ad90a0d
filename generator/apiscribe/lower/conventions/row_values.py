"""The values that methods set besides those of the request: those of new rows, and states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from apiscribe.lower.conventions.list_shape import WORDS, is_integer, is_text
from apiscribe.lower.shapes import Messages, alike, fields_of
from apiscribe.model.api import Enum, Field, Message, Method, Service
from apiscribe.model.names import words
from apiscribe.model.resources import Resource, StandardMethod
from apiscribe.model.types import EnumRef, Scalar

_ITEM_METHOD = re.compile(r"\{(?P<key>[^{}]+)\}[/:][\w-]+$")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\n")
_CONDITIONS = re.compile(rf"\b(?:{'|'.join(WORDS['state']['conditions'])})\b", re.IGNORECASE)
_VERBS = frozenset({"POST", "PUT", "PATCH"})


def new_values(
    method: Method, standard: StandardMethod, resource: Resource, messages: Messages
) -> Mapping[str, Any]:
    """Rows that a method creates have the documented defaults of the fields that a request leaves
    out. If its request has no state, they have the state that all examples of its answer show.
    """
    if standard.kind != "create":
        return {}
    row, request = fields_of(resource.message, messages), fields_of(method.request, messages)
    if standard.row:
        request = fields_of(request[standard.row].type.name, messages)
    result = {}
    for name, field in request.items():
        value = _default(field)
        if name in row and alike(field, row[name]) and value is not None:
            result[name] = value
    if resource.state in row and resource.state not in request:
        shown = {_shown_state(example.value, standard, resource) for example in _answers(method)}
        if len(shown) == 1 and all(shown):
            result[resource.state] = shown.pop()
    return result


def stated_state(
    method: Method, service: Service, resource: Resource, messages: Messages
) -> StandardMethod | None:
    """Methods on an item, such as `POST /invoices/{invoice_id}/send`, change its state if they
    return the row or nothing, and if one sentence of their description says so of one value:
    "changes its status to `open`". Sentences with a condition do not count.
    """
    state = fields_of(resource.message, messages).get(resource.state)
    if state is None or method.response not in (resource.message, "google.protobuf.Empty"):
        return None
    key = item_key(method, service, messages)
    if not key:
        return None
    values = set(_stated(method.description, resource.state))
    known = _values(state, messages[resource.message])
    if len(values) != 1 or (known and not values <= known):
        return None
    return StandardMethod(kind="update", key=key, values={resource.state: values.pop()})


def item_key(method: Method, service: Service, messages: Messages) -> str:
    """Return the key in the path of a method on an item, such as `/invoices/{invoice_id}/send`."""
    request = fields_of(method.request, messages)
    ends = [_ITEM_METHOD.search(r.path) for r in method.routes if r.verb in _VERBS]
    keys = {m.standard.key for m in service.methods if m.standard and m.standard.key}
    key = next((end["key"] for end in ends if end and end["key"] in request), "")
    return key if key in keys else ""


def _stated(description: str, state: str) -> Iterator[str]:
    name = " ".join(words(state))
    change = re.compile(
        rf"\b{re.escape(name)}\b`?(?:\s+[a-z]+){{0,2}}\s+`([\w.-]+)`", re.IGNORECASE
    )
    for sentence in _SENTENCE.split(description):
        for match in change.finditer(sentence):
            if not _CONDITIONS.search(sentence):
                yield match[1]


def _values(field: Field, message: Message) -> set[str]:
    """Return the names of the values of an enum; none of another type."""
    enums: tuple[Enum, ...] = message.enums
    name = field.type.name if isinstance(field.type, EnumRef) else ""
    return {v.json_name for e in enums if e.full_name == name for v in e.values}


def _answers(method: Method) -> Iterator[Any]:
    return (example for example in method.examples if example.role == "response")


def _shown_state(value: Any, standard: StandardMethod, resource: Resource) -> str:
    for name in filter(None, standard.returned.split(".")):
        value = value.get(name) if isinstance(value, dict) else None
    state = value.get(resource.state) if isinstance(value, dict) else None
    return state if isinstance(state, str) else ""


def _default(field: Field) -> Any:
    """Return the documented default, if it is a value of the field's type."""
    try:
        value = json.loads(field.default) if field.default else None
    except ValueError:
        return None
    is_bool = isinstance(field.type, Scalar) and field.type.name == "bool"
    fits = (
        (isinstance(value, str) and is_text(field))
        or (isinstance(value, bool) and is_bool)
        or (isinstance(value, int) and not isinstance(value, bool) and is_integer(field))
    )
    return value if fits else None

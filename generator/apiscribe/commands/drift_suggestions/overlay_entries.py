"""Overlay entries for what a version has and the pages lack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from apiscribe.diagnostics.report import Fix
from apiscribe.drift.addition import Addition
from apiscribe.drift.declarations import Declarations
from apiscribe.model.api import Enum, Field

_UNKNOWN_TYPE = "google.protobuf.Value"
_WORD = re.compile(r"[A-Za-z0-9]+")
_PARAMETER = re.compile(r"\{[^{}]*\}")


def entries_for(additions: Sequence[Addition], old: Declarations) -> Iterator[tuple[Fix, ...]]:
    """Yield the entries that may add all parts of one change, the most likely ones first. The parts
    are of one kind.
    """
    match additions[0].part:
        case "field":
            yield tuple(_added_field(each) for each in additions)
        case "value":
            yield from _added_values(additions, old)
        case "operation" if len(additions) == 1:
            yield from _added_operation(additions[0], old)
        case "operation" | "status":
            # An overlay has no answers.
            return


def _added_field(addition: Addition) -> Fix:
    at = f"{addition.owner}.{addition.name}"
    return Fix(table="add", at=at, keys={"set": _facts(addition)})


def _facts(addition: Addition) -> dict[str, Any]:
    facts: dict[str, Any] = {"type": addition.type or _UNKNOWN_TYPE}
    if addition.values:
        facts["values"] = list(addition.values)
    if addition.repeated:
        facts["repeated"] = True
    if addition.required is not None:
        facts["required"] = addition.required
    if addition.description:
        facts["description"] = addition.description
    return facts


def _added_values(additions: Sequence[Addition], old: Declarations) -> Iterator[tuple[Fix, ...]]:
    """Yield entries for the enum, for all fields that list its values, and for the first of them:
    a page may name the enum or not.
    """
    enum = old.enums[additions[0].owner]
    values = [value.json_name for value in enum.documented_values]
    more = [*values, *(addition.name for addition in additions)]

    def change(at: str) -> Fix:
        return Fix(table="change", at=at, keys={"set": {"values": more}, "was": {"values": values}})

    fields = [change(name) for name, _ in fields_with(enum, old)]
    alternatives = [(change(enum.full_name),), tuple(fields), tuple(fields[:1])]
    if "name" in enum.provenance:
        alternatives = [*alternatives[1:], alternatives[0]]
    yield from filter(None, alternatives)


def fields_with(enum: Enum, declarations: Declarations) -> Iterator[tuple[str, Field]]:
    """Yield the fields with an enum, by full name."""
    for message in declarations.messages.values():
        for field in message.fields:
            if field.type.name == enum.full_name:
                yield f"{message.full_name}.{field.json_name}", field


def _added_operation(addition: Addition, old: Declarations) -> Iterator[tuple[Fix, ...]]:
    """Yield an entry for the method's service, or the service with the most similar routes. Its
    messages stay open: a request line shows no fields.
    """
    if addition.owner:
        method = _method(addition.owner, addition.name, addition.response)
        package = addition.owner.rpartition(".")[0].rpartition(".")[0]
        request = f"{package}.{method.keys['set']['request']}"
        fields = [_declared_field(each) for each in addition.fields]
        yield (Fix(table="declare", at=request, keys={"fields": fields}), method)
        return
    verb, _, path = addition.name.partition(" ")
    segments = path.strip("/").split("/")
    similar = [
        (_common(segments, route.path.strip("/").split("/")), service)
        for service in old.services.values()
        for method in service.methods
        for route in method.routes
    ]
    most, service = max(similar, key=lambda pair: pair[0], default=(0, None))
    if not most or service is None:
        return
    words = [verb, *_WORD.findall(_PARAMETER.sub("", path))]
    name = "".join(word[:1].upper() + word[1:].lower() for word in words)
    yield (_method(f"{service.full_name}.{name}", addition.name),)


def _declared_field(addition: Addition) -> dict[str, Any]:
    facts = _facts(addition)
    # A declared field has no list of values; its type is that of each.
    return {"name": addition.name} | {k: v for k, v in facts.items() if k != "values"}


def _method(at: str, route: str, response: str = "") -> Fix:
    words = (word[:1].upper() + word[1:] for word in _WORD.findall(at.rpartition(".")[2]))
    name = "".join(words)
    facts = {
        "routes": [route],
        "request": f"{name}Request",
        "response": response or f"{name}Response",
    }
    return Fix(table="add", at=at, keys={"set": facts})


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the number of equal segments at the beginning."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count

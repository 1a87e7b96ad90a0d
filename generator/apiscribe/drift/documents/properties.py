"""Compares the properties of objects in requests and responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from apiscribe.drift.change import Grade
from apiscribe.drift.documents.findings import Place
from apiscribe.drift.documents.schema_view import SchemaView, canonical, view_of
from apiscribe.model.openapi_document import Node

if TYPE_CHECKING:
    from apiscribe.drift.documents.schemas import SchemaWalk


def compare_properties(walk: SchemaWalk, old: SchemaView, new: SchemaView, place: Place) -> None:
    """Report properties that were added, removed, renamed or required, and compare the others."""
    renamed = _renamed(old, new)
    for name, part in old.properties.items():
        other = new.properties.get(renamed.get(name, name))
        if other is None:
            if not _is_hidden(view_of(part), place):
                walk.findings.add("field-removed", f"{name} was removed", part, None)
            continue
        if name in renamed:
            message = f"{name} was renamed to {renamed[name]}"
            message = f"{message}, or was removed and {renamed[name]} was added"
            walk.findings.add("field-renamed", message, part, other)
        views = view_of(part), view_of(other)
        for keyword in ("readOnly", "writeOnly"):
            _compare_place(walk, keyword, (name, *views), name in new.required, place)
        if all(_is_hidden(view, place) for view in views):
            continue
        walk.compare(part, other, place.named(name))
        required = name in old.required, renamed.get(name, name) in new.required
        if required[0] != required[1] and not any(_is_hidden(view, place) for view in views):
            _report_required(walk, name, part, other, required[1], place)
    for name, part in new.properties.items():
        if name in old.properties or name in renamed.values():
            continue
        if _is_hidden(view_of(part), place):
            continue
        if name in new.required and place.direction == "request":
            message = f"{name} was added as required"
            walk.findings.add("required-field-added", message, None, part)
        else:
            walk.findings.add("field-added", f"{name} was added", None, part)
    for name in sorted(old.required ^ new.required):  # of properties that no version describes
        if not {name} & (old.properties.keys() | new.properties.keys()):
            _report_required(walk, name, old.node, new.node, name in new.required, place)


def share_of_names(old: SchemaView, new: SchemaView) -> float:
    """Return the share of common names of the properties of two objects; 1 if they have none."""
    names, others = old.properties.keys(), new.properties.keys()
    return len(names & others) / len(names | others) if names and others else 1.0


def _renamed(old: SchemaView, new: SchemaView) -> Mapping[str, str]:
    """Return old name → new name of properties that went and came in the same place with the same
    schema.
    """
    gone = [name for name in old.properties if name not in new.properties]
    came = [name for name in new.properties if name not in old.properties]
    renamed: dict[str, str] = {}
    places = [(view, ["", *view.properties, ""]) for view in (old, new)]
    for name in gone:
        for other in came:
            if other in renamed.values():
                continue
            neighbours = [
                (names[names.index(n) - 1], names[names.index(n) + 1])
                for (_, names), n in zip(places, (name, other), strict=True)
            ]
            schemas = old.properties[name], new.properties[other]
            alike = (name in old.required) == (other in new.required)
            if neighbours[0] == neighbours[1] and alike and _same(*schemas):
                renamed[name] = other
                break
    return renamed


def _same(old: Node, new: Node) -> bool:
    return canonical(old) == canonical(new)


def _is_hidden(view: SchemaView, place: Place) -> bool:
    """Return whether a property is no part of requests, or of responses."""
    keyword = "readOnly" if place.direction == "request" else "writeOnly"
    return view.constraints.get(keyword) is True


def _compare_place(
    walk: SchemaWalk,
    keyword: str,
    both: tuple[str, SchemaView, SchemaView],
    required: bool,
    place: Place,
) -> None:
    """Report a property that is now no part of requests or responses, or is one again."""
    name, old, new = both
    hidden = [view.constraints.get(keyword) is True for view in (old, new)]
    if hidden[0] == hidden[1]:
        return
    breaks = False
    if keyword == "readOnly" and place.direction == "request":
        breaks = hidden[0] and required  # requests must have it from now on
    elif keyword == "writeOnly" and place.direction == "response":
        breaks = hidden[1]  # responses no longer have it
    before, after = ("true" if each else "none" for each in hidden)
    message = f"{keyword} of {name} changed from {before} to {after}"
    grade: Grade = "json" if breaks else "safe"
    walk.findings.add("constraint-changed", message, old.node, new.node, grade)


def _report_required(
    walk: SchemaWalk, name: str, old: Node, new: Node, required: bool, place: Place
) -> None:
    if required:
        kind = "required-added" if place.direction == "request" else "required-relaxed"
        message = f"{name} is now required"
    else:
        kind = "required-removed" if place.direction == "response" else "required-relaxed"
        message = f"{name} is no longer required"
    walk.findings.add(kind, message, old, new)

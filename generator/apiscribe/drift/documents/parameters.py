"""Compares the parameters of operations, and the headers of responses."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.drift.change import Grade
from apiscribe.drift.documents.findings import Place
from apiscribe.drift.documents.operations import Operation
from apiscribe.drift.documents.schema_view import canonical, view_of
from apiscribe.drift.documents.schemas import SchemaWalk
from apiscribe.model.openapi_document import Node

Key = tuple[str, str]

# Style of each place. Source: OpenAPI 3.1, "Parameter Object", style.
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
# What a parameter may do, if it says so.
_FREEDOMS = {"allowReserved": "hold reserved characters", "allowEmptyValue": "be empty"}
# OpenAPI ignores these headers as parameters. Source: OpenAPI 3.1, "Parameter Object", name.
_IGNORED = frozenset({"accept", "content-type", "authorization"})


def compare_parameters(walk: SchemaWalk, old: Operation, new: Operation, place: Place) -> None:
    """Report parameters that were added, removed, moved or renamed, and compare the others."""
    is_same_path = old.key == new.key
    names: dict[str, str] = {}
    if set(old.path_parameters) != set(new.path_parameters):
        names = dict(zip(old.path_parameters, new.path_parameters, strict=False))
    before, after = _by_key(old), _by_key(new)
    gone: dict[Key, Node] = {}
    findings = walk.findings
    taken: set[Key] = set()
    for key, parameter in before.items():
        where, name = key
        target = names.get(name, name) if where == "path" and is_same_path else name
        other = after.get((where, target))
        if other is None:
            gone[key] = parameter
            continue
        taken.add((where, target))
        if target != name:
            message = f"{name} was renamed to {target}"
            walk.findings.add("path-parameter-renamed", message, parameter, other)
        _compare(walk, (where, parameter.text("name")), parameter, other, place)
    came = {key: parameter for key, parameter in after.items() if key not in taken}
    for key in list(gone):
        if moved := next((other for other in came if _is_moved(key, other)), None):
            message = f"{_text(gone[key])} moved to the {moved[0]}"
            findings.add("parameter-moved", message, gone.pop(key), came.pop(moved))
    for key, parameter in gone.items():
        if renamed := _renamed(key, gone, came):
            message = f"{_text(parameter)} was renamed to {came[renamed].text('name')}"
            walk.findings.add("parameter-renamed", message, parameter, came.pop(renamed))
        elif key[0] != "path" or is_same_path:  # a change of the path says so
            message = f"{_text(parameter)} was removed"
            walk.findings.add("parameter-removed", message, parameter, None)
    for key, parameter in came.items():
        if key[0] == "path" and not is_same_path:
            continue
        if parameter.is_true("required"):
            message = f"{_text(parameter)} was added as required"
            grade: Grade = "json" if place.direction == "request" else "safe"
            walk.findings.add("required-parameter-added", message, None, parameter, grade)
        else:
            message = f"{_text(parameter)} was added"
            walk.findings.add("parameter-added", message, None, parameter)


def compare_headers(walk: SchemaWalk, old: Node, new: Node, status: str, place: Place) -> None:
    """Report added and removed headers of a response, and compare the others."""
    before, after = _headers(old), _headers(new)
    for name, header in before.items():
        if other := after.get(name):
            _compare(walk, ("header", _name(header)), header, other, place)
        else:
            message = f"the header {_name(header)} of the response {status} was removed"
            walk.findings.add("header-removed", message, header, None)
    for name, header in after.items():
        if name not in before:
            message = f"the header {_name(header)} of the response {status} was added"
            walk.findings.add("header-added", message, None, header)


def _headers(response: Node) -> Mapping[str, Node]:
    """Return the headers of a response by their names in lower case."""
    parts = response.parts("headers")
    return {name.lower(): part for name, part in parts.items() if isinstance(part.value, dict)}


def _compare(walk: SchemaWalk, key: Key, old: Node, new: Node, place: Place) -> None:
    where, name = key
    findings = walk.findings
    required = [part.is_true("required") for part in (old, new)]
    if required[0] != required[1]:
        if place.direction == "request":
            kind = "required-added" if required[1] else "required-relaxed"
        else:
            kind = "required-relaxed" if required[1] else "required-removed"
        state = "is now required" if required[1] else "is no longer required"
        findings.add(kind, f"{name} {state}", old, new)
    deprecated = [part.is_true("deprecated") for part in (old, new)]
    if deprecated[0] != deprecated[1]:
        state = "is now" if deprecated[1] else "is no longer"
        findings.add("deprecation-changed", f"{name} {state} deprecated", old, new)
    schemas = [_schema(part) for part in (old, new)]
    is_list = any(schema is None or _may_be_split(schema) for schema in schemas)
    styles = [_style(part, where, is_list) for part in (old, new)]
    if styles[0] != styles[1]:
        message = f"the style of {name} changed from {styles[0]} to {styles[1]}"
        findings.add("style-changed", message, old, new)
    for keyword, text in _FREEDOMS.items():
        states = [part.is_true(keyword) for part in (old, new)]
        if states[0] != states[1]:
            state = "may now" if states[1] else "may no longer"
            grade = place.grade(tightens=states[0])
            findings.add("style-changed", f"{name} {state} {text}", old, new, grade)
    if schemas[0] and schemas[1]:
        splits = styles[0] == styles[1] == "form, explode"
        direction = place.direction
        walk.compare(schemas[0], schemas[1], Place(direction, name, texts=True, splits=splits))


def _by_key(operation: Operation) -> dict[Key, Node]:
    found: dict[Key, Node] = {}
    for parameter in operation.parameters:
        where, name = parameter.text("in"), parameter.text("name")
        if where == "header":
            if name.lower() in _IGNORED:
                continue
            name = name.lower()
        if isinstance(parameter.value, dict):
            found[where, name] = parameter
    return found


def _is_moved(old: Key, new: Key) -> bool:
    names = [
        name.lower().replace("-", "").replace("_", "").removeprefix("x") for _, name in (old, new)
    ]
    return old[0] != new[0] and (old[1] == new[1] or names[0] == names[1])


def _renamed(key: Key, gone: Mapping[Key, Node], came: Mapping[Key, Node]) -> Key | None:
    """Return the new name of a parameter, if no other one that went or came in its part of the
    request has the same schema.
    """
    if key[0] == "path":
        return None
    alike = [
        [other for other in listed if other[0] == key[0] and _is_same(gone[key], listed[other])]
        for listed in (gone, came)
    ]
    return alike[1][0] if len(alike[0]) == len(alike[1]) == 1 else None


def _is_same(old: Node, new: Node) -> bool:
    """Return whether two parameters are the same but for their names."""
    schemas = [canonical(schema) if (schema := _schema(part)) else "" for part in (old, new)]
    return schemas[0] == schemas[1] and old.is_true("required") == new.is_true("required")


def _name(header: Node) -> str:
    return header.user.keys[-1]


def _text(parameter: Node) -> str:
    where, name = parameter.text("in"), parameter.text("name")
    return f"the {where} parameter {name}" if where != "header" else f"the header {name}"


def _style(parameter: Node, where: str, is_list: bool) -> str:
    """Return how a list or an object is written; a single value has no parts to split."""
    if contents := parameter.parts("content"):
        return next(iter(contents))
    style = parameter.text("style") or _STYLES.get(where, "simple")
    explode = parameter.get("explode")
    is_split = explode.value is True if explode else style == "form"
    return f"{style}{', explode' if is_split and is_list else ''}"


def _may_be_split(schema: Node) -> bool:
    types = view_of(schema).types
    return not types or bool(types & {"array", "object"})


def _schema(parameter: Node) -> Node | None:
    """Return the schema of a parameter, or of its only media type."""
    if schema := parameter.get("schema"):
        return schema
    contents = [media.get("schema") for media in parameter.parts("content").values()]
    return contents[0] if contents else None

"""Rows to begin with, made up or read from a file; and made-up requests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as _Kinds
from pydantic import ValidationError

from .codec import Descriptor, FieldDescriptor, documented_fields, documented_name, is_required
from .errors import ApiError, from_validation
from .protojson import ProtoJson, ValueNames
from .registry import Api, Method, Resource, Service

JsonObject = dict[str, Any]

_DEPTH = 4  # of messages in messages; a message may hold itself
_WELL_KNOWN: Mapping[str, Any] = {
    "google.protobuf.Duration": "1s",
    "google.protobuf.ListValue": [],
    "google.protobuf.Value": "sample",
}


def sample_rows(
    resource: Resource,
    count: int,
    examples: Iterable[Any],
    value_names: ValueNames,
) -> list[JsonObject]:
    """`count` rows that the resource's model takes; the same ones on every call.

    The key counts the rows, other identifiers are alike in all of them. Values that the pages'
    examples show come before made-up ones.
    """
    shown = next((example for example in examples if isinstance(example, dict)), {})
    rows = []
    for number in range(1, count + 1):
        row = _sample(resource.proto.DESCRIPTOR, number, _DEPTH, value_names)
        row.update((key, value) for key, value in shown.items() if _fits(resource, key, value))
        row[resource.key] = _key(resource, number)
        rows.append(validated(resource, row))
    return rows


def _key(resource: Resource, number: int) -> str | int:
    """The key of a made-up row; one that is no text is the number itself."""
    fields = documented_fields(resource.proto.DESCRIPTOR)
    key = resource.key
    is_text = key not in fields or fields[key].cpp_type == _Kinds.CPPTYPE_STRING
    return f"{key.removesuffix('_id')}-{number:012x}" if is_text else number


def sample_request(method: Method, value_names: ValueNames) -> JsonObject | None:
    """A request that the method takes: the first that its page shows and its model takes, else one
    of made-up values for what is required. None where there is no such value: an open enum has
    none.
    """
    return next(iter(sample_requests(method, value_names)), None)


def sample_requests(method: Method, value_names: ValueNames) -> list[JsonObject]:
    """Every request that the page shows and the method takes, or one that is made up."""
    found = list(_taken(method, method.request_examples, value_names))
    if found:
        return found
    made = _sample(method.request_proto.DESCRIPTOR, 2, _DEPTH, value_names, only_required=True)
    return list(_taken(method, [made], value_names))


def _taken(
    method: Method, requests: Iterable[Any], value_names: ValueNames
) -> Iterator[JsonObject]:
    """Those of the requests that the method takes, as it reads them."""
    for request in requests:
        with suppress(ApiError, ValidationError):
            given = ProtoJson(value_names).read(request, method.request_proto.DESCRIPTOR)
            yield method.request.model_validate(given).to_json()


def load_rows(file: Path, api: Api) -> dict[str, list[JsonObject]]:
    """Full name of a service → its rows, from `{"Service": [row, …], …}`.

    A service is named in full, or in short where only one has that name. Raises ValueError that
    names the place where something is wrong; then no row is to be stored.
    """
    try:
        content = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"{file} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f'{file} must hold an object: {{"Service": [row, …]}}')
    found: dict[str, list[JsonObject]] = {}
    for name, rows in content.items():
        service = _service(name, api, file)
        assert service.resource is not None
        if not isinstance(rows, list):
            raise ValueError(f"{file}: {name} must be a list of rows")
        for index, row in enumerate(rows):
            try:
                checked = validated(service.resource, row)
            except ValueError as error:
                raise ValueError(f"{file}: {name}[{index}]: {error}") from error
            found.setdefault(service.full_name, []).append(checked)
    return found


def validated(resource: Resource, row: Any) -> JsonObject:
    """The row as the model writes it, and its key. Raises ValueError that names the field."""
    hidden = {resource.hidden_key} & set(row) if isinstance(row, dict) else ()
    shown = {n: v for n, v in row.items() if n not in hidden} if hidden else row
    try:
        checked = resource.model.model_validate(shown).to_json()
    except ValidationError as error:
        raise ValueError(from_validation(error).message) from error
    checked.update((name, row[name]) for name in hidden)
    if not checked.get(resource.key):
        raise ValueError(f"the key {resource.key} is missing")
    return checked


def _service(name: str, api: Api, file: Path) -> Service:
    found = [s for s in api.services if name in (s.full_name, s.name) and s.resource]
    if len(found) != 1:
        known = ", ".join(s.full_name for s in api.services if s.resource)
        problem = "several services have the name" if found else "no service with rows has the name"
        raise ValueError(f"{file}: {problem} {name} (services: {known})")
    return found[0]


def _sample(
    descriptor: Descriptor,
    number: int,
    depth: int,
    value_names: ValueNames,
    only_required: bool = False,
) -> JsonObject:
    found: JsonObject = {}
    if {"filter", "page"} <= set(descriptor.fields_by_name):
        return _sample_query(descriptor)
    for field in descriptor.fields:
        if only_required and not is_required(field):
            continue
        value = _sample_value(field, number, depth, value_names, only_required)
        if value is not None:
            found[documented_name(field)] = [value] if field.is_repeated else value
    return found


def _sample_query(descriptor: Descriptor) -> JsonObject:
    """A query that counts the rows, where it takes statistics or figures, or else asks for all."""
    fields = descriptor.fields_by_name
    stages, figures = fields.get("aggregate"), fields.get("fields")
    if stages is not None and "count" in stages.message_type.fields_by_name:
        stage = {"count": {"name": "count"}}
        return {"aggregate": [stage] if stages.is_repeated else stage}
    if figures is not None and figures.message_type.name == "Struct":
        return {"fields": {"count": {"operator": "count"}}}
    return {}


def _sample_value(
    field: FieldDescriptor, number: int, depth: int, value_names: ValueNames, only_required: bool
) -> Any:
    name = str(field.name)
    if field.message_type is not None:
        kind = str(field.message_type.full_name)
        if kind == "google.protobuf.Timestamp":
            return _time(number)
        if kind.startswith("google.protobuf."):
            return _WELL_KNOWN.get(kind, {} if kind.endswith("Struct") else None)
        if not depth:
            return None
        return _sample(field.message_type, number, depth - 1, value_names, only_required)
    if field.enum_type is not None:
        # Value 0 is mostly "none"; an open enum has nothing else.
        names = [value.name for value in field.enum_type.values][1:]
        documented = value_names.get(field.enum_type.full_name, {})
        shown = {proto: name for name, proto in documented.items()}
        return shown.get(one := names[number % len(names)], one) if names else None
    match field.cpp_type:
        case _Kinds.CPPTYPE_STRING if field.type == _Kinds.TYPE_BYTES:
            return "c2FtcGxl"
        case _Kinds.CPPTYPE_STRING if name.endswith("_at"):
            return _time(number)
        case _Kinds.CPPTYPE_STRING if name.endswith("_id"):
            return f"{name.removesuffix('_id')}-{1:012x}"
        case _Kinds.CPPTYPE_STRING:
            return f"{name} {number}"
        case _Kinds.CPPTYPE_BOOL:
            return number % 2 == 0
        case _Kinds.CPPTYPE_DOUBLE | _Kinds.CPPTYPE_FLOAT:
            return float(number)
        case _:
            return number


def _time(number: int) -> str:
    return f"2024-01-{(number - 1) % 28 + 1:02d}T00:00:00.000Z"


def _fits(resource: Resource, key: str, value: Any) -> bool:
    try:
        resource.model.model_validate({key: value})
    except ValidationError:
        return False
    return True

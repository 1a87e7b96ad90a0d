"""Initial rows, generated or from a file, and sample requests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as _Kinds
from pydantic import ValidationError

from .descriptors import (
    Descriptor,
    FieldDescriptor,
    documented_name,
    is_map,
    is_required,
    key_text,
)
from .errors import ApiError, from_validation
from .protojson import ProtoJson, ValueNames
from .registry import Api, Method, Resource, Service
from .sample_keys import Key, accepts, first_object, sample_keys

JsonObject = dict[str, Any]

_ENTRY = {"key", "value"}  # the fields of an entry of a map
_MAX_DEPTH = 4  # of nested messages: a message may contain itself
_ANY = "sample"
_WELL_KNOWN: Mapping[str, Any] = {
    "google.protobuf.Duration": "1s",
    "google.protobuf.ListValue": [],
    "google.protobuf.Value": _ANY,
}


def sample_rows(
    resource: Resource,
    count: int,
    examples: Iterable[Any],
    value_names: ValueNames,
    above: Mapping[str, Key] | None = None,
) -> list[JsonObject]:
    """Return `count` rows that the resource's model accepts, the same on every call.

    The first key is that of the example in the pages, if the form of keys is known; others have the
    number of the row. Other identifiers are equal in all rows; those of the rows `above` are given.
    Values from the example replace generated ones, but for the tenant: the rows of all services
    belong to one.
    """
    example = first_object(examples)
    rows = []
    for number, key in enumerate(sample_keys(resource, count, example), 1):
        generated = _sample(resource.proto.DESCRIPTOR, number, _MAX_DEPTH, value_names)
        accepted = {k: value for k, value in example.items() if accepts(resource, k, value)}
        tenant = {k: value for k, value in generated.items() if k == resource.tenant}
        row = {**generated, **accepted, **tenant}
        row[resource.key] = key
        for name, parent in (above or {}).items():
            if name in resource.parents or accepts(resource, name, parent):
                row[name] = str(parent) if name in resource.parents else parent
        rows.append(validate_row(resource, row))
    return rows


def sample_request(method: Method, value_names: ValueNames) -> JsonObject | None:
    """Return a valid request: the first valid example in the page, else generated values of the
    required fields. None if a field has no possible value, as an opaque enum.
    """
    return next(iter(sample_requests(method, value_names)), None)


def sample_requests(method: Method, value_names: ValueNames) -> list[JsonObject]:
    """Return all valid examples in the page, else a generated request, if possible."""
    valid = list(_accepted(method, method.request_examples, value_names))
    if valid:
        return valid
    return list(_accepted(method, [required_values(method, value_names)], value_names))


def required_values(method: Method, value_names: ValueNames) -> JsonObject:
    """Return generated values of the required fields of a request; the tenant is that of the sample
    rows.
    """
    return _sample(method.request_proto.DESCRIPTOR, 2, _MAX_DEPTH, value_names, only_required=True)


def _accepted(
    method: Method, requests: Iterable[Any], value_names: ValueNames
) -> Iterator[JsonObject]:
    """Yield the valid requests in their normal form."""
    for request in requests:
        with suppress(ApiError, ValidationError):
            values = ProtoJson(value_names).read(request, method.request_proto.DESCRIPTOR)
            yield method.request.checked(values).to_json()


def load_rows(file: Path, api: Api) -> dict[str, list[JsonObject]]:
    """Read a file `{"Service": [row, …], …}`. Return full name of a service → its rows.

    A service has its full name, or its short name if that is unique. Raises ValueError with the
    location of an invalid row; no row must be stored then.
    """
    try:
        content = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"{file} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f'{file} must contain an object: {{"Service": [row, …]}}')
    result: dict[str, list[JsonObject]] = {}
    for name, rows in content.items():
        service = _service(name, api, file)
        assert service.resource is not None
        if not isinstance(rows, list):
            raise ValueError(f"{file}: {name} must be a list of rows")
        for index, row in enumerate(rows):
            try:
                valid = validate_row(service.resource, row)
            except ValueError as error:
                raise ValueError(f"{file}: {name}[{index}]: {error}") from error
            result.setdefault(service.full_name, []).append(valid)
    return result


def validate_row(resource: Resource, row: Any) -> JsonObject:
    """Return the row as the model writes it, with its key. Raises ValueError with the field."""
    own = {resource.hidden_key, *resource.parents}
    hidden = own & set(row) if isinstance(row, dict) else ()
    visible = {n: v for n, v in row.items() if n not in hidden} if hidden else row
    try:
        valid = resource.model.checked(visible).to_json()
    except ValidationError as error:
        raise ValueError(from_validation(error).message) from error
    valid.update((name, row[name]) for name in hidden)
    if not valid.get(resource.key):
        raise ValueError(f"the key {resource.key} is missing")
    return valid


def _service(name: str, api: Api, file: Path) -> Service:
    matches = [s for s in api.services if name in (s.full_name, s.name) and s.resource]
    if len(matches) != 1:
        known = ", ".join(s.full_name for s in api.services if s.resource)
        problem = "several services are named" if matches else "no service with rows is named"
        raise ValueError(f"{file}: {problem} {name} (services: {known})")
    return matches[0]


def _sample(
    descriptor: Descriptor,
    number: int,
    depth: int,
    value_names: ValueNames,
    only_required: bool = False,
) -> JsonObject:
    result: JsonObject = {}
    if {"filter", "page"} <= set(descriptor.fields_by_name):
        return _sample_query(descriptor)
    for field in descriptor.fields:
        if only_required and not is_required(field):
            continue
        value = _sample_value(field, number, depth, value_names, only_required)
        if value is None:
            continue
        if is_map(field):
            value = {key_text(value["key"]): value["value"]} if value.keys() >= _ENTRY else {}
        elif field.is_repeated:
            value = [] if value == _ANY else [value]  # examples that show the items have their type
        result[documented_name(field)] = value
    return result


def _sample_query(descriptor: Descriptor) -> JsonObject:
    """Return a query that counts the rows, if it has an aggregation; else an empty query."""
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
        # Value 0 usually means unset; an opaque enum has no other value.
        names = [value.name for value in field.enum_type.values][1:]
        proto_names = value_names.get(field.enum_type.full_name, {})
        documented = {proto: name for name, proto in proto_names.items()}
        return documented.get(one := names[number % len(names)], one) if names else None
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

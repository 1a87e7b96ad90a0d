"""The keys of sample rows, and those of the rows above them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as _Kinds
from pydantic import ValidationError

from .descriptors import documented_fields
from .registry import Api, Resource, Service

JsonObject = dict[str, Any]
Key = str | int

_PARAMETER = re.compile(r"\{[^{}]+\}")


def sample_keys(resource: Resource, count: int, example: JsonObject) -> list[Key]:
    """Return the keys of sample rows: that of the example, if the form of keys is known, and others
    with the number of the row.
    """
    shown = example.get(resource.key)
    is_known = bool(resource.form) or not _has_text_key(resource)
    if not shown or not is_known or not accepts(resource, resource.key, shown):
        return [_key(resource, number) for number in range(1, count + 1)]
    others = (_key(resource, number) for number in range(2, count + 2))
    return [shown, *(key for key in others if str(key) != str(shown))][:count]


def keys_above(api: Api) -> Mapping[str, Mapping[str, Key]]:
    """Return full name of a service → the keys of the rows above its sample rows, by field. They
    are the first sample keys of the services with their paths.
    """
    owners = {
        _shape(route.path): service
        for service in api.services
        for method in service.methods
        if method.standard and method.standard.kind == "get"
        for route in method.routes
    }
    result: dict[str, dict[str, Key]] = {}
    for service in api.services:
        for field, path in _paths_above(service):
            owner = owners.get(_shape(path))
            key: Key = f"{field.removesuffix('_id')}-{1:012x}"
            if owner and (above := owner.resource):
                shown = api.examples.get(above.proto.DESCRIPTOR.full_name, ())
                [key] = sample_keys(above, 1, first_object(shown))
            result.setdefault(service.full_name, {}).setdefault(field, key)
    return result


def _paths_above(service: Service) -> Iterable[tuple[str, str]]:
    """Yield the fields for rows above, with the paths of these rows."""
    for method in service.methods:
        parents = method.standard.parents if method.standard else {}
        for route in method.routes:
            for name, field in parents.items():
                before, parameter, _ = route.path.partition(f"{{{name}}}")
                yield field, before + parameter


def _shape(path: str) -> str:
    """Return a path without the names of its parameters, and without `.json`."""
    return _PARAMETER.sub("{}", path).removesuffix(".json")


def first_object(examples: Iterable[Any]) -> JsonObject:
    """Return the first example that is an object, or an empty one."""
    return next((example for example in examples if isinstance(example, dict)), {})


def accepts(resource: Resource, name: str, value: Any) -> bool:
    """Return whether a row may have a value in a field."""
    try:
        resource.model.checked({name: value})
    except ValidationError:
        return False
    return True


def _has_text_key(resource: Resource) -> bool:
    fields = documented_fields(resource.proto.DESCRIPTOR)
    key = resource.key
    return key not in fields or bool(fields[key].cpp_type == _Kinds.CPPTYPE_STRING)


def _key(resource: Resource, number: int) -> Key:
    """Return the key of a sample row, with the prefix and the length of new keys if the registry
    states them. A key that is not a string is the number.
    """
    if not _has_text_key(resource):
        return number
    key = resource.key
    if length := resource.form.lstrip(string.ascii_letters):
        prefix = resource.prefix or ""
        hyphen = "-" if prefix[-1:].isalnum() else ""
        return f"{prefix}{hyphen}{number:0{length}}"
    return f"{key.removesuffix('_id')}-{number:012x}"

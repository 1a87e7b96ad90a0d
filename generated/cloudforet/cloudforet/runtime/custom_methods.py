"""Custom methods that change a part of a row, recognized by the shapes of their messages.

Their requests have the key of the resource, and they return the resource. The other fields of the
request, apart from the tenant, are either

- fields of the resource, to be changed: `set`, `set_…`, `change_…` and `update_…`; or
- an element of a list of the resource: `add_…` and `append_…`, `remove_…` and `update_…`. The list
  has the name after the `_`, in the plural: `add_responder` adds to `responders`. A single field is
  the element of a list of scalars. For a list of messages, all are fields of the message, and its
  string fields identify an element.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .descriptors import (
    FieldDescriptor,
    documented_fields,
)
from .errors import not_found, not_unique, required_parameter
from .registry import Method, Resource
from .requests import changed_fields, key_and_tenant, strip_blanks
from .rows import Rows

JsonObject = dict[str, Any]
ElementMethod = Callable[[Method, Rows, JsonObject], Awaitable[JsonObject]]
# (list, element, index of the element in the list or None) → the changed list, or None if the
# change is impossible.
Change = Callable[[list[Any], Any, int | None], list[Any] | None]


def element_method_of(method: Method, resource: Resource) -> ElementMethod | None:
    """Return the implementation of a method on an element of a list; None for other methods."""
    change = _CHANGES.get(method.name.partition("_")[0])
    name = _list_of(method, resource)
    if change is None or name is None:
        return None
    # A scalar has no fields to update.
    is_scalar = documented_fields(resource.proto.DESCRIPTOR)[name].message_type is None
    return None if is_scalar and change is _update else _on_list(name, change)


def changes_fields(method: Method, resource: Resource) -> bool:
    """Return whether a request has the key, and only fields of the resource besides."""
    fields = documented_fields(resource.proto.DESCRIPTOR)
    rest = _other_fields(method, resource)
    return bool(rest) and all(_alike(field, fields.get(name)) for name, field in rest.items())


def _list_of(method: Method, resource: Resource) -> str | None:
    """Return the documented name of the list that contains the request's element."""
    word = method.name.partition("_")[2]
    plurals = (f"{word}s", f"{word}es", f"{word.removesuffix('y')}ies")
    rest = _other_fields(method, resource)
    if not word or not rest:
        return None
    for name, field in documented_fields(resource.proto.DESCRIPTOR).items():
        if name in plurals and field.is_repeated and _is_element(rest, field):
            return name
    return None


def _is_element(rest: Mapping[str, FieldDescriptor], list_field: FieldDescriptor) -> bool:
    if any(field.is_repeated for field in rest.values()):
        return False
    if list_field.message_type is None:
        return len(rest) == 1 and all(field.type == list_field.type for field in rest.values())
    fields = documented_fields(list_field.message_type)
    return all(_alike(field, fields.get(name)) for name, field in rest.items())


def _on_list(name: str, change: Change) -> ElementMethod:
    async def change_element(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
        """Change an element of the row's list, and return the row."""
        rest = _other_fields(method, rows.resource)
        values = {key: value for key, value in request.items() if key in rest}
        element, texts = _element(rows.resource, name, values, rest)

        def change_row(row: JsonObject) -> JsonObject:
            items = list(row.get(name) or ())
            same = (i for i, item in enumerate(items) if _is_same(item, element, texts))
            index = next(same, None)
            changed = change(items, element, index)
            if changed is None:
                error = not_found if index is None else not_unique
                raise error(name, _identity(element, texts))
            return {**row, **changed_fields(rows, {name: changed})}

        return await rows.change(key_and_tenant(rows, request), change_row)

    return change_element


def _element(
    resource: Resource, name: str, values: JsonObject, rest: Mapping[str, FieldDescriptor]
) -> tuple[Any, list[str]]:
    """Return the element in a request, and the names of its identifying fields. Raises ApiError
    without any of them.
    """
    if documented_fields(resource.proto.DESCRIPTOR)[name].message_type is None:
        (only,) = rest
        if only not in values:
            raise required_parameter(only)
        return strip_blanks(values[only]), []
    texts = [key for key, field in rest.items() if field.type == field.TYPE_STRING] or list(rest)
    if not set(texts) & set(values):
        raise required_parameter(texts[0])
    return {key: strip_blanks(value) for key, value in values.items()}, texts


def _is_same(item: Any, element: Any, texts: list[str]) -> bool:
    if not texts or not isinstance(item, dict):
        return bool(item == element)
    return all(item.get(key) == element.get(key) for key in texts)


def _identity(element: Any, texts: list[str]) -> Any:
    return ", ".join(str(element[key]) for key in texts if key in element) if texts else element


def _add(items: list[Any], element: Any, index: int | None) -> list[Any] | None:
    return [*items, element] if index is None else None


def _remove(items: list[Any], _: Any, index: int | None) -> list[Any] | None:
    return None if index is None else [*items[:index], *items[index + 1 :]]


def _update(items: list[Any], element: Any, index: int | None) -> list[Any] | None:
    if index is None:
        return None
    return [*items[:index], {**items[index], **element}, *items[index + 1 :]]


_CHANGES: Mapping[str, Change] = {
    "add": _add,
    "append": _add,
    "remove": _remove,
    "update": _update,
}


def _other_fields(method: Method, resource: Resource) -> dict[str, FieldDescriptor]:
    """Return documented name → field of a request, without the key and the tenant; empty if the
    request lacks the key, or if the response is not the resource.
    """
    fields = documented_fields(method.request_proto.DESCRIPTOR)
    answer = method.response_proto.DESCRIPTOR.full_name
    if resource.key not in fields or answer != resource.proto.DESCRIPTOR.full_name:
        return {}
    fixed = (resource.key, resource.tenant)
    return {name: field for name, field in fields.items() if name not in fixed}


def _alike(field: FieldDescriptor, other: FieldDescriptor | None) -> bool:
    """Return whether a request and a resource have the same field. Their enums and messages may
    differ: a request may have fewer fields.
    """
    if other is None or field.type != other.type or field.is_repeated != other.is_repeated:
        return False
    kinds = {kind.full_name for one in (field, other) if (kind := one.message_type)}
    return len(kinds) <= 1 or not any(kind.startswith("google.protobuf.") for kind in kinds)

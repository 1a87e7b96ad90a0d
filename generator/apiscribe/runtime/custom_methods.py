"""Verbs on a part of a row, told by the shapes of their messages: no name of a field is known here.

Their requests have the key of the resource, and they give the resource. What else the request has,
but the tenant, is either

- of the resource, for `set`, `set_…`, `change_…` and `update_…`: the fields to change; or
- an element of a list of the resource, for `add_…` and `append_…`, `remove_…` and `update_…`. The
  list has the name behind the `_`, in the plural: `add_responder` adds to `responders`. One field
  alone is the element of a list of scalars; for a list of messages all are fields of the message,
  and its texts tell one element from another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .codec import FieldDescriptor, documented_fields
from .errors import not_found, not_unique, required_parameter
from .registry import Method, Resource
from .requests import row_of, stripped, touched
from .rows import Rows

JsonObject = dict[str, Any]
PageServices = Callable[[Method, Rows, JsonObject], Awaitable[JsonObject]]
# A list, an element, and the place of the one that is the same, if it is there; → the list as it is
# then, or None where the verb cannot be done.
Change = Callable[[list[Any], Any, int | None], list[Any] | None]


def part_of(method: Method, resource: Resource) -> PageServices | None:
    """What a method does to one element of a list, or None where its shape tells of none."""
    change = _CHANGES.get(method.name.partition("_")[0])
    name = _list_of(method, resource)
    if change is None or name is None:
        return None
    # There is nothing in a scalar to update.
    is_scalar = documented_fields(resource.proto.DESCRIPTOR)[name].message_type is None
    return None if is_scalar and change is _update else _on_list(name, change)


def changes_fields(method: Method, resource: Resource) -> bool:
    """Whether all that a request has is of the resource: the key, and fields to change."""
    held = documented_fields(resource.proto.DESCRIPTOR)
    rest = _rest(method, resource)
    return bool(rest) and all(_alike(field, held.get(name)) for name, field in rest.items())


def _list_of(method: Method, resource: Resource) -> str | None:
    """The documented name of the list that a request has an element of."""
    word = method.name.partition("_")[2]
    plurals = (f"{word}s", f"{word}es", f"{word.removesuffix('y')}ies")
    rest = _rest(method, resource)
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
    held = documented_fields(list_field.message_type)
    return all(_alike(field, held.get(name)) for name, field in rest.items())


def _on_list(name: str, change: Change) -> PageServices:
    async def part(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
        """The row that the request names, with an element of a list of it changed."""
        rest = _rest(method, rows.resource)
        given = {key: value for key, value in request.items() if key in rest}
        element, texts = _element(rows.resource, name, given, rest)

        def changed(row: JsonObject) -> JsonObject:
            kept = list(row.get(name) or ())
            same = (i for i, each in enumerate(kept) if _is_same(each, element, texts))
            place = next(same, None)
            found = change(kept, element, place)
            if found is None:
                refuse = not_found if place is None else not_unique
                raise refuse(name, _shown(element, texts))
            return {**row, **touched(rows, {name: found})}

        return await rows.change(row_of(rows, request), changed)

    return part


def _element(
    resource: Resource, name: str, given: JsonObject, rest: Mapping[str, FieldDescriptor]
) -> tuple[Any, list[str]]:
    """The element that a request gives, and its fields that tell it from others. Raises ApiError
    where it gives none of them.
    """
    if documented_fields(resource.proto.DESCRIPTOR)[name].message_type is None:
        (only,) = rest
        if only not in given:
            raise required_parameter(only)
        return stripped(given[only]), []
    texts = [key for key, field in rest.items() if field.type == field.TYPE_STRING] or list(rest)
    if not set(texts) & set(given):
        raise required_parameter(texts[0])
    return {key: stripped(value) for key, value in given.items()}, texts


def _is_same(each: Any, element: Any, texts: list[str]) -> bool:
    if not texts or not isinstance(each, dict):
        return bool(each == element)
    return all(each.get(key) == element.get(key) for key in texts)


def _shown(element: Any, texts: list[str]) -> Any:
    return ", ".join(str(element[key]) for key in texts if key in element) if texts else element


def _add(kept: list[Any], element: Any, place: int | None) -> list[Any] | None:
    return [*kept, element] if place is None else None


def _remove(kept: list[Any], _: Any, place: int | None) -> list[Any] | None:
    return None if place is None else [*kept[:place], *kept[place + 1 :]]


def _update(kept: list[Any], element: Any, place: int | None) -> list[Any] | None:
    if place is None:
        return None
    return [*kept[:place], {**kept[place], **element}, *kept[place + 1 :]]


_CHANGES: Mapping[str, Change] = {
    "add": _add,
    "append": _add,
    "remove": _remove,
    "update": _update,
}


def _rest(method: Method, resource: Resource) -> dict[str, FieldDescriptor]:
    """What a request has besides the key and the tenant, by documented names; nothing where it
    lacks the key, or gives another message than the resource.
    """
    fields = documented_fields(method.request_proto.DESCRIPTOR)
    answer = method.response_proto.DESCRIPTOR.full_name
    if resource.key not in fields or answer != resource.proto.DESCRIPTOR.full_name:
        return {}
    fixed = (resource.key, resource.tenant)
    return {name: field for name, field in fields.items() if name not in fixed}


def _alike(field: FieldDescriptor, held: FieldDescriptor | None) -> bool:
    """Whether a resource has a field as a request has it. Their enums and messages may be others:
    a request gives less.
    """
    if held is None or field.type != held.type or field.is_repeated != held.is_repeated:
        return False
    kinds = {kind.full_name for each in (field, held) if (kind := each.message_type)}
    return len(kinds) <= 1 or not any(kind.startswith("google.protobuf.") for kind in kinds)

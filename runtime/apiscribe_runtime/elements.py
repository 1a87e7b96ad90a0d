"""Standard methods on an element of a list of a row: add, remove and update it.

The fields of a request besides the key and the tenant are the element. For a list of messages, the
string fields identify an element.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .descriptors import (
    FieldDescriptor,
    documented_fields,
)
from .errors import not_found, not_unique, required_parameter
from .registry import Method, Resource
from .requests import changed_fields, fixed_conditions, strip_blanks
from .rows import Rows

JsonObject = dict[str, Any]
# (list, element, index of the element in the list or None) → the changed list, or None if the
# change is impossible.
Change = Callable[[list[Any], Any, int | None], list[Any] | None]


async def change_element(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Change an element of the row's list, and return the row. `request` has the key of the row by
    its own name.
    """
    assert method.standard is not None
    name, change = method.standard.elements, _CHANGES[method.standard.kind]
    fixed = (method.standard.key, rows.resource.tenant)
    fields = documented_fields(method.request_proto.DESCRIPTOR).items()
    rest = {field_name: field for field_name, field in fields if field_name not in fixed}
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

    return await rows.change(fixed_conditions(rows, request), change_row, request)


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
    "add_element": _add,
    "remove_element": _remove,
    "update_element": _update,
}

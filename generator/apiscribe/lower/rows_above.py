"""The rows above a row, which the path of its collection names: `/shelves/{shelf_id}/books`."""

from __future__ import annotations

from collections.abc import Container, Mapping

from apiscribe.lower.roles import Role, Roles
from apiscribe.model.api import Field, Message
from apiscribe.model.names import snake


def rows_above(roles: Roles, message: Message, key: str, tenant: str) -> tuple[str, ...]:
    """Parameters before the last one in the path of a create, such as `shelf_id` in
    `POST /shelves/{shelf_id}/books`, are the keys of rows above the new row. If the message has no
    field for one, the server stores it beside the row. Other methods with the parameter find only
    the rows below that row.
    """
    row = {field.json_name: field for field in message.fields}
    names = [
        field
        for role in roles.methods.values()
        if role.kind == "create"
        for field in parent_fields(role, row, key, tenant).values()
        if field not in row
    ]
    return tuple(dict.fromkeys(names))


def parent_fields(role: Role, row: Mapping[str, Field], key: str, tenant: str) -> Mapping[str, str]:
    """Return the parameters for rows above a row, with the fields of the stored row."""
    return {
        parameter: _field(parameter, noun, row, key)
        for parameter, noun in role.parents
        if parameter != tenant
    }


def _field(parameter: str, noun: str, row: Mapping[str, Field], key: str) -> str:
    """Return the field for a parameter: that of its name, or of the name before it in the path:
    `shelf_id` for `/shelves/{id}`.
    """
    if parameter in row and parameter != key:
        return parameter
    own = f"{noun}_id" if noun else parameter
    found = next((name for name in row if snake(name) == own and name != key), "")
    return found or _free(own, {*row, key})


def _free(name: str, taken: Container[str]) -> str:
    return name if name not in taken else f"parent_{name}"

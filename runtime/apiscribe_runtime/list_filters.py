"""The filters of lists without a query, and the fields of rows that a request selects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as _Kinds

from .descriptors import FieldDescriptor, documented_fields
from .errors import invalid_parameter_type
from .query import check_only
from .registry import StandardMethod
from .rows import Rows

JsonObject = dict[str, Any]

_TIMESTAMP = "google.protobuf.Timestamp"
_TEXT, _BOOL, _MESSAGE = _Kinds.CPPTYPE_STRING, _Kinds.CPPTYPE_BOOL, _Kinds.CPPTYPE_MESSAGE
_FLOATS = (_Kinds.CPPTYPE_DOUBLE, _Kinds.CPPTYPE_FLOAT)
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_ORDERS = ("gt", "gte", "lt", "lte")


def filter_query(request: JsonObject, standard: StandardMethod, rows: Rows) -> JsonObject:
    """Return the filters of a request as parts of a Query. Raises ApiError for a value of a type
    that the field does not have.
    """
    query: JsonObject = {}
    fields = documented_fields(rows.resource.proto.DESCRIPTOR)
    for name, (field, operator) in standard.filters.items():
        value = request.get(name)
        if value is None or value in ("", []):
            continue
        if operator == "search":
            texts = (key for key, one in fields.items() if _is_plain_text(one))
            query["filter_or"] = [{"k": key, "v": value, "o": "contain"} for key in texts]
        else:
            entry = _entry(name, value, field, operator, fields[field])
            query.setdefault("filter", []).append(entry)
    return query


def selection(request: JsonObject, standard: StandardMethod, rows: Rows) -> JsonObject:
    """Return the fields that a request selects as a part of a Query; none are all of them. Raises
    ApiError for a name that no row can have.
    """
    query = {"only": list(_values(request.get(standard.selection) or ""))}
    check_only(query, rows.resource)
    return query


def _entry(name: str, value: Any, field: str, operator: str, stored: FieldDescriptor) -> JsonObject:
    """Return the entry of a filter for a parameter."""
    if operator == "in":
        return {"k": field, "v": [_operand(name, v, stored) for v in _values(value)], "o": "in"}
    message = stored.message_type
    is_time = message is not None and message.full_name == _TIMESTAMP
    operator = f"datetime_{operator}" if is_time and operator in _ORDERS else operator
    return {"k": field, "v": _operand(name, value, stored), "o": operator}


def _values(value: Any) -> Iterator[Any]:
    """Yield the values of a list, or of a text with commas between them."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield from filter(None, (part.strip() for part in item.split(",")))
        else:
            yield item


def _operand(name: str, value: Any, stored: FieldDescriptor) -> Any:
    """Return a value of a parameter as rows store it: a parameter may be a text."""
    kind = stored.cpp_type
    if not isinstance(value, str) or kind in (_TEXT, _MESSAGE, _Kinds.CPPTYPE_ENUM):
        return value
    if kind == _BOOL:
        if value.lower() not in _FLAGS:
            raise invalid_parameter_type(name, "bool")
        return _FLAGS[value.lower()]
    try:
        return float(value) if kind in _FLOATS else int(value)
    except ValueError as error:
        raise invalid_parameter_type(name, "float" if kind in _FLOATS else "int") from error


def _is_plain_text(field: FieldDescriptor) -> bool:
    return field.cpp_type == _TEXT and field.type != field.TYPE_BYTES and not field.is_repeated

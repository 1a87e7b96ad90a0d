"""The project stage: selected fields, and fields computed from others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import add, mul, sub
from typing import Any

from sqlalchemy import ColumnElement, Float, case, cast, func, literal, select

from . import json_sql, limits
from . import sql_dialects as functions
from .errors import query_failed
from .json_sql import Expression
from .query import get_text


def project(body: Mapping[str, Any], value: Callable[[str], Expression]) -> dict[str, Expression]:
    """Return the columns of a project stage by name."""
    entries = body.get("fields", ())
    named = [(get_text(e, "n", "name") or get_text(e, "k", "key"), e) for e in entries]
    limits.at_most(limits.FIELDS, entries, "fields of a project")
    if not named:
        raise query_failed("a project has no fields")
    return {name: _field(name, entry, value) for name, entry in named}


def _field(name: str, entry: Mapping[str, Any], value: Callable[[str], Expression]) -> Expression:
    operator = get_text(entry, "o", "operator")
    if operator in _ARITHMETIC:
        return functions.quote(_calculate(entry, value))
    field = value(get_text(entry, "k", "key") or name)
    if not operator:
        return field
    if operator not in _OPERATORS:
        known = ", ".join((*_OPERATORS, *_ARITHMETIC))
        raise query_failed(f"operator {operator!r} is not supported (supported: {known})")
    return _OPERATORS[operator](field)


def _size(value: Expression) -> Expression:
    is_list = functions.kind(value) == "array"
    return case((is_list, functions.quote(functions.length(value))))


def _sum(value: Expression) -> Expression:
    elements = json_sql.elements(value)
    total = func.coalesce(functions.total(elements.value), literal(0.0))
    return functions.quote(select(total).select_from(elements.source).scalar_subquery())


def _array_to_object(value: Expression) -> Expression:
    is_list = functions.kind(value) == "array"
    return case((is_list, functions.from_members(value)), else_=functions.parse(literal("null")))


def _object_to_array(value: Expression) -> Expression:
    is_object = functions.kind(value) == "object"
    return case((is_object, functions.members(value)), else_=functions.parse(literal("null")))


def _calculate(
    entry: Any, value: Callable[[str], Expression], depth: int = 0
) -> ColumnElement[Any]:
    """Return the double of a calculation; its operands are field names, numbers, calculations."""
    limits.at_most(limits.DEPTH, depth, "calculations in each other")
    match entry:
        case str():
            return cast(functions.number(value(entry)), Float)
        case bool():
            raise query_failed("a calculation takes names, numbers and calculations")
        case int() | float():
            return literal(float(entry), Float)
        case {"operator": str(operator), "fields": [first, *rest]} if operator in _ARITHMETIC:
            if not rest or (operator in ("subtract", "divide") and len(rest) > 1):
                raise query_failed(f"{operator} takes two fields")
            result = _calculate(first, value, depth + 1)
            for operand in rest:
                result = _ARITHMETIC[operator](result, _calculate(operand, value, depth + 1))
            return result
        case _:
            raise query_failed("a calculation takes names, numbers and calculations")


def _divide(dividend: ColumnElement[Any], divisor: ColumnElement[Any]) -> ColumnElement[Any]:
    """Divide; a division by zero is NULL."""
    return dividend / func.nullif(divisor, 0.0)


_OPERATORS: Mapping[str, Callable[[Expression], Expression]] = {
    "size": _size,
    "sum": _sum,
    "array_to_object": _array_to_object,
    "object_to_array": _object_to_array,
}
_ARITHMETIC: Mapping[str, Callable[[Any, Any], ColumnElement[Any]]] = {
    "add": add,
    "subtract": sub,
    "multiply": mul,
    "divide": _divide,
}

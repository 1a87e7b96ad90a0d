"""The operators of filters → SQL. To add one: a function, and a row in OPERATORS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from operator import ge, gt, le, lt
from typing import Any, cast

from sqlalchemy import and_, false, func, literal, not_, or_

from . import json_sql, limits
from . import sql_dialects as functions
from .errors import operator_value_type, query_failed
from .field_path import FieldPath
from .json_sql import Condition, Expression
from .times import around, as_servers_write, in_sql, parse_time, relative_time

Scalar = str | int | float | bool | None
Operator = Callable[[FieldPath, Any], Condition]
_MAX_INT = 2**63
_SEARCHES = ("contain", "not_contain", "contain_in", "not_contain_in", "regex", "regex_in")


def condition(path: FieldPath, operator: str, value: Any) -> Condition:
    """Return the condition of one entry of a filter. Raises ApiError for an unknown operator or a
    value of the wrong type.
    """
    build = OPERATORS.get(operator)
    if build is None:
        known = ", ".join(OPERATORS)
        raise query_failed(f"operator {operator!r} is not supported (supported: {known})")
    try:
        return build(path, value)
    except _ValueTypeError as error:
        raise operator_value_type(operator, error.expected, path.key) from error


def is_per_value(operator: str) -> bool:
    """Return whether an operator makes a condition for each value in its list."""
    return operator in ("contain_in", "not_contain_in", "regex_in")


def searched_length(operator: str, value: Any) -> int:
    """Return the number of characters that the database has to look for in each row."""
    if operator not in _SEARCHES:
        return 0
    return sum(len(item) for item in as_values(value) if isinstance(item, str))


def as_values(value: Any) -> list[Any]:
    """Return the values of a condition as a list."""
    return value if isinstance(value, list) else [value]


def equals(value: Expression, operand: Scalar) -> Condition:
    """Return whether a JSON expression equals a scalar; an absent value equals null."""
    match operand:
        case None:
            return func.coalesce(functions.kind(value), "null") == "null"
        case bool():
            return functions.kind(value) == ("true" if operand else "false")
        case str():
            return functions.text(value) == json_sql.check_text(operand)
        case _:
            return functions.number(value) == literal(_in_range(operand))


def _in_range(number: int | float) -> int | float:
    return number if isinstance(number, float) or abs(number) < _MAX_INT else float(number)


def compares(operator: str, value: Expression, operand: Any) -> Condition:
    """Return whether a JSON expression compares to a scalar as the operator requires."""
    if isinstance(operand, list | dict):
        raise operator_value_type(operator, "scalar", "conditions")
    if operator in ("eq", "not"):
        equal: Condition = func.coalesce(equals(value, operand), False)
        return equal if operator == "eq" else not_(equal)
    return func.coalesce(_compare(value, operand, _ORDERS[operator]), False)


def _compare(value: Expression, operand: Scalar, compare: Callable[[Any, Any], Any]) -> Condition:
    """Compare values of one type; null has no order."""
    match operand:
        case None:
            return false()
        case bool():
            result = compare(json_sql.boolean(value), int(operand))
        case str():
            result = compare(functions.text(value), literal(json_sql.check_text(operand)))
        case _:
            result = compare(functions.number(value), literal(_in_range(operand)))
    return cast(Condition, result)


class _ValueTypeError(Exception):
    """The operator takes no value of this type; `expected` is the type that it takes."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def _scalar(value: Any) -> Scalar:
    if isinstance(value, list | dict):
        raise _ValueTypeError("scalar")
    scalar: Scalar = value
    return scalar


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _ValueTypeError("string")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _ValueTypeError("list")
    limits.at_most(limits.VALUES, value, "values in a list")
    return value


def _eq(path: FieldPath, value: Any) -> Condition:
    operand = path.comparable(_scalar(value))
    return path.any(lambda stored: equals(stored, operand))


def _in(path: FieldPath, value: Any) -> Condition:
    operands = [path.comparable(_scalar(item)) for item in _list(value)]
    texts = [json_sql.check_text(item) for item in operands if isinstance(item, str)]
    numbers = [
        _in_range(item)
        for item in operands
        if isinstance(item, int | float) and not isinstance(item, bool)
    ]
    constants = [item for item in (None, True, False) if any(item is one for one in operands)]

    def meets(stored: Expression) -> Condition:
        return or_(
            functions.text(stored).in_(texts) if texts else false(),
            functions.number(stored).in_(numbers) if numbers else false(),
            *(equals(stored, item) for item in constants),
        )

    return path.any(meets)


def _ordered(compare: Callable[[Any, Any], Any]) -> Operator:
    def operator(path: FieldPath, value: Any) -> Condition:
        operand = path.comparable(_scalar(value))
        return path.any(lambda stored: _compare(stored, operand, compare))

    return operator


def _contain(path: FieldPath, value: Any) -> Condition:
    return _contain_in(path, [value])


def _contain_in(path: FieldPath, value: Any) -> Condition:
    parts = [_text(item) for item in _list(value)]
    return path.any(lambda stored: or_(false(), *(json_sql.contains(stored, p) for p in parts)))


def _regex(path: FieldPath, value: Any) -> Condition:
    return _search(path, [_text(value)])


def _regex_in(path: FieldPath, value: Any) -> Condition:
    patterns = [_text(item) for item in _list(value)]
    return _search(path, patterns) if patterns else false()


def _search(path: FieldPath, patterns: Sequence[str]) -> Condition:
    return path.any(lambda stored: json_sql.search(stored, patterns))


def _exists(path: FieldPath, value: Any) -> Condition:
    if not isinstance(value, bool):
        raise _ValueTypeError("boolean")
    return path.present() if value else not_(path.present())


def _match(path: FieldPath, value: Any) -> Condition:
    if not isinstance(value, dict):
        raise _ValueTypeError("object")
    limits.at_most(limits.MEMBERS, value, "members to match")
    operands = [(name.split("."), _scalar(item)) for name, item in value.items()]

    def meets(stored: Expression) -> Condition:
        members = [
            json_sql.any_at(stored, parts, lambda value, item=item: equals(value, item))
            for parts, item in operands
        ]
        return and_(functions.kind(stored) == "object", *members)

    return path.any(meets)


def _at_time(compare: Callable[[Any, Any], Any], parse: Callable[[str], datetime]) -> Operator:
    def operator(path: FieldPath, value: Any) -> Condition:
        time = parse(_text(value))
        if path.has_servers_times:
            exact: Condition = compare(functions.text(path.value), as_servers_write(time))
            return exact
        met = path.any(lambda stored: compare(json_sql.time(stored), literal(in_sql(time))))
        if not path.is_text:
            return met
        # A comparison of texts excludes most rows, by an index or without parsing their times.
        after, before = around(time)
        near = compare(functions.text(path.value), after if compare in (gt, ge) else before)
        return and_(near, met)

    return operator


def compares_times(operator: str) -> bool:
    """Return whether an operator compares times."""
    return operator.startswith(("datetime_", "timediff_"))


def _from_now(value: str) -> datetime:
    return relative_time(value, datetime.now(UTC))


def _none_of(operator: Operator) -> Operator:
    """Return the operator that is met if no value at the path meets `operator`."""
    return lambda path, value: _not(operator(path, value))


def _not(condition: Condition) -> Condition:
    """Return whether a condition is false or NULL."""
    return not_(func.coalesce(condition, False))


def _not_contain_in(path: FieldPath, value: Any) -> Condition:
    """Return whether any text of the list is not contained: as in the published services."""
    return or_(false(), *(_not(_contain(path, item)) for item in _list(value)))


_ORDERS: Mapping[str, Callable[[Any, Any], Any]] = {"lt": lt, "lte": le, "gt": gt, "gte": ge}

OPERATORS: Mapping[str, Operator] = {
    "eq": _eq,
    "not": _none_of(_eq),
    **{name: _ordered(compare) for name, compare in _ORDERS.items()},
    "in": _in,
    "not_in": _none_of(_in),
    "contain": _contain,
    "not_contain": _none_of(_contain),
    "contain_in": _contain_in,
    "not_contain_in": _not_contain_in,
    "exists": _exists,
    "match": _match,
    "regex": _regex,
    "regex_in": _regex_in,
    **{f"datetime_{name}": _at_time(order, parse_time) for name, order in _ORDERS.items()},
    **{f"timediff_{name}": _at_time(order, _from_now) for name, order in _ORDERS.items()},
}

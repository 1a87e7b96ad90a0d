"""The operators of filters → SQL. A new operator is a function and a row of OPERATORS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


def condition(place: FieldPath, operator: str, value: Any) -> Condition:
    """Whether a row meets one entry of a filter. Raises ApiError where it asks for nonsense."""
    found = OPERATORS.get(operator)
    if found is None:
        known = ", ".join(OPERATORS)
        raise query_failed(f"operator {operator!r} is not supported (supported: {known})")
    try:
        return found(place, value)
    except _WrongValueError as wrong:
        raise operator_value_type(operator, wrong.wanted, place.key) from wrong


def is_each(operator: str) -> bool:
    """Whether an operator is a condition for each value of its list."""
    return operator in ("contain_in", "not_contain_in", "regex_in")


def equals(value: Expression, wanted: Scalar) -> Condition:
    """Whether a JSON expression is a scalar; null is also what is absent."""
    match wanted:
        case None:
            return func.coalesce(functions.kind(value), "null") == "null"
        case bool():
            return functions.kind(value) == ("true" if wanted else "false")
        case str():
            return functions.text(value) == json_sql.check_text(wanted)
        case _:
            return functions.number(value) == literal(_in_range(wanted))


def _in_range(number: int | float) -> int | float:
    return number if isinstance(number, float) or abs(number) < _MAX_INT else float(number)


def compared(operator: str, value: Expression, wanted: Any) -> Condition:
    """Whether a JSON expression is equal to a scalar, or before or after it."""
    if isinstance(wanted, list | dict):
        raise operator_value_type(operator, "scalar", "conditions")
    if operator in ("eq", "not"):
        equal: Condition = func.coalesce(equals(value, wanted), False)
        return equal if operator == "eq" else not_(equal)
    return func.coalesce(_before(value, wanted, _ORDERS[operator]), False)


def _before(value: Expression, wanted: Scalar, compare: Callable[[Any, Any], Any]) -> Condition:
    """Values of one type have an order; null has none."""
    match wanted:
        case None:
            return false()
        case bool():
            found = compare(json_sql.boolean(value), int(wanted))
        case str():
            found = compare(functions.text(value), literal(json_sql.check_text(wanted)))
        case _:
            found = compare(functions.number(value), literal(_in_range(wanted)))
    return cast(Condition, found)


class _WrongValueError(Exception):
    """The value is none that the operator takes."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


def _scalar(value: Any) -> Scalar:
    if isinstance(value, list | dict):
        raise _WrongValueError("scalar")
    found: Scalar = value
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongValueError("string")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _WrongValueError("list")
    limits.at_most(limits.VALUES, value, "values in a list")
    return value


def _eq(place: FieldPath, value: Any) -> Condition:
    wanted = place.comparable(_scalar(value))
    return place.any(lambda found: equals(found, wanted))


def _in(place: FieldPath, value: Any) -> Condition:
    wanted = [place.comparable(_scalar(item)) for item in _list(value)]
    texts = [json_sql.check_text(item) for item in wanted if isinstance(item, str)]
    numbers = [
        _in_range(item)
        for item in wanted
        if isinstance(item, int | float) and not isinstance(item, bool)
    ]
    others = [item for item in (None, True, False) if any(item is one for one in wanted)]

    def meets(found: Expression) -> Condition:
        return or_(
            functions.text(found).in_(texts) if texts else false(),
            functions.number(found).in_(numbers) if numbers else false(),
            *(equals(found, item) for item in others),
        )

    return place.any(meets)


def _ordered(compare: Callable[[Any, Any], Any]) -> Operator:
    def operator(place: FieldPath, value: Any) -> Condition:
        wanted = place.comparable(_scalar(value))
        return place.any(lambda found: _before(found, wanted, compare))

    return operator


def _contain(place: FieldPath, value: Any) -> Condition:
    part = _text(value)
    return place.any(lambda found: json_sql.contains(found, part))


def _regex(place: FieldPath, value: Any) -> Condition:
    pattern = _text(value)
    return place.any(lambda found: json_sql.search(found, pattern))


def _exists(place: FieldPath, value: Any) -> Condition:
    if not isinstance(value, bool):
        raise _WrongValueError("boolean")
    return place.present() if value else not_(place.present())


def _match(place: FieldPath, value: Any) -> Condition:
    if not isinstance(value, dict):
        raise _WrongValueError("object")
    limits.at_most(limits.MEMBERS, value, "members to match")
    wanted = [(name.split("."), _scalar(item)) for name, item in value.items()]

    def meets(found: Expression) -> Condition:
        inside = [
            json_sql.any_at(found, parts, lambda value, item=item: equals(value, item))
            for parts, item in wanted
        ]
        return and_(functions.kind(found) == "object", *inside)

    return place.any(meets)


def _at_time(compare: Callable[[Any, Any], Any], parse: Callable[[str], datetime]) -> Operator:
    def operator(place: FieldPath, value: Any) -> Condition:
        time = parse(_text(value))
        if place.has_servers_times:
            written: Condition = compare(functions.text(place.value), as_servers_write(time))
            return written
        met = place.any(lambda found: compare(json_sql.time(found), literal(in_sql(time))))
        if not place.is_text:
            return met
        # What an index can tell, or a look at the text: most rows need not be read as times.
        after, before = around(time)
        near = compare(functions.text(place.value), after if compare in (gt, ge) else before)
        return and_(near, met)

    return operator


def compares_times(operator: str) -> bool:
    """Whether an operator takes times."""
    return operator.startswith(("datetime_", "timediff_"))


def _from_now(value: str) -> datetime:
    return relative_time(value, datetime.now(UTC))


def _none(operator: Operator) -> Operator:
    """Of no value at the place."""
    return lambda place, value: _not(operator(place, value))


def _not(condition: Condition) -> Condition:
    """Whether a condition is false, or NULL."""
    return not_(func.coalesce(condition, False))


def _each(operator: Operator, none: bool = False) -> Operator:
    """Of any value of a list: or'ed, of not_contain_in too (as the published services do)."""

    def any_of(place: FieldPath, value: Any) -> Condition:
        conditions = [operator(place, item) for item in _list(value)]
        return or_(false(), *(_not(found) if none else found for found in conditions))

    return any_of


_ORDERS: Mapping[str, Callable[[Any, Any], Any]] = {"lt": lt, "lte": le, "gt": gt, "gte": ge}

OPERATORS: Mapping[str, Operator] = {
    "eq": _eq,
    "not": _none(_eq),
    **{name: _ordered(compare) for name, compare in _ORDERS.items()},
    "in": _in,
    "not_in": _none(_in),
    "contain": _contain,
    "not_contain": _none(_contain),
    "contain_in": _each(_contain),
    "not_contain_in": _each(_contain, none=True),
    "exists": _exists,
    "match": _match,
    "regex": _regex,
    "regex_in": _each(_regex),
    **{f"datetime_{name}": _at_time(order, parse_time) for name, order in _ORDERS.items()},
    **{f"timediff_{name}": _at_time(order, _from_now) for name, order in _ORDERS.items()},
}

"""What a group makes of its rows: the keys, and a field for each operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Float, Integer, String, and_, case, cast, func, literal

from . import filters, json_sql, limits, query
from . import sql_dialects as functions
from .errors import query_failed
from .json_sql import Condition, Expression

Values = Callable[[str], Expression]
_NUMBERS = {"year": "%Y", "month": "%m", "day": "%d"}
_CONDITIONS = ("eq", "not", "gt", "gte", "lt", "lte")


def key_value(value: Expression, date_format: str) -> Expression:
    """What rows are grouped by: a value, or the part of a time that `date_format` tells: the number
    of its year, month or day, or the text that a pattern of strftime writes.
    """
    if not date_format:
        return value
    limits.at_most(limits.FORMAT, date_format, "characters in a date_format")
    pattern = _NUMBERS.get(date_format, date_format)
    written = json_sql.formatted(json_sql.time(value), pattern)
    part = cast(written, Integer) if date_format in _NUMBERS else written
    return case((written.is_not(None), functions.quote(part)))


def group_field(
    entry: Mapping[str, Any], values: Values, place: Expression
) -> tuple[str, Expression]:
    """The name and the value of a field of a group. `place`: the order of the rows in it."""
    operator, key = query.either(entry, "o", "operator"), query.either(entry, "k", "key")
    name = query.either(entry, "n", "name") or key or operator
    conditions = entry.get("conditions", ())
    limits.at_most(limits.FIELD_CONDITIONS, conditions, "conditions of a field")
    meets = [_condition(found, values) for found in conditions]
    if operator == "count":
        return name, functions.quote(func.count(case((and_(True, *meets), 1))))
    if operator == "push" and entry.get("fields"):
        limits.at_most(limits.FIELDS, entry["fields"], "fields of a push")
        members = [
            (query.either(sub, "n", "name") or query.either(sub, "k", "key"), sub)
            for sub in entry["fields"]
        ]
        one = _object([(n, values(query.either(sub, "k", "key"))) for n, sub in members])
        return name, functions.listed(one, place)
    found = OPERATORS.get(operator)
    if found is None:
        known = ", ".join(("count", *OPERATORS))
        raise query_failed(f"operator {operator!r} is not supported (supported: {known})")
    if not key:
        raise query_failed(f"the operator {operator} of a group needs a key")
    value = values(key)
    return name, found(case((and_(*meets), value)) if meets else value, place)


def _condition(entry: Mapping[str, Any], values: Values) -> Condition:
    """One of the `conditions` of a field of a group."""
    operator = query.either(entry, "o", "operator")
    if operator not in _CONDITIONS:
        known = ", ".join(_CONDITIONS)
        raise query_failed(f"the operator {operator!r} is none of conditions: {known}")
    wanted = entry["v"] if "v" in entry else entry.get("value")
    value = values(query.either(entry, "k", "key"))
    return filters.compared(operator, value, wanted)


def _sum(value: Expression, _: Expression) -> Expression:
    return functions.quote(func.coalesce(functions.total(value), 0))


def _average(value: Expression, _: Expression) -> Expression:
    count = func.nullif(cast(func.count(functions.number(value)), Float), 0)
    return functions.quote(functions.total(value) / count)


def _max(value: Expression, _: Expression) -> Expression:
    numbers, texts, booleans = _greatest(func.max, value)
    return func.coalesce(booleans, texts, numbers, functions.parse(literal("null")))


def _min(value: Expression, _: Expression) -> Expression:
    return func.coalesce(*_greatest(func.min, value), functions.parse(literal("null")))


def _greatest(pick: Any, value: Expression) -> Iterator[Expression]:
    """The greatest number, text and boolean, in the order of these; objects and lists have none."""
    for one in (pick(functions.number(value)), pick(functions.text(value))):
        yield case((one.is_not(None), functions.quote(one)))
    one = pick(json_sql.boolean(value))
    yield case(
        (one == 1, functions.parse(literal("true"))), (one == 0, functions.parse(literal("false")))
    )


def _first(value: Expression, place: Expression) -> Expression:
    return _at_place(func.min, value, place)


def _last(value: Expression, place: Expression) -> Expression:
    return _at_place(func.max, value, place)


def _at_place(pick: Any, value: Expression, place: Expression) -> Expression:
    """The value of the row with the least or the greatest place: the place, with leading zeros,
    stands before the value, so that the order of the texts is that of the places.
    """
    written = functions.padded(place).concat(functions.write(value))
    without = functions.padded(place).concat("null")
    return functions.parse(func.substr(pick(func.coalesce(written, without)), 21))


def _push(value: Expression, place: Expression) -> Expression:
    return functions.listed(value, place)


def _add_to_set(value: Expression, _: Expression) -> Expression:
    return functions.listed_once(functions.canonical(value))


def _merge_objects(value: Expression, place: Expression) -> Expression:
    return functions.merged(value, place)


def _object(members: list[tuple[str, Expression]]) -> Expression:
    """The JSON object of the members that are not absent."""
    written: Expression = literal("")
    for name, value in members:
        label = literal(f",{json_sql.dumps(json_sql.check_text(name))}:")
        member = label.concat(functions.write(value))
        written = written.concat(func.coalesce(member, "", type_=String))
    inside = func.substr(written, 2, type_=String)
    return functions.parse(literal("{").concat(inside).concat("}"))


OPERATORS: Mapping[str, Callable[[Expression, Expression], Expression]] = {
    "sum": _sum,
    "average": _average,
    "max": _max,
    "min": _min,
    "first": _first,
    "last": _last,
    "push": _push,
    "add_to_set": _add_to_set,
    "merge_objects": _merge_objects,
}

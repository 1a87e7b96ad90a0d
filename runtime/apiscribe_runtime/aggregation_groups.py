"""The columns of a group stage: its keys, and a field for each operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Float, Integer, String, and_, case, cast, func, literal

from . import filters, json_sql, limits
from . import sql_dialects as functions
from .errors import query_failed
from .json_sql import Condition, Expression
from .query import get_text

Values = Callable[[str], Expression]
_NUMBERS = {"year": "%Y", "month": "%m", "day": "%d"}
_CONDITIONS = ("eq", "not", "gt", "gte", "lt", "lte")


def key_value(value: Expression, date_format: str) -> Expression:
    """Return the key to group by: the value itself, or with `date_format` a part of a time (`year`,
    `month` or `day` as a number, or a text in a strftime pattern).
    """
    if not date_format:
        return value
    limits.at_most(limits.FORMAT, date_format, "characters in a date_format")
    pattern = _NUMBERS.get(date_format, date_format)
    text = json_sql.formatted(json_sql.time(value), pattern)
    part = cast(text, Integer) if date_format in _NUMBERS else text
    return case((text.is_not(None), functions.quote(part)))


def group_field(
    entry: Mapping[str, Any], values: Values, ordinal: Expression
) -> tuple[str, Expression]:
    """Return the name and the value of a field of a group; `ordinal` is the order of its rows."""
    operator, key = get_text(entry, "o", "operator"), get_text(entry, "k", "key")
    name = get_text(entry, "n", "name") or key or operator
    conditions = entry.get("conditions", ())
    limits.at_most(limits.FIELD_CONDITIONS, conditions, "conditions of a field")
    met = [_condition(condition, values) for condition in conditions]
    if operator == "count":
        return name, functions.quote(func.count(case((and_(True, *met), 1))))
    if operator == "push" and entry.get("fields"):
        limits.at_most(limits.FIELDS, entry["fields"], "fields of a push")
        keys = [(get_text(sub, "n", "name"), get_text(sub, "k", "key")) for sub in entry["fields"]]
        pushed = _object([(sub_name or sub_key, values(sub_key)) for sub_name, sub_key in keys])
        return name, functions.listed(pushed, ordinal)
    build = OPERATORS.get(operator)
    if build is None:
        known = ", ".join(("count", *OPERATORS))
        raise query_failed(f"operator {operator!r} is not supported (supported: {known})")
    if not key:
        raise query_failed(f"the operator {operator} of a group needs a key")
    value = values(key)
    return name, build(case((and_(*met), value)) if met else value, ordinal)


def field_keys(entry: Mapping[str, Any]) -> list[str]:
    """Return the keys of the values that a field of a group reads."""
    entries = [entry, *entry.get("conditions", ())]
    if get_text(entry, "o", "operator") == "push":
        entries += entry.get("fields") or ()
    keys = (get_text(part, "k", "key") for part in entries)
    return [key for key in keys if key]


def keeps_values(entry: Mapping[str, Any]) -> bool:
    """Return whether a field of a group keeps all its values, and not one, or a number."""
    return get_text(entry, "o", "operator") in ("push", "add_to_set", "merge_objects")


def needs_order(entry: Mapping[str, Any]) -> bool:
    """Return whether a field of a group depends on the order of its rows."""
    return get_text(entry, "o", "operator") in ("push", "merge_objects", "first", "last")


def _condition(entry: Mapping[str, Any], values: Values) -> Condition:
    """Return one of the `conditions` of a field of a group."""
    operator = get_text(entry, "o", "operator")
    if operator not in _CONDITIONS:
        known = ", ".join(_CONDITIONS)
        raise query_failed(
            f"operator {operator!r} is not supported in conditions (supported: {known})"
        )
    operand = entry["v"] if "v" in entry else entry.get("value")
    value = values(get_text(entry, "k", "key"))
    return filters.compares(operator, value, operand)


def _sum(value: Expression, _: Expression) -> Expression:
    return functions.quote(func.coalesce(functions.total(value), 0))


def _average(value: Expression, _: Expression) -> Expression:
    count = func.nullif(cast(func.count(functions.number(value)), Float), 0)
    return functions.quote(functions.total(value) / count)


def _max(value: Expression, _: Expression) -> Expression:
    numbers, texts, booleans = _extremes(func.max, value)
    return func.coalesce(booleans, texts, numbers, functions.parse(literal("null")))


def _min(value: Expression, _: Expression) -> Expression:
    return func.coalesce(*_extremes(func.min, value), functions.parse(literal("null")))


def _extremes(pick: Any, value: Expression) -> Iterator[Expression]:
    """Yield the greatest (or with `min` the least) number, text and boolean; objects and lists are
    ignored.
    """
    for extreme in (pick(functions.number(value)), pick(functions.text(value))):
        yield case((extreme.is_not(None), functions.quote(extreme)))
    boolean = pick(json_sql.boolean(value))
    yield case(
        (boolean == 1, functions.parse(literal("true"))),
        (boolean == 0, functions.parse(literal("false"))),
    )


def _first(value: Expression, ordinal: Expression) -> Expression:
    return _by_ordinal(func.min, value, ordinal)


def _last(value: Expression, ordinal: Expression) -> Expression:
    return _by_ordinal(func.max, value, ordinal)


def _by_ordinal(pick: Any, value: Expression, ordinal: Expression) -> Expression:
    """Return the value of the row with the least or the greatest ordinal. The ordinal, padded with
    zeros, prefixes the value, so that the texts sort by it.
    """
    prefixed = functions.padded(ordinal).concat(functions.write(value))
    absent = functions.padded(ordinal).concat("null")
    return functions.parse(func.substr(pick(func.coalesce(prefixed, absent)), 21))


def _push(value: Expression, ordinal: Expression) -> Expression:
    return functions.listed(value, ordinal)


def _add_to_set(value: Expression, _: Expression) -> Expression:
    return functions.listed_once(functions.canonical(value))


def _merge_objects(value: Expression, ordinal: Expression) -> Expression:
    return functions.merged(value, ordinal)


def _object(members: list[tuple[str, Expression]]) -> Expression:
    """Return the JSON object of the members that are not absent."""
    text: Expression = literal("")
    for name, value in members:
        label = literal(f",{json_sql.dumps(json_sql.check_text(name))}:")
        member = label.concat(functions.write(value))
        text = text.concat(func.coalesce(member, "", type_=String))
    inside = func.substr(text, 2, type_=String)
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

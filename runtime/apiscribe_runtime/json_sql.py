"""JSON in SQL: the expressions that queries consist of, for SQLite and PostgreSQL alike.

An absent value is SQL NULL; JSON's null is a value. Text from a request is always a bound
parameter, keys included.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause

from . import regular_expressions, times
from . import sql_dialects as functions
from .errors import query_failed

Expression = ColumnElement[Any]
Condition = ColumnElement[bool]


class JsonText(str):
    """The JSON text of a value, to be stored as it is."""

    __slots__ = ()


def dumps(value: Any) -> str:
    """Return the JSON text of a value, as stored."""
    if isinstance(value, JsonText):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def check_text(value: str) -> str:
    """Return the text. Raises ApiError for lone surrogates and NUL: databases reject them."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise query_failed("a text is not Unicode") from error
    if "\0" in value:
        raise query_failed("a text holds NUL")
    return value


def at(document: Expression, part: str, constant: bool = False) -> Expression:
    """Return the value under a key of an object. With `constant` the key is not a parameter.

    Raises ApiError for a quote or a backslash in the key: SQLite's paths have no escape for them.
    """
    if not part or any(char in '"\\' or char < " " for char in part):
        raise query_failed(f"{part!r} is not a key")
    write = _constant if constant else _parameter
    return functions.at(document, write(f'$."{check_text(part)}"'), write(part))


def _parameter(text: str) -> Expression:
    return literal(text, String)


def _constant(text: str) -> Expression:
    quoted = text.replace("'", "''")
    return literal_column(f"'{quoted}'", String)


def boolean(value: Expression) -> Expression:
    """Return 1 or 0; NULL if the value is not a boolean."""
    return case((functions.kind(value) == "true", 1), (functions.kind(value) == "false", 0))


def time(value: Expression) -> Expression:
    """Return a time of ISO 8601 as `YYYY-MM-DD HH:MM:SS.mmm` in UTC; NULL for any other value."""
    return functions.time(functions.text(value))


def formatted(time: Expression, pattern: str) -> Expression:
    """Return a result of `time` in the format of a strftime pattern."""
    patterns = (check_text(pattern), times.to_char_pattern(pattern))
    return functions.formatted(time, *(literal(pattern, String) for pattern in patterns))


@dataclass(frozen=True)
class Elements:
    """The elements of a list: the FROM clause, an element as JSON, and its ordinal in the list."""

    source: FromClause
    value: Expression
    ordinal: Expression


def elements(value: Expression) -> Elements:
    """Return the elements of a list; any other value is its own only element (null if absent)."""
    rows = functions.elements(value).table_valued("value", "type", "key", "ordinality")
    ordinal = functions.element_ordinal(rows.c.key, rows.c.ordinality)
    return Elements(rows, functions.element(rows.c.value, rows.c.type), ordinal)


def each_at(
    document: Expression, parts: Sequence[str], source: FromClause | None = None
) -> tuple[Elements, Expression]:
    """Return the values at a dotted key, joined to `source` if there is one, and the value at the
    last key as a whole, which may be a list.

    A list on the path or at its end stands for each of its elements; an empty key for the document.
    """
    first, *rest = parts or ("",)
    whole = at(document, first) if first else document
    items = elements(whole)
    # SQLite does not accept a parenthesized join of table functions: join them one by one.
    joined = items.source if source is None else source.join(items.source, true())
    for part in rest:
        whole = at(items.value, part)
        items = elements(whole)
        joined = joined.join(items.source, true())
    return Elements(joined, items.value, items.ordinal), whole


def any_at(document: Expression, parts: Sequence[str], meets: Any) -> Condition:
    """Return whether any value at a dotted key meets the condition `meets(value)`; a list at the
    end of the key counts as a value too.
    """
    items, whole = each_at(document, parts)
    is_list = func.coalesce(functions.kind(whole) == "array", False)
    met = or_(meets(items.value), and_(is_list, meets(whole)))
    return exists(select(1).select_from(items.source).where(met))


def present(document: Expression, parts: Sequence[str]) -> Condition:
    """Return whether a dotted key is present, in elements of lists too."""
    if not parts:
        return document.is_not(None)
    *before, last = parts
    if not before:
        return at(document, last).is_not(None)
    return any_at(document, before, lambda value: at(functions.object_(value), last).is_not(None))


def contains(value: Expression, part: str) -> Condition:
    """Return whether a text contains another, ignoring the case of letters of any alphabet."""
    condition: Condition = functions.contains(
        functions.text(value), literal(check_text(part).lower(), String)
    )
    return condition


def search(value: Expression, patterns: Sequence[str]) -> Condition:
    """Return whether any of the regular expressions matches in a text, ignoring case.

    The syntax is RE2's, which searches in linear time. Raises ApiError if RE2 rejects a pattern.
    """
    translated = [
        f"(?:{regular_expressions.in_postgresql(check_text(pattern))})" for pattern in patterns
    ]
    # A single pattern: PostgreSQL caches only the last 32 compiled patterns.
    condition: Condition = functions.search(
        functions.text(value),
        literal(dumps(patterns), String),
        literal("|".join(translated), String),
    )
    return condition

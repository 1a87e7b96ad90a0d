"""JSON in SQL: the few expressions that queries are made of, for SQLite and PostgreSQL alike.

A JSON expression is SQL NULL where the value is absent, for null is a value. Text of a request is
always bound, a key too.
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


def dumps(value: Any) -> str:
    """The JSON text of a value, as it is stored."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def check_text(value: str) -> str:
    """The text. Raises ApiError for lone surrogates and NUL, which not every database holds."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise query_failed("a text is not Unicode") from error
    if "\0" in value:
        raise query_failed("a text holds NUL")
    return value


def at(document: Expression, part: str, own: bool = False) -> Expression:
    """The value under one key of an object. SQLite's paths have no escape for a quote or a
    backslash, so such keys are refused. A key that is the pages' `own` is no parameter.
    """
    if not part or any(char in '"\\' or char < " " for char in part):
        raise query_failed(f"{part!r} is no key")
    write = _constant if own else _parameter
    return functions.at(document, write(f'$."{check_text(part)}"'), write(part))


def _parameter(text: str) -> Expression:
    return literal(text, String)


def _constant(text: str) -> Expression:
    quoted = text.replace("'", "''")
    return literal_column(f"'{quoted}'", String)


def boolean(value: Expression) -> Expression:
    """1 or 0; NULL where the value is no boolean."""
    return case((functions.kind(value) == "true", 1), (functions.kind(value) == "false", 0))


def time(value: Expression) -> Expression:
    """A text in ISO 8601 as `YYYY-MM-DD HH:MM:SS.mmm` in UTC; NULL where the value is none."""
    return functions.time(functions.text(value))


def formatted(time: Expression, pattern: str) -> Expression:
    """A time that `time` gave, as a pattern of strftime writes it."""
    patterns = (check_text(pattern), times.to_char_pattern(pattern))
    return functions.formatted(time, *(literal(one, String) for one in patterns))


@dataclass(frozen=True)
class Elements:
    """The elements of a list: what to select from, each one as JSON, and its place in the list."""

    source: FromClause
    value: Expression
    place: Expression


def elements(value: Expression) -> Elements:
    """The elements of a list; what is no list, alone (null where it is absent)."""
    each = functions.elements(value).table_valued("value", "type", "key", "ordinality")
    place = functions.element_place(each.c.key, each.c.ordinality)
    return Elements(each, functions.element(each.c.value, each.c.type), place)


def each_at(
    document: Expression, parts: Sequence[str], source: FromClause | None = None
) -> tuple[Elements, Expression]:
    """The values at a dotted key, joined to what the document is from, if that is given; and the
    last of the lists that they are in, as a whole.

    Where a list stands on the way, or at the end, each of its elements is looked at. Without a key,
    the document itself is.
    """
    first, *rest = parts or ("",)
    whole = at(document, first) if first else document
    one = elements(whole)
    # SQLite takes no functions of a table's rows in brackets: each one is joined by itself.
    joined = one.source if source is None else source.join(one.source, true())
    for part in rest:
        whole = at(one.value, part)
        one = elements(whole)
        joined = joined.join(one.source, true())
    return Elements(joined, one.value, one.place), whole


def any_at(document: Expression, parts: Sequence[str], meets: Any) -> Condition:
    """Whether some value at a dotted key meets a condition: `meets(value)` gives it; a list at the
    end also as a whole.
    """
    one, whole = each_at(document, parts)
    is_list = func.coalesce(functions.kind(whole) == "array", False)
    found = or_(meets(one.value), and_(is_list, meets(whole)))
    return exists(select(1).select_from(one.source).where(found))


def present(document: Expression, parts: Sequence[str]) -> Condition:
    """Whether a dotted key is there, through lists too."""
    if not parts:
        return document.is_not(None)
    *before, last = parts
    if not before:
        return at(document, last).is_not(None)
    return any_at(document, before, lambda value: at(functions.object_(value), last).is_not(None))


def contains(value: Expression, part: str) -> Condition:
    """Whether a text holds another, in any case of letters of any alphabet."""
    found: Condition = functions.contains(
        functions.text(value), literal(check_text(part).lower(), String)
    )
    return found


def search(value: Expression, pattern: str) -> Condition:
    """Whether a regular expression is found in a text, in any case of letters.

    It is RE2's, so that none is slow. Raises ApiError where it cannot be read.
    """
    theirs = regular_expressions.in_postgresql(check_text(pattern))
    found: Condition = functions.search(
        functions.text(value), literal(pattern, String), literal(theirs, String)
    )
    return found

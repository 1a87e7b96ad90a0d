"""JSON in SQL: the few expressions that queries are made of.

A JSON expression is the text of a value, as SQLite's `->` gives it; SQL NULL where the value is
absent, for null is a value. Text of a request is always bound, a key too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import re2
from sqlalchemy import (
    Boolean,
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

from .errors import query_failed

Expression = ColumnElement[Any]
Condition = ColumnElement[bool]

_ITSELF: Expression = literal_column("'$'")
_NUMBERS = ("integer", "real")


def dumps(value: Any) -> str:
    """The JSON text of a value, as it is stored."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def check_text(value: str) -> str:
    """The text. Raises ApiError for lone surrogates, which no database holds."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise query_failed("a text is not Unicode") from error
    return value


def at(document: Expression, part: str) -> Expression:
    """The value under one key of an object. SQLite's paths have no escape for a quote or a
    backslash, so such keys are refused.
    """
    if not part or any(char in '"\\' or char < " " for char in part):
        raise query_failed(f"{part!r} is no key")
    path = literal(f'$."{check_text(part)}"', String)
    return document.op("->", precedence=14, return_type=String())(path)


def kind(value: Expression) -> Expression:
    """text, integer, real, true, false, null, array, object; NULL where it is absent."""
    return func.json_type(value)


def text(value: Expression) -> Expression:
    """A text without its quotes; NULL where the value is none."""
    plain = value.op("->>", precedence=14, return_type=String())(_ITSELF)
    return case((kind(value) == "text", plain))


def number(value: Expression) -> Expression:
    """The number; NULL where the value is none."""
    plain = value.op("->>", precedence=14)(_ITSELF)
    return case((kind(value).in_(_NUMBERS), plain))


def boolean(value: Expression) -> Expression:
    """1 or 0; NULL where the value is no boolean."""
    return case((kind(value) == "true", 1), (kind(value) == "false", 0))


def time(value: Expression) -> Expression:
    """A text in ISO 8601 as `YYYY-MM-DD HH:MM:SS.mmm` in UTC; NULL where the value is none."""
    written = text(value)
    is_time = written.op("GLOB")("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*")
    return case((is_time, func.strftime("%Y-%m-%d %H:%M:%f", written)))


@dataclass(frozen=True)
class Elements:
    """The elements of a list: what to select from, and each one as JSON."""

    source: FromClause
    value: Expression


def elements(value: Expression) -> Elements:
    """The elements of a list; what is no list, alone (null where it is absent)."""
    alone = func.json_array(func.json(value))
    each = func.json_each(case((kind(value) == "array", value), else_=alone)).table_valued(
        "value", "type"
    )
    # json_each gives texts without their quotes, and booleans as numbers.
    one = case(
        (each.c.type.in_(["true", "false", "null"]), each.c.type),
        (each.c.type.in_(["array", "object"]), each.c.value),
        else_=func.json_quote(each.c.value),
    )
    return Elements(each, one)


def any_at(document: Expression, parts: Sequence[str], meets: Any) -> Condition:
    """Whether some value at a dotted key meets a condition: `meets(value)` gives it.

    Where a list stands on the way, or at the end, each of its elements is looked at; a list at
    the end also as a whole.
    """
    value, whole, source = document, document, None
    for part in parts:
        whole = at(value, part)
        one = elements(whole)
        source = one.source if source is None else source.join(one.source, true())
        value = one.value
    assert source is not None, "a key has parts"
    is_list = func.coalesce(kind(whole) == "array", False)
    found = or_(meets(value), and_(is_list, meets(whole)))
    return exists(select(1).select_from(source).where(found))


def present(document: Expression, parts: Sequence[str]) -> Condition:
    """Whether a dotted key is there, through lists too."""
    *before, last = parts
    if not before:
        return at(document, last).is_not(None)
    return any_at(document, before, lambda value: at(_object(value), last).is_not(None))


def _object(value: Expression) -> Expression:
    return case((kind(value) == "object", value), else_="{}")


def contains(value: Expression, part: str) -> Condition:
    """Whether a text holds another, in any case of letters of any alphabet."""
    lowered = func.unicode_lower(text(value), type_=String)
    return func.instr(lowered, check_text(part).lower()) > 0


def search(value: Expression, pattern: str) -> Condition:
    """Whether a regular expression is found in a text, in any case of letters.

    It is RE2's: its time is linear in the text, whatever the expression. Raises ApiError where
    it cannot be read.
    """
    _compiled(check_text(pattern))
    return func.re2_search(pattern, text(value), type_=Boolean)


def add_functions(connection: Any) -> None:
    """Give a connection of SQLite the functions that it lacks."""
    connection.create_function("unicode_lower", 1, _lower, deterministic=True)
    connection.create_function("re2_search", 2, _search, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else None


def _search(pattern: str, value: Any) -> bool:
    return isinstance(value, str) and _compiled(pattern).search(value) is not None


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        # RE2 tells its reasons in bytes.
        reason = error.args[0].decode(errors="replace") if error.args else "RE2 cannot read it"
        raise query_failed(f"{pattern!r} is no regular expression: {reason}") from error

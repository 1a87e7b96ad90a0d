"""The functions on JSON that queries call, in the dialects of SQLite and PostgreSQL.

JSON is text in SQLite, as its `->` returns it, and jsonb in PostgreSQL. An absent value is SQL
NULL; JSON's null is a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Float, Integer, Numeric, String, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from . import limits, times

TOO_MUCH = "too many bytes: "  # begins the value in an error of `is_affordable`


def _sql(type_: Any, *, sqlite: str, postgresql: str) -> type[FunctionElement[Any]]:
    """Return a SQL function with a template for each dialect: {0} is the first argument.

    {document} and {path} locate that argument, a JSON value, so that SQLite's functions need no
    copy of it from the document.
    """
    function = type("JsonSql", (FunctionElement,), {"type": type_, "inherit_cache": True})

    def write(template: str) -> Callable[..., str]:
        def compile_(element: Any, compiler: Any, **options: Any) -> str:
            arguments = {str(number): clause for number, clause in enumerate(element.clauses)}
            arguments["document"], arguments["path"] = _document_and_path(arguments["0"])
            return re.sub(
                r"\{(\d|document|path)\}",
                lambda match: compiler.process(arguments[match[1]], **options),
                template,
            )

        return compile_

    compiles(function, "sqlite")(write(sqlite))
    compiles(function, "postgresql")(write(postgresql))
    return function


def _document_and_path(value: ColumnElement[Any]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return the document of a JSON value, and the value's path in it."""
    if isinstance(value, at):
        document, path, *_ = value.clauses
        return document, path
    return value, literal_column("'$'")


at = _sql(String(), sqlite="({0} -> {1})", postgresql="({0} -> {2})")
text = _sql(
    String(),
    sqlite="CASE WHEN json_type({document}, {path}) = 'text' THEN {document} ->> {path} END",
    postgresql="(CASE WHEN jsonb_typeof({0}) = 'string' THEN {0} #>> '{}' END) COLLATE \"C\"",
)
"""A text without its quotes, ordered by code point; NULL for any other value."""

number = _sql(
    Numeric(asdecimal=False),
    sqlite="CASE WHEN json_type({document}, {path}) IN ('integer', 'real')"
    " THEN {document} ->> {path} END",
    postgresql="CASE WHEN jsonb_typeof({0}) = 'number' THEN CAST({0} AS NUMERIC) END",
)
"""A number; NULL for any other value."""

time = _sql(
    String(),
    sqlite="iso_time({0})",
    # A cast to TIMESTAMPTZ would round the seventh digit of the seconds.
    postgresql=f"CASE WHEN {{0}} ~ '{times.WRITTEN}' THEN"
    r" to_char(CAST(regexp_replace({0}, '([.]\d\d\d\d\d\d)\d+', '\1') AS TIMESTAMPTZ)"
    " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') COLLATE \"C\" END",
)
formatted = _sql(
    String(),
    sqlite="strftime({1}, {0})",
    postgresql="to_char(CAST({0} AS TIMESTAMP), {2})",
)
elements = _sql(
    String(),
    sqlite="json_each(as_list({0}))",
    postgresql="jsonb_array_elements(CASE WHEN jsonb_typeof({0}) = 'array' THEN {0}"
    " ELSE jsonb_build_array({0}) END) WITH ORDINALITY",
)
element_ordinal = _sql(Integer(), sqlite="{0}", postgresql="{1}")
# json_each returns texts without their quotes, and booleans as numbers.
element = _sql(
    String(),
    sqlite="CASE WHEN {1} IN ('true', 'false', 'null') THEN {1}"
    " WHEN {1} IN ('array', 'object') THEN {0} ELSE to_json({0}) END",
    postgresql="{0}",
)
object_ = _sql(
    String(),
    sqlite="CASE WHEN json_type({0}) = 'object' THEN {0} ELSE '{}' END",
    postgresql="CASE WHEN jsonb_typeof({0}) = 'object' THEN {0} ELSE jsonb_build_object() END",
)
contains = _sql(
    Boolean(),
    sqlite="contains_lower({0}, {1})",  # instr takes time in the product of the lengths
    postgresql='strpos(lower({0} COLLATE "und-x-icu") COLLATE "C", {1}) > 0',
)
search = _sql(Boolean(), sqlite="re2_search({1}, {0})", postgresql="({0} ~ {2})")

kind = _sql(
    String(),
    sqlite="json_type({document}, {path})",
    postgresql="CASE jsonb_typeof({0}) WHEN 'string' THEN 'text' WHEN 'number' THEN 'real'"
    " WHEN 'boolean' THEN CAST({0} AS TEXT) ELSE jsonb_typeof({0}) END",
)
"""text, integer, real, true, false, null, array, object; NULL where the value is absent."""

rank = _sql(
    Integer(),
    sqlite="CASE json_type({document}, {path}) WHEN 'integer' THEN 1 WHEN 'real' THEN 1"
    " WHEN 'text' THEN 2 WHEN 'object' THEN 3 WHEN 'array' THEN 4"
    " WHEN 'false' THEN 5 WHEN 'true' THEN 6 ELSE 0 END",
    postgresql="CASE jsonb_typeof({0}) WHEN 'number' THEN 1 WHEN 'string' THEN 2"
    " WHEN 'object' THEN 3 WHEN 'array' THEN 4"
    " WHEN 'boolean' THEN CASE WHEN {0} = 'true' THEN 6 ELSE 5 END ELSE 0 END",
)
"""The order of the kinds of values: null and absent values are the least."""

quote = _sql(
    String(),
    sqlite="to_json({0})",  # SQLite's json_quote cuts numbers after 15 digits
    postgresql="coalesce(to_jsonb({0}), 'null')",
)
"""The JSON value of a text or a number of SQL; null for NULL."""

canonical = _sql(
    String(),
    sqlite="CASE WHEN json_type({0}) IN ('real', 'array', 'object') THEN canonical_json({0})"
    " ELSE {0} END",
    postgresql="{0}",
)
"""A canonical JSON value, the same for equal values: 1 and 1.0, members in any order."""

ascending = _sql(String(), sqlite="{0}", postgresql="{0} NULLS FIRST")
descending = _sql(String(), sqlite="{0} DESC", postgresql="{0} DESC NULLS LAST")
"""Sort orders with NULL before all other values (`ascending`) or after them (`descending`)."""

without_index = _sql(String(), sqlite="+{0}", postgresql="{0}")
"""The same value, which SQLite matches to no index; PostgreSQL plans by statistics."""

foreign_time = _sql(
    String(),
    # The modifier makes SQLite normalize the date: 30 February becomes 1 March.
    sqlite=f"CASE WHEN {{0}} GLOB '{times.SERVERS_GLOB}' AND {{0}} > '0001-01-02'"
    " AND {0} < '9999-12-31' AND strftime('%Y-%m-%dT%H:%M:%fZ', {0}, '+0 days') IS {0}"
    " THEN NULL ELSE {0} END",
    postgresql=f"(CASE WHEN {{0}} !~ '{times.SERVERS}' THEN {{0}} END)",
)
"""A text that is not a time in the servers' format, UTC to the millisecond; else NULL."""

total = _sql(
    Float(),
    sqlite="decimal_sum(group_concat("
    "CASE WHEN json_type({0}) IN ('integer', 'real') THEN {0} END, ' '))",
    postgresql="CAST(sum(CASE WHEN jsonb_typeof({0}) = 'number' THEN CAST({0} AS NUMERIC) END)"
    " AS DOUBLE PRECISION)",
)
"""The sum of the JSON numbers of a group, exact in decimals; NULL if there are none."""

size = _sql(
    Integer(),
    sqlite="coalesce(length({0}), 0)",
    postgresql="coalesce(pg_column_size({0}), 0)",
)
"""The number of bytes that a value takes."""

spent = _sql(
    Integer(),
    sqlite="spend({0}, {1})",
    postgresql=f"sum(CASE WHEN {{0}} > {{1}} THEN {limits.STORED + 1} ELSE {{0}} END)"
    " OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
)
"""The bytes of the rows up to this one; too many for a row of more than {1} bytes. SQLite raises
an error itself.
"""

is_affordable = _sql(
    Boolean(),
    sqlite="{0}",
    postgresql=f"CASE WHEN {{0}} > {limits.STORED}"
    f" THEN CAST('{TOO_MUCH}' || {{0}} AS BOOLEAN) ELSE true END",
)
"""True; an error if `spent` is too much."""

parse = _sql(String(), sqlite="json({0})", postgresql="CAST({0} AS JSONB)")
"""The JSON value of a JSON text."""

write = _sql(String(), sqlite="{0}", postgresql='(CAST({0} AS TEXT) COLLATE "C")')
"""The JSON text of a JSON value."""

length = _sql(Integer(), sqlite="json_array_length({0})", postgresql="jsonb_array_length({0})")
"""The number of elements of a list."""

listed = _sql(
    String(),
    sqlite="('[' || coalesce(group_concat({0}), '') || ']')",
    postgresql="coalesce(jsonb_agg({0} ORDER BY {1}) FILTER (WHERE {0} IS NOT NULL), '[]')",
)
"""The JSON list of the values of a group, in an order; absent values are left out."""

listed_once = _sql(
    String(),
    sqlite="('[' || coalesce(group_concat(DISTINCT {0}), '') || ']')",
    postgresql="coalesce(jsonb_agg(DISTINCT {0}) FILTER (WHERE {0} IS NOT NULL), '[]')",
)
"""The JSON list of the distinct values of a group."""

merged = _sql(
    String(),
    sqlite="merge_objects('[' || coalesce(group_concat({0}), '') || ']')",
    postgresql="(SELECT coalesce(jsonb_object_agg(m.key, m.value ORDER BY item.ordinal), '{}')"
    " FROM jsonb_array_elements(jsonb_agg({0} ORDER BY {1}) FILTER (WHERE {0} IS NOT NULL))"
    " WITH ORDINALITY AS item(value, ordinal), jsonb_each("
    "CASE WHEN jsonb_typeof(item.value) = 'object' THEN item.value ELSE '{}' END) AS m)",
)
"""The JSON object with the members of all objects of a group, in an order: the last one wins."""

members = _sql(
    String(),
    sqlite="object_to_array({0})",
    postgresql="(SELECT coalesce(jsonb_agg(jsonb_build_object('k', member.key, 'v', member.value)"
    " ORDER BY member.key COLLATE \"C\"), '[]') FROM jsonb_each({0}) AS member)",
)
"""The JSON list of an object's members, {k, v}, ordered by k."""

from_members = _sql(
    String(),
    sqlite="array_to_object({0})",
    postgresql="(SELECT coalesce(jsonb_object_agg(pair.k #>> '{}', pair.v ORDER BY ordinal), '{}')"
    " FROM jsonb_array_elements({0}) WITH ORDINALITY AS item(value, ordinal), LATERAL (SELECT"
    " CASE jsonb_typeof(item.value) WHEN 'array' THEN item.value -> 0 ELSE item.value -> 'k' END,"
    " CASE jsonb_typeof(item.value) WHEN 'array' THEN item.value -> 1 ELSE item.value -> 'v' END)"
    " AS pair(k, v) WHERE jsonb_typeof(pair.k) = 'string' AND pair.v IS NOT NULL)",
)
"""The JSON object of a list of members, {k, v} or [k, v]; other elements are left out."""

padded = _sql(
    String(), sqlite="printf('%020d', {0})", postgresql="lpad(CAST({0} AS TEXT), 20, '0')"
)
"""A number padded with zeros, so that texts sort as the numbers do."""

long = _sql(
    String(),
    sqlite="json(CAST({0} AS INTEGER))",
    postgresql="to_jsonb(CAST({0} AS NUMERIC))",
)
"""The JSON number of a text with an integer."""

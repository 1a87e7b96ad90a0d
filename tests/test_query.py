"""Filters, pages and fields of a query, over both transports and on both databases.

Each case of an operator is named by a sentence of its meaning, and lists the rows that it keeps.
"""

from __future__ import annotations

from typing import Any

import pytest
from depot_api import ROWS, THING, kept
from serving import (
    Server,
)

pytestmark = pytest.mark.slow

FILTERS = [
    ("eq", "provider", "aws", "1"),
    ("eq", "count", 2, "23"),
    ("eq", "count", "2", ""),
    ("eq", "provider", None, "45"),
    ("eq", "labels", "red", "1"),
    ("eq", "tags.a.b", 1, "23"),
    ("eq", "tags.c", True, "2"),
    ("eq", "tags.c", 1, ""),
    ("eq", "errors.code", "E2", "4"),
    ("eq", "big", "9007199254740993", "4"),
    ("eq", "name", "100%_\\", "4"),
    ("not", "provider", "aws", "2345"),
    ("not", "provider", None, "123"),
    ("not", "tags.a.b", 1, "145"),
    ("lt", "count", 2, "1"),
    ("lte", "count", 2, "123"),
    ("gt", "count", 2, "4"),
    ("gte", "count", 2, "234"),
    ("gt", "big", "7", "4"),
    ("lt", "name", "a", "14"),
    ("gt", "count", None, ""),
    ("in", "provider", ["aws", "google"], "13"),
    ("in", "provider", [None, "aws"], "145"),
    ("in", "provider", [], ""),
    ("not_in", "provider", ["aws", "google"], "245"),
    ("not_in", "provider", [], "12345"),
    ("contain", "name", "A", "12"),
    ("contain", "name", "ä", "3"),
    ("contain", "name", "%_", "4"),
    ("contain", "labels", "RED", "15"),
    ("not_contain", "provider", "aws", "345"),
    ("contain_in", "name", ["app", "ban"], "12"),
    ("not_contain_in", "name", ["app", "ban"], "12345"),
    ("exists", "tags.a", True, "235"),
    ("exists", "tags.a", False, "14"),
    ("exists", "tags.a.b", True, "23"),
    ("match", "errors", {"code": "E1", "message": "x"}, "4"),
    ("match", "errors", {"code": "E1", "message": "y"}, ""),
    ("regex", "name", "^a", "1"),
    ("regex", "name", "n+a$", "2"),
    ("regex_in", "name", ["^b", "^x$"], "25"),
    ("datetime_gt", "created_at", "2024-01-06", "12"),
    ("datetime_gte", "created_at", "2024-01-06T00:00:00Z", "123"),
    ("datetime_lt", "created_at", "2024-01-06T02:00:00+02:00", "45"),
    ("datetime_lte", "tags.at", "2024-03-01T10:00:00.000Z", "5"),
    ("timediff_lt", "created_at", "now/d - 4w", "12345"),
    ("timediff_gt", "created_at", "now", ""),
]


@pytest.mark.parametrize(("operator", "key", "value", "expected"), FILTERS)
def test_an_operator_keeps_the_rows_that_it_means(
    depot: Server, operator: str, key: str, value: Any, expected: str
) -> None:
    assert kept(depot, filter=[{"k": key, "v": value, "o": operator}]) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(?P<n>an)+", "2"),
        (r"\Q%_\E", "4"),
        ("^ä", "3"),
        ("(?-i)^a", ""),
        (r"\bx\b", "5"),
        (r"[\s%]", "4"),
        ("[[:^alpha:]]", "34"),
        (r"^\w+$", "125"),
        (r"^[^\W\d]{5}\z", "1"),
        (r"\x{c4}RGER", "3"),
        ("a|", "12345"),
    ],
)
def test_a_regular_expression_is_that_of_re2(depot: Server, pattern: str, expected: str) -> None:
    assert kept(depot, filter=[{"k": "name", "v": pattern, "o": "regex"}]) == expected


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"\pL", r"\p is not supported"),
        (r"[\p{Greek}]", r"\p is not supported"),
        (r"\Ba", r"\B is not supported"),
        ("a{256}", "a part is repeated more than 255 times"),
        ("a(?i)*", "flags are repeated"),
        (r"[\b]", "invalid escape sequence"),
        ("(?=a)", "invalid perl operator"),
        ("(a){900}{900}", "bad repetition operator"),
        ("(" * 101 + ")" * 101, "groups are nested deeper than 100"),
        ("a" * 1001, "a regular expression is longer than 1000 characters"),
    ],
)
def test_a_regular_expression_that_one_store_cannot_read_is_refused_by_both(
    depot: Server, pattern: str, said: str
) -> None:
    query = {"filter": [{"k": "name", "v": pattern, "o": "regex"}]}
    refusal = depot.refusal(f"{THING}.list", {"domain_id": "d", "query": query})
    assert (refusal.code, refusal.http) == ("ERROR_DB_QUERY", 400)
    assert said in refusal.message


def test_a_request_field_that_rows_lack_keeps_all_rows(depot: Server) -> None:
    given = {"domain_id": "d", "tenant_id": "t"}
    assert depot.ask(f"{THING}.get", {**given, "thing_id": "thing-1"})["name"] == "Apple"
    assert depot.ask(f"{THING}.list", given)["total_count"] == len(ROWS)


def test_filters_are_all_met_and_of_the_others_any(depot: Server) -> None:
    two = {"key": "count", "value": 2, "operator": "eq"}
    either = [{"k": "provider", "v": v, "o": "eq"} for v in ("aws", "google")]
    assert kept(depot, filter=[two], filter_or=either) == "3"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"keyword": " APP thing-5 "}, "15"),
        ({"keyword": "  "}, "12345"),
        ({"sort": {"key": "name"}}, "41253"),
        ({"sort": {"key": "count", "desc": True}}, "42315"),
        ({"sort": {"keys": [{"key": "count"}, {"key": "name", "desc": True}]}}, "51324"),
        ({"sort": {"key": "tags.c", "desc": True}}, "21345"),
        ({"page": {"limit": 2, "start": 3}}, "34"),
    ],
)
def test_rows_are_found_sorted_and_paged(
    depot: Server, query: dict[str, Any], expected: str
) -> None:
    assert kept(depot, **query) == expected


def test_a_row_is_narrowed_to_the_requested_fields(depot: Server) -> None:
    query = {"filter": [{"k": "name", "v": "Ärger", "o": "eq"}], "only": ["tags.a.b", "count"]}
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": query})
    assert answer["results"] == [{"count": 2, "tags": {"a": [{"b": 1}, {"b": 2}]}}]
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": {"minimal": True}})
    assert answer["results"][0] == {"thing_id": "thing-1", "name": "Apple", "state": "ENABLED"}


HOSTILE = ["'; DROP TABLE x; --", '"', "$[*]", "a' OR '1'='1", "%", "\\", "\u2028", "(a+)+$"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("operator", ["eq", "contain", "lt"])
def test_text_of_a_request_is_data(depot: Server, text: str, operator: str) -> None:
    assert set(kept(depot, filter=[{"k": "name", "v": text, "o": operator}])) <= set("12345")
    assert kept(depot, filter=[{"k": "tags", "v": text, "o": "eq"}]) == ""


@pytest.mark.parametrize("key", ["tags.'", "tags.a b", "tags.$", "tags.-1", "tags.ä", "tags.%"])
def test_a_key_of_a_request_is_data(depot: Server, key: str) -> None:
    assert kept(depot, filter=[{"k": key, "v": "x", "o": "eq"}]) == ""


@pytest.mark.parametrize("key", ['tags."', "tags.\\", "tags.", ".", "tags" + ".a" * 99])
def test_a_value_that_cannot_be_a_key_is_refused(depot: Server, key: str) -> None:
    query = {"filter": [{"k": key, "v": "x", "o": "eq"}]}
    refusal = depot.refusal(f"{THING}.list", {"domain_id": "d", "query": query})
    assert (refusal.code, refusal.http) == ("ERROR_DB_QUERY", 400)

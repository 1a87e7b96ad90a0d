"""What a query may not ask for, and the most that it may."""

from __future__ import annotations

from typing import Any

import pytest
from depot_api import COUNTED, THING
from serving import Server

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("operator", "value", "code"),
    [
        ("eq", ["a"], "ERROR_OPERATOR_VALUE_TYPE"),
        ("in", "a", "ERROR_OPERATOR_LIST_VALUE_TYPE"),
        ("exists", "yes", "ERROR_OPERATOR_BOOLEAN_TYPE"),
        ("match", "a", "ERROR_OPERATOR_DICT_VALUE_TYPE"),
        ("contain", 1, "ERROR_OPERATOR_VALUE_TYPE"),
        ("regex", "(?=a)", "ERROR_DB_QUERY"),
        ("like", "a", "ERROR_DB_QUERY"),
    ],
)
def test_a_value_of_another_type_is_refused(
    depot: Server, operator: str, value: Any, code: str
) -> None:
    query = {"filter": [{"k": "tags.a", "v": value, "o": operator}]}
    refusal = depot.refusal(f"{THING}.list", {"domain_id": "d", "query": query})
    assert (refusal.code, refusal.http) == (code, 400)


def nested(depth: int) -> Any:
    return "n" if not depth else {"operator": "add", "fields": [nested(depth - 1), 1]}


def grouped(**body: Any) -> dict[str, Any]:
    return {"aggregate": [{"group": body}]}


A = {"k": "name", "v": "a", "o": "eq"}
DEEP = ".".join(["tags", *"abcdefghijklmno"])  # as deep as a key may be
TOO_MUCH: list[tuple[str, dict[str, Any], str]] = [
    ("list", {"filter": [A] * 60, "filter_or": [A] * 41}, "100 conditions"),
    ("list", {"filter": [{**A, "o": "contain_in", "v": ["a"] * 101}]}, "100 conditions"),
    ("list", {"filter": [{**A, "o": "in", "v": ["a"] * 1001}]}, "1000 values in conditions"),
    ("list", {"filter": [{**A, "o": "in", "v": ["a"] * 600}] * 2}, "1000 values in conditions"),
    ("list", {"keyword": "a " * 21}, "20 words in keyword"),
    ("list", {"keyword": "a" * 10_001}, "10000 characters in keyword"),
    *(
        ("list", {"filter": [{**A, "o": operator, "v": value}] * 11}, "10000 characters in texts")
        for operator, value in (
            ("regex", "a" * 1000),
            ("regex_in", ["a" * 400, "b" * 600]),
            ("contain", "a" * 1000),
            ("not_contain_in", ["a" * 1000]),
        )
    ),
    (
        "list",
        {
            "only": ["name"],
            "unwind": {"path": "labels", "filter": [{**A, "o": "regex", "v": "a" * 1000}] * 11},
        },
        "10000 characters in texts",
    ),
    ("list", {"only": ["name"] * 201}, "200 names in only"),
    ("list", {"sort": {"keys": [{"key": "name"}] * 21}}, "20 keys to sort by"),
    (
        "list",
        {"filter": [{"k": "errors", "o": "match", "v": {f"m{at}": 1 for at in range(21)}}]},
        "20 members to match",
    ),
    (
        "list",
        {"only": ["name"], "unwind": {"path": "labels", "filter": [A] * 21}},
        "20 conditions of an unwind",
    ),
    ("stat", {"aggregate": [{"limit": 1}] * 21}, "20 stages"),
    ("stat", {"aggregate": [{"sort": {"keys": [{"key": "a"}] * 21}}]}, "20 keys to sort by"),
    ("stat", grouped(keys=[{"key": "name"}] * 21), "20 keys of a group"),
    ("stat", grouped(fields=[{"operator": "count"}] * 101), "100 fields of a group"),
    (
        "stat",
        grouped(fields=[{"operator": "count", "conditions": [A] * 21}]),
        "20 conditions of a field",
    ),
    (
        "stat",
        grouped(fields=[{"operator": "push", "fields": [{"key": "name"}] * 101}]),
        "100 fields of a push",
    ),
    (
        "stat",
        grouped(keys=[{"key": "created_at", "date_format": "%Y" * 51}]),
        "100 characters in a date_format",
    ),
    (
        "stat",
        {"aggregate": [{"project": {"fields": [{"key": "name"}] * 101}}]},
        "100 fields of a project",
    ),
    ("analyze", {"fields": {f"n{n}": {"operator": "count"} for n in range(101)}}, "100 entries"),
    ("analyze", {"fields": COUNTED, "group_by": ["name"] * 21}, "20 entries in group_by"),
    ("analyze", {"fields": COUNTED, "field_group": ["name"] * 21}, "20 entries in field_group"),
    ("analyze", {"fields": COUNTED, "select": {"x": nested(10)}}, "8 calculations in each other"),
    (
        "analyze",
        {"fields": COUNTED, "select": {"x": {"operator": "add", "fields": ["n"] * 1000}}},
        "1000 parts of stages",
    ),
]


@pytest.mark.parametrize(("method", "query", "said"), TOO_MUCH)
def test_too_large_a_query_is_refused(
    depot: Server, method: str, query: dict[str, Any], said: str
) -> None:
    refusal = depot.refusal(f"{THING}.{method}", {"domain_id": "d", "query": query})
    assert (refusal.code, refusal.http) == ("ERROR_DB_QUERY", 400)
    assert f"(reason = more than {said}" in refusal.message


def results(depot: Server, method: str, **query: Any) -> list[Any]:
    """The results over HTTP alone: such a query takes a database seconds."""
    method = f"{THING}.{method}"
    answer = depot.over_http(depot.routes(method)[-1], {"domain_id": "d", "query": query})
    assert answer.status_code == 200, answer.text
    return list(answer.json().get("results", []))


def test_the_largest_queries_are_answered(depot: Server) -> None:
    for operator, count in (("in", 1000), ("contain_in", 100)):
        words = [f"w{at}" for at in range(count)]
        assert results(depot, "list", filter=[{"k": DEEP, "o": operator, "v": words}]) == []
    both = {"filter": [{**A, "k": DEEP}] * 50, "filter_or": [{**A, "k": DEEP}] * 50}
    assert results(depot, "list", **both, keyword="a " * 20) == []
    conditions = [{"key": DEEP, "value": 1, "operator": "eq"}] * 20
    counted = [{"name": f"n{at}", "operator": "count", "conditions": conditions} for at in range(9)]
    (found,) = results(depot, "stat", **grouped(fields=counted))
    assert found == {f"n{at}": 0 for at in range(9)}

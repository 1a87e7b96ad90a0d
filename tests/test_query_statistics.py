"""Statistics and analyses of a query, over both transports and on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from depot_api import COUNTED, ROWS, THING, analyze, group, kept, over_http, stat
from serving import (
    Server,
)

pytestmark = pytest.mark.slow


def test_a_group_returns_the_results_of_its_operators(depot: Server) -> None:
    fields = {name: (name, "count") for name in ("sum", "average", "max", "min", "push")}
    (found,) = stat(depot, group(**fields, first=("first", "name"), last=("last", "name")))
    assert found == {
        "sum": 15,
        "average": 3.75,
        "max": 10,
        "min": 1,
        "push": [1, 2, 2, 10],
        "first": "Apple",
        "last": "x",
    }
    (found,) = stat(depot, group(most=("max", "tags.c"), least=("min", "tags.c")))
    assert found == {"most": True, "least": True}
    (found,) = stat(depot, group(s=("add_to_set", "count")))
    assert sorted(found["s"]) == [1, 2, 10]


def test_conditions_count_a_part_of_a_group(depot: Server) -> None:
    conditions = [{"key": "count", "value": 2, "operator": "gte"}]
    field = {"name": "n", "operator": "count", "conditions": conditions}
    assert stat(depot, {"group": {"keys": [], "fields": [field]}}) == [{"n": 3}]


def test_a_list_is_unwound_before_it_is_grouped(depot: Server) -> None:
    found = stat(depot, {"unwind": {"path": "labels"}}, group("labels", n=("count", "")))
    assert found == [
        {"labels": "Red", "n": 1},
        {"labels": "red", "n": 1},
        {"labels": "round", "n": 1},
    ]


def test_an_unwound_list_is_filtered(depot: Server) -> None:
    red = [{"k": "labels", "v": "red", "o": "contain"}]
    counted = group("labels", n=("count", ""))
    assert stat(depot, {"unwind": {"path": "labels", "filter": red}}, counted) == [
        {"labels": "Red", "n": 1},
        {"labels": "red", "n": 1},
    ]
    first = {"path": "errors", "filter": [{"k": "errors.code", "v": ["E1", "E3"], "o": "in"}]}
    found = stat(depot, {"unwind": first}, group("errors.code", n=("count", "")))
    assert found == [{"errors.code": "E1", "n": 1}]
    asked = {"fields": COUNTED, "group_by": ["errors.code"]}
    assert analyze(depot, **asked, unwind=first)["results"] == [{"code": "E1", "n": 1}]


def test_a_list_has_a_row_for_each_element(depot: Server) -> None:
    unwind = {"path": "errors", "filter": [{"k": "errors.message", "v": "z", "o": "not"}]}
    query = {"unwind": unwind, "only": ["name", "errors.code"], "sort": {"key": "errors.code"}}
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": query})
    assert answer == {
        "results": [{"name": "100%_\\", "errors": [{"code": code}]} for code in ("E1", "E2")],
        "total_count": 2,
    }
    paged = {**query, "page": {"limit": 1, "start": 2}}
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": paged})
    assert (answer["results"][0]["errors"], answer["total_count"]) == ([{"code": "E2"}], 2)
    nothing = {"path": "labels", "filter": [{"k": "nothing", "v": 1, "o": "eq"}]}
    for wrong in ({"unwind": unwind}, {**query, "unwind": nothing}):
        refusal = depot.refusal(f"{THING}.list", {"domain_id": "d", "query": wrong})
        assert (refusal.code, refusal.http) == ("ERROR_DB_QUERY", 400)


def test_rows_are_sorted_and_cut_before_they_are_grouped(depot: Server) -> None:
    by_name = {"sort": {"key": "name", "desc": True}}
    names = group(names=("push", "name"), last=("last", "name"))
    found = stat(depot, by_name, {"skip": 1}, {"limit": 3}, names)
    assert found == [{"names": ["x", "banana", "Apple"], "last": "Apple"}]
    found = stat(depot, {"sort": {"key": "labels"}}, {"limit": 2}, {"unwind": {"path": "labels"}})
    assert found == []
    found = stat(depot, {"unwind": {"path": "labels"}}, by_name, {"limit": 1})
    assert found == [{**ROWS[4], "labels": "Red"}]


def test_a_dot_in_the_name_of_a_column_is_a_part_of_the_name(depot: Server) -> None:
    dotted = {"name": "a.b", "key": "name"}
    of_a = {"unwind": {"path": "a"}}
    assert stat(depot, {"project": {"fields": [dotted]}}, of_a) == []
    found = stat(depot, {"project": {"fields": [dotted, {"name": "a", "key": "labels"}]}}, of_a)
    assert found
    assert all(set(row) == {"a", "a.b"} for row in found)


@pytest.mark.parametrize(
    ("date_format", "expected"),
    [("%Y-%m", ["2024-01"]), ("year", [2024]), ("month", [1]), ("day", [4, 5, 6, 7, 8])],
)
def test_times_are_grouped_by_a_part_of_them(
    depot: Server, date_format: str, expected: list[Any]
) -> None:
    keys = [{"key": "created_at", "name": "at", "date_format": date_format}]
    fields = [{"name": "n", "operator": "count"}]
    found = stat(depot, {"group": {"keys": keys, "fields": fields}})
    assert [row["at"] for row in found] == expected
    assert sum(row["n"] for row in found) == 5


TIMES = {
    "2024-02-29": "2024-02-29 00:00:00",
    "2024-02-29T23:59:59.9999999Z": "2024-02-29 23:59:59",
    "2024-02-29T00:30:00+02:00": "2024-02-28 22:30:00",
    "2024-02-30": None,
    "2023-02-29": None,
    "2024-01-01T24:00:00": None,
    "2024-01-01T10": None,
    "2024-01-01\n00:00:00": None,
    "٢٠٢٤-01-01": None,
    "0001-01-01T00:00:00+02:00": None,
    "now": None,
}


def test_a_text_is_a_time_for_both_databases_or_for_none(empty: Server) -> None:
    for number, text in enumerate(TIMES):
        over_http(empty, "create", name=f"{number:02}", tags={"at": text})
    form = "%Y-%m-%d %H:%M:%S"
    keys = [{"key": "name"}, {"key": "tags.at", "name": "second", "date_format": form}]
    found = [row.get("second") for row in stat(empty, {"group": {"keys": keys}})]
    assert found == list(TIMES.values())
    later = [{"k": "tags.at", "v": "0001-01-02", "o": "datetime_gt"}]
    assert len(kept(empty, filter=later)) == 24 * sum(map(bool, TIMES.values()))  # ids of 24 digits


def test_stages_come_one_after_another(depot: Server) -> None:
    found = stat(
        depot,
        group("count", n=("count", "")),
        {"sort": {"key": "n", "desc": True}},
        {"skip": 1},
        {"limit": 2},
    )
    assert found == [{"n": 1}, {"count": 1, "n": 1}]
    assert stat(depot, group("count", n=("push", "name")), {"count": {"name": "rows"}}) == [
        {"rows": 4}
    ]


def test_a_project_names_and_computes_fields(depot: Server) -> None:
    grouped = group("provider", counts=("push", "count"))
    fields = [
        {"name": "of", "key": "provider"},
        {"name": "n", "key": "counts", "operator": "size"},
        {"name": "total", "key": "counts", "operator": "sum"},
    ]
    found = stat(depot, grouped, {"project": {"fields": fields}}, {"limit": 2})
    assert found == [
        {"n": 1, "total": 10},
        {"provider": "AWS", "of": "AWS", "n": 1, "total": 2},
    ]
    left = {"fields": [{"name": "counts"}], "exclude_keys": True}
    assert stat(depot, grouped, {"project": left}, {"limit": 2}) == [
        {"counts": [10]},
        {"counts": [2]},
    ]


def test_objects_are_merged_and_turned_into_lists_and_back(depot: Server) -> None:
    merged = {"a": None, "c": True, "at": "2024-03-01T10:00:00Z"}
    grouped = group(all=("merge_objects", "tags"), none=("merge_objects", "name"))
    assert stat(depot, grouped) == [{"all": merged, "none": {}}]
    members = [{"k": key, "v": merged[key]} for key in sorted(merged)]
    listed = {"name": "all", "key": "all", "operator": "object_to_array"}
    nothing = {"name": "none", "key": "n", "operator": "object_to_array"}
    again = {"name": "again", "key": "all", "operator": "array_to_object"}
    project = {"project": {"fields": [listed, nothing]}}
    assert stat(depot, grouped, project) == [{"all": members, "none": None}]
    assert stat(depot, grouped, project, {"project": {"fields": [again]}}) == [{"again": merged}]
    pairs = [{"name": "all", "key": "pairs", "operator": "array_to_object"}]
    pushed = [{"key": "name", "name": "k"}, {"key": "count", "name": "v"}]
    push = {"name": "pairs", "operator": "push", "fields": pushed}
    found = stat(depot, {"group": {"fields": [push]}}, {"project": {"fields": pairs}})
    assert found == [{"all": {"Apple": 1, "banana": 2, "Ärger": 2, "100%_\\": 10}}]


def test_numbers_are_calculated_alike_on_both_databases(empty: Server) -> None:
    """Sums are of decimals, all else is of doubles, and equal numbers are one."""
    for n in (0.1, 0.2, 1, 1.0, 0.12345678901234568, {"a": 1, "bb": 2}, {"bb": 2.0, "a": 1.0}):
        over_http(empty, "create", name="a", tags={"n": n})
    (found,) = stat(empty, group(**{o: (o, "tags.n") for o in ("sum", "average", "max", "min")}))
    total = 2.42345678901234568
    assert found == {"sum": total, "average": total / 5, "max": 1, "min": 0.1}
    counts = [row["n"] for row in stat(empty, group("tags.n", n=("count", "")))]
    assert counts == [1, 1, 1, 2, 2]
    assert len(stat(empty, distinct="tags.n")) == 5
    (found,) = stat(empty, group(s=("add_to_set", "tags.n")))
    assert len(found["s"]) == 5
    select = {"x": {"operator": "add", "fields": ["n", 0.2]}}
    fields = {"n": {"operator": "min", "key": "tags.n"}}
    assert analyze(empty, fields=fields, select=select)["results"] == [{"x": 0.1 + 0.2}]


def test_a_number_that_no_double_holds_is_refused(empty: Server) -> None:
    for _ in range(2):
        over_http(empty, "create", name="a", tags={"n": 1.7e308})
    refused = empty.refusal(
        f"{THING}.stat", {"domain_id": "d", "query": {"aggregate": [group(n=("sum", "tags.n"))]}}
    )
    assert (refused.http, refused.message) == (
        400,
        "Database query failed. (reason = a number is out of range)",
    )


def test_an_analysis_counts_in_a_span_of_dates(depot: Server) -> None:
    span = {"start": "2024-01-05", "end": "2024-01-07"}
    found = analyze(depot, fields=COUNTED, granularity="MONTHLY", **span)
    assert found == {"results": [{"date": "2024-01", "n": 3}]}
    found = analyze(depot, fields=COUNTED, granularity="DAILY", start="2024", end="2024-01-05")
    assert found == {"results": [{"date": "2024-01-04", "n": 1}, {"date": "2024-01-05", "n": 1}]}
    assert analyze(depot, fields=COUNTED, end="2023") == {"results": [{"n": 0}]}
    assert analyze(depot, fields=COUNTED, start="2023-12", end="2024")["results"] == [{"n": 5}]


def test_an_analysis_reports_whether_there_is_more(depot: Server) -> None:
    asked: dict[str, Any] = {"fields": COUNTED, "group_by": ["name"], "sort": [{"key": "name"}]}
    pages = [analyze(depot, **asked, page={"start": s, "limit": 2}) for s in (1, 4)]
    assert [page["more"] for page in pages] == [True, False]
    assert [row["name"] for page in pages for row in page["results"]] == [
        *("100%_\\", "Apple"),
        *("x", "Ärger"),
    ]


def test_an_analysis_is_calculated_from(depot: Server) -> None:
    select = {
        "provider": "provider",
        "more": {"operator": "add", "fields": ["n", 1, {"operator": "divide", "fields": ["n", 2]}]},
        "never": {"operator": "divide", "fields": ["n", 0]},
    }
    found = analyze(
        depot, fields=COUNTED, group_by=["provider"], select=select, sort=[{"key": "provider"}]
    )
    assert found["results"][0] == {"more": 4.0, "never": None}
    assert found["results"][1] == {"provider": "AWS", "more": 2.5, "never": None}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "Required parameter. (key = fields)"),
        ({"fields": {"n": {}}}, "Required parameter. (key = query.fields.operator)"),
        ({"fields": {"n": {"operator": "sum"}}}, "Required parameter. (key = query.fields.key)"),
        ({"fields": COUNTED, "group_by": [1]}, "(key = group_by"),
        ({"fields": COUNTED, "start": "2024-13"}, "(key = start, type = YYYY-MM)"),
        ({"fields": COUNTED, "end": "9999"}, "(key = end, type = YYYY)"),
        ({"fields": COUNTED, "field_group": ["_total_n"]}, "(key = field_group"),
        ({"fields": COUNTED, "select": {"x": {"operator": "add", "fields": ["n"]}}}, "two fields"),
    ],
)
def test_an_analysis_of_nothing_is_refused(depot: Server, asked: dict[str, Any], said: str) -> None:
    request = {"domain_id": "d", "query": asked} if asked else {"domain_id": "d"}
    refused = depot.refusal(f"{THING}.analyze", request)
    assert refused.http == 400
    assert said in refused.message


def test_distinct_looks_into_lists(depot: Server) -> None:
    assert stat(depot, distinct="labels") == ["Red", "red", "round"]
    assert stat(depot, distinct="tags.c") == [True]
    assert stat(depot, distinct="errors.code") == ["E1", "E2"]
    assert stat(depot, distinct="tags.a.b") == [1, 2]


@pytest.mark.parametrize("operator", ["sum", "size", "array_to_object", "object_to_array"])
@pytest.mark.parametrize("key", ["count", "labels", "tags", "tags.c", "state"])
@pytest.mark.parametrize(
    "before",
    [
        [{"limit": 1000}],
        [{"skip": 0}, {"sort": {"keys": [{"key": "count"}]}}, {"limit": 1000}],
        [{"sort": {"keys": [{"key": "name"}]}}, {"limit": 1000}, {"skip": 0}],
    ],
    ids=["limit", "sorted and limited", "limited twice"],
)
def test_a_field_of_rows_that_were_cut_is_that_of_its_own_row(
    depot: Server, operator: str, key: str, before: list[dict[str, Any]]
) -> None:
    fields = [{"name": "id", "key": "name"}, {"name": "x", "key": key, "operator": operator}]
    project = {"project": {"fields": fields}}
    whole, cut = stat(depot, project), stat(depot, *before, project)
    assert sorted(map(repr, cut)) == sorted(map(repr, whole))

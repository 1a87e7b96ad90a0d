"""The rows and statistics that a generated server returns for a query, over both transports."""

from __future__ import annotations

import json
from typing import Any

import grpc
import pytest
from sample_apis import ORDER, TASK, equal, list_tasks, numbers, required
from serving import Json, Server
from shop_api import SHOP_ROWS

pytestmark = pytest.mark.slow

# --- list


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({}, "12345"),
        ({"limit": 2}, "12"),
        ({"limit": 2, "start": 0}, "12"),
        ({"limit": 2, "start": 1}, "12"),
        ({"limit": 2, "start": 2}, "23"),
        ({"limit": 9, "start": 5}, "5"),
        ({"limit": 9, "start": 6}, ""),
        ({"start": 3}, "12345"),
        ({"limit": 0, "start": 3}, "12345"),
        ({"limit": 2**32 - 1, "start": 2**32 - 1}, ""),
    ],
)
def test_a_page_starts_at_1_and_needs_a_limit(
    cloudforet: Server, page: Json, expected: str
) -> None:
    answer = list_tasks(cloudforet, query={"page": page})
    assert numbers(answer) == expected
    assert answer["total_count"] == 5, "counted before paging"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ({}, "12345"),
        ({"key": "created_count"}, "42513"),
        ({"key": "created_count", "desc": True}, "31254"),
        ({"key": "provider"}, "43152"),
        ({"keys": [{"key": "provider"}, {"key": "created_count"}]}, "43512"),
        ({"key": "status", "keys": [{"key": "job_task_id", "desc": True}]}, "25431"),
        ({"key": "no_such_field"}, "12345"),
    ],
)
def test_a_sort_puts_null_first_capitals_before_and_equals_as_stored(
    cloudforet: Server, sort: Json, expected: str
) -> None:
    assert numbers(list_tasks(cloudforet, query={"sort": sort})) == expected


def test_a_list_without_sort_has_the_newest_first(cloudforet: Server) -> None:
    answer = cloudforet.ask(f"{TASK}.list", {"domain_id": "d-3"})
    times = [row["created_at"] for row in answer["results"]]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"status": "SUCCESS"}, "13"),
        ({"provider": "aws"}, "15"),
        ({"provider": "aws", "status": "SUCCESS"}, "1"),
        ({"job_task_id": "t-2"}, "2"),
        ({"job_task_id": "t-6"}, ""),  # of another domain
        ({"provider": "none"}, ""),
        ({"provider": "0"}, ""),  # a text is not a number
        ({"provider": ""}, "4"),  # rows without presence of the field have its zero
        ({"query": {"filter": [equal("provider", "aws")]}}, "15"),
        (
            {"query": {"filter": [{"key": "provider", "value": "aws", "operator": "eq"}]}},
            "15",
        ),
        ({"query": {"filter": [equal("created_count", 2)]}}, "25"),
        ({"query": {"filter": [equal("created_count", "2")]}}, ""),
        ({"query": {"filter": [equal("provider", None)]}}, "4"),
        ({"query": {"filter": [equal("provider", "aws"), equal("status", "SUCCESS")]}}, "1"),
        ({"query": {"filter_or": [equal("provider", "google"), equal("status", "PENDING")]}}, "24"),
        (
            {
                "query": {
                    "filter": [equal("job_id", "j-2")],
                    "filter_or": [equal("provider", "aws"), equal("provider", "AWS")],
                }
            },
            "35",
        ),
        ({"job_id": "j-2", "query": {"filter": [equal("provider", "aws")]}}, "5"),
        ({"query": {"filter": [equal("provider", "aws' OR 1=1 --")]}}, ""),
        pytest.param(
            {"query": {"filter": [equal("errors.error_code", "E2")]}},
            "2",
        ),
        pytest.param(
            {"query": {"keyword": "  "}},
            "12345",
        ),
    ],
)
def test_filters_and_request_fields_keep_the_equal_rows(
    cloudforet: Server, request_: Json, expected: str
) -> None:
    answer = list_tasks(cloudforet, **request_)
    assert numbers(answer) == expected
    assert answer["total_count"] == len(expected)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"labels": ["red"]}, [1, 2]),
        ({"labels": ["big", "none"]}, [1]),
        ({"gift": True}, [1, 3]),
        ({"weight": 0.25}, [2]),
        ({"quantity": -2}, [2]),
        ({"serial": "9007199254740993"}, [1]),
        ({"payment": "by-card"}, [1, 3]),
        ({"state": "None"}, [4]),  # the value 0: a row without the field has it
        ({"from": "Bo"}, [2]),
        ({"schema": "b2c"}, [1]),
        ({"unit-price": 9}, [2]),
        ({"placed_at": "2024-01-02T11:00:00+01:00"}, [2]),
        ({"query": {"filter": [equal("labels", "big")]}}, [1]),
        ({"query": {"filter": [equal("history", "NEW")]}}, [1]),
        ({"query": {"filter": [equal("options.wrap.colour", "blue")]}}, [1]),
        ({"query": {"filter": [equal("address.city", "Bonn")]}}, [1]),
        ({"query": {"filter": [equal("gift", True)]}}, [1, 3]),
        ({"query": {"filter": [equal("unit-price", 9)]}}, [2]),
        pytest.param(
            {"query": {"filter": [equal("serial", 10)]}},
            [3],
        ),
        pytest.param(
            {"placed_at": "2024-01-02T10:00:00.000001Z"},
            [],
        ),
        pytest.param(
            {"serial": "0"},
            [],
        ),
        pytest.param(
            {"payment": "not-paid"},
            [],
        ),
    ],
)
def test_every_kind_of_field_can_be_queried(
    shop: Server, request_: Json, expected: list[int]
) -> None:
    answer = shop.ask(f"{ORDER}.list", request_)
    assert answer["results"] == [SHOP_ROWS["Order"][number - 1] for number in expected]


def test_a_sort_by_a_64_bit_field_is_by_number(shop: Server) -> None:
    request = {"query": {"sort": {"key": "serial"}, "only": ["serial"]}}
    serials = [row["serial"] for row in shop.ask(f"{ORDER}.list", request)["results"]]
    assert serials == ["-9", "9", "10", "9007199254740993"]


def test_only_gives_the_named_fields_and_those_sorted_by(cloudforet: Server) -> None:
    query: Json = {"only": ["status", "provider"], "page": {"limit": 1}}
    assert list_tasks(cloudforet, query=query)["results"] == [
        {"status": "SUCCESS", "provider": "aws"}
    ]
    query["sort"] = {"key": "job_task_id"}
    assert list_tasks(cloudforet, query=query)["results"] == [
        {"job_task_id": "t-1", "status": "SUCCESS", "provider": "aws"}
    ]


def test_get_gives_the_fields_of_only(cloudforet: Server) -> None:
    request = {"job_task_id": "t-1", "domain_id": "d-1", "only": ["status"]}
    assert cloudforet.ask(f"{TASK}.get", request) == {"status": "SUCCESS"}


@pytest.mark.parametrize("method", ["get", "list"])
def test_a_dotted_only_narrows_an_object(shop: Server, method: str) -> None:
    only = ["options.cards"]
    request = {"order_id": "order-1"}
    request |= {"query": {"only": only}} if method == "list" else {"only": only}
    answer = shop.ask(f"{ORDER}.{method}", request)
    row = answer["results"][0] if method == "list" else answer
    assert row == {"options": {"cards": 2}}


def test_count_only_counts_without_rows(cloudforet: Server) -> None:
    answer = list_tasks(cloudforet, provider="aws", query={"count_only": True})
    assert answer == {"results": [], "total_count": 2}


REFUSED_QUERIES = [
    ({"filter": [{"k": "status", "v": "x", "o": "bogus"}]}, "'bogus'"),
    ({"filter_or": [{"k": "status", "v": "x", "o": "bogus"}]}, "'bogus'"),
    ({"filter": [equal("bogus", 1)]}, "bogus is not a field of JobTaskInfo"),
    ({"filter_or": [equal("status", "SUCCESS"), equal("bogus", 1)]}, "bogus is not a field"),
    ({"filter": [equal("provider.name", "aws")]}, "provider.name is not a field of JobTaskInfo"),
    (
        {"filter": [{"k": "provider", "v": "(", "o": "regex"}]},
        "'(' is not a regular expression: missing ): (",
    ),
    (
        {"filter": [{"k": "created_at", "v": "soon", "o": "datetime_gt"}]},
        "'soon' is not an ISO 8601 time",
    ),
    ({"filter": [{"k": "created_at", "v": "now * 2", "o": "timediff_gt"}]}, "'now * 2' is no"),
]


@pytest.mark.parametrize("method", ["list", "stat"])
@pytest.mark.parametrize(("query", "named"), REFUSED_QUERIES)
def test_an_unsupported_part_of_a_query_is_refused(
    cloudforet: Server, method: str, query: Json, named: str
) -> None:
    if method == "stat":
        query = {**query, "distinct": "status"}
    refusal = cloudforet.refusal(f"{TASK}.{method}", {"domain_id": "d-1", "query": query})
    assert (refusal.status, refusal.http) == (grpc.StatusCode.INVALID_ARGUMENT, 400)
    assert refusal.code == "ERROR_DB_QUERY"
    assert refusal.message.startswith("Database query failed. (reason = ")
    assert named in refusal.message


@pytest.mark.parametrize("method", ["get", "list"])
def test_an_unknown_field_in_only_is_refused(cloudforet: Server, method: str) -> None:
    only = {"only": ["status", "bogus"]}
    request = {"query": only} if method == "list" else {"job_task_id": "t-1", **only}
    refusal = cloudforet.refusal(f"{TASK}.{method}", {"domain_id": "d-1", **request})
    assert refusal.http == 400


def test_an_unknown_field_of_a_nested_message_is_refused(shop: Server) -> None:
    query = {"filter": [equal("address.bogus", 1)]}
    assert shop.refusal(f"{ORDER}.list", {"query": query}).http == 400


# --- stat


def stat(server: Server, query: Json) -> Json:
    return server.ask(f"{TASK}.stat", {"domain_id": "d-1", "query": query})


def group(key: str, **fields: str) -> Json:
    """The stage that groups by a key; name=operator or name=`operator key`."""
    asked = [(name, *f"{field} ".split(" ")[:2]) for name, field in fields.items()]
    return {
        "group": {
            "keys": [{"k": key, "n": key}] if key else [],
            "fields": [{"n": name, "o": operator, "k": of} for name, operator, of in asked],
        }
    }


BY_PROVIDER = group("provider", n="count")
PROVIDERS: list[Json] = [
    {"n": 1},  # of the row that has none
    {"provider": "AWS", "n": 1},
    {"provider": "aws", "n": 2},
    {"provider": "google", "n": 1},
]
ALL = group(
    "job_id",
    count="count",
    sum="sum created_count",
    average="average created_count",
    max="max created_count",
    min="min created_count",
)


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ([BY_PROVIDER], PROVIDERS),
        (
            [ALL],
            [
                {"job_id": "j-1", "count": 2, "sum": 7, "average": 3.5, "max": 5, "min": 2},
                {"job_id": "j-2", "count": 3, "sum": 11, "average": 5.5, "max": 9, "min": 2},
            ],
        ),
        ([group("", total="sum created_count")], [{"total": 18}]),
        (
            [{"group": {"keys": [{"key": "status", "name": "is"}], "fields": []}}],
            [{"is": "FAILURE"}, {"is": "IN_PROGRESS"}, {"is": "PENDING"}, {"is": "SUCCESS"}],
        ),
        ([BY_PROVIDER, {"sort": {"key": "n", "desc": True}}, {"limit": 1}], [PROVIDERS[2]]),
        ([BY_PROVIDER, {"sort": {"key": "provider", "desc": True}}], PROVIDERS[::-1]),
        ([BY_PROVIDER, {"limit": 2}], PROVIDERS[:2]),
        ([BY_PROVIDER, {"skip": 3}], PROVIDERS[3:]),
        ([BY_PROVIDER, {"skip": 1}, {"limit": 2}], PROVIDERS[1:3]),
        ([{"count": {"name": "tasks"}}], [{"tasks": 5}]),
        ([BY_PROVIDER, {"count": {"name": "providers"}}], [{"providers": 4}]),
        ([{**BY_PROVIDER, "sort": {"key": "n", "desc": True}, "limit": 1}], [PROVIDERS[2]]),
        ([BY_PROVIDER, group("n", groups="count")], [{"n": 1, "groups": 3}, {"n": 2, "groups": 1}]),
        pytest.param(
            [BY_PROVIDER, {"limit": 1}, {"limit": 3}],
            PROVIDERS[:1],
        ),
    ],
)
def test_stages_count_and_group_in_order(
    cloudforet: Server, stages: list[Json], expected: list[Json]
) -> None:
    assert stat(cloudforet, {"aggregate": stages}) == {"results": expected}


def test_a_statistic_is_of_the_rows_that_meet_its_filters(cloudforet: Server) -> None:
    query = {"filter": [equal("provider", "aws")], "aggregate": [{"count": {"name": "n"}}]}
    assert stat(cloudforet, query) == {"results": [{"n": 2}]}


def test_a_page_of_a_statistic_has_the_count_of_all(cloudforet: Server) -> None:
    page = {"limit": 2, "start": 2}
    answer = stat(cloudforet, {"aggregate": [BY_PROVIDER], "page": page})
    assert answer == {"results": PROVIDERS[1:3], "total_count": 4}
    answer = stat(cloudforet, {"distinct": "provider", "page": page})
    assert answer == {"results": ["aws", "google"], "total_count": 3}


@pytest.mark.parametrize(
    ("stage", "shown"), [({"limit": 2}, slice(1, 2)), ({"skip": 2}, slice(3, 4))]
)
def test_a_page_is_taken_after_all_stages(cloudforet: Server, stage: Json, shown: slice) -> None:
    page = {"limit": 2, "start": 2}
    answer = stat(cloudforet, {"aggregate": [BY_PROVIDER, stage], "page": page})
    assert answer == {"results": PROVIDERS[shown], "total_count": 2}


def test_distinct_gives_the_different_values_in_order(cloudforet: Server) -> None:
    assert stat(cloudforet, {"distinct": "provider"}) == {"results": ["AWS", "aws", "google"]}
    assert stat(cloudforet, {"distinct": "created_count"}) == {"results": [2, 5, 9]}


def test_aggregate_wins_over_distinct(cloudforet: Server) -> None:
    query = {"aggregate": [{"count": {"name": "n"}}], "distinct": "provider"}
    assert stat(cloudforet, query) == {"results": [{"n": 5}]}


@pytest.mark.parametrize("query", [{}, {"page": {"limit": 2}}, {"aggregate": [], "distinct": ""}])
def test_a_statistic_of_nothing_is_refused(cloudforet: Server, query: Json) -> None:
    refusal = cloudforet.refusal(f"{TASK}.stat", {"domain_id": "d-1", "query": query})
    assert refusal == required("aggregate")


@pytest.mark.parametrize(
    "stages",
    [
        [group("status", n="bogus created_count")],
        [group("status", n="sum")],
        [{}],
        [{"group": {}}],
        [{"group": {}}, {"count": {"name": "n"}}],
    ],
)
def test_a_stage_that_cannot_be_done_is_refused(cloudforet: Server, stages: list[Json]) -> None:
    request = {"domain_id": "d-1", "query": {"aggregate": stages}}
    refusal = cloudforet.refusal(f"{TASK}.stat", request)
    assert (refusal.http, refusal.code) == (400, "ERROR_DB_QUERY")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"distinct": "gift"}, [True]),
        ({"aggregate": [group("gift", n="count")]}, [{"n": 2}, {"gift": True, "n": 2}]),
        ({"distinct": "labels"}, ["big", "red"]),
    ],
)
def test_a_statistic_gives_values_as_rows_have_them(
    shop: Server, query: Json, expected: list[Any]
) -> None:
    answer = shop.ask(f"{ORDER}.stat", {"query": query})
    # As text: to Python, True and 1 are equal.
    assert json.dumps(answer) == json.dumps({"results": expected})

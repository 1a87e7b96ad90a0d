"""What a generated server answers, on real sockets and over gRPC and HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from grpc_health.v1 import health_pb2, health_pb2_grpc
from openapi_spec_validator import validate
from serving import (
    QUERY_PAGE,
    SHOP_ROWS,
    WAIT,
    Json,
    RefusedError,
    Server,
    Servers,
    build,
    package,
    refused_call,
    refused_start,
    shop_to_proto,
    tree,
    write_rows,
    write_spec,
)

JOB, TASK = "spaceone.api.inventory.v1.Job", "spaceone.api.inventory.v1.JobTask"
COST, POWER = "spaceone.api.cost_analysis.v1.JobTask", "spaceone.api.power_scheduler.v1.JobTask"
ORDER = "shop.v1.Order"

# Newest first, so that the order in which they are stored is the order in which lists give them.
TASKS: list[Json] = [
    {
        "job_task_id": "t-1",
        "status": "SUCCESS",
        "created_count": 5,
        "provider": "aws",
        "job_id": "j-1",
        "domain_id": "d-1",
        "created_at": "2024-01-05T00:00:00.000Z",
    },
    {
        "job_task_id": "t-2",
        "status": "FAILURE",
        "created_count": 2,
        "provider": "google",
        "errors": [
            {"error_code": "E1", "message": "no such key", "additional": {"retries": 2}},
            {"error_code": "E2"},
        ],
        "job_id": "j-1",
        "domain_id": "d-1",
        "created_at": "2024-01-04T00:00:00.000Z",
    },
    {
        "job_task_id": "t-3",
        "status": "SUCCESS",
        "created_count": 9,
        "provider": "AWS",
        "job_id": "j-2",
        "domain_id": "d-1",
        "created_at": "2024-01-03T00:00:00.000Z",
    },
    {
        "job_task_id": "t-4",
        "status": "PENDING",
        "job_id": "j-2",
        "domain_id": "d-1",
        "created_at": "2024-01-02T00:00:00.000Z",
    },
    {
        "job_task_id": "t-5",
        "status": "IN_PROGRESS",
        "created_count": 2,
        "provider": "aws",
        "job_id": "j-2",
        "domain_id": "d-1",
        "created_at": "2024-01-01T00:00:00.000Z",
    },
    {"job_task_id": "t-6", "status": "SUCCESS", "domain_id": "d-2"},
]
OLDEST_FIRST = [
    {**task, "job_task_id": f"x{n}", "domain_id": "d-3"} for n, task in enumerate(TASKS[4::-1])
]
JOBS: list[Json] = [
    {"job_id": "j-1", "status": "ERROR", "collector_id": "c-1", "domain_id": "d-1"},
    {"job_id": "j-2", "status": "CREATED", "collector_id": "c-1", "domain_id": "d-1"},
    {"job_id": "j-3", "status": "CREATED", "collector_id": "c-2", "domain_id": "d-2"},
]
OLDEST_FIRST = [
    {**task, "job_task_id": f"o-{number}", "domain_id": "d-3"}
    for number, task in enumerate(TASKS[4::-1])
]
CLOUDFORET_ROWS = {JOB: JOBS, TASK: TASKS + OLDEST_FIRST}
SPACEONE_ROWS: dict[str, list[Json]] = {
    COST: [
        {"job_task_id": "k-1", "status": "TIMEOUT", "options": {"a": [1]}, "domain_id": "d-1"},
        {"job_task_id": "k-2", "status": "SUCCESS", "created_count": 4, "domain_id": "d-1"},
    ],
    JOB: [
        {"job_id": "j-1", "status": "ERROR", "domain_id": "d-1"},
        {"job_id": "j-2", "finished_at": "2024-01-02T03:04:05.600Z", "domain_id": "d-1"},
    ],
    POWER: [
        {"job_task_id": "p-1", "created_at": "2024-01-02T03:04:05.000Z", "domain_id": "d-1"},
        {"job_task_id": "p-2", "errors": [{"error_code": "E"}], "domain_id": "d-1"},
    ],
}
ROWS = {
    "cloudforet": CLOUDFORET_ROWS,
    "spaceone": SPACEONE_ROWS,
    "shop": {ORDER: SHOP_ROWS["Order"]},
}

# The documented routes of every method: API, service, method, verb, path.
ROUTES = [
    ("cloudforet", JOB, "delete", "POST", "/inventory/v1/job/delete"),
    ("cloudforet", JOB, "get", "POST", "/inventory/v1/job/get"),
    ("cloudforet", JOB, "list", "POST", "/inventory/v1/job/list"),
    ("cloudforet", JOB, "stat", "POST", "/inventory/v1/job/stat"),
    ("cloudforet", TASK, "delete", "POST", "/inventory/v1/job-task/delete"),
    ("cloudforet", TASK, "get", "POST", "/inventory/v1/job-task/get"),
    ("cloudforet", TASK, "list", "POST", "/inventory/v1/job-task/list"),
    ("cloudforet", TASK, "stat", "POST", "/inventory/v1/job-task/stat"),
    ("spaceone", COST, "get", "GET", "/cost-analysis/v1/job-task/{job_task_id}"),
    ("spaceone", COST, "list", "GET", "/cost-analysis/v1/job-tasks"),
    ("spaceone", COST, "list", "POST", "/cost-analysis/v1/job-tasks/search"),
    ("spaceone", COST, "stat", "POST", "/cost-analysis/v1/job-tasks/stat"),
    ("spaceone", JOB, "list", "GET", "/inventory/v1/jobs"),
    ("spaceone", JOB, "list", "POST", "/inventory/v1/jobs/search"),
    ("spaceone", JOB, "stat", "POST", "/inventory/v1/jobs/stat"),
    ("spaceone", POWER, "list", "GET", "/power_scheduler/v1/job-tasks"),
    ("spaceone", POWER, "list", "POST", "/power_scheduler/v1/job-tasks/search"),
    ("spaceone", POWER, "stat", "POST", "/power_scheduler/v1/job-tasks/stat"),
    ("shop", ORDER, "get", "GET", "/shop/v1/order/{order_id}"),
    ("shop", ORDER, "list", "GET", "/shop/v1/orders"),
    ("shop", ORDER, "list", "POST", "/shop/v1/orders/search"),
    ("shop", ORDER, "stat", "POST", "/shop/v1/orders/stat"),
    ("shop", ORDER, "delete", "DELETE", "/shop/v1/order/{order_id}"),
    ("shop", ORDER, "cancel", "PUT", "/shop/v1/order/{order_id}/cancel"),
]
ASKED = [route for route in ROUTES if route[2] in ("get", "list", "stat")]
DELETED = [route for route in ROUTES if route[2] == "delete"]
# A method once, for tests of gRPC alone.
METHODS = list(dict.fromkeys(route[:3] for route in ASKED))


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The servers of the APIs, with ROWS, for tests that change none."""
    folder = tmp_path_factory.mktemp("servers")
    with Servers(folder) as servers:
        for api, rows in ROWS.items():
            servers.start(api, load=write_rows(folder, rows, api))
        yield servers


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers for tests that delete the first two rows of a service; with more rows behind them,
    in files of their own.
    """
    folder = tmp_path_factory.mktemp("doomed")
    with Servers(folder) as servers:
        jobs = write_rows(folder, {"Job": JOBS}, "jobs")
        tasks = write_rows(folder, {TASK: TASKS}, "tasks")
        servers.start("cloudforet", load=json.dumps([str(jobs), str(tasks)]))
        orders = write_rows(folder, {"Order": SHOP_ROWS["Order"] + ODD_ROWS}, "orders")
        servers.start("shop", load=orders)
        yield servers


@pytest.fixture(scope="module")
def cloudforet(servers: Servers) -> Server:
    return servers["cloudforet"]


@pytest.fixture(scope="module")
def shop(servers: Servers) -> Server:
    return servers["shop"]


def first_key(api: str, service: str) -> tuple[str, str]:
    """The name of the key of a service's rows, and that of its first row."""
    return next(iter(ROWS[api][service][0].items()))


def request_of(api: str, service: str, method: str) -> Json:
    """A request that the rows have an answer to."""
    key, value = first_key(api, service)
    domain = {} if api == "shop" else {"domain_id": "d-1"}
    count = {"keys": [{"k": key, "n": key}], "fields": [{"n": "count", "o": "count"}]}
    query = {
        "get": {key: value},
        "list": {"query": {"page": {"limit": 2}, "sort": {"key": key, "desc": True}}},
        "stat": {"query": {"aggregate": [{"group": count}]}},
        "delete": {key: value},
    }
    return {**domain, **query[method]}


# --- every method, every route, every kind of client


@pytest.mark.parametrize(("api", "service", "method", "verb", "path"), ASKED)
def test_a_documented_route_answers_what_grpc_answers(
    servers: Servers, api: str, service: str, method: str, verb: str, path: str
) -> None:
    request = request_of(api, service, method)
    answer = servers[api].ask(f"{service}.{method}", request, (verb, path))
    rows = ROWS[api][service]
    key, _ = first_key(api, service)
    domain = [row for row in rows if row.get("domain_id") == request.get("domain_id")]
    if method == "get":
        assert answer == rows[0]
    elif method == "list":
        newest = sorted(domain, key=lambda row: str(row[key]), reverse=True)
        assert answer == {"results": newest[:2], "total_count": len(domain)}
    else:
        counts = [{key: name, "count": 1} for name in sorted(str(row[key]) for row in domain)]
        assert answer == {"results": counts}


def test_reflection_tells_the_documented_routes_and_services(servers: Servers) -> None:
    for api in ROWS:
        services = set(servers[api].reflection.get_services())
        assert services == {*ROWS[api], "grpc.health.v1.Health"}
        told = [
            (api, service, method.name, verb, path)
            for service in ROWS[api]
            for method in servers[api].pool.FindServiceByName(service).methods
            for verb, path in servers[api].routes(f"{service}.{method.name}")
        ]
        assert sorted(told) == sorted(route for route in ROUTES if route[0] == api)


def test_reflection_can_resolve_every_service_that_it_lists(cloudforet: Server) -> None:
    unresolved = []
    for name in cloudforet.reflection.get_services():
        try:
            cloudforet.pool.FindServiceByName(name)
        except KeyError:
            unresolved.append(name)
    assert unresolved == []


def stub_module(service: str) -> str:
    """The module of a service's generated client, as its file's name has it."""
    parts = service.split(".")
    return ".".join([*parts[:-1], re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parts[-1]).lower() + "_pb2"])


@pytest.mark.parametrize("channel", ["blocking", "aio"])
@pytest.mark.parametrize(
    ("api", "service", "method"),
    [pytest.param(*m) for m in METHODS],
)
def test_a_generated_stub_gets_what_a_reflecting_client_gets(
    servers: Servers, api: str, service: str, method: str, channel: str
) -> None:
    server = servers[api]
    name = f"{service}.{method}"
    request = server.request(name, request_of(api, service, method))
    messages = package(tree(api), f"stubs.{stub_module(service)}")
    clients = package(tree(api), f"stubs.{stub_module(service)}_grpc")
    stub = getattr(clients, f"{service.rpartition('.')[2]}Stub")
    assert hasattr(stub(server.channel), method), "as protoc names it"
    own = getattr(messages, request.DESCRIPTOR.name).FromString(request.SerializeToString())

    async def over_aio() -> Any:
        async with grpc.aio.insecure_channel(server.grpc_address) as aio:
            return await getattr(stub(aio), method)(own, timeout=WAIT)

    if channel == "aio":
        answer = asyncio.run(over_aio())
    else:
        answer = getattr(stub(server.channel), method)(own, timeout=WAIT)
    expected = server.over_grpc(name, request)
    assert json_format.MessageToDict(answer) == json_format.MessageToDict(expected) != {}


@pytest.mark.parametrize(("api", "service", "method", "verb", "path"), DELETED)
def test_what_is_deleted_over_one_transport_is_gone_over_both(
    doomed: Servers, api: str, service: str, method: str, verb: str, path: str
) -> None:
    key, first = first_key(api, service)
    second = ROWS[api][service][1][key]
    get, delete, list_ = (f"{service}.{name}" for name in ("get", "delete", "list"))
    domain = {} if api == "shop" else {"domain_id": "d-1"}
    server = doomed[api]
    count = {**domain, "query": {"count_only": True}}
    before = server.ask(list_, count)["total_count"]
    answer = server.over_http((verb, path), {key: first, **domain})
    assert (answer.status_code, answer.json()) == (200, {})
    empty = server.over_grpc(delete, server.request(delete, {key: second, **domain}))
    assert json_format.MessageToDict(empty) == {}
    for gone in (first, second):
        for call in (get, delete):
            assert server.refusal(call, {key: gone, **domain}) == not_found(key, gone)
    assert server.ask(list_, count)["total_count"] == before - 2


def invalid(code: str, message: str) -> RefusedError:
    return RefusedError(grpc.StatusCode.INVALID_ARGUMENT, 400, code, message)


def not_found(key: str, value: str) -> RefusedError:
    message = f"Resource cannot be found or access is denied. ({key} = {value})"
    return RefusedError(grpc.StatusCode.NOT_FOUND, 404, "ERROR_NOT_FOUND", message)


def required(key: str) -> RefusedError:
    return invalid("ERROR_REQUIRED_PARAMETER", f"Required parameter. (key = {key})")


def wrong_type(key: str, type_: str) -> RefusedError:
    message = f"Parameter type is invalid. (key = {key}, type = {type_})"
    return invalid("ERROR_INVALID_PARAMETER_TYPE", message)


def wrong_value(key: str, reason: str) -> RefusedError:
    message = f"Parameter is invalid. (key = {key}, reason = {reason})"
    return invalid("ERROR_INVALID_PARAMETER", message)


# --- list


def list_tasks(server: Server, **request: Any) -> Json:
    return server.ask(f"{TASK}.list", {"domain_id": "d-1", **request})


def numbers(answer: Json) -> str:
    """The numbers of the tasks in an answer: `t-1`, `t-3` → `13`."""
    return "".join(row["job_task_id"].removeprefix("t-") for row in answer["results"])


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


def equal(key: str, value: Any) -> Json:
    return {"k": key, "v": value, "o": "eq"}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"status": "SUCCESS"}, "13"),
        ({"provider": "aws"}, "15"),
        ({"provider": "aws", "status": "SUCCESS"}, "1"),
        ({"job_task_id": "t-2"}, "2"),
        ({"job_task_id": "t-6"}, ""),  # of another domain
        ({"provider": "none"}, ""),
        ({"provider": ""}, "12345"),  # protobuf does not tell it from none
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
        ({"state": "None"}, [1, 2, 3, 4]),  # the value 0
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
            [1, 2, 3, 4],
        ),
        pytest.param(
            {"payment": "not-paid"},
            [1, 2, 3, 4],
        ),
    ],
)
def test_every_kind_of_field_can_be_asked_for(
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
    ({"filter": [equal("bogus", 1)]}, "bogus is no field of JobTaskInfo"),
    ({"filter_or": [equal("status", "SUCCESS"), equal("bogus", 1)]}, "bogus is no field"),
    ({"filter": [equal("provider.name", "aws")]}, "provider.name is no field of JobTaskInfo"),
    (
        {"filter": [{"k": "provider", "v": "(", "o": "regex"}]},
        "'(' is no regular expression: missing ): (",
    ),
    ({"filter": [{"k": "created_at", "v": "soon", "o": "datetime_gt"}]}, "'soon' is not an ISO 8601 time"),
    ({"filter": [{"k": "created_at", "v": "now * 2", "o": "timediff_gt"}]}, "'now * 2' is no"),
]


@pytest.mark.parametrize("method", ["list", "stat"])
@pytest.mark.parametrize(("query", "named"), REFUSED_QUERIES)
def test_what_a_query_cannot_do_is_refused_and_not_ignored(
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


def test_a_page_of_a_statistic_tells_the_count_of_all(cloudforet: Server) -> None:
    page = {"limit": 2, "start": 2}
    answer = stat(cloudforet, {"aggregate": [BY_PROVIDER], "page": page})
    assert answer == {"results": PROVIDERS[1:3], "total_count": 4}
    answer = stat(cloudforet, {"distinct": "provider", "page": page})
    assert answer == {"results": ["aws", "google"], "total_count": 3}


@pytest.mark.parametrize(
    ("stage", "shown"), [({"limit": 2}, slice(1, 2)), ({"skip": 2}, slice(3, 4))]
)
def test_a_page_is_a_page_of_what_the_stages_leave(
    cloudforet: Server, stage: Json, shown: slice
) -> None:
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


# --- errors


STATUSES = "'JOB_TASK_STATE_NONE', 'PENDING', 'IN_PROGRESS', 'SUCCESS' or 'FAILURE'"


@pytest.mark.parametrize(
    ("method", "request_", "expected"),
    [
        (f"{TASK}.get", {}, required("job_task_id")),
        (f"{TASK}.get", {"domain_id": "d-1"}, required("job_task_id")),
        (f"{TASK}.get", {"job_task_id": "", "domain_id": "d-1"}, required("job_task_id")),
        (f"{TASK}.get", {"job_task_id": "t-1"}, required("domain_id")),
        (f"{TASK}.get", {"job_task_id": "t-1", "domain_id": ""}, required("domain_id")),
        (f"{TASK}.list", {}, required("domain_id")),
        (f"{TASK}.list", {"domain_id": ""}, required("domain_id")),
        (f"{TASK}.stat", {"domain_id": "d-1"}, required("query")),
        (f"{TASK}.delete", {"domain_id": "d-1"}, required("job_task_id")),
        (f"{TASK}.get", {"job_task_id": "no", "domain_id": "d-1"}, not_found("job_task_id", "no")),
        (
            f"{TASK}.get",
            {"job_task_id": "t-6", "domain_id": "d-1"},
            not_found("job_task_id", "t-6"),
        ),
        (
            f"{TASK}.delete",
            {"job_task_id": "t-6", "domain_id": "d-1"},
            not_found("job_task_id", "t-6"),
        ),
    ],
)
def test_an_error_is_the_same_over_both_transports(
    cloudforet: Server, method: str, request_: Json, expected: RefusedError
) -> None:
    assert cloudforet.refusal(method, request_) == expected


def test_a_required_message_is_required_with_what_it_requires(shop: Server) -> None:
    method = f"{ORDER}.cancel"
    assert shop.refusal(method, {"order_id": "order-1"}) == required("refund")
    request: Json = {"order_id": "order-1", "refund": {}}
    assert shop.refusal(method, request) == required("refund.coverage")


def test_an_unknown_value_of_an_enum_is_refused_alike(cloudforet: Server) -> None:
    method = f"{TASK}.list"
    message = cloudforet.request(method, {"domain_id": "d-1"})
    message.status = 99  # type: ignore[attr-defined]
    route = cloudforet.routes(method)[0]
    http = cloudforet.over_http(route, {"domain_id": "d-1", "status": "BOGUS"})
    with pytest.raises(RefusedError) as found:
        cloudforet.compare(method, message, http)
    assert found.value == wrong_value("status", f"input should be {STATUSES}")


def over_http(server: Server, content: bytes | str, path: str = "job-task/list") -> RefusedError:
    """How a body is refused: what the answer says, and nothing more."""
    answer = server.client.post(f"/inventory/v1/{path}", content=content)
    assert answer.status_code == 400
    assert answer.json().keys() == {"detail"}
    assert answer.json()["detail"].keys() == {"code", "message"}
    return invalid(**answer.json()["detail"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"bogus": 1}, wrong_value("bogus", "no such field")),
        ({"query": {"bogus": 1}}, wrong_value("query.bogus", "no such field")),
        (
            {"query": {"filter": [equal("status", 1), {"bogus": 1}]}},
            wrong_value("query.filter[1].bogus", "no such field"),
        ),
        ({"job_id": 5}, wrong_type("job_id", "string")),
        ({"job_id": ["a"]}, wrong_type("job_id", "string")),
        ({"job_id": {}}, wrong_type("job_id", "string")),
        ({"job_id": True}, wrong_type("job_id", "string")),
        ({"query": {"only": "status"}}, wrong_type("query.only", "list")),
        ({"query": {"only": [5]}}, wrong_type("query.only[0]", "string")),
        ({"query": {"count_only": "so"}}, wrong_type("query.count_only", "bool")),
        ({"query": {"page": {"limit": "x"}}}, wrong_type("query.page.limit", "int")),
        (
            {"query": {"page": {"limit": -1}}},
            wrong_value("query.page.limit", "input should be greater than or equal to 0"),
        ),
        pytest.param(
            {"query": 5},
            wrong_type("query", "object"),
        ),
        pytest.param(
            {"query": {"page": {"limit": True}}},
            wrong_type("query.page.limit", "int"),
        ),
        pytest.param(
            {"job_id": 0},
            wrong_type("job_id", "string"),
        ),
        pytest.param(
            {"job_id": False},
            wrong_type("job_id", "string"),
        ),
        pytest.param(
            {"query": {"count_only": "yes"}},
            wrong_type("query.count_only", "bool"),
        ),
    ],
)
def test_a_body_of_another_shape_is_refused(
    cloudforet: Server, body: Json, expected: RefusedError
) -> None:
    assert over_http(cloudforet, json.dumps({"domain_id": "d-1", **body})) == expected


@pytest.mark.parametrize("body", ["{", "nonsense", '{"a": NaN}', '{"a": 1,}', '{"a": 1, "a": 1}'])
def test_a_body_that_is_not_json_is_refused(cloudforet: Server, body: bytes | str) -> None:
    refusal = over_http(cloudforet, body)
    assert refusal.code == "ERROR_INVALID_PARAMETER"
    assert refusal.message.startswith("Parameter is invalid. (key = body, reason = not JSON: ")


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "5", '[{"domain_id": "d-1"}]'])
def test_a_body_that_is_no_object_is_refused(cloudforet: Server, body: str) -> None:
    assert over_http(cloudforet, body) == wrong_type("body", "object")


@pytest.mark.parametrize("body", ["", "  \n", "{}"])
def test_no_body_is_an_empty_request(cloudforet: Server, body: str) -> None:
    assert over_http(cloudforet, body) == required("domain_id")


def test_null_is_a_field_that_is_not_given(cloudforet: Server) -> None:
    body = {"domain_id": "d-1", "status": None, "query": None}
    answer = cloudforet.client.post("/inventory/v1/job-task/list", json=body)
    assert (answer.status_code, numbers(answer.json())) == (200, "12345")


def test_null_is_a_list_that_is_not_given(cloudforet: Server) -> None:
    body = {"domain_id": "d-1", "query": {"filter": None}}
    assert cloudforet.client.post("/inventory/v1/job-task/list", json=body).status_code == 200


@pytest.mark.parametrize("name", ["from_", "schema_", "unit_price"])
def test_a_python_attribute_is_no_name_of_a_field(shop: Server, name: str) -> None:
    for answer in (
        shop.client.post("/shop/v1/orders/search", json={name: "1"}),
        shop.client.get("/shop/v1/orders", params={name: "1"}),
    ):
        assert answer.status_code == 400
        assert "no such field" in answer.json()["detail"]["message"]


def test_an_unknown_path_and_a_wrong_verb_are_told_as_errors(cloudforet: Server) -> None:
    get = cloudforet.client.get("/inventory/v1/job/list")
    assert get.status_code == 405
    message = {"code": "ERROR_HTTP_405", "message": "GET /inventory/v1/job/list"}
    assert get.json() == {"detail": message}
    post = cloudforet.client.post("/inventory/v1/nothing")
    assert post.status_code == 404
    message = {"code": "ERROR_HTTP_404", "message": "POST /inventory/v1/nothing"}
    assert post.json() == {"detail": message}


def test_a_wrong_verb_is_told_the_right_ones(shop: Server) -> None:
    answer = shop.client.patch("/shop/v1/order/order-1")
    allowed = answer.headers.get("allow", "")
    assert {verb.strip() for verb in allowed.split(",")} >= {"GET", "DELETE"}


@pytest.mark.parametrize("field", ["a NaN in a filter", "a time past the year 9999"])
def test_what_json_cannot_say_is_an_invalid_argument(shop: Server, field: str) -> None:
    method = f"{ORDER}.list"
    message: Any = shop.request(method, {})
    if field == "a NaN in a filter":
        message.query.filter.add(k="weight", o="eq").v.number_value = float("nan")
    else:
        message.placed_at.seconds = 10**12
    with pytest.raises(grpc.RpcError) as found:
        shop.over_grpc(method, message)
    assert found.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert found.value.details().startswith("ERROR_INVALID_PARAMETER")


def test_a_time_before_the_year_1_in_utc_is_an_invalid_argument(shop: Server) -> None:
    time = {"placed_at": "0001-01-01T00:00:00+10:00"}
    assert shop.client.post("/shop/v1/orders/search", json=time).status_code == 400


# --- the query string


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=PAID", "order-1"),
        ("gift=true&quantity=3&serial=10", "order-3"),
        ("labels=big&labels=none", "order-1"),
        ("query.page.limit=1&query.page.start=2", "order-2"),
        ("query.sort.key=order_id&query.sort.desc=true&query.page.limit=1", "order-3"),
        ("from=Bo&unit-price=9&weight=0.25", "order-2"),
        ("placed_at=2024-01-01T10%3A00%3A00Z", "order-3"),
    ],
)
def test_a_query_string_is_read_by_the_types_of_fields(
    shop: Server, query: str, expected: str
) -> None:
    answer = shop.client.get(f"/shop/v1/orders?{query}")
    assert [row["order_id"] for row in answer.json()["results"]] == [expected]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bogus=1", wrong_value("bogus", "no such field")),
        ("query.bogus.a=1", wrong_value("query.bogus.a", "no such field")),
        ("state.a=1", wrong_value("state.a", "no such field")),
        ("query.page.limit=x", wrong_type("query.page.limit", "int")),
        ("gift=perhaps", wrong_type("gift", "bool")),
    ],
)
def test_a_query_string_that_does_not_fit_is_refused(
    shop: Server, query: str, expected: RefusedError
) -> None:
    answer = shop.client.get(f"/shop/v1/orders?{query}")
    assert answer.status_code == 400
    assert invalid(**answer.json()["detail"]) == expected


def test_an_id_of_any_characters_goes_through_a_path(shop: Server) -> None:
    row = SHOP_ROWS["Order"][3]
    assert shop.ask(f"{ORDER}.get", {"order_id": row["order_id"]}) == row


# --- handlers

HANDLERS = """
from __future__ import annotations

from shop.models.shop.v1.order import CancelOrderRequest, GetOrderRequest, OrderInfo
from shop.runtime.handlers import implements
from shop.runtime.rows import Rows


@implements("{method}")
async def cancel(request: CancelOrderRequest, rows: Rows) -> OrderInfo:
    row = await rows.get({{"order_id": request.order_id}})
    return OrderInfo(**{{**row, "state": "None", "from": request.refund.coverage}})


@implements("shop.v1.Order.get")
async def get(request: GetOrderRequest, rows: Rows) -> OrderInfo:
    raise ValueError("the password is 42")


@implements("shop.v1.Order.delete")
async def delete(request: object, rows: Rows) -> dict[str, object]:
    return {{}}


@implements("shop.v1.Order.list")
async def list_(request: object, rows: Rows) -> dict[str, object]:
    return {{"results": [{{"quantity": "many"}}], "bogus": 1}}


@implements("shop.v1.Order.stat")
def stat(request: object, rows: Rows) -> dict[str, object]:
    return {{"results": [1, {{"two": None}}]}}
"""
CANCEL: Json = {"order_id": "order-1", "refund": {"coverage": "Ada"}}


def test_a_method_that_nothing_tells_names_the_handler_to_write(shop: Server) -> None:
    refusal = shop.refusal(f"{ORDER}.cancel", CANCEL)
    assert (refusal.status, refusal.http) == (grpc.StatusCode.UNIMPLEMENTED, 501)
    assert refusal.code == "ERROR_NOT_IMPLEMENTED"
    assert refusal.message.startswith("Not implemented.")
    assert '@implements("shop.v1.Order.cancel")' in refusal.message
    assert "--handlers" in refusal.message


@pytest.fixture(scope="module")
def handled(shop: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shop with the handler that the server without handlers names, and others."""
    folder = tmp_path_factory.mktemp("handled")
    named = re.search(r'@implements\("(.+?)"\)', shop.refusal(f"{ORDER}.cancel", CANCEL).message)
    assert named
    (folder / "handlers.py").write_text(HANDLERS.format(method=named[1]), "utf-8")
    with Server(
        tree("shop"),
        folder / "rows.db",
        to_proto=shop_to_proto,
        load=write_rows(folder, SHOP_ROWS),
        handlers=folder / "handlers.py",
    ) as server:
        yield server


def test_the_named_handler_answers_over_both_transports(handled: Server) -> None:
    expected = {**SHOP_ROWS["Order"][0], "state": "None", "from": "Ada"}
    assert handled.ask(f"{ORDER}.cancel", CANCEL) == expected


def test_a_handler_is_given_only_requests_that_its_model_takes(handled: Server) -> None:
    assert handled.refusal(f"{ORDER}.cancel", {"order_id": "order-1"}) == required("refund")


def test_a_handler_raises_the_errors_of_rows(handled: Server) -> None:
    refusal = handled.refusal(f"{ORDER}.cancel", {**CANCEL, "order_id": "no"})
    assert refusal == not_found("order_id", "no")


def test_a_handler_comes_before_what_the_server_does_itself(handled: Server) -> None:
    assert handled.ask(f"{ORDER}.delete", {"order_id": "no"}) == {}


INTERNAL = RefusedError(grpc.StatusCode.INTERNAL, 500, "ERROR_UNKNOWN", "Internal error.")


def test_a_handler_that_raises_is_an_internal_error_that_tells_nothing(handled: Server) -> None:
    assert handled.refusal(f"{ORDER}.get", {"order_id": "order-1"}) == INTERNAL
    assert "the password is 42" in handled.log(), "the server's log does tell it"


def test_a_handler_whose_answer_does_not_fit_is_an_internal_error(handled: Server) -> None:
    assert handled.refusal(f"{ORDER}.list", {}) == INTERNAL


def test_a_handler_may_be_a_plain_function(handled: Server) -> None:
    assert handled.ask(f"{ORDER}.stat", {"query": {}}) == {"results": [1, {"two": None}]}


IMPLEMENTS = "from shop.runtime.handlers import implements\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            IMPLEMENTS + '@implements("shop.v1.Order.cancle")\nasync def f(request, rows): ...\n',
            "shop.v1.Order.cancle is not a method of shop (did you mean shop.v1.Order.cancel?)",
        ),
        (
            IMPLEMENTS + '@implements("zzz")\nasync def f(request, rows): ...\n',
            "zzz is not a method of shop\n",
        ),
        pytest.param(
            "def (",
            "handlers.py",
        ),
        pytest.param(
            "import no_such_module",
            "no_such_module",
        ),
    ],
)
def test_handlers_that_cannot_be_are_told_at_the_start(
    tmp_path: Path, text: str, named: str
) -> None:
    file = tmp_path / "handlers.py"
    file.write_text(text, "utf-8")
    said = refused_call(tree("shop"), tmp_path / "rows.db", handlers=file)
    assert named in said
    assert str(file) in said


def test_a_file_of_handlers_may_hold_dataclasses(tmp_path: Path) -> None:
    text = """
from __future__ import annotations
from dataclasses import dataclass

@dataclass
class Settings:
    retries: int = 0
"""
    (tmp_path / "handlers.py").write_text(text, "utf-8")
    api = package(tree("shop"), "registry").API
    load_handlers = package(tree("shop"), "runtime.handler_files").load_handlers
    try:
        assert load_handlers([str(tmp_path / "handlers.py")], api) == {}
    except AttributeError as error:
        pytest.fail(str(error))


# --- rows to begin with


def stored(store: Path) -> dict[str, int]:
    """How many rows each table of a store has."""
    if not store.exists():
        return {}
    with sqlite3.connect(store) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name for (name,) in tables if not name.startswith("sqlite_")]
        count = "SELECT count(*) FROM "
        return {name: connection.execute(f'{count}"{name}"').fetchone()[0] for name in names}


def test_load_takes_full_and_short_names_and_may_be_repeated(doomed: Servers) -> None:
    server, domain = doomed["cloudforet"], {"domain_id": "d-2"}
    assert server.ask(f"{JOB}.list", domain)["results"] == JOBS[2:]
    assert server.ask(f"{TASK}.list", domain)["results"] == TASKS[5:]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"Jobs": []}', "no service with rows is named Jobs"),
        ('{"Job": [', "is not JSON"),
        ("", "is not JSON"),
        ("[]", "must contain an object"),
        ('{"Job": {}}', "Job must be a list of rows"),
        (json.dumps({"JobTask": TASKS, "Job": [JOBS[0], {"status": "CREATED"}]}), "Job[1]: "),
        (json.dumps({"Job": [JOBS[0], JOBS[1], {**JOBS[2], "status": "BOGUS"}]}), "Job[2]: "),
        (json.dumps({"Job": [{**JOBS[0], "status": "BOGUS"}]}), "key = status"),
        (json.dumps({"Job": [{**JOBS[0], "bogus": 1}]}), "key = bogus"),
        (json.dumps({"JobTask": [{**TASKS[1], "errors": [{"message": 5}]}]}), "errors[0].message"),
        (json.dumps({"Job": [5]}), "Job[0]: "),
        (json.dumps({"Job": [JOBS[0], JOBS[1], JOBS[0]]}), "(job_id = j-1)"),
        pytest.param(
            json.dumps({"Job": JOBS, "JobTask": [TASKS[0], TASKS[0]]}),
            "(job_task_id = t-1)",
        ),
    ],
)
def test_a_load_that_is_wrong_anywhere_stores_nothing(
    tmp_path: Path, text: str, named: str
) -> None:
    file = tmp_path / "rows.json"
    file.write_text(text, "utf-8")
    said = refused_call(tree("cloudforet"), tmp_path / "rows.db", load=file)
    assert named in said
    assert set(stored(tmp_path / "rows.db").values()) <= {0}


def test_a_short_name_of_several_services_is_refused(tmp_path: Path) -> None:
    rows = write_rows(tmp_path, {"JobTask": []})
    said = refused_call(tree("spaceone"), tmp_path / "rows.db", load=rows)
    assert COST in said
    assert POWER in said


@pytest.mark.parametrize("option", ["load", "handlers"])
def test_a_file_that_is_missing_is_told(tmp_path: Path, option: str) -> None:
    missing = tmp_path / "missing.py"
    said = refused_call(tree("cloudforet"), tmp_path / "rows.db", **{option: missing})
    assert "missing.py" in said


def test_a_number_that_json_lacks_is_no_value_of_a_row(tmp_path: Path) -> None:
    rows = write_rows(tmp_path, {ORDER: [{"order_id": "a", "weight": float("nan")}]})
    assert "weight" in refused_start(tree("shop"), tmp_path / "rows.db", load=rows)


ODD_ROWS: list[Json] = [
    {"order_id": "bytes", "photo": "++//"},
    {"order_id": "null", "extra": None},
    {"order_id": "inner null", "options": {"a": None, "b": [None, {"c": None}]}},
    {"order_id": "empty", "options": {}, "address": {}, "extra": []},
    {"order_id": "text", "from": "\u2028 \u0000 \\ \" ' \u00e9 \U0001f408"},
    {"order_id": "least", "serial": "-9223372036854775808", "quantity": -(2**31)},
    {"order_id": "most", "serial": "9223372036854775807", "quantity": 2**31 - 1, "weight": 1e308},
    {"order_id": "first", "placed_at": "0001-01-01T00:00:00.000Z", "took": "-0.000000001s"},
    {"order_id": "last", "placed_at": "9999-12-31T23:59:59.999Z"},
]
ODD_BUGS = {}


@pytest.mark.parametrize("row", ODD_ROWS, ids=lambda row: row["order_id"])
def test_a_row_is_returned_over_both_transports_as_it_was_loaded(doomed: Servers, row: Json) -> None:
    assert doomed["shop"].ask(f"{ORDER}.get", {"order_id": row["order_id"]}) == row


# Small APIs of a page each: name of the page, and what a server of it must be able to do.
CUP = """
# Cup

> **Package : cafe.v1**

## Cup

| Method | Request | Response |
| :--- | :--- | :--- |
| get | CupRequest | CupInfo |
| list | CupQuery | CupsInfo |
| delete | CupRequest | google.protobuf.Empty |

### get
> **GET** /cafe/v1/cup/{%(key)s}

### delete
> **POST** /cafe/v1/cups/delete

### list
> **GET** /cafe/v1/cups

## Message

### CupInfo
| Field | Type |
| :--- | :--- |
| %(key)s | %(type)s |
| drink | string |
| size | int32 |
| note | string |

%(example)s

### CupsInfo
| Field | Type |
| :--- | :--- |
| results | list of CupInfo |

### CupRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| %(key)s | %(type)s | ✅ |

### CupQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| drink | string | ❌ |
"""


def cafe(tmp_path: Path, key: str = "cup_id", type_: str = "string", example: str = "") -> Path:
    page = CUP % {"key": key, "type": type_, "example": example}
    return build(write_spec(tmp_path / "cafe", {"pages/cup.md": page}), tmp_path / "out")


def test_sample_rows_look_like_the_examples_of_the_pages(tmp_path: Path) -> None:
    shown = {"cup_id": "cup-9", "drink": "cortado", "size": "wrong", "bogus": 1}
    built = cafe(tmp_path, example=f"```json\n{json.dumps(shown)}\n```")
    with Server(built, tmp_path / "rows.db", sample=2) as server:
        rows = server.ask("cafe.v1.Cup.list", {})["results"]
        assert rows[0] == server.ask("cafe.v1.Cup.get", {"cup_id": rows[0]["cup_id"]})
    assert [row["drink"] for row in rows] == ["cortado", "cortado"]
    assert [isinstance(row["size"], int) for row in rows] == [True, True]
    assert len({row["cup_id"] for row in rows}) == 2
    assert all("bogus" not in row and row["note"] for row in rows)


def test_sample_rows_have_documented_values_of_enums(tmp_path: Path) -> None:
    with Server(tree("shop"), tmp_path / "rows.db", to_proto=shop_to_proto, sample=2) as server:
        rows = server.ask(f"{ORDER}.list", {})["results"]
    assert {row["payment"] for row in rows} <= {"NEW", "by-card"}


def test_services_that_share_messages_share_rows_and_are_reflected(tmp_path: Path) -> None:
    cup = CUP % {"key": "cup_id", "type": "string", "example": ""}
    mug = cup.split("## Message")[0].replace("Cup\n", "Mug\n").replace("cafe/v1/cup", "cafe/v1/mug")
    foam = "## Message\n\n### Foam\n| Field | Type |\n| :--- | :--- |\n| height | int32 |\n"
    pages = {"pages/cup.md": cup, "pages/mug.md": mug + foam}
    built = build(write_spec(tmp_path / "cafe", pages), tmp_path / "out")
    with Server(built, tmp_path / "rows.db", sample=2) as server:
        rows = server.ask("cafe.v1.Cup.list", {})["results"]
        assert len(rows) == 2
        assert server.ask("cafe.v1.Mug.list", {})["results"] == rows


def test_sample_rows_may_be_named_by_numbers(tmp_path: Path) -> None:
    with Server(cafe(tmp_path, "number", "int64"), tmp_path / "rows.db", sample=2) as server:
        rows = server.ask("cafe.v1.Cup.list", {})["results"]
        assert server.ask("cafe.v1.Cup.get", {"number": rows[1]["number"]}) == rows[1]


CUPS: dict[str, list[Json]] = {
    "Cup": [{"number": 5}, {"number": 7, "drink": "tea"}],
    "Mug": [{"number": "5"}, {"number": "9007199254740993", "drink": "tea"}],
    "Pot": [{"pot_id": "a"}, {"pot_id": "b", "drink": "tea"}],
}


def page_of(service: str, key: str, type_: str) -> str:
    """The page of Cup, for another service."""
    page = CUP % {"key": key, "type": type_, "example": ""}
    return page.replace("Cup", service).replace("/cup", f"/{service.lower()}")


@pytest.fixture(scope="module")
def cups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Services whose rows are named by numbers, and one whose requests need not name a row."""
    folder = tmp_path_factory.mktemp("cups")
    pages = {
        "pages/cup.md": page_of("Cup", "number", "int32"),
        "pages/mug.md": page_of("Mug", "number", "int64"),
        "pages/pot.md": page_of("Pot", "pot_id", "string").replace("✅", "❌"),
    }
    built = build(write_spec(folder / "cafe", pages), folder / "out")
    with Server(built, folder / "rows.db", load=write_rows(folder, CUPS)) as server:
        yield server


@pytest.mark.parametrize("service", ["Cup", "Mug"])
def test_a_row_may_be_named_by_a_number(cups: Server, service: str) -> None:
    row = CUPS[service][1]
    assert cups.ask(f"cafe.v1.{service}.get", {"number": row["number"]}) == row
    assert cups.ask(f"cafe.v1.{service}.list", {})["results"] == CUPS[service]


@pytest.mark.parametrize("method", ["get", "delete"])
def test_one_row_is_got_or_deleted_and_never_any(cups: Server, method: str) -> None:
    """The page does not say that the key is required. Without it, every row would be meant."""
    message = cups.request(f"cafe.v1.Pot.{method}", {})
    with pytest.raises(grpc.RpcError) as found:
        cups.over_grpc(f"cafe.v1.Pot.{method}", message)
    expected = required("pot_id")
    assert found.value.code() == expected.status
    assert found.value.details() == f"{expected.code}: {expected.message}"
    answer = cups.client.post("/cafe/v1/pots/delete", json={"pot_id": ""})
    assert invalid(**answer.json()["detail"]) == expected
    assert cups.ask("cafe.v1.Pot.list", {})["results"] == CUPS["Pot"]


# --- the life of a server


def test_rows_outlive_a_server_and_are_not_loaded_twice(tmp_path: Path) -> None:
    store, rows = tmp_path / "rows.db", write_rows(tmp_path, CLOUDFORET_ROWS)
    gone = {"job_task_id": "t-1", "domain_id": "d-1"}
    first = Server(tree("cloudforet"), store, load=rows)
    try:
        first.over_grpc(f"{TASK}.delete", first.request(f"{TASK}.delete", gone))
    finally:
        assert first.stop(signal.SIGINT) == 0
    assert "Traceback" not in first.log()

    more = write_rows(tmp_path, {JOB: [{"job_id": "j-9"}, JOBS[0]]})
    said = refused_call(tree("cloudforet"), store, load=more)
    assert "Tried to save duplicate unique key. (job_id = j-1)" in said

    with Server(tree("cloudforet"), store) as second:
        assert list_tasks(second)["results"] == TASKS[1:5]
        assert second.ask(f"{JOB}.list", {"domain_id": "d-1"})["results"] == JOBS[:2]
    assert stored(store)["spaceone_api_inventory_v1_JobInfo"] == len(JOBS)


@pytest.mark.parametrize("option", ["grpc_port", pytest.param("http_port")])
def test_a_second_server_on_a_port_is_refused(
    cloudforet: Server, tmp_path: Path, option: str
) -> None:
    taken = cloudforet.grpc_address if option == "grpc_port" else cloudforet.http_address
    port = taken.rpartition(":")[2]
    said = refused_start(tree("cloudforet"), tmp_path / "rows.db", **{option: port})
    assert port in said


def test_a_start_that_fails_stores_nothing(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused_call(tree("cloudforet"), tmp_path / "rows.db", grpc_port=port, sample=3)
    assert set(stored(tmp_path / "rows.db").values()) <= {0}


def test_a_server_listens_on_loopback_only(tmp_path: Path) -> None:
    assert "host" in refused_start(tree("cloudforet"), tmp_path / "rows.db", host="0.0.0.0")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com"])
def test_no_setting_opens_a_server_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    assert "host" in refused_call(tree("cloudforet"), tmp_path / "rows.db", host=host)
    monkeypatch.setenv("SERVE_HOST", host)
    assert "host" in refused_call(tree("cloudforet"), tmp_path / "rows.db").lower()


@pytest.mark.parametrize(
    "store",
    [
        "nonsense",
        "sqlite:///file.db",
        "postgresql+asyncpg://user:secret@localhost/rows",
        "sqlite+aiosqlite:////no/such/folder/rows.db",
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_store_that_cannot_be_is_told(tmp_path: Path, store: str) -> None:
    assert "secret" not in refused_call(tree("cloudforet"), tmp_path / "rows.db", store=store)


@pytest.mark.parametrize(("option", "value"), [("sample", -1), ("grpc_port", 70000), ("bogus", 1)])
def test_a_flag_that_cannot_be_is_told(tmp_path: Path, option: str, value: int) -> None:
    said = refused_call(tree("cloudforet"), tmp_path / "rows.db", **{option: value})
    assert option.replace("_", "-") in said


# --- what a server tells of itself


@pytest.mark.parametrize("api", list(ROWS))
def test_health_is_serving_for_the_server_and_each_service(servers: Servers, api: str) -> None:
    stub = health_pb2_grpc.HealthStub(servers[api].channel)
    for name in ("", *ROWS[api]):
        answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=WAIT)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as found:
        stub.Check(health_pb2.HealthCheckRequest(service="no.such.Service"), timeout=WAIT)
    assert found.value.code() == grpc.StatusCode.NOT_FOUND
    assert servers[api].client.get("/health").json() == {"status": "SERVING"}


@pytest.mark.parametrize("api", list(ROWS))
def test_openapi_is_valid_and_has_every_route(servers: Servers, api: str) -> None:
    document = servers[api].client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1.")
    validate(document)
    told = {
        (verb.upper(), path)
        for path, operations in document["paths"].items()
        for verb in operations
    }
    assert told == {route[3:] for route in ROUTES if route[0] == api}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            declared = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert declared == set(re.findall(r"\{(\w+)\}", path))


def test_openapi_names_query_parameters_as_documented(shop: Server) -> None:
    document = shop.client.get("/openapi.json").json()
    names = {p["name"] for p in document["paths"]["/shop/v1/orders"]["get"]["parameters"]}
    assert names >= {"from", "schema", "unit-price"}


def test_openapi_describes_a_message_that_is_named_error(tmp_path: Path) -> None:
    page = CUP.replace("CupInfo", "Error") % {"key": "cup_id", "type": "string", "example": ""}
    built = build(write_spec(tmp_path / "cafe", {"pages/cup.md": page}), tmp_path / "out")
    document = package(built, "runtime.openapi").describe(package(built, "registry").API)
    get = document["paths"]["/cafe/v1/cup/{cup_id}"]["get"]
    reference = get["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    assert schema["properties"].keys() == {"cup_id", "drink", "size", "note"}


def test_docs_are_a_page_of_html(cloudforet: Server) -> None:
    answer = cloudforet.client.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "/openapi.json" in answer.text


# --- types that no page declares; streams

STREAMS = """
# Tap

> **Package : stall.v1**

## Tap

| Method | Request | Response |
| :--- | :--- | :--- |
| watch | TapRequest | **`stream`** TapInfo |
| pour | **`stream`** TapRequest | TapInfo |

### watch
> **POST** /stall/v1/tap/watch

### pour
> **POST** /stall/v1/tap/pour

## Message

### TapRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| tap_id | string | ✅ |

### TapInfo
| Field | Type |
| :--- | :--- |
| tap_id | string |
"""

STALL = {
    "pages/query.md": QUERY_PAGE,
    "pages/tap.md": STREAMS,
    "pages/cart.md": """
# Cart

> **Package : stall.v1**

## Cart

| Method | Request | Response |
| :--- | :--- | :--- |
| get | CartRequest | CartInfo |
| list | CartQuery | CartsInfo |

### get
> **GET** /stall/v1/cart/{cart_id}

### list
> **GET** /stall/v1/carts

## Message

### CartRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| cart_id | string | ✅ |

### CartQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| cart_id | string | ❌ |

### CartsInfo
| Field | Type |
| :--- | :--- |
| results | list of CartInfo |
""",
    "pages/parcel.md": """
---
title: "Parcel"
---
# [Parcel](#Parcel)

>  **Package : stall.v1**

## Parcel

**Parcel Methods:**

| Method | Request | Response |
| :----- | :-------- | :-------- |
| [**get**](./Parcel#get) | [ParcelRequest](Parcel#parcelrequest) | [ParcelInfo](./Parcel) |
| [**list**](./Parcel#list) | [ParcelQuery](Parcel#parcelquery) | [ParcelsInfo](./Parcel) |

### get

> **POST** /stall/v1/parcel/get

### list

> **POST** /stall/v1/parcel/list

## Message

### ParcelInfo
* **parcel_id** (string)

* **state** (ParcelState)

* **history** (ParcelState)  `Repeated`

### ParcelRequest
* **parcel_id** (string)  `Required`

* **only** (string)  `Repeated`

### ParcelQuery
* **state** (ParcelState)

### ParcelsInfo
* **results** (ParcelInfo)  `Repeated`

* **total_count** (int32)
""",
}
STALL_ROWS: dict[str, list[Json]] = {
    "Cart": [{"cart_id": "c-1", "wheels": 4, "owner": {"name": "Ada"}}],
    "Parcel": [
        {"parcel_id": "p-1", "state": "LOST", "history": ["SENT", "LOST"]},
        {"parcel_id": "p-2"},
    ],
}
CART, PARCEL = "stall.v1.Cart", "stall.v1.Parcel"


STREAM_HANDLERS = """
from stall.runtime.handlers import implements

@implements("stall.v1.Tap.watch")
async def track(request, rows):
    return {"tap_id": request.tap_id}
"""


@pytest.fixture(scope="module")
def stall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("stall")
    built = build(write_spec(folder / "stall", STALL), folder / "out")
    (folder / "handlers.py").write_text(STREAM_HANDLERS, "utf-8")
    options = {"load": write_rows(folder, STALL_ROWS), "handlers": folder / "handlers.py"}
    with Server(built, folder / "rows.db", **options) as server:
        yield server


def test_http_carries_values_and_fields_that_no_page_declares(stall: Server) -> None:
    cart, (parcel, _) = STALL_ROWS["Cart"][0], STALL_ROWS["Parcel"]
    assert stall.client.get("/stall/v1/cart/c-1").json() == cart
    assert stall.client.get("/stall/v1/carts").json() == {"results": [cart]}
    got = stall.client.post("/stall/v1/parcel/get", json={"parcel_id": "p-1"})
    assert got.json() == parcel
    listed = stall.client.post("/stall/v1/parcel/list", json={"state": "LOST"})
    assert listed.json() == {"results": [parcel], "total_count": 1}


def cannot_carry(server: Server, method: str, request: Json) -> str:
    """The type that gRPC says the overlay must declare."""
    with pytest.raises(grpc.RpcError) as found:
        server.over_grpc(method, server.request(method, request))
    assert found.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    details = found.value.details()
    assert details.startswith("ERROR_UNDECLARED_TYPE: gRPC cannot encode the value. (key = ")
    entry = re.search(r'overlay\.toml: \[\[declare\]\] at = "([\w.]+)"', details)
    assert entry, details
    return entry[1]


UNDECLARED = [
    (f"{CART}.get", {"cart_id": "c-1"}),
    (f"{CART}.list", {}),
    (f"{PARCEL}.get", {"parcel_id": "p-1"}),
    (f"{PARCEL}.list", {}),
]


@pytest.mark.parametrize(("method", "request_"), UNDECLARED)
def test_grpc_says_what_it_cannot_carry(stall: Server, method: str, request_: Json) -> None:
    assert cannot_carry(stall, method, request_).startswith("stall.v1.")


def test_grpc_carries_what_is_declared_of_such_rows(stall: Server) -> None:
    request = {"parcel_id": "p-1", "only": ["parcel_id"]}
    assert stall.ask(f"{PARCEL}.get", request) == {"parcel_id": "p-1"}
    assert stall.ask(f"{PARCEL}.get", {"parcel_id": "p-2"}) == {"parcel_id": "p-2"}


@pytest.mark.parametrize(
    ("method", "request_", "declared"),
    [
        (
            *UNDECLARED[0],
            'fields = [{ name = "cart_id", type = "string" }, { name = "wheels", type = "int32" },'
            ' { name = "owner", type = "Struct" }]',
        ),
        pytest.param(
            *UNDECLARED[2],
            'enum = ["NONE", "SENT", "LOST"]',
        ),
    ],
)
def test_with_the_entry_that_is_named_grpc_carries_it(
    stall: Server, tmp_path: Path, method: str, request_: Json, declared: str
) -> None:
    at = cannot_carry(stall, method, request_)
    overlay = f'[[declare]]\nat = "{at}"\n{declared}\nreason = "the server says so"\n'
    spec = write_spec(tmp_path / "stall", {**STALL, "overlay.toml": overlay})
    rows = write_rows(tmp_path, STALL_ROWS)
    with Server(build(spec, tmp_path / "out"), tmp_path / "rows.db", load=rows) as server:
        assert server.ask(method, request_) == STALL_ROWS[method.split(".")[2]][0]


def stream(server: Server, method: str, requests: list[Json]) -> list[Json]:
    """The answers of a method of Tap to a stream of requests."""
    name = f"stall.v1.Tap.{method}"
    call = server.channel.stream_stream(
        f"/stall.v1.Tap/{method}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=type(server.answer(name, {})).FromString,
    )
    answers = call(iter([server.request(name, request) for request in requests]), timeout=WAIT)
    return [json_format.MessageToDict(m, preserving_proto_field_name=True) for m in answers]


def test_a_stream_of_requests_is_refused(stall: Server) -> None:
    assert stall.method("stall.v1.Tap.pour").client_streaming
    with pytest.raises(grpc.RpcError) as found:
        stream(stall, "pour", [{"tap_id": "a"}, {"tap_id": "b"}])
    assert found.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert found.value.details().startswith("ERROR_NOT_IMPLEMENTED: ")


def test_a_stream_of_answers_holds_the_answer_that_http_gives(stall: Server) -> None:
    assert stall.method("stall.v1.Tap.watch").server_streaming
    http = stall.over_http(("POST", "/stall/v1/tap/watch"), {"tap_id": "a"})
    assert stream(stall, "watch", [{"tap_id": "a"}]) == [http.json()] == [{"tap_id": "a"}]
    http = stall.over_http(("POST", "/stall/v1/tap/watch"), {})
    with pytest.raises(grpc.RpcError) as found:
        stream(stall, "watch", [{}])
    assert found.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert found.value.details() == "{code}: {message}".format(**http.json()["detail"])

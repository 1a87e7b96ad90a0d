"""The sample APIs with rows of their own, and the errors that their servers return."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import grpc
from serving import Json, RefusedError, Server
from shop_api import SHOP_ROWS

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


def list_tasks(server: Server, **request: Any) -> Json:
    return server.ask(f"{TASK}.list", {"domain_id": "d-1", **request})


def numbers(answer: Json) -> str:
    """The numbers of the tasks in an answer: `t-1`, `t-3` → `13`."""
    return "".join(row["job_task_id"].removeprefix("t-") for row in answer["results"])


def equal(key: str, value: Any) -> Json:
    return {"k": key, "v": value, "o": "eq"}


def stored(store: Path) -> dict[str, int]:
    """How many rows each table of a store has."""
    if not store.exists():
        return {}
    with sqlite3.connect(store) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name for (name,) in tables if not name.startswith("sqlite_")]
        count = "SELECT count(*) FROM "
        return {name: connection.execute(f'{count}"{name}"').fetchone()[0] for name in names}


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

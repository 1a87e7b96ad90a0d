"""A yard: an API with a field of every kind, and the errors of its server."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from serving import WAIT, Json, Server, build, write_rows, write_spec
from shop_api import QUERY_PAGE

GATE = "yard.v1.Gate"
PAGE = """
# Gate

> **Package : yard.v1**

## Gate

| Method | Request | Response |
| :--- | :--- | :--- |
| create | CreateGate | GateInfo |
| update | UpdateGate | GateInfo |
| get | GateRequest | GateInfo |
| list | GateQuery | GatesInfo |
| stat | GateStat | google.protobuf.Struct |

### create
> **POST** /yard/v1/gates

### update
> **PUT** /yard/v1/gate/{gate_id}

### get
> **GET** /yard/v1/gate/{gate_id}

### list
> **GET** /yard/v1/gates
>
> **POST** /yard/v1/gates/search

### stat
> **POST** /yard/v1/gates/stat

## Message

### GateInfo
| Field | Type |
| :--- | :--- |
| gate_id | string |
FIELDS

### GatesInfo
| Field | Type |
| :--- | :--- |
| results | list of GateInfo |
| total_count | int32 |

### CreateGate
| Field | Type | Required |
| :--- | :--- | :---: |
| name | string | ✅ |
OPTIONAL

### UpdateGate
| Field | Type | Required |
| :--- | :--- | :---: |
| gate_id | string | ✅ |
OPTIONAL

### GateRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| gate_id | string | ✅ |
| only | list of string | ❌ |

### GateQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| domain_id | string | ✅ |
| query | spaceone.api.core.v1.Query | ❌ |
OPTIONAL

### GateStat
| Field | Type | Required |
| :--- | :--- | :---: |
| query | spaceone.api.core.v1.StatisticsQuery | ✅ |

### Post
| Field | Type |
| :--- | :--- |
| colour | string |
"""
FIELDS = {
    "name": "string",
    "kind": "Kind",
    "count": "int32",
    "big": "int64",
    "size": "uint32",
    "weight": "double",
    "is_open": "bool",
    "labels": "list of string",
    "photo": "bytes",
    "tags": "google.protobuf.Struct",
    "extra": "google.protobuf.Value",
    "opened_at": "google.protobuf.Timestamp",
    "took": "google.protobuf.Duration",
    "post": "Post",
    "posts": "list of Post",
    "domain_id": "string",
}
OVERLAY = """
[[declare]]
at = "yard.v1.Kind"
enum = ["NONE", "IRON", "WOOD"]
reason = "A pipe table has no place for values."
"""
ROWS: list[Json] = [
    {"gate_id": f"g-{n}", "name": "a" * 30, "domain_id": "d", "count": n} for n in range(8)
]
MAX_BYTES, MAX_ROWS = 20_000, 5


def yard_spec(folder: Path) -> Path:
    optional = "\n".join(f"| {n} | {t} | ❌ |" for n, t in FIELDS.items() if n != "domain_id")
    named = "\n".join(f"| {name} | {type_} |" for name, type_ in FIELDS.items())
    head, *rest = PAGE.replace("FIELDS", named).split("OPTIONAL")
    without_name = optional.partition("\n")[2]
    page = f"{head}{without_name}\n| domain_id | string | ❌ |" + optional.join(rest)
    pages = {"pages/gate.md": page, "pages/query.md": QUERY_PAGE}
    settings = 'name = "yard"\nuses = ["spaceone.api.core.v1"]\n'
    return write_spec(folder / "yard", {**pages, "spec.toml": settings, "overlay.toml": OVERLAY})


@contextmanager
def serve_yard(folder: Path) -> Iterator[Server]:
    """Yield a server of the yard; afterwards check that its rows are as they were."""
    store = folder / "yard.db"
    options = {"max_bytes": MAX_BYTES, "max_rows": MAX_ROWS}
    load = write_rows(folder, {"Gate": ROWS})
    with Server(build(yard_spec(folder), folder / "out"), store, load=load, **options) as server:
        yield server
        assert stored(store) == ROWS
        assert "Traceback" not in server.log(), server.log()
        assert "ERROR" not in server.log()


def stored(store: Path) -> list[Json]:
    """The rows of the one table."""
    with closing(sqlite3.connect(store)) as connection:
        found = connection.execute("SELECT data FROM yard_v1_GateInfo ORDER BY seq").fetchall()
    return [json.loads(data) for (data,) in found]


def invalid(key: str, reason: str) -> tuple[str, str]:
    return "ERROR_INVALID_PARAMETER", f"Parameter is invalid. (key = {key}, reason = {reason})"


def failed(reason: str) -> tuple[str, str]:
    return "ERROR_DB_QUERY", f"Database query failed. (reason = {reason}"


def filtered(key: str, value: Any, operator: str) -> Json:
    return {"domain_id": "d", "query": {"filter": [{"k": key, "v": value, "o": operator}]}}


NOT_FINITE, HOLDS_NUL = "a number is not finite", "a text holds NUL"
NOT_UTF8 = invalid("request", "a text is not UTF-8")


def over_grpc(server: Server, method: str, content: bytes) -> grpc.RpcError:
    """How gRPC refuses the bytes of a request."""
    service, _, verb = method.rpartition(".")
    call = server.channel.unary_unary(f"/{service}/{verb}")
    with pytest.raises(grpc.RpcError) as found:
        call(content, timeout=WAIT)
    return found.value

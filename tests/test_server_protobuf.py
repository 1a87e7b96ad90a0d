"""A server of protobuf pages: without routes, and with handlers for all that it cannot guess."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from google.protobuf import json_format
from serving import Json, Server, build, write_spec

pytestmark = pytest.mark.slow

SHELF = "shelfpb.Shelf"
# A store of keys and values, in the words of protodoc. All of it is invented.
PAGE = """\
# Pantry API

## service `Shelf` (pantry/shelfpb/rpc.proto)

Shelf keeps jars.

| Method | Request Type | Response Type | Description |
| ------ | ------------ | ------------- | ----------- |
| Put | PutRequest | PutResponse | Put puts a jar on the shelf. |
| Range | RangeRequest | RangeResponse | Range gets the jars between two labels. |
| DeleteRange | RangeRequest | DeleteRangeResponse | DeleteRange takes jars away. |

## message `PutRequest` (pantry/shelfpb/rpc.proto)

| Field | Description | Type |
| ----- | ----------- | ---- |
| key | key is the label of the jar. | bytes |
| value | value is what is in it. | bytes |
| prev_jar | Whether the response has the jar that was there. | bool |

## message `PutResponse` (pantry/shelfpb/rpc.proto)

| Field | Description | Type |
| ----- | ----------- | ---- |
| header | | ResponseHeader |
| prev | | jarpb.Jar |

## message `RangeRequest` (pantry/shelfpb/rpc.proto)

| Field | Description | Type |
| ----- | ----------- | ---- |
| key | key is the first label. | bytes |
| range_end | range_end is the label behind the last one. | bytes |
| limit | | int64 |

## message `RangeResponse` (pantry/shelfpb/rpc.proto)

| Field | Description | Type |
| ----- | ----------- | ---- |
| header | | ResponseHeader |
| jars | | (slice of) jarpb.Jar |
| count | | int64 |

## message `DeleteRangeResponse` (pantry/shelfpb/rpc.proto)

| Field | Description | Type |
| ----- | ----------- | ---- |
| header | | ResponseHeader |
| deleted | | int64 |

## message `ResponseHeader` (pantry/shelfpb/rpc.proto)

| Field | Description | Type |
| ----- | ----------- | ---- |
| revision | | int64 |

## message `Jar` (pantry/jarpb/jar.proto)

| Field | Description | Type |
| ----- | ----------- | ---- |
| key | | bytes |
| value | | bytes |
"""
HANDLERS = """\
from pantry.models.pantry.shelfpb.rpc import PutRequest, RangeRequest
from apiscribe_runtime.handlers import Call, implements
from apiscribe_runtime.rows import Rows

JARS: dict[bytes, dict[str, object]] = {}


def between(request: RangeRequest) -> list[bytes]:
    end = request.range_end or request.key + bytes(1)
    return sorted(key for key in JARS if request.key <= key < end)


@implements("shelfpb.Shelf.Put")
async def put(request: PutRequest, rows: Rows, call: Call) -> dict[str, object]:
    prev = JARS.get(request.key)
    JARS[request.key] = {"key": request.key, "value": request.value}
    return {"header": {"revision": len(JARS)}, **({"prev": prev} if prev else {})}


@implements("shelfpb.Shelf.Range")
async def range_(request: RangeRequest, rows: Rows, call: Call) -> dict[str, object]:
    keys = between(request)
    return {"jars": [JARS[key] for key in keys[: request.limit or None]], "count": len(keys)}


@implements("shelfpb.Shelf.DeleteRange")
async def delete_range(request: RangeRequest, rows: Rows, call: Call) -> dict[str, object]:
    return {"deleted": len([JARS.pop(key) for key in between(request)])}
"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("pantry")
    spec = write_spec(folder / "pantry", {"pages/pantry.md": PAGE})
    write_spec(folder, {"jars.py": HANDLERS})
    tree = build(spec, folder / "out")
    with Server(tree, folder / "rows.db", handlers=folder / "jars.py") as server:
        yield server


def call(server: Server, method: str, **request: str | int | bool) -> Json:
    """Call a method over gRPC, with what reflection tells alone; texts are bytes."""
    given = {name: encoded(value) for name, value in request.items()}
    name = f"{SHELF}.{method}"
    answer = server.over_grpc(name, server.request(name, given))
    return json_format.MessageToDict(answer, preserving_proto_field_name=True)


def encoded(value: str | int | bool) -> str | int | bool:
    return base64.b64encode(value.encode()).decode() if isinstance(value, str) else value


def test_reflection_tells_the_services_of_the_page(shelf: Server) -> None:
    assert SHELF in shelf.reflection.get_services()


def test_a_client_of_reflection_calls_handlers(shelf: Server) -> None:
    assert call(shelf, "Put", key="jam", value="plum") == {"header": {"revision": "1"}}
    call(shelf, "Put", key="jelly", value="quince")
    again = call(shelf, "Put", key="jam", value="fig", prev_jar=True)
    assert again["prev"] == {"key": encoded("jam"), "value": encoded("plum")}
    found = call(shelf, "Range", key="j", range_end="k", limit=1)
    assert found == {"jars": [{"key": encoded("jam"), "value": encoded("fig")}], "count": "2"}
    assert call(shelf, "DeleteRange", key="jam") == {"deleted": "1"}
    assert call(shelf, "Range", key="j", range_end="k")["count"] == "1"

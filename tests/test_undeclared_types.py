"""Values of types that no page declares, and streams: what each transport carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format
from serving import WAIT, Json, Server, build, write_rows, write_spec
from shop_api import QUERY_PAGE

pytestmark = pytest.mark.slow

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
from apiscribe_runtime.handlers import implements

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
def test_grpc_reports_values_that_it_cannot_carry(
    stall: Server, method: str, request_: Json
) -> None:
    assert cannot_carry(stall, method, request_).startswith("stall.v1.")


def test_grpc_carries_the_declared_fields_of_such_rows(stall: Server) -> None:
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

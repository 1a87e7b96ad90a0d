"""Methods that stream: rows one by one, handlers that yield, requests one by one; over gRPC and HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from scripted_server import Scripted, scripted_server
from serving import WAIT, Json, Server, build, package, wait_until, write_rows, write_spec
from shop_api import QUERY_PAGE

from apiscribe_runtime.client import InvalidAnswerError, StatusError

pytestmark = pytest.mark.slow

PAGE = """
# Tap

> **Package : stall.v1**

## Tap

| Method | Request | Response |
| :--- | :--- | :--- |
| list | TapQuery | **`stream`** TapInfo |
| get | TapRequest | TapInfo |
| watch | TapRequest | **`stream`** TapInfo |
| wait | TapRequest | **`stream`** TapInfo |
| show | TapRequest | **`stream`** TapInfo |
| pour | **`stream`** TapRequest | TapInfo |
| mix | **`stream`** TapRequest | **`stream`** TapInfo |
| drain | **`stream`** TapRequest | TapInfo |

### list
> **POST** /stall/v1/tap/list

### get
> **POST** /stall/v1/tap/get

### watch
> **POST** /stall/v1/tap/watch

### wait
> **POST** /stall/v1/tap/wait

### show
> **POST** /stall/v1/tap/show

{% tabs %}
{% tab title="Response Example" %}
```text
{"tap_id": "shown"}
```
{% endtab %}
{% endtabs %}

### pour
> **POST** /stall/v1/tap/pour

### mix
> **POST** /stall/v1/tap/mix

### drain
> **POST** /stall/v1/tap/drain

## Message

### TapRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| tap_id | string | ✅ |

### TapQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| query | spaceone.api.core.v1.Query | ❌ |

### TapInfo
| Field | Type |
| :--- | :--- |
| tap_id | string |
| count | int32 |
"""
HANDLERS = """
import asyncio
from contextlib import contextmanager
from pathlib import Path

from apiscribe_runtime.errors import not_found
from apiscribe_runtime.handlers import implements

HERE = Path(__file__).parent


@implements("stall.v1.Tap.watch")
async def track(request, rows):
    for count in range(1, 4):
        yield {"tap_id": request.tap_id, "count": count}
    if request.tap_id == "wrong":
        yield {"bogus": 1}
    if request.tap_id == "gone":
        raise not_found("tap_id", "gone")


@implements("stall.v1.Tap.wait")
async def wait(request, rows):
    try:
        yield {"tap_id": "first"}
        if request.tap_id != "long":
            while not (HERE / "go").exists():
                await asyncio.sleep(0.01)
            yield {"tap_id": "second"}
        await asyncio.sleep(1000)
    finally:
        (HERE / request.tap_id).touch()


@implements("stall.v1.Tap.pour")
async def pour(requests, rows):
    ids = [request.tap_id async for request in requests]
    return {"tap_id": "+".join(ids), "count": len(ids)}


@implements("stall.v1.Tap.mix")
async def mix(requests, rows, call):
    async for request in requests:
        yield {"tap_id": request.tap_id.upper()}
"""
TAP = "stall.v1.Tap"
TAPS: list[Json] = [{"tap_id": f"tap-{number}", "count": number} for number in range(1, 6)]


@contextmanager
def served(folder: Path, **options: Any) -> Iterator[Server]:
    """Yield a server whose calls end after `timeout` seconds without an answer."""
    files = {"spec.toml": 'uses = ["spaceone.api.core.v1"]\n'}
    files |= {"pages/tap.md": PAGE, "pages/query.md": QUERY_PAGE}
    tree = build(write_spec(folder / "stall", files), folder / "out")
    (folder / "handlers.py").write_text(HANDLERS, "utf-8")
    options |= {"handlers": folder / "handlers.py", "load": write_rows(folder, {"Tap": TAPS})}
    with Server(tree, folder / "rows.db", grpc_compression="gzip", **options) as server:
        yield server
    assert server.log() == "" or "the handler's response is not valid for watch" in server.log()


@pytest.fixture(scope="module")
def stall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("streams"), timeout=10 * WAIT) as server:
        yield server


def folder_of(server: Server) -> Path:
    return Path(str(server.process.args[server.process.args.index("--handlers") + 1])).parent


def call(server: Server, method: str, *requests: Json) -> Any:
    name = f"{TAP}.{method}"
    found = server.channel.stream_stream(
        f"/{TAP}/{method}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=type(server.answer(name, {})).FromString,
    )
    return found(iter([server.request(name, request) for request in requests]), timeout=WAIT)


def as_json(message: Any) -> Json:
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def over_http(server: Server, method: str, request: Json) -> tuple[list[Json], str]:
    with server.client.stream("POST", f"/stall/v1/tap/{method}", json=request) as answer:
        is_stream = answer.headers["content-type"] == "application/x-ndjson"
        assert is_stream == (answer.status_code == 200)
        found = [json.loads(line) for line in answer.iter_lines()]
    if found and "detail" in found[-1]:
        *found, last = found
        return found, "{code}: {message}".format(**last["detail"])
    return found, ""


def ask(server: Server, method: str, request: Json) -> tuple[list[Json], str]:
    """Return the response of both transports."""
    # Iterating one by one keeps what came before an error.
    found: list[Json] = []
    error = ""
    try:
        for message in call(server, method, request):
            found.append(as_json(message))
    except grpc.RpcError as failed:
        error = failed.details()
    assert over_http(server, method, request) == (found, error)
    return found, error


def test_list_streams_the_requested_rows(stall: Server) -> None:
    assert ask(stall, "list", {}) == (TAPS, "")
    query = {"filter": [{"k": "count", "v": 3, "o": "gt"}], "sort": {"key": "count", "desc": True}}
    assert ask(stall, "list", {"query": query}) == ([TAPS[4], TAPS[3]], "")
    assert ask(stall, "list", {"query": {"only": ["count"], "page": {"limit": 1}}})[0] == [
        {"count": 1}
    ]
    nothing = {"query": {"filter": [{"k": "count", "v": 9, "o": "eq"}]}}
    assert ask(stall, "list", nothing) == ([], "")


def test_a_refusal_before_the_first_answer_has_its_status(stall: Server) -> None:
    bad = {"query": {"filter": [{"k": "count", "v": 9, "o": "nonsense"}]}}
    found, error = ask(stall, "list", bad)
    assert found == []
    assert error.startswith("ERROR_")
    answer = stall.client.post("/stall/v1/tap/list", json=bad)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"


def test_a_handler_yields_answers_and_its_error_ends_them(stall: Server) -> None:
    three = [{"tap_id": "a", "count": count} for count in range(1, 4)]
    assert ask(stall, "watch", {"tap_id": "a"}) == (three, "")
    found, error = ask(stall, "watch", {"tap_id": "gone"})
    assert [each["count"] for each in found] == [1, 2, 3]
    assert error.startswith("ERROR_NOT_FOUND: ")
    found, error = ask(stall, "watch", {"tap_id": "wrong"})
    assert [each["count"] for each in found] == [1, 2, 3]
    assert error == "ERROR_UNKNOWN: Internal error."
    assert (
        ask(stall, "watch", {})[1] == "ERROR_REQUIRED_PARAMETER: Required parameter. (key = tap_id)"
    )


def test_an_answer_is_sent_before_the_next_is_there(stall: Server) -> None:
    folder = folder_of(stall)
    answers = call(stall, "wait", {"tap_id": "a"})
    assert next(answers).tap_id == "first"
    with stall.client.stream("POST", "/stall/v1/tap/wait", json={"tap_id": "b"}) as http:
        assert http.headers["content-encoding"] == "gzip"
        lines = http.iter_lines()
        assert json.loads(next(lines)) == {"tap_id": "first"}
        (folder / "go").touch()
        assert json.loads(next(lines)) == {"tap_id": "second"}
    assert next(answers).tap_id == "second"
    answers.cancel()
    wait_until(lambda: (folder / "a").exists() and (folder / "b").exists())


def test_a_stream_ends_where_an_answer_takes_too_long(tmp_path: Path) -> None:
    with served(tmp_path, timeout=3) as server:
        answers = call(server, "wait", {"tap_id": "long"})
        with server.client.stream("POST", "/stall/v1/tap/wait", json={"tap_id": "long"}) as http:
            first, last = http.iter_lines()
        assert json.loads(first) == {"tap_id": "first"}
        assert json.loads(last)["detail"]["code"] == "ERROR_TIMEOUT"
        assert next(answers).tap_id == "first"
        with pytest.raises(grpc.RpcError) as found:
            next(answers)
    assert found.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert found.value.details().startswith("ERROR_TIMEOUT: ")
    assert (tmp_path / "long").exists()


def test_a_stream_ends_with_its_client(stall: Server) -> None:
    ended = folder_of(stall) / "long"
    answers = call(stall, "wait", {"tap_id": "long"})
    assert next(answers).tap_id == "first"
    answers.cancel()
    wait_until(ended.exists)
    ended.unlink()
    with stall.client.stream("POST", "/stall/v1/tap/wait", json={"tap_id": "long"}) as http:
        assert next(http.iter_lines())
    wait_until(ended.exists)
    ended.unlink()


def test_the_example_of_a_page_is_a_stream_of_one(stall: Server) -> None:
    assert ask(stall, "show", {"tap_id": "a"}) == ([{"tap_id": "shown"}], "")
    answer = stall.client.post("/stall/v1/tap/show", json={"tap_id": "a"})
    assert answer.headers["x-answer"] == "example"
    answers = call(stall, "show", {"tap_id": "a"})
    assert ("x-answer", "example") in [tuple(pair) for pair in answers.initial_metadata()]


def test_a_handler_takes_requests_one_by_one(stall: Server) -> None:
    requests = [{"tap_id": "a"}, {"tap_id": "b"}, {"tap_id": "c"}]
    [poured] = call(stall, "pour", *requests)
    assert as_json(poured) == {"tap_id": "a+b+c", "count": 3}
    mixed = [as_json(message) for message in call(stall, "mix", *requests)]
    assert mixed == [{"tap_id": "A"}, {"tap_id": "B"}, {"tap_id": "C"}]
    http = stall.client.post("/stall/v1/tap/pour", json={"tap_id": "a"})
    assert http.json() == {"tap_id": "a", "count": 1}
    assert over_http(stall, "mix", {"tap_id": "a"}) == ([{"tap_id": "A"}], "")


@pytest.mark.parametrize("method", ["pour", "mix"])
def test_a_request_among_others_that_cannot_be_ends_them(stall: Server, method: str) -> None:
    with pytest.raises(grpc.RpcError) as found:
        list(call(stall, method, {"tap_id": "a"}, {}, {"tap_id": "c"}))
    assert found.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert found.value.details() == "ERROR_REQUIRED_PARAMETER: Required parameter. (key = tap_id)"


def test_a_stream_of_requests_without_a_handler_names_it(stall: Server) -> None:
    with pytest.raises(grpc.RpcError) as found:
        list(call(stall, "drain", {"tap_id": "a"}))
    assert found.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert '@implements("stall.v1.Tap.drain")' in found.value.details()
    http = stall.client.post("/stall/v1/tap/drain", json={"tap_id": "a"})
    assert http.status_code == 501
    assert "{code}: {message}".format(**http.json()["detail"]) == found.value.details()


def test_a_browser_gets_events(stall: Server) -> None:
    headers = {"accept": "text/event-stream"}
    path = "/stall/v1/tap/watch"
    with stall.client.stream("POST", path, json={"tap_id": "gone"}, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        *events, last = answer.read().decode().removesuffix("\n\n").split("\n\n")
    messages = [json.loads(event.removeprefix("data: ")) for event in events]
    assert messages == [{"tap_id": "gone", "count": count} for count in (1, 2, 3)]
    kind, data = last.split("\n")
    assert (kind, "ERROR_NOT_FOUND" in data) == ("event: error", True)


@pytest.fixture(scope="module", params=["Client", "AsyncClient"])
def taps(request: pytest.FixtureRequest, stall: Server) -> Callable[..., list[Any]]:
    """Call a method of the generated client, of both kinds, and return what it streams."""
    made = getattr(package(folder_of(stall) / "out/stall", "client"), request.param)

    async def collect(url: str, method: str, **given: Any) -> list[Any]:
        async with made(url) as client:
            return [message async for message in getattr(client.v1.tap, method)(**given)]

    def call(method: str, url: str = "", **given: Any) -> list[Any]:
        url = url or f"http://{stall.http_address}"
        if request.param == "AsyncClient":
            return asyncio.run(collect(url, method, **given))
        with made(url) as client:
            return list(getattr(client.v1.tap, method)(**given))

    return call


def test_the_client_iterates_over_messages(taps: Callable[..., list[Any]]) -> None:
    assert [message.count for message in taps("watch", tap_id="a")] == [1, 2, 3]
    assert [message.tap_id for message in taps("list")] == [row["tap_id"] for row in TAPS]
    with pytest.raises(InvalidAnswerError, match="the stream ended"):
        taps("watch", tap_id="gone")
    with pytest.raises(StatusError) as error:
        taps("list", query={"filter": [{"k": "colour", "v": 1, "o": "eq"}]})
    assert error.value.status == 400


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("text/event-stream", 'data: {"count":\ndata: 1}\n\ndata: {"count": 2}\n\n', [1, 2]),
        (
            "text/event-stream; charset=utf-8",
            ': hi\nid: 7\ndata:{"count":1}\n\ndata: [DONE]\n\n',
            [1],
        ),
        ("text/event-stream", 'data: {"count": 1}\r\n\r\ndata: {"count"', [1]),
        ("application/x-ndjson", '{"count": 1}\n\n{"count": 2}\n', [1, 2]),
        ("application/json", '{"count": 1}', [1]),
    ],
)
def test_the_client_reads_events_and_lines(
    taps: Callable[..., list[Any]], kind: str, text: str, found: list[int]
) -> None:
    with scripted_server() as script:
        script.play(Scripted(body=text.encode(), headers={"content-type": kind}))
        assert [message.count for message in taps("watch", script.url, tap_id="a")] == found
        assert "text/event-stream" in script.requests[0].headers["accept"]


def test_openapi_describes_lines_of_json(stall: Server) -> None:
    paths = stall.client.get("/openapi.json").json()["paths"]
    for verb, kind in (("list", "application/x-ndjson"), ("get", "application/json")):
        answer = paths[f"/stall/v1/tap/{verb}"]["post"]["responses"]["200"]
        assert list(answer["content"]) == [kind]


def test_answers_are_compressed_for_clients_that_accept_it(stall: Server) -> None:
    document = stall.client.get("/openapi.json", headers={"accept-encoding": "gzip"})
    assert document.headers["content-encoding"] == "gzip"
    plain = stall.client.get("/openapi.json", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert document.json() == plain.json()

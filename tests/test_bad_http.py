"""What only HTTP, only gRPC or only a database could take wrongly."""

from __future__ import annotations

import gzip
import json
import socket
from contextlib import suppress

import grpc
import pytest
from serving import WAIT, Json, RefusedError, Server
from yard_api import GATE, HOLDS_NUL, MAX_BYTES, NOT_UTF8, failed, filtered, invalid, over_grpc

pytestmark = pytest.mark.slow


# --- what only HTTP has


@pytest.mark.parametrize(
    ("verb", "path", "status", "allow"),
    [
        ("DELETE", "/yard/v1/gates", 405, "GET, HEAD, OPTIONS, POST"),
        ("PATCH", "/yard/v1/gate/g-1", 405, "GET, HEAD, OPTIONS, PUT"),
        ("GET", "/yard/v1/gates/search", 405, "OPTIONS, POST"),
        ("TRACE", "/yard/v1/gates", 405, "GET, HEAD, OPTIONS, POST"),
        ("BREW", "/yard/v1/gates", 405, "GET, HEAD, OPTIONS, POST"),
        ("POST", "/health", 405, "GET, HEAD, OPTIONS"),
        ("GET", "/yard/v1/nothing", 404, None),
        ("GET", "/yard/v1/gates/", 404, None),
        ("GET", "/yard/v1/gate/", 404, None),
        ("GET", "//yard/v1/gates", 404, None),
        ("GET", "/yard/v1/gate/a/b", 404, None),
        ("GET", "/yard/v1/../v1/gates", 404, None),
        ("GET", "/YARD/v1/gates", 404, None),
        ("GET", "/docs-assets/../../../../../../etc/passwd", 404, None),
        ("GET", "/docs-assets/%2e%2e/core.py", 404, None),
    ],
)
def test_an_unknown_path_or_http_method_is_reported(
    yard: Server, verb: str, path: str, status: int, allow: str | None
) -> None:
    head, body = raw(
        yard, f"{verb} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    assert head.startswith(f"HTTP/1.1 {status} "), head
    result = {
        name.lower(): value
        for name, _, value in (line.partition(": ") for line in head.splitlines()[1:])
    }
    assert allow is None or sorted(result["allow"].split(", ")) == allow.split(", ")
    assert json.loads(body)["detail"]["code"] == f"ERROR_HTTP_{status}"


def raw(server: Server, request: str | bytes) -> tuple[str, str]:
    """Head and body of the answer to a request that no client would send."""
    host, _, port = server.http_address.rpartition(":")
    content = request if isinstance(request, bytes) else request.encode("latin-1")
    found = b""
    with socket.create_connection((host, int(port)), WAIT) as connection:
        connection.settimeout(WAIT)
        connection.sendall(content)
        while part := connection.recv(65_536):
            found += part
    head, _, body = found.decode("latin-1").partition("\r\n\r\n")
    return head, body


def test_options_lists_the_methods_and_head_answers_as_get(yard: Server) -> None:
    options = yard.client.options("/yard/v1/gate/g-1")
    assert (options.status_code, options.text) == (204, "")
    assert options.headers["allow"] == "GET, HEAD, OPTIONS, PUT"
    head, get = (yard.client.request(v, "/yard/v1/gate/g-1") for v in ("HEAD", "GET"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=a", 415),
        ("application/json; charset=latin-1", 415),
        ("application/jsonp", 415),
        ("", 415),
        ("application/json; charset=UTF-8", 400),
        ('application/json; charset="utf-8"; a=b', 400),
        ("Application/JSON", 400),
        ("application/merge-patch+json", 400),
    ],
)
def test_a_body_of_another_kind_is_refused(yard: Server, stated: str, status: int) -> None:
    headers = {"content-type": stated}
    answer = yard.client.post("/yard/v1/gates", content=b'{"size": 1}', headers=headers)
    assert answer.status_code == status
    detail = answer.json()["detail"]
    if status == 415:
        text = f"The body must be application/json in UTF-8. (content-type = {stated})"
        assert detail == {"code": "ERROR_HTTP_415", "message": text}
    else:
        assert detail["message"] == "Required parameter. (key = name)"


def test_a_compressed_body_is_refused(yard: Server) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = yard.client.post("/yard/v1/gates", content=gzip.compress(b"{}"), headers=headers)
    text = "The body must not be compressed. (content-encoding = gzip)"
    assert (answer.status_code, answer.json()["detail"]["message"]) == (415, text)


HEAD = "POST /yard/v1/gates HTTP/1.1\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        "nonsense\r\n\r\n",
        f"{HEAD}\r\n",
        f"{HEAD}Host: localhost\r\nContent-Length: -1\r\n\r\n",
        f"{HEAD}Host: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{{}}",
        f"{HEAD}Host: localhost\r\nContent-Length: 9, 2\r\n\r\n{{}}",
        f"{HEAD}Host: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        f"{HEAD}Host: localhost\r\nx: {'a' * 100_000}\r\n\r\n",
        f"{HEAD}Host: localhost\r\nbad header: 1\r\n\r\n",
        f"{HEAD}Host: localhost\r\nx: \0\r\n\r\n",
        f"{HEAD}Host: localhost\r\nx: a\r\n b\r\n\r\n",
        f"{HEAD}Host: localhost\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b",
        f"{HEAD}Host: localhost\r\nContent-Length: 2\r\nX-Domain-Id: \xff\r\n\r\n{{}}",
        f"{HEAD}Host: localhost\r\nContent-Length: 2\r\nExpect: 200-maybe\r\n\r\n{{}}",
        "POST /yard/v1/gates HTTP/9.9\r\nHost: localhost\r\n\r\n",
    ],
)
def test_a_request_that_is_hardly_http_is_refused(yard: Server, request_: str) -> None:
    head, _ = raw(yard, request_)
    assert head.startswith("HTTP/1.1 4"), head


@pytest.mark.parametrize(
    ("verb", "path", "body", "expected"),
    [
        ("GET", "/yard/v1/gate/%FF", None, NOT_UTF8),
        ("GET", "/yard/v1/gate/%00", None, invalid("gate_id", HOLDS_NUL)),
        ("PUT", "/yard/v1/gate/g-1", {"gate_id": "g-2"}, invalid("gate_id", "it has two different values")),
        ("PUT", "/yard/v1/gate/g-1?count=1", {"count": 2}, invalid("count", "it has two different values")),
        ("GET", "/yard/v1/gate/g-1?gate_id=g-2", None, invalid("gate_id", "it has two different values")),
        ("GET", "/yard/v1/gate/g-1?only=bogus", None, failed("bogus is not a field of GateInfo)")),
        ("GET", "/yard/v1/gate/%22%5D%24..%2A", None, ("ERROR_NOT_FOUND", 'Resource cannot be found or access is denied. (gate_id = "]$..*)')),
        ("GET", "/yard/v1/gate/a%2F..%2Fb", None, ("ERROR_NOT_FOUND", "Resource cannot be found or access is denied. (gate_id = a/../b)")),
    ],
)  # fmt: skip
def test_a_path_that_does_not_fit_is_refused(
    yard: Server, verb: str, path: str, body: Json | None, expected: tuple[str, str]
) -> None:
    answer = yard.client.request(verb, path, json=body)
    detail = answer.json()["detail"]
    assert (detail["code"], detail["message"]) == expected
    assert answer.status_code == (404 if expected[0] == "ERROR_NOT_FOUND" else 400)


# --- what only gRPC has


def test_far_too_much_is_refused_by_grpc_itself(yard: Server) -> None:
    error = over_grpc(yard, f"{GATE}.create", b"\x0a" * (2 * MAX_BYTES + 1))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_method_that_there_is_not_is_unimplemented(yard: Server) -> None:
    for method in (f"{GATE}.bogus", "no.Service.get"):
        assert over_grpc(yard, method, b"").code() is grpc.StatusCode.UNIMPLEMENTED


# --- texts that a database could take for its own


HOSTILE = [
    "'; DROP TABLE yard_v1_GateInfo; --",
    '" OR ""="',
    "\\",
    "$.name",
    '$."name"',
    "$[*]",
    "%",
    "_",
    "*",
    "?",
    ":name",
    "{}",
    "%(name)s",
    "\u2028",
    "\U0001f408",
    "a" * 3000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_data_wherever_it_stands(yard: Server, text: str) -> None:
    """Nothing is found by it as a value; as a key it is refused, or no row has it."""
    listed, page = {"domain_id": "d"}, {"page": {"limit": 2}}
    for operator in ("eq", "contain", "in", "regex"):
        if operator == "regex" and text != "\u2028":
            continue  # another language, in which they mean other things
        asked = filtered("name", [text] if operator == "in" else text, operator)
        assert yard.ask(f"{GATE}.list", asked) == {"results": [], "total_count": 0}
    assert yard.ask(f"{GATE}.list", {**listed, "name": text})["results"] == []
    if text.strip():
        keyword = {**listed, "query": {"keyword": text, "count_only": True}}
        assert yard.ask(f"{GATE}.list", keyword)["total_count"] == 0
    assert yard.refusal(f"{GATE}.get", {"gate_id": text}).code == "ERROR_NOT_FOUND"
    for query in (
        {"filter": [{"k": text, "v": 1, "o": "eq"}]},
        {"filter": [{"k": f"tags.{text}", "v": 1, "o": "eq"}]},
        {"filter": [{"k": "name", "v": 1, "o": text}]},
        {"sort": {"key": text}, **page},
        {"sort": {"key": f"tags.{text}"}, **page},
        {"only": [text], **page},
    ):
        refused_or_given(yard, "list", {**listed, "query": query})
    for stage in (
        {"group": {"keys": [{"k": "count", "n": text}], "fields": []}},
        {"group": {"keys": [{"k": text, "n": "a"}], "fields": []}},
        {"group": {"keys": [], "fields": [{"n": text, "o": "sum", "k": "count"}]}},
        {"count": {"name": text}},
    ):
        refused_or_given(yard, "stat", {"query": {"aggregate": [stage], **page}})
    refused_or_given(yard, "stat", {"query": {"distinct": text, **page}})


def refused_or_given(server: Server, method: str, request: Json) -> None:
    """Both transports give the same answer or the same error; the error is not the server's."""
    http = server.over_http(server.routes(f"{GATE}.{method}")[-1], request)
    assert http.status_code in (200, 400), http.text
    message = server.request(f"{GATE}.{method}", request)
    with suppress(RefusedError):
        server.compare(f"{GATE}.{method}", message, http)

"""Requests that no service should take, over every transport that can carry them.

Each has one code and one message, the same at both doors. Afterwards nothing is stored, nothing is
logged as a failure of the server, and it serves on.
"""

from __future__ import annotations

import json
import math
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import grpc
import pytest
from google.protobuf import struct_pb2
from google.protobuf.message import Message
from serving import HTTP_STATUS, WAIT, Json, RefusedError, Server, build, write_rows, write_spec
from shop import QUERY_PAGE

pytestmark = pytest.mark.slow

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


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("yard")
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


@dataclass(frozen=True)
class Bad:
    """A request, in each form that can carry it, and how it is refused. A message that ends in `…`
    begins so: a library words the rest.
    """

    claim: str
    code: str
    message: str
    body: Json | bytes | None = None
    query: str | None = None
    message_of: Json | bytes | Callable[[Any], None] | None = None
    method: str = "create"
    http: int = 400


def invalid(key: str, reason: str) -> tuple[str, str]:
    return "ERROR_INVALID_PARAMETER", f"Parameter is invalid. (key = {key}, reason = {reason})"


def wrong_type(key: str, type_: str) -> tuple[str, str]:
    message = f"Parameter type is invalid. (key = {key}, type = {type_})"
    return "ERROR_INVALID_PARAMETER_TYPE", message


def required(key: str) -> tuple[str, str]:
    return "ERROR_REQUIRED_PARAMETER", f"Required parameter. (key = {key})"


def failed(reason: str) -> tuple[str, str]:
    return "ERROR_DB_QUERY", f"Database query failed. (reason = {reason}"


def not_json(reason: str) -> tuple[str, str]:
    code, message = invalid("body", f"not JSON: {reason}")
    return code, message


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def deep(depth: int) -> Callable[[Any], None]:
    """Gives a message tags that nest so deep; it is built from inside, as bytes."""
    inner = struct_pb2.Value(number_value=1).SerializeToString()
    for _ in range(depth):
        entry = b"\x0a\x01a\x12" + varint(len(inner)) + inner
        whole = b"\x0a" + varint(len(entry)) + entry
        inner = b"\x2a" + varint(len(whole)) + whole
    content = whole

    def set_tags(message: Any) -> bytes:
        number = message.DESCRIPTOR.fields_by_name["tags"].number
        return bytes(message.SerializeToString() + tag(number) + varint(len(content)) + content)

    return set_tags  # type: ignore[return-value]


def raw_text(name: str, content: bytes) -> Callable[[Any], Any]:
    """Gives a message a text of any bytes."""

    def set_text(message: Any) -> bytes:
        number = message.DESCRIPTOR.fields_by_name[name].number
        return bytes(message.SerializeToString() + tag(number) + varint(len(content)) + content)

    return set_text


def tag(number: int) -> bytes:
    """Of a field with a length. Source: protobuf.dev/programming-guides/encoding."""
    return varint(number << 3 | 2)


def varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found, number = found + bytes([number & 127 | 128]), number >> 7
    return found + bytes([number])


def filtered(key: str, value: Any, operator: str) -> Json:
    return {"domain_id": "d", "query": {"filter": [{"k": key, "v": value, "o": operator}]}}


def in_query(key: str, value: Any, operator: str) -> str:
    return "domain_id=d&query.filter=" + json.dumps({"k": key, "v": value, "o": operator})


NOT_FINITE, HOLDS_NUL = "a number is not finite", "a text holds NUL"
TOO_DEEP = invalid("request", "nested deeper than 32 levels")
NOT_UTF8 = invalid("request", "a text is not UTF-8")
KINDS = "input should be 'NONE', 'IRON' or 'WOOD'"
LISTING: Any = {"method": "list"}
CASES = [
    # --- types
    Bad("a number for a text", *wrong_type("name", "string"), {"name": 5}),
    Bad("null in a list", *wrong_type("labels[0]", "string"), {"name": "a", "labels": [None]}),
    Bad("a text for a list", *wrong_type("labels", "list"), {"name": "a", "labels": "a"}),
    Bad("a list for a message", *wrong_type("post", "object"), {"name": "a", "post": []}),
    Bad("a list for a Struct", *wrong_type("tags", "object"), {"name": "a", "tags": []}),
    Bad("words for a number", *wrong_type("count", "int"), {"domain_id": "d", "count": "x"}, "domain_id=d&count=x", **LISTING),
    Bad("nothing for a number", *wrong_type("count", "int"), {"domain_id": "d", "count": ""}, "domain_id=d&count=", **LISTING),
    Bad("a part of a number", *wrong_type("count", "int"), {"domain_id": "d", "count": 1.5}, "domain_id=d&count=1.5", **LISTING),
    Bad("a boolean for a number", *wrong_type("count", "int"), {"domain_id": "d", "count": True}, "domain_id=d&count=true", **LISTING),
    Bad("a word for a boolean", *wrong_type("is_open", "bool"), {"domain_id": "d", "is_open": "yes"}, "domain_id=d&is_open=yes", **LISTING),
    Bad("a number for a boolean", *wrong_type("is_open", "bool"), {"domain_id": "d", "is_open": 1}, "domain_id=d&is_open=1", **LISTING),
    Bad("no base64", *wrong_type("photo", "bytes"), {"domain_id": "d", "photo": "!"}, "domain_id=d&photo=!", **LISTING),
    Bad("a word for a time", *wrong_type("opened_at", "datetime"), {"domain_id": "d", "opened_at": "soon"}, "domain_id=d&opened_at=soon", **LISTING),
    Bad("a number for a time", *wrong_type("opened_at", "datetime"), {"domain_id": "d", "opened_at": 5}, "domain_id=d&opened_at=5", **LISTING),
    Bad("a thirteenth month", *wrong_type("opened_at", "datetime"), {"domain_id": "d", "opened_at": "2024-13-01T00:00:00Z"}, "domain_id=d&opened_at=2024-13-01T00:00:00Z", **LISTING),
    Bad("a word for a duration", *wrong_type("took", "duration"), {"domain_id": "d", "took": "1 hour"}, "domain_id=d&took=1 hour", **LISTING),
    # --- fields and values
    Bad("nothing that is required", *required("name"), {}, None, {}),
    Bad("no text at all", *required("name"), b"  \n", None, b""),
    Bad("the zero of what is required", *required("name"), {"name": ""}, None, {"name": ""}),
    Bad("null for what is required", *required("name"), {"name": None}),
    Bad("nothing that a list needs", *required("domain_id"), {}, "", {}, **LISTING),
    Bad("a field that there is not", *invalid("bogus", "no such field"), {"domain_id": "d", "bogus": 1}, "domain_id=d&bogus=1", **LISTING),
    Bad("a field that a message lacks", *invalid("post.bogus", "no such field"), {"domain_id": "d", "post": {"bogus": 1}}, "domain_id=d&post.bogus=1", **LISTING),
    Bad("a Python name", *invalid("gate_id_", "no such field"), {"domain_id": "d", "gate_id_": "g"}, "domain_id=d&gate_id_=g", **LISTING),
    Bad("an unknown value of an enum", *invalid("kind", KINDS), {"domain_id": "d", "kind": "BOGUS"}, "domain_id=d&kind=BOGUS", lambda m: setattr(m, "kind", 99), **LISTING),
    Bad("an unknown number of an enum", *invalid("kind", KINDS), {"domain_id": "d", "kind": 99}, "domain_id=d&kind=99", lambda m: setattr(m, "kind", 99), **LISTING),
    Bad("more than an int32", *invalid("count", "input should be less than 2147483648"), {"domain_id": "d", "count": 2**31}, f"domain_id=d&count={2**31}", **LISTING),
    Bad("more than an int64", *invalid("big", "input should be less than 9223372036854775808"), {"domain_id": "d", "big": str(2**63)}, f"domain_id=d&big={2**63}", **LISTING),
    Bad("less than an int64", *invalid("big", "input should be greater than or equal to -9223372036854775808"), {"domain_id": "d", "big": -(2**63) - 1}, f"domain_id=d&big={-2**63 - 1}", **LISTING),
    Bad("digits without end", *wrong_type("big", "int"), {"domain_id": "d", "big": "9" * 5000}, f"domain_id=d&big={'9' * 5000}", **LISTING),
    Bad("less than nothing", *invalid("size", "input should be greater than or equal to 0"), {"domain_id": "d", "size": -1}, "domain_id=d&size=-1", **LISTING),
    # --- numbers that JSON lacks
    Bad("NaN", *invalid("weight", NOT_FINITE), {"domain_id": "d", "weight": "NaN"}, "domain_id=d&weight=NaN", lambda m: setattr(m, "weight", math.nan), **LISTING),
    Bad("infinity", *invalid("weight", NOT_FINITE), b'{"domain_id": "d", "weight": -1e999}', "domain_id=d&weight=-1e999", lambda m: setattr(m, "weight", -math.inf), **LISTING),
    Bad("infinity by digits", *invalid("weight", NOT_FINITE), b'{"domain_id": "d", "weight": 1%s}' % (b"0" * 400), f"domain_id=d&weight=1{'0' * 400}", **LISTING),
    Bad("an infinite integer", *wrong_type("count", "int"), b'{"domain_id": "d", "count": 1e999}', "domain_id=d&count=1e999", **LISTING),
    Bad("NaN in a value", *invalid("extra", NOT_FINITE), b'{"name": "a", "extra": [1e999]}', None, lambda m: setattr(m.extra.list_value.values.add(), "number_value", math.nan)),
    Bad("NaN in a filter", *invalid("query.filter[0].v", NOT_FINITE), b'{"domain_id": "d", "query": {"filter": [{"k": "count", "v": 1e999, "o": "eq"}]}}', 'domain_id=d&query.filter={"k": "count", "v": 1e999, "o": "eq"}', lambda m: setattr(m.query.filter.add(k="count", o="eq").v, "number_value", math.inf), **LISTING),
    Bad("a word that JSON lacks", *not_json("…"), b'{"name": "a", "weight": NaN}'),
    Bad("a time after the last", *invalid("opened_at", "it is out of range of a Timestamp"), None, None, lambda m: setattr(m.opened_at, "seconds", 10**12)),
    # --- texts
    Bad("NUL in a text", *invalid("name", HOLDS_NUL), {"name": "a\0b"}, None, {"name": "a\0b"}),
    Bad("NUL in a parameter", *invalid("name", HOLDS_NUL), {"domain_id": "d", "name": "\0"}, "domain_id=d&name=%00", {"domain_id": "d", "name": "\0"}, **LISTING),
    Bad("NUL in a key", *invalid("tags", HOLDS_NUL), {"name": "a", "tags": {"\0": 1}}, None, {"name": "a", "tags": {"\0": 1}}),
    Bad("NUL in a filter", *invalid("query.filter[0].v", HOLDS_NUL), filtered("name", "\0", "eq"), in_query("name", "\0", "eq"), filtered("name", "\0", "eq"), **LISTING),
    Bad("bytes that are no UTF-8", *NOT_UTF8, b'{"name": "\xff"}', None, raw_text("name", b"\xff")),
    Bad("such bytes in a parameter", *NOT_UTF8, b'{"domain_id": "d", "name": "\xc3("}', "domain_id=d&name=%C3(", raw_text("name", b"\xc3("), **LISTING),
    Bad("an encoded surrogate", *NOT_UTF8, b'{"domain_id": "\xed\xa0\x80"}', "domain_id=%ED%A0%80", raw_text("domain_id", b"\xed\xa0\x80"), **LISTING),
    Bad("half a surrogate pair", *not_json("…"), b'{"name": "\\ud800"}'),
    Bad("half a pair in a key", *not_json("…"), b'{"name": "a", "tags": {"\\udc00": 1}}'),
    # --- bodies
    Bad("torn JSON", *not_json("…"), b'{"name": "a"'),
    Bad("a comma too many", *not_json("…"), b'{"name": "a",}'),
    Bad("two values", *not_json("…"), b'{"name": "a"}{}'),
    Bad("a key twice", *not_json("the key 'name' stands twice in an object"), b'{"name": "a", "name": "b"}'),
    Bad("a key twice inside", *not_json("the key 'a' stands twice in an object"), b'{"name": "a", "tags": {"a": 1, "\\u0061": 1}}'),
    Bad("no object", *wrong_type("body", "object"), b'["name"]'),
    Bad("too deep", *TOO_DEEP, {"name": "a", "tags": nested(32)}, None, deep(32)),
    Bad("far too deep", *TOO_DEEP, {"name": "a", "tags": nested(150)}, None, deep(150)),
    Bad("deeper than any stack", *TOO_DEEP, b"[" * 15_000),
    Bad("deep in an item", *invalid("query.filter", "an item of the list is not JSON"), None, "domain_id=d&query.filter=" + "[" * 5000, **LISTING),
    Bad("bytes that are no message", *invalid("request", "no message CreateGate"), None, None, b"\xff\xff\xff"),
    Bad("too much", "ERROR_REQUEST_TOO_LARGE", f"The request is too large. (limit = {MAX_BYTES} bytes)", {"name": "a" * MAX_BYTES}, None, {"name": "a" * MAX_BYTES}, http=413),
    # --- query strings
    Bad("a Struct", *invalid("tags", "a query string or a path cannot carry a Struct; use a route that takes a body"), None, "domain_id=d&tags={}", **LISTING),
    Bad("a part of a Struct", *invalid("tags.a", "a query string or a path cannot carry a Struct; use a route that takes a body"), None, "domain_id=d&tags.a=1", **LISTING),
    Bad("a Value", *invalid("extra", "a query string or a path cannot carry a Value; use a route that takes a body"), None, "domain_id=d&extra=1", **LISTING),
    Bad("a whole message", *invalid("post", "a message: give its fields, post.NAME"), None, "domain_id=d&post={}", **LISTING),
    Bad("a part of a list", *invalid("posts.colour", "no such field"), None, "domain_id=d&posts.colour=red", **LISTING),
    Bad("two values for one", *invalid("count", "it is given twice, with two values"), None, "domain_id=d&count=1&count=2", **LISTING),
    Bad("no name", *invalid("", "no such field"), None, "domain_id=d&=1", **LISTING),
    Bad("dots alone", *invalid("...", "no such field"), None, "domain_id=d&...=1", **LISTING),
    Bad("thousands of parameters", *invalid("query string", "more than 1000 parameters"), None, "domain_id=d" + "&labels=a" * 2000, **LISTING),
    # --- queries
    Bad("an unknown operator", *failed("operator 'bogus' is not supported…"), filtered("name", "a", "bogus"), in_query("name", "a", "bogus"), filtered("name", "a", "bogus"), **LISTING),
    Bad("a key that there is not", *failed("bogus is no field of GateInfo)"), filtered("bogus", "a", "eq"), in_query("bogus", "a", "eq"), filtered("bogus", "a", "eq"), **LISTING),
    Bad("a regular expression that explodes", *failed("…"), filtered("name", "((a{999}){999}){999}", "regex"), in_query("name", "((a{999}){999}){999}", "regex"), filtered("name", "((a{999}){999}){999}", "regex"), **LISTING),
    Bad("a million rows", *failed(f"there are more than {MAX_ROWS} rows; ask for a page)"), {"domain_id": "d", "query": {"page": {"limit": 10**6}}}, "domain_id=d&query.page.limit=1000000", {"domain_id": "d", "query": {"page": {"limit": 10**6}}}, **LISTING),
    Bad("a page before the first", *invalid("query.page.limit", "input should be greater than or equal to 0"), {"domain_id": "d", "query": {"page": {"limit": -1}}}, "domain_id=d&query.page.limit=-1", **LISTING),
    Bad("a key that is SQL", *failed("…"), filtered("name' OR 1=1 --", "a", "eq"), in_query("name' OR 1=1 --", "a", "eq"), filtered("name' OR 1=1 --", "a", "eq"), **LISTING),
    Bad("an operator that is SQL", *failed("operator \"eq' OR 1=1\" is not supported…"), filtered("name", "a", "eq' OR 1=1"), in_query("name", "a", "eq' OR 1=1"), filtered("name", "a", "eq' OR 1=1"), **LISTING),
    Bad("a key that is a path of JSON", *failed("…"), filtered('tags."a"', 1, "eq"), in_query('tags."a"', 1, "eq"), filtered('tags."a"', 1, "eq"), **LISTING),
]  # fmt: skip


def fits(case: Bad, code: str, message: str) -> bool:
    if case.message.rstrip(")").endswith("…"):
        return code == case.code and message.startswith(case.message.partition("…")[0])
    return (code, message) == (case.code, case.message)


def over_http(server: Server, case: Bad, transport: str) -> Any:
    if transport == "query":
        assert case.query is not None
        verb, path = next(r for r in server.routes(f"{GATE}.{case.method}") if r[0] == "GET")
        return server.client.request(verb, f"{path}?{quote(case.query, safe='=&%')}")
    verb, path = server.routes(f"{GATE}.{case.method}")[-1]
    content = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
    headers = {"content-type": "application/json"}
    return server.client.request(verb, path, content=content, headers=headers)


def over_grpc(server: Server, method: str, content: bytes) -> grpc.RpcError:
    """How gRPC refuses the bytes of a request."""
    service, _, verb = method.rpartition(".")
    call = server.channel.unary_unary(f"/{service}/{verb}")
    with pytest.raises(grpc.RpcError) as found:
        call(content, timeout=WAIT)
    return found.value


def content_of(server: Server, case: Bad) -> bytes:
    """The bytes of a case's message."""
    method = f"{GATE}.{case.method}"
    match case.message_of:
        case bytes():
            return case.message_of
        case dict():
            return server.request(method, case.message_of).SerializeToString()
        case set_ if callable(set_):
            given = {"name": "a"} if case.method == "create" else {"domain_id": "d"}
            message: Message = server.request(method, given)
            changed: Any = set_(message)
            return changed if isinstance(changed, bytes) else message.SerializeToString()
    raise AssertionError("gRPC cannot carry it")


TRANSPORTS = [
    pytest.param(case, transport, id=f"{case.claim} by {transport}")
    for case in CASES
    for transport, form in (
        ("body", case.body),
        ("query", case.query),
        ("gRPC", case.message_of),
    )
    if form is not None
]


@pytest.mark.parametrize(("case", "transport"), TRANSPORTS)
def test_a_bad_request_is_refused(yard: Server, case: Bad, transport: str) -> None:
    if transport == "gRPC":
        error = over_grpc(yard, f"{GATE}.{case.method}", content_of(yard, case))
        code, _, message = error.details().partition(": ")
        assert fits(case, code, message), error.details()
        assert HTTP_STATUS[error.code()] == case.http
        return
    answer = over_http(yard, case, transport)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json().keys() == {"detail"}, answer.text
    assert answer.json()["detail"].keys() == {"code", "message"}
    assert fits(case, **answer.json()["detail"]), answer.text
    assert answer.status_code == case.http


# --- what only HTTP has


@pytest.mark.parametrize(
    ("verb", "path", "status", "allow"),
    [
        ("DELETE", "/yard/v1/gates", 405, "GET, HEAD, OPTIONS, POST"),
        ("PATCH", "/yard/v1/gate/g-1", 405, "GET, HEAD, OPTIONS, PUT"),
        ("GET", "/yard/v1/gates/search", 405, "OPTIONS, POST"),
        ("TRACE", "/yard/v1/gates", 405, "GET, HEAD, OPTIONS, POST"),
        ("BREW", "/yard/v1/gates", 405, "GET, HEAD, OPTIONS, POST"),
        ("POST", "/health", 405, "GET, HEAD"),
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
def test_a_path_or_verb_that_there_is_not_is_told(
    yard: Server, verb: str, path: str, status: int, allow: str | None
) -> None:
    head, body = raw(yard, f"{verb} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} "), head
    told = {
        name.lower(): value
        for name, _, value in (line.partition(": ") for line in head.splitlines()[1:])
    }
    assert allow is None or sorted(told["allow"].split(", ")) == allow.split(", ")
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


def test_options_tells_what_is_allowed_and_head_what_get_would(yard: Server) -> None:
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


HEAD = "POST /yard/v1/gates HTTP/1.1\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        "nonsense\r\n\r\n",
        f"{HEAD}\r\n",
        f"{HEAD}Host: a\r\nContent-Length: -1\r\n\r\n",
        f"{HEAD}Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{{}}",
        f"{HEAD}Host: a\r\nContent-Length: 9, 2\r\n\r\n{{}}",
        f"{HEAD}Host: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        f"{HEAD}Host: a\r\nx: {'a' * 100_000}\r\n\r\n",
        f"{HEAD}Host: a\r\nbad header: 1\r\n\r\n",
        f"{HEAD}Host: a\r\nx: \0\r\n\r\n",
        f"{HEAD}Host: a\r\nx: a\r\n b\r\n\r\n",
        f"{HEAD}Host: a\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b",
        f"{HEAD}Host: a\r\nContent-Length: 2\r\nX-Domain-Id: \xff\r\n\r\n{{}}",
        f"{HEAD}Host: a\r\nContent-Length: 2\r\nExpect: 200-maybe\r\n\r\n{{}}",
        "POST /yard/v1/gates HTTP/9.9\r\nHost: a\r\n\r\n",
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
        ("PUT", "/yard/v1/gate/g-1", {"gate_id": "g-2"}, invalid("gate_id", "it is given twice, with two values")),
        ("PUT", "/yard/v1/gate/g-1?count=1", {"count": 2}, invalid("count", "it is given twice, with two values")),
        ("GET", "/yard/v1/gate/g-1?gate_id=g-2", None, invalid("gate_id", "it is given twice, with two values")),
        ("GET", "/yard/v1/gate/g-1?only=bogus", None, failed("bogus is no field of GateInfo)")),
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
    """Both doors give the same answer or the same error; the error is not the server's."""
    http = server.over_http(server.routes(f"{GATE}.{method}")[-1], request)
    assert http.status_code in (200, 400), http.text
    message = server.request(f"{GATE}.{method}", request)
    with suppress(RefusedError):
        server.compare(f"{GATE}.{method}", message, http)

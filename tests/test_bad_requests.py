"""A request that is wrong is refused in the same words over both transports."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from google.protobuf import struct_pb2
from google.protobuf.message import Message
from serving import HTTP_STATUS, Json, Server
from yard_api import (
    GATE,
    HOLDS_NUL,
    MAX_BYTES,
    MAX_ROWS,
    NOT_FINITE,
    NOT_UTF8,
    failed,
    filtered,
    invalid,
    over_grpc,
)

pytestmark = pytest.mark.slow


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


def wrong_type(key: str, type_: str) -> tuple[str, str]:
    message = f"Parameter type is invalid. (key = {key}, type = {type_})"
    return "ERROR_INVALID_PARAMETER_TYPE", message


def required(key: str) -> tuple[str, str]:
    return "ERROR_REQUIRED_PARAMETER", f"Required parameter. (key = {key})"


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


def in_query(key: str, value: Any, operator: str) -> str:
    return "domain_id=d&query.filter=" + json.dumps({"k": key, "v": value, "o": operator})


TOO_DEEP = invalid("request", "nested deeper than 32 levels")
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
    Bad("a key twice", *not_json("duplicate key 'name' in an object"), b'{"name": "a", "name": "b"}'),
    Bad("a key twice inside", *not_json("duplicate key 'a' in an object"), b'{"name": "a", "tags": {"a": 1, "\\u0061": 1}}'),
    Bad("no object", *wrong_type("body", "object"), b'["name"]'),
    Bad("too deep", *TOO_DEEP, {"name": "a", "tags": nested(32)}, None, deep(32)),
    Bad("far too deep", *TOO_DEEP, {"name": "a", "tags": nested(150)}, None, deep(150)),
    Bad("deeper than any stack", *TOO_DEEP, b"[" * 15_000),
    Bad("deep in an item", *invalid("query.filter", "an item of the list is not JSON"), None, "domain_id=d&query.filter=" + "[" * 5000, **LISTING),
    Bad("bytes that are no message", *invalid("request", "not a message CreateGate"), None, None, b"\xff\xff\xff"),
    Bad("too much", "ERROR_REQUEST_TOO_LARGE", f"The request is too large. (limit = {MAX_BYTES} bytes)", {"name": "a" * MAX_BYTES}, None, {"name": "a" * MAX_BYTES}, http=413),
    # --- query strings
    Bad("a Struct", *invalid("tags", "a query string or a path cannot have a Struct; use a route that takes a body"), None, "domain_id=d&tags={}", **LISTING),
    Bad("a part of a Struct", *invalid("tags.a", "a query string or a path cannot have a Struct; use a route that takes a body"), None, "domain_id=d&tags.a=1", **LISTING),
    Bad("a Value", *invalid("extra", "a query string or a path cannot have a Value; use a route that takes a body"), None, "domain_id=d&extra=1", **LISTING),
    Bad("a whole message", *invalid("post", "it is a message; set its fields, post.NAME"), None, "domain_id=d&post={}", **LISTING),
    Bad("a part of a list", *invalid("posts.colour", "no such field"), None, "domain_id=d&posts.colour=red", **LISTING),
    Bad("two values for one", *invalid("count", "it has two different values"), None, "domain_id=d&count=1&count=2", **LISTING),
    Bad("no name", *invalid("", "no such field"), None, "domain_id=d&=1", **LISTING),
    Bad("dots alone", *invalid("...", "no such field"), None, "domain_id=d&...=1", **LISTING),
    Bad("thousands of parameters", *invalid("query string", "more than 1000 parameters"), None, "domain_id=d" + "&labels=a" * 2000, **LISTING),
    # --- queries
    Bad("an unknown operator", *failed("operator 'bogus' is not supported…"), filtered("name", "a", "bogus"), in_query("name", "a", "bogus"), filtered("name", "a", "bogus"), **LISTING),
    Bad("a key that there is not", *failed("bogus is not a field of GateInfo)"), filtered("bogus", "a", "eq"), in_query("bogus", "a", "eq"), filtered("bogus", "a", "eq"), **LISTING),
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

"""Whatever is asked of any method, gRPC and HTTP give the same answer or the same error.

Each API is served twice, from the same rows: one server is asked over gRPC, the other over HTTP.
So a request that changes rows changes them in both.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from google.api import field_behavior_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import Json, RefusedError, Route, Server, Servers, write_rows
from shop_api import SHOP_ROWS, documented, values_of
from thorough import examples

pytestmark = pytest.mark.slow

SPACEONE = "spaceone.api"
# `delete` last: it leaves little to find.
METHODS = [
    *(
        ("cloudforet", f"{SPACEONE}.inventory.v1.{service}.{method}")
        for service in ("Job", "JobTask")
        for method in ("get", "list", "stat", "delete")
    ),
    *(
        ("spaceone", f"{SPACEONE}.{method}")
        for method in (
            "cost_analysis.v1.JobTask.get",
            "cost_analysis.v1.JobTask.list",
            "cost_analysis.v1.JobTask.stat",
            "inventory.v1.Job.list",
            "inventory.v1.Job.stat",
            "power_scheduler.v1.JobTask.list",
            "power_scheduler.v1.JobTask.stat",
        )
    ),
    *(
        ("shop", f"shop.v1.Order.{method}")
        for method in ("get", "list", "stat", "cancel", "delete")
    ),
]

Pair = tuple[Server, Server]


class Pairs:
    """Of each API the two servers: the one for gRPC, and the one for HTTP."""

    def __init__(self, over_grpc: Servers, over_http: Servers) -> None:
        self._transports = over_grpc, over_http

    def __getitem__(self, api: str) -> Pair:
        one, other = (servers[api] for servers in self._transports)
        return one, other


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pairs]:
    one, other = tmp_path_factory.mktemp("grpc"), tmp_path_factory.mktemp("http")
    rows = write_rows(one, SHOP_ROWS)
    with Servers(one) as over_grpc, Servers(other) as over_http:
        for servers in (over_grpc, over_http):
            servers.start("cloudforet", sample=4)
            servers.start("spaceone", sample=4)
            servers.start("shop", load=rows)
        yield Pairs(over_grpc, over_http)


def test_no_method_is_left_out(pairs: Pairs) -> None:
    for api in ("cloudforet", "spaceone", "shop"):
        server, _ = pairs[api]
        services = set(server.reflection.get_services()) - {"grpc.health.v1.Health"}
        found = {
            method.full_name
            for service in services
            for method in server.pool.FindServiceByName(service).methods
        }
        assert found == {name for of, name in METHODS if of == api}


@pytest.mark.parametrize("api", ["cloudforet", "spaceone"])
def test_sample_rows_are_the_same_in_every_server(pairs: Pairs, api: str) -> None:
    for service in {method.rpartition(".")[0] for of, method in METHODS if of == api}:
        domain = {"domain_id": "domain-000000000001"}
        one, other = (server.ask(f"{service}.list", domain)["results"] for server in pairs[api])
        assert one == other
        key = f"job{'_task' * service.endswith('Task')}_id"
        assert len({row[key] for row in one}) == len(one) == 4
        # Every field has a value, and most differ from row to row.
        fields = (
            pairs[api][0]
            .pool.FindMessageTypeByName(
                f"{service.rpartition('.')[0]}.{service.rpartition('.')[2]}Info"
            )
            .fields
        )
        assert all(row.keys() == {field.name for field in fields} for row in one)
        assert all(row["status"] != one[0]["status"] for row in one[1:3])


# What requests are made of: values of the rows that are served, by the keys that a query names them
# by, so that most requests find something; and values that no row has.
Seen = dict[str, list[Any]]
WORDS = ["", "no", "aws", "domain-000000000001", "order-1"]
KEYS = ["bogus", "bogus.bogus", "", 'a"b', "a.", "$", "a[0]"]
OPERATORS = ["in", "bogus", ""]
texts = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0, 1, -1, 0.5, 3])
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
times = st.datetimes().map(lambda time: f"{time.isoformat(timespec='milliseconds')}Z")
WELL_KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "google.protobuf.Value": json_values,
    "google.protobuf.Struct": st.dictionaries(texts, json_values, max_size=2),
    "google.protobuf.Timestamp": times,
    "google.protobuf.Duration": st.integers(-9, 9).map(lambda seconds: f"{seconds}s"),
}


def mostly(likely: st.SearchStrategy[Any], rarely: st.SearchStrategy[Any]) -> Any:
    return st.integers(0, 9).flatmap(lambda number: likely if number else rarely)


def some(fields: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[Json]:
    """Objects with at most so many of the fields."""
    if not fields:
        return st.just({})
    names = st.lists(st.sampled_from(sorted(fields)), max_size=most, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({n: fields[n] for n in chosen}))


def values(field: Any, seen: Seen) -> st.SearchStrategy[Any]:
    """Values of a field in ProtoJSON."""
    name, one = documented(field), values_by_type(field, seen)
    if name in seen:
        one = st.sampled_from(seen[name]) | st.sampled_from(seen[name]) | one
    return st.lists(one, max_size=2) if field.is_repeated else one


def values_by_type(field: Any, seen: Seen) -> st.SearchStrategy[Any]:
    if message := field.message_type:
        if message.full_name in WELL_KNOWN:
            return WELL_KNOWN[message.full_name]
        made = {"Query": queries, "StatisticsQuery": statistics}.get(message.name)
        anything = st.deferred(lambda: messages(message, seen))
        return mostly(made(message, seen), anything) if made else anything
    if enum := field.enum_type:
        return st.sampled_from(values_of(enum))
    match field.type:
        case field.TYPE_STRING:
            return texts
        case field.TYPE_BYTES:
            return st.binary(max_size=4).map(lambda data: base64.b64encode(data).decode())
        case field.TYPE_BOOL:
            return st.booleans()
        case field.TYPE_DOUBLE | field.TYPE_FLOAT:
            return numbers
        case field.TYPE_INT64 | field.TYPE_UINT64:
            known = [0, 1, 10, 2**62, "0", "1", "10", str(2**63 - 1)]
            return st.sampled_from(known)
        case field.TYPE_UINT32:
            return st.sampled_from([0, 1, 2, 2**32 - 1])
        case _:
            return st.sampled_from([0, 1, 3, -2, 2**31 - 1, -(2**31)])


def messages(descriptor: Any, seen: Seen) -> st.SearchStrategy[Json]:
    """Messages in ProtoJSON, with any of their fields."""
    return some({documented(f): values(f, seen) for f in descriptor.fields}, 4)


def keys(seen: Seen) -> st.SearchStrategy[str]:
    return mostly(st.sampled_from(sorted(seen)), st.sampled_from(KEYS))


def filters(seen: Seen) -> st.SearchStrategy[list[Json]]:
    """Conditions, most of which some row meets."""
    pairs = st.sampled_from([(key, value) for key in sorted(seen) for value in seen[key]])
    key_value = mostly(pairs, st.tuples(keys(seen), json_values))
    operator = mostly(st.just("eq"), st.sampled_from(OPERATORS))
    names = st.sampled_from([("k", "v", "o"), ("key", "value", "operator"), ("k", "value", "o")])
    one = st.tuples(names, key_value, operator).map(
        lambda drawn: dict(zip(drawn[0], (*drawn[1], drawn[2]), strict=True))
    )
    return st.lists(one, min_size=1, max_size=2)


def sorts(keys: st.SearchStrategy[str]) -> st.SearchStrategy[Json]:
    key = st.fixed_dictionaries({"key": keys}, optional={"desc": st.booleans()})
    return key | st.fixed_dictionaries({"keys": st.lists(key, max_size=2)})


pages = st.fixed_dictionaries(
    {"limit": st.sampled_from([0, 1, 2, 2**32 - 1])},
    optional={"start": st.sampled_from([0, 1, 2, 3, 2**32 - 1])},
)


def queries(_: Any, seen: Seen) -> st.SearchStrategy[Json]:
    """Queries that most servers can answer."""
    parts = {
        "filter": filters(seen),
        "filter_or": filters(seen),
        "sort": sorts(keys(seen)),
        "page": pages,
        "only": st.lists(keys(seen), max_size=3),
        "count_only": st.booleans(),
    }
    return some(parts, 3)


def statistics(descriptor: Any, seen: Seen) -> st.SearchStrategy[Json]:
    """Statistics that most servers can answer: `distinct`, or a group and stages on it."""
    known = {f.name for f in descriptor.fields_by_name["aggregate"].message_type.fields}
    operator = st.sampled_from(["count", "sum", "average", "max", "min", *OPERATORS[1:]])
    field = st.fixed_dictionaries({"n": st.sampled_from("nm"), "o": operator, "k": keys(seen)})
    key = st.fixed_dictionaries({"k": keys(seen), "n": st.sampled_from("gh")})
    group = st.fixed_dictionaries(
        {"keys": st.lists(key, max_size=2), "fields": st.lists(field, max_size=2)}
    )
    stages = {
        "sort": sorts(st.sampled_from("nmgh")),
        "count": st.fixed_dictionaries({"name": st.sampled_from("nm")}),
        "limit": st.sampled_from([0, 1, 2]),
        "skip": st.sampled_from([0, 1, 2]),
        "group": group,
    }
    stage = some({name: made for name, made in stages.items() if name in known}, 1)
    aggregate = st.tuples(st.fixed_dictionaries({"group": group}), st.lists(stage, max_size=2))
    whole = st.one_of(
        st.fixed_dictionaries({"distinct": keys(seen)}),
        st.fixed_dictionaries({"aggregate": aggregate.map(lambda drawn: [drawn[0], *drawn[1]])}),
    )
    more = some({"filter": filters(seen), "page": pages}, 1)
    return st.tuples(whole, more).map(lambda parts: {**parts[0], **parts[1]})


def requests(descriptor: Any, seen: Seen, in_path: list[str]) -> st.SearchStrategy[Json]:
    """Requests of a method. `in_path` are given, and can stand in a path."""
    fields = {documented(field): values(field, seen) for field in descriptor.fields}
    needed = [documented(field) for field in descriptor.fields if is_required(field)]
    for name in in_path:
        fields[name] = st.sampled_from([*seen[name], "no", "a b", "\u00e4%&?#+"])
    given_ = {name: fields[name] for name in needed if name not in in_path}
    parts = (
        st.fixed_dictionaries({name: fields[name] for name in in_path}),
        mostly(st.fixed_dictionaries(given_), some(given_, 1)),
        some({name: made for name, made in fields.items() if name not in given_}, 2),
    )
    return st.tuples(*parts).map(lambda drawn: {**drawn[2], **drawn[1], **drawn[0]})


@cache
def routed(server: Server, method: str) -> st.SearchStrategy[tuple[Route, Json]]:
    """Routes of a method, each with a request."""
    descriptor, seen = server.method(method).input_type, seen_in(server, method)
    routes = server.routes(method)
    made = [requests(descriptor, seen, re.findall(r"\{(\w+)\}", path)) for _, path in routes]
    pairs = zip(routes, made, strict=True)
    return st.one_of(*(st.tuples(st.just(route), request) for route, request in pairs))


def look(value: Any, seen: Seen, path: str = "") -> None:
    """Note the scalars in a row by their keys: dots go into objects."""
    match value:
        case dict():
            for key, entry in value.items():
                look(entry, seen, f"{path}.{key}" if path else key)
        case list():
            for entry in value:
                look(entry, seen, path)
        case _ if value not in seen.setdefault(path, []):
            seen[path].append(value)


def seen_in(server: Server, method: str) -> Seen:
    """What the rows of the method's service hold."""
    service = method.rpartition(".")[0]
    domain = {} if service.startswith("shop") else {"domain_id": "domain-000000000001"}
    found: Seen = {}
    look(server.ask(f"{service}.list", domain)["results"], found)
    return found


@pytest.mark.parametrize(("api", "method"), METHODS)
@settings(examples(30), suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_both_transports_answer_alike(
    pairs: Pairs, api: str, method: str, data: st.DataObject
) -> None:
    over_grpc, over_http = pairs[api]
    route, request = data.draw(routed(over_grpc, method), label="request")
    answer = over_http.over_http(route, request)
    assert answer.status_code != 500, answer.text
    with suppress(RefusedError):
        over_grpc.compare(method, over_grpc.request(method, request), answer)


OTHERS: dict[str, list[Any]] = {
    "string": [5, 0.5, True, ["a"], {"a": 1}],
    "enum": ["BOGUS", "", 99, True, ["a"], {"a": 1}],
    "bool": ["perhaps", 5, [True], {"a": 1}],
    "number": ["many", True, [1], {"a": 1}],
    "integer": ["many", 1.5, 2**70, -(2**70), True, [1], {"a": 1}],
    "message": ["a", 5, True, [1], [{}]],
    "list": ["a", 5, True, {"a": 1}, [[]]],
    "google.protobuf.Value": [],  # takes every value
    "google.protobuf.Timestamp": ["soon", "2024-13-01T00:00:00Z", [1], {"a": 1}],
}


def kind_of(field: Any) -> str:
    """The key of OTHERS for a field."""
    if field.is_repeated:
        return "list"
    if field.message_type:
        name = str(field.message_type.full_name)
        return name if name in OTHERS else "message"
    kinds = {
        field.TYPE_ENUM: "enum",
        field.TYPE_STRING: "string",
        field.TYPE_BOOL: "bool",
        field.TYPE_DOUBLE: "number",
    }
    return kinds.get(field.type, "integer")


def is_required(field: Any) -> bool:
    behaviours = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
    return field_behavior_pb2.REQUIRED in behaviours


def complete(descriptor: Any) -> Json:
    """The least message that has all that it requires. Hugo pages mark every field of messages
    inside requests; such marks tell nothing, and nothing is required by them.
    """
    if all(is_required(field) for field in descriptor.fields) and len(descriptor.fields) > 2:
        return {}
    return {
        documented(field): complete(field.message_type) if field.message_type else "a"
        for field in descriptor.fields
        if is_required(field)
    }


# In a query string everything is text, so nothing there is of another type.
IN_QUERY_STRING = ("cost_analysis.v1.JobTask.get", "Order.get", "Order.delete")
WITH_BODY = [method for method in METHODS if not method[1].endswith(IN_QUERY_STRING)]


@pytest.mark.parametrize(("api", "method"), WITH_BODY)
def test_a_value_of_another_type_is_refused_by_its_name(
    pairs: Pairs, api: str, method: str
) -> None:
    """JSON can say what protobuf cannot: HTTP alone has to refuse it, and never with a 500."""
    _, server = pairs[api]
    route = server.routes(method)[-1]
    assert route[0] in ("POST", "PUT")
    descriptor = server.method(method).input_type
    for field in descriptor.fields:
        name, kind = documented(field), kind_of(field)
        for value in OTHERS[kind] if f"{{{name}}}" not in route[1] else ():
            answer = server.over_http(route, {**complete(descriptor), name: value})
            assert answer.status_code == 400, f"{name}={value!r}: {answer.text}"
            detail = answer.json()["detail"]
            codes = ("ERROR_INVALID_PARAMETER", "ERROR_INVALID_PARAMETER_TYPE")
            assert detail["code"] in codes, detail
            assert re.search(rf"\(key = {re.escape(name)}[,.\[]", detail["message"]), detail

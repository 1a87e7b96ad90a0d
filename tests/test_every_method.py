"""Every method of an API, asked what it should take and what it should not: over gRPC and over each of
its routes the answer or the error is the same.

Each API is served twice, from the same rows: one server is asked over gRPC, the other over HTTP, so
that what changes rows changes them alike. Requests are made up, and then changed one field at a time.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import grpc
import pytest
from depot_api import build_depot
from google.protobuf.descriptor import FieldDescriptor
from score import CORPUS, versions
from serving import HTTP_STATUS, WAIT, Json, Server, build, package, tree
from thorough import thorough
from yard_api import yard_spec

from apiscribe_runtime.codec import Codec
from apiscribe_runtime.descriptors import documented_name
from apiscribe_runtime.errors import ApiError
from apiscribe_runtime.samples import sample_request

pytestmark = pytest.mark.slow

# What a field is changed into, by its type in protobuf; a list has one of it, and two.
TEXTS = ["' OR 1=1 --", "\u00e4 %/&?#+", "a" * 300]
OTHERS: dict[str, list[Any]] = {
    "string": TEXTS,
    "bytes": ["+/+/", "aA=="],
    "bool": [True],
    "double": [0.5, -1e300],
    "float": [0.1, -3.0],
    "int32": [-1, 2**31 - 1],
    "int64": ["-1", str(2**63 - 1)],
    "uint32": [1, 2**32 - 1],
    "uint64": ["1", str(2**64 - 1)],
    "google.protobuf.Struct": [{"a": {"b": [1, None, "c"]}, "": 0.5}],
    "google.protobuf.Value": ["a", 5, {"a": []}],
    "google.protobuf.ListValue": [["a", {"b": 1}], []],
    "google.protobuf.Timestamp": ["2024-01-01T00:00:00.000001Z", "2024-01-01T01:00:00+01:00"],
    "google.protobuf.Duration": ["1.5s"],
}
TYPES = {
    getattr(FieldDescriptor, f"TYPE_{name.upper()}"): name for name in OTHERS if "." not in name
}
# What a server makes up itself: identifiers and times.
MADE_UP = re.compile(r"[a-z][a-z-]*-[0-9a-f]{24}|20\d\d-\d\d-\d\dT[\d:.]+Z")


class Differences:
    """Asks two servers of one package, and collects what they answer differently."""

    def __init__(self, built: Path, over_grpc: Server, over_http: Server) -> None:
        self._over_grpc, self._over_http = over_grpc, over_http
        self.api = package(built, "registry").API
        self._wire = Codec(self.api.value_names, self.api.opaque_types)
        # Of two methods on one route the first one answers.
        self._owners = {
            (route.verb, route.path): (service.full_name, method.name)
            for service in reversed(self.api.services)
            for method in reversed(service.methods)
            for route in method.routes
        }
        self.asked: Counter[str] = Counter()
        self.found: list[str] = []

    def look(self, most: int) -> None:
        """Ask every method; at most so many changes of its request."""
        for service in self.api.services:
            for method in sorted(service.methods, key=lambda method: "delete" in method.name):
                if method.request_streams or method.response_streams:
                    continue
                for request in [*self.requests(method)][:most]:
                    for route in method.routes:
                        self._compare(service, method, route, request)

    def requests(self, method: Any) -> Iterator[Json]:
        """A request that the method should take, and then others."""
        descriptor = method.request_proto.DESCRIPTOR
        given = sample_request(method, self.api.value_names) or {}
        yield given
        for field in descriptor.fields:
            name = documented_name(field)
            yield {key: value for key, value in given.items() if key != name}
            for value in self._values(field):
                yield {**given, name: value}

    def _values(self, field: Any) -> Iterator[Any]:
        kind = field.message_type
        if kind is not None and kind.full_name not in OTHERS:
            inside = [
                {documented_name(inner): [value] if inner.is_repeated else value}
                for inner in kind.fields
                for value in self._plain(inner)[:1]
            ]
            values = [{}, *inside]
        else:
            values = self._plain(field)
        yield from ([[value] for value in values] + [values[:2]] if field.is_repeated else values)

    def _plain(self, field: Any) -> list[Any]:
        """Values of one field, but for messages."""
        if field.message_type is not None:
            found = OTHERS.get(field.message_type.full_name, [])
        elif field.enum_type is not None:
            shown = self.api.value_names.get(field.enum_type.full_name, {})
            documented = {proto: name for name, proto in shown.items()}
            found = [documented.get(v.name, v.name) for v in field.enum_type.values][:3]
        else:
            found = OTHERS[TYPES[field.type]]
        return found

    def _compare(self, service: Any, method: Any, route: Any, request: Json) -> None:
        in_path = re.findall(r"\{(\w+)\}", route.path)
        if self._owners[route.verb, route.path] != (service.full_name, method.name):
            return self.asked.update(["another method's route"])
        if not all(isinstance(request.get(name) or [], str | int) for name in in_path):
            return self.asked.update(["no parameter for the path"])
        outside_body = (
            request if route.verb in ("GET", "DELETE") else {n: request[n] for n in in_path}
        )
        if self._is_lost(outside_body, method):
            return self.asked.update(["no place in a query string"])
        try:
            message = self._wire.to_proto(request, method.request_proto)
        except ApiError:
            return self.asked.update(["no place in protobuf"])
        http = self._over_http.over_http((route.verb, route.path), request)
        self.asked.update(["asked"])
        said = f"{service.full_name}.{method.name} {route.verb}: {json.dumps(request)[:300]}: "
        over_http = self._told(method, http)
        over_grpc = self._ask(service, method, message)
        if over_http != over_grpc or http.status_code == 500:
            self.found.append(f"{said}\n  HTTP {over_http}\n  gRPC {over_grpc}")
        return None

    def _is_lost(self, request: Json, method: Any) -> bool:
        """Whether a query string has no place for something: what is empty, or has no type."""
        fields = {documented_name(field): field for field in method.request_proto.DESCRIPTOR.fields}
        kinds = {name: fields[name].message_type for name in request if fields[name].message_type}
        untyped = {kind.name for kind in kinds.values()} & {"Struct", "Value", "ListValue"}
        return bool(untyped) or any(request[name] in ({}, [{}], [{}, {}]) for name in kinds)

    def _ask(self, service: Any, method: Any, message: Any) -> str:
        call = self._over_grpc.channel.unary_unary(
            f"/{service.full_name}/{method.name}",
            request_serializer=lambda each: each.SerializeToString(),
            response_deserializer=method.response_proto.FromString,
        )
        try:
            answer = self._wire.to_json(call(message, timeout=WAIT))
        except grpc.RpcError as error:
            return without_made_up(f"{HTTP_STATUS[error.code()]} {error.details()}")
        return without_made_up(f"200 {json.dumps(answer, sort_keys=True)}")

    def _told(self, method: Any, http: Any) -> str:
        """The answer over HTTP, as gRPC would tell it."""
        answer = http.json()
        if http.status_code != 200:
            detail = answer["detail"]
            return without_made_up(f"{http.status_code} {detail['code']}: {detail['message']}")
        try:
            message = self._wire.to_proto(answer, method.response_proto)
        except ApiError as refused:
            return without_made_up(f"{refused.http} {refused}")
        return without_made_up(f"200 {json.dumps(self._wire.to_json(message), sort_keys=True)}")


def without_made_up(text: str) -> str:
    return MADE_UP.sub("…", text)


def differences(built: Path, folder: Path, most: int) -> Differences:
    with (
        Server(built, folder / "one.db", sample=3) as one,
        Server(built, folder / "other.db", sample=3) as other,
    ):
        found = Differences(built, one, other)
        found.look(most)
        for server in (one, other):
            assert "Traceback" not in server.log(), server.log()[-3000:]
    return found


@cache
def depot() -> Path:
    """The outputs of the API that test_query.py asks, in one place for this process."""
    return build_depot(Path(_DEPOT.name))


_DEPOT = tempfile.TemporaryDirectory(prefix="apiscribe-tests-")


@pytest.mark.parametrize("api", ["cloudforet", "spaceone", "shop", "yard", "depot"])
def test_every_method_answers_alike_at_both_transports(api: str, tmp_path: Path) -> None:
    makers = {"yard": lambda: build(yard_spec(tmp_path), tmp_path / "out")}
    makers["depot"] = depot
    found = differences(makers.get(api, lambda: tree(api))(), tmp_path, 30)
    assert found.found == []
    assert found.asked["asked"] > 40


@pytest.mark.skipif(not (CORPUS / "corpus").is_dir(), reason="no corpus")
@thorough
@pytest.mark.parametrize("version", versions())
def test_every_method_of_a_whole_version_does_too(version: str, tmp_path: Path) -> None:
    spec = tmp_path / f"version_{version.replace('.', '_').replace('-', '_')}"
    shutil.copytree(CORPUS / "corpus" / version, spec)
    found = differences(build(spec, tmp_path / "out"), tmp_path, 25)
    assert found.found == [], "\n".join(found.found[:20])

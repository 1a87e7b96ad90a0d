"""The life of every resource of a served API, from create to NOT_FOUND, through one of its doors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from serving import WAIT, Json, Server, package

Ask = Callable[[Any, Any, Json], Json]


class CutShortError(Exception):
    """What the pages say lets no row live to its end."""


class Life:
    """Leads the resources of one generated package through their lives on its running server."""

    def __init__(self, tree: Path, server: Server) -> None:
        self._server = server
        self._api = package(tree, "catalog").API
        self._behaviours = package(tree, "runtime.behaviours")
        self._samples = package(tree, "runtime.samples")
        wire = package(tree, "runtime.wire")
        self._wire = wire.Wire(self._api.value_names, self._api.open_types)
        self._name, self._is_required = wire.documented_name, wire.is_required
        # Later editions tell the tenant by metadata alone.
        server.metadata = {f"x_{self._api.tenant}": "d"}
        # Of two methods on one route the first one answers.
        self._owners = {
            route: method
            for service in reversed(self._api.services)
            for method in reversed(service.methods)
            for route in method.routes
        }
        self.doors: dict[str, Ask] = {"grpc": self._over_grpc, "http": self._over_http}

    def services(self) -> list[Any]:
        """The services that have a resource that the server can make."""
        found = [service for service in self._api.services if service.resource]
        return [service for service in found if {"create", "register"} & set(self._verbs(service))]

    def lead(self, service: Any, door: str) -> Iterator[str]:
        """The verbs that were gone through. Raises AssertionError at the first that is wrong."""
        verbs, resource, ask = self._verbs(service), service.resource, self.doors[door]
        create = verbs.get("create") or verbs.get("register")
        request = self._samples.sample_request(create, self._api.value_names)
        assert request is not None, "no request can be made up"
        key = resource.key
        if key in request:
            request[key] = f"{door}-{service.name}"
        request = {**self._asked_for(service, create), **request}
        made = ask(service, create, request)
        for name in set(request) & set(made):
            kept = isinstance(made[name], dict | list) or made[name] == request[name]
            assert kept, f"create: {name}: {made[name]}"
        yield create.name
        call = partial(self._call, ask, service, made)
        if get := verbs.get("get"):
            assert call(get, {}) == made, "get"
            yield "get"
        if method := verbs.get("list"):
            by_key = {"filter": {"k": key, "v": made[key], "o": "eq"}}
            found = call(method, {"query": self._lists(method, by_key)})
            assert found.get(self._behaviours.results_field(method)) == [made], f"list: {found}"
            yield "list"
        if method := verbs.get("update"):
            changed = call(method, {})
            assert changed[key] == made[key], f"update: {changed}"
            made.update(changed)
            yield "update"
        if method := verbs.get("stat"):
            group = {"group": {"keys": {"key": key, "name": "k"}}}
            stages = {"query": self._lists(method, {"aggregate": group})}
            assert {"k": made[key]} in call(method, stages).get("results", []), "stat"
            yield "stat"
        for verb, state in (("disable", "DISABLED"), ("enable", "ENABLED")):
            if method := verbs.get(verb):
                assert call(method, {})[resource.state] == state, verb
                yield verb
        if method := verbs.get("delete") or verbs.get("deregister"):
            call(method, {})
            yield method.name
            if get:
                try:
                    answer = call(get, {})
                except LookupError:
                    yield "gone"
                else:
                    raise AssertionError(f"deleted, and still there: {answer}")

    def _call(self, ask: Ask, service: Any, row: Json, method: Any, request: Json) -> Json:
        """The answer to a request that names the row, and has what else is required."""
        key = service.resource.key
        fields = method.request_proto.DESCRIPTOR.fields
        names = {self._name(field) for field in fields}
        needed = self._samples.sample_request(method, self._api.value_names) or {}
        required = {self._name(field) for field in fields if self._is_required(field)}
        wanted = {name: value for name, value in needed.items() if name in required}
        for name in sorted(required & self._name_set(service.resource.proto) - set(row)):
            if method.name in ("get", "list", "stat", "analyze", "delete", "deregister"):
                raise CutShortError(f"{method.name} requires {name}, and create does not give it")
        # A page may give one field two types, in the request and in the resource.
        wanted |= {
            name: row[name]
            for name in (set(wanted) | {key}) & names & set(row)
            if isinstance(row[name], type(wanted.get(name, row[name])))
        }
        return ask(service, method, {**wanted, **request})

    def _name_set(self, proto: Any) -> set[str]:
        return {self._name(field) for field in proto.DESCRIPTOR.fields}

    def _lists(self, method: Any, query: Json) -> Json:
        """The query with lists where the edition has them: early ones have one of each."""
        return dict(_shaped(query, method.request_proto.DESCRIPTOR.fields_by_name["query"]))

    def _asked_for(self, service: Any, create: Any) -> Json:
        """Values for what other methods require of a row, as far as `create` takes it."""
        taken = {self._name(field) for field in create.request_proto.DESCRIPTOR.fields}
        [row] = self._samples.sample_rows(service.resource, 1, (), self._api.value_names)
        required = {
            self._name(field)
            for method in self._verbs(service).values()
            for field in method.request_proto.DESCRIPTOR.fields
            if self._is_required(field)
        }
        return {name: row[name] for name in required & taken & set(row)}

    def _verbs(self, service: Any) -> dict[str, Any]:
        return {
            method.name: method
            for method in service.methods
            if self._behaviours.behaviour_of(service, method)
        }

    def _over_http(self, service: Any, method: Any, request: Json) -> Json:
        routes = [
            route
            for route in method.routes
            if self._owners[route] is method
            and set(re.findall(r"\{(\w+)\}", route.path)) <= set(request)
        ]
        if not routes:
            raise CutShortError(f"{method.name} has no route of its own that the request can fill")
        route = routes[-1]
        fields = method.request_proto.DESCRIPTOR.fields
        structs = {
            self._name(f) for f in fields if f.message_type and f.message_type.name == "Struct"
        }
        if route.verb == "GET" and structs & set(request):
            # Source: google/api/http.proto: a query string has no place for them.
            raise CutShortError(f"{method.name} requires a Struct, and GET carries none")
        answer = self._server.over_http((route.verb, route.path), request)
        if answer.status_code == 404:
            raise LookupError(answer.text)
        assert answer.status_code == 200, f"{method.name}: {answer.text}"
        return dict(answer.json())

    def _over_grpc(self, service: Any, method: Any, request: Json) -> Json:
        call = self._server.channel.unary_unary(
            f"/{service.full_name}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=method.response_proto.FromString,
        )
        try:
            message = self._wire.to_proto(request, method.request_proto)
            metadata = tuple(self._server.metadata.items())
            return dict(self._wire.to_json(call(message, timeout=WAIT, metadata=metadata)))
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                raise LookupError(error.details()) from error
            raise AssertionError(f"{method.name}: {error.details()}") from error


def _shaped(value: Any, field: Any) -> Any:
    fields = field.message_type.fields_by_name if field.message_type else {}
    if not isinstance(value, dict) or not fields:
        return value
    return {
        name: (
            [_shaped(one, fields[name])] if fields[name].is_repeated else _shaped(one, fields[name])
        )
        for name, one in value.items()
    }

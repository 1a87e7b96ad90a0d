"""The life of every resource of a served API, from create to NOT_FOUND, through one of its transports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from serving import WAIT, Json, Server, package

from apiscribe_runtime.codec import Codec
from apiscribe_runtime.descriptors import documented_name, is_required
from apiscribe_runtime.samples import sample_request, sample_rows

Ask = Callable[[Any, Any, Json], Json]


class CutShortError(Exception):
    """What the pages say lets no row live to its end."""


class Life:
    """Leads the resources of one generated package through their lives on a server of it. What
    no method makes is among the rows that the server must be started with.
    """

    def __init__(self, tree: Path) -> None:
        self._api = package(tree, "registry").API
        self._wire = Codec(self._api.value_names, self._api.opaque_types)
        self.services = [service for service in self._api.services if service.resource]
        # Of two methods on one route the first one answers.
        self._owners = {
            route: method
            for service in reversed(self._api.services)
            for method in reversed(service.methods)
            for route in method.routes
        }
        self.transports: dict[str, Ask] = {"grpc": self._over_grpc, "http": self._over_http}
        self.rows = {
            service.full_name: {
                transport: self._row(service, transport) for transport in self.transports
            }
            for service in self.services
            if self._creating(service) is None
        }

    def begin(self, server: Server) -> None:
        """Use this server."""
        self._server = server

    def _speak_of(self, row: Json) -> None:
        """Tell the tenant of a row by metadata too: later versions tell it there alone."""
        tenant = self._api.tenant
        self._server.metadata = {f"x_{tenant}": str(row.get(tenant) or "d")}

    def lead(self, service: Any, transport: str) -> Iterator[str]:
        """The verbs that were gone through. Raises AssertionError at the first that is wrong."""
        verbs, resource, ask = self._verbs(service), service.resource, self.transports[transport]
        if create := self._creating(service):
            made = self._make(ask, service, create, transport)
            yield create.name
        else:
            made = self._loaded(service, transport)
            yield "load"
        key = resource.key if resource.key in made else next(iter(made))
        named = {**made, resource.key: made.get(resource.key) or f"{transport}-{service.name}"}
        call = partial(self._call, ask, service, named)
        if get := verbs.get("get"):
            assert (found := call(get, {})) == made, f"get: {found}"
            yield "get"
        if method := verbs.get("list"):
            by_key = {"filter": {"k": key, "v": made[key], "o": "eq"}}
            found = call(method, self._query(method, by_key))
            results = found.get(method.standard.results)
            # Without a query, a request has no place for a condition that it does not name.
            is_query = bool(method.standard.query)
            assert results == [made] if is_query else made in results, f"list: {found}"
            yield "list"
        if method := verbs.get("update"):
            changed = call(method, {})
            assert changed[key] == made[key], f"update: {changed}"
            made.update(changed)
            named.update(changed)
            yield "update"
        if method := verbs.get("stat"):
            group = {"group": {"keys": {"key": key, "name": "k"}}}
            stages = self._query(method, {"aggregate": group})
            assert {"k": made[key]} in call(method, stages).get("results", []), "stat"
            yield "stat"
        for verb in ("disable", "enable"):
            if method := verbs.get(verb):
                assert self._state(resource, call(method, {})).startswith(verb.upper()), verb
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

    def _creating(self, service: Any) -> Any:
        verbs = self._verbs(service)
        return verbs.get("create") or verbs.get("register")

    def _row(self, service: Any, transport: str) -> Json:
        # The second row: in the first one, flags are off, and so count as not given.
        [_, row] = sample_rows(service.resource, 2, (), self._api.value_names)
        return {**row, service.resource.key: f"{transport}-{service.name}"}

    def _state(self, resource: Any, row: Json) -> str:
        """The state of a row. The first value of an enum is its zero, which gRPC does not tell."""
        [field] = [
            f for f in resource.proto.DESCRIPTOR.fields if documented_name(f) == resource.state
        ]
        first = field.enum_type.values[0].name if field.enum_type else ""
        return str(row.get(resource.state, first))

    def _loaded(self, service: Any, transport: str) -> Json:
        """The row that the server began with, as the transport gives it."""
        resource = service.resource
        row = {
            n: v
            for n, v in self.rows[service.full_name][transport].items()
            if n != resource.hidden_key
        }
        self._speak_of(row)
        if transport == "http":
            return row
        return dict(self._wire.to_json(self._wire.to_proto(row, resource.proto)))

    def _make(self, ask: Ask, service: Any, create: Any, transport: str) -> Json:
        request = sample_request(create, self._api.value_names)
        assert request is not None, "no request can be made up"
        if service.resource.key in request:
            request[service.resource.key] = f"{transport}-{service.name}"
        request = {**self._asked_for(service, create), **request}
        self._speak_of(request)
        made = ask(service, create, request)
        self._speak_of({**request, **made})
        for name in set(request) & set(made):
            kept = isinstance(made[name], dict | list) or made[name] == request[name]
            assert kept, f"create: {name}: {made[name]}"
        return made

    def _call(self, ask: Ask, service: Any, row: Json, method: Any, request: Json) -> Json:
        """The answer to a request that names the row, and has what else is required."""
        key = service.resource.key
        fields = method.request_proto.DESCRIPTOR.fields
        names = {documented_name(field) for field in fields}
        needed = sample_request(method, self._api.value_names) or {}
        required = {documented_name(field) for field in fields if is_required(field)}
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
        if listed := method.standard.keys:
            wanted[listed] = [row[key]]
        return ask(service, method, {**wanted, **request})

    def _name_set(self, proto: Any) -> set[str]:
        return {documented_name(field) for field in proto.DESCRIPTOR.fields}

    def _query(self, method: Any, query: Json) -> Json:
        """The query where the request has it, with lists where the version has them: early ones
        have one of each.
        """
        name = method.standard.query
        named = {documented_name(field): field for field in method.request_proto.DESCRIPTOR.fields}
        return {name: _shaped(query, named[name])} if name else {}

    def _asked_for(self, service: Any, create: Any) -> Json:
        """Values for what other methods require of a row, as far as `create` takes it."""
        taken = {documented_name(field) for field in create.request_proto.DESCRIPTOR.fields}
        [row] = sample_rows(service.resource, 1, (), self._api.value_names)
        required = {
            documented_name(field)
            for method in self._verbs(service).values()
            for field in method.request_proto.DESCRIPTOR.fields
            if is_required(field)
        }
        return {name: row[name] for name in required & taken & set(row)}

    def _verbs(self, service: Any) -> dict[str, Any]:
        return {method.name: method for method in service.methods if method.standard}

    def _over_http(self, service: Any, method: Any, request: Json) -> Json:
        routes = [
            route
            for route in method.routes
            if self._owners[route] is method
            and set(re.findall(r"\{(\w+)\}", route.path))
            <= {n for n, v in request.items() if type(v) is not list}
        ]
        if not routes:
            raise CutShortError(f"{method.name} has no route of its own that the request can fill")
        route = routes[-1]
        fields = method.request_proto.DESCRIPTOR.fields
        structs = {
            documented_name(f) for f in fields if f.message_type and f.message_type.name == "Struct"
        }
        if route.verb == "GET" and {*structs, method.standard.query} & set(request):
            # Source: google/api/http.proto: a query string has no place for a Struct, nor for the
            # Value in the filter of a query.
            raise CutShortError(f"{method.name} asks for what GET cannot carry")
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

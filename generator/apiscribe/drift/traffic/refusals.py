"""Finds what a server refuses although the pages document it: whole operations, and values.

A refusal alone has many reasons. It is a difference if nothing else explains it: the resource of
the path is known to exist, or a request that differs in one value alone was accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apiscribe.drift.declarations import Declarations
from apiscribe.drift.traffic.differences import Difference
from apiscribe.drift.traffic.entries import is_json
from apiscribe.drift.traffic.exchange import Body, Exchange
from apiscribe.drift.traffic.listed_values import Place, listed_values, values_of
from apiscribe.drift.traffic.masks import masked
from apiscribe.drift.traffic.operations import Match, Operation
from apiscribe.drift.traffic.resources import Resources
from apiscribe.model.conventions import ErrorShape

# Statuses of servers without an operation; 404 is also that of a resource.
_NO_RESOURCE = 404
_NO_OPERATION = (_NO_RESOURCE, 405, 501)

# Statuses of requests with a value that the server does not take.
_BAD_VALUE = (400, 422)

# So many requests are kept: of more, the later ones show nothing new.
_MAX_KEPT = 1000

_Values = dict[Place, str]


@dataclass
class _Calls:
    """The requests of an operation: their statuses, and the values of accepted and refused ones."""

    operation: Operation
    statuses: set[int] = field(default_factory=set)
    missing: list[tuple[str, Exchange]] = field(default_factory=list)
    accepted: list[_Values] = field(default_factory=list)
    refused: list[tuple[_Values, Exchange]] = field(default_factory=list)


@dataclass
class Refusals:
    """The refused requests of operations, and what shows that a resource exists."""

    declarations: Declarations
    _calls: dict[str, _Calls] = field(default_factory=dict)
    _accepted: set[str] = field(default_factory=set)
    _deleted: set[str] = field(default_factory=set)
    _resources: Resources = field(default_factory=Resources)

    def see(self, match: Match, path: str, exchange: Exchange) -> None:
        """Keep what a request to an operation shows; `path` is its path below the API's prefix."""
        operation = match.operation
        calls = self._calls.setdefault(operation.text, _Calls(operation))
        calls.statuses.add(exchange.status)
        if exchange.is_accepted:
            if len(self._accepted) < _MAX_KEPT:
                self._accepted.add(path)
            if exchange.verb == "DELETE":
                self._deleted.add(path)
            self._resources.see(path, exchange.answer.value)
            if len(calls.accepted) < _MAX_KEPT:
                calls.accepted.append(_values(exchange))
        elif exchange.status in _BAD_VALUE and len(calls.refused) < _MAX_KEPT:
            calls.refused.append((_values(exchange), exchange.without_bodies()))
        elif exchange.status in _NO_OPERATION and len(calls.missing) < _MAX_KEPT:
            calls.missing.append((path, exchange))

    def differences(self) -> Iterator[tuple[Difference, Operation, Exchange]]:
        """Yield the differences, each with its operation and a request that shows it."""
        for calls in self._calls.values():
            if self._accepted and calls.statuses <= set(_NO_OPERATION):
                yield from self._missing(calls)
            for values, exchange in calls.refused:
                yield from self._refused(calls, values, exchange)

    def _missing(self, calls: _Calls) -> Iterator[tuple[Difference, Operation, Exchange]]:
        name = calls.operation.text
        for path, exchange in calls.missing:
            is_resource = exchange.status == _NO_RESOURCE
            if not is_resource or self._shows_no_route(calls.operation, path, exchange):
                difference = Difference(
                    kind="missing-operation",
                    symbol=name,
                    message=f"the server does not have {name}",
                    detail=f"each request to it got {exchange.status}",
                    span=calls.operation.route.span,
                )
                yield difference, calls.operation, exchange

    def _shows_no_route(self, operation: Operation, path: str, exchange: Exchange) -> bool:
        """Return whether a 404 is that of a missing operation: all resources of its path exist, and
        the body is not the documented one of errors.
        """
        # Without its body, a 404 can be anything; one that is not JSON is a framework's own.
        media_type = exchange.answer.media_type
        is_known = not exchange.answer.reason or (media_type and not is_json(media_type))
        if not is_known or _has_shape(exchange.answer, operation.service.errors):
            return False
        segments = path.strip("/").split("/")
        template = operation.template.text.strip("/").split("/")
        for at, (segment, part) in enumerate(zip(segments, template, strict=False), 1):
            resource = "/" + "/".join(segments[:at])
            if resource in self._deleted:
                return False
            if "{" in part and resource not in self._accepted:
                before = resource.rpartition("/")[0]
                if segment not in self._resources.values(before, part.strip("{}")):
                    return False
        return True

    def _refused(
        self, calls: _Calls, values: _Values, exchange: Exchange
    ) -> Iterator[tuple[Difference, Operation, Exchange]]:
        listed = listed_values(calls.operation, self.declarations)
        for place, text in values.items():
            if place not in listed or text not in values_of(listed[place][1]):
                continue
            others = {k: v for k, v in values.items() if k != place}
            if any({k: v for k, v in a.items() if k != place} == others for a in calls.accepted):
                one, enum = listed[place]
                shown = masked(text, one.json_name)
                difference = Difference(
                    kind="refused-value",
                    symbol=f"{enum.full_name}.{shown}",
                    message=f"the server refuses {shown}, a documented value of {enum.name}",
                    detail=f"{one.json_name} in {calls.operation.text}, with {exchange.status}",
                    span=enum.span,
                )
                yield difference, calls.operation, exchange


def _values(exchange: Exchange) -> _Values:
    """Return the values of a request by their place and name; of the body, those at its top."""
    values = {("query", name): text for name, text in exchange.query}
    if isinstance(exchange.request.value, dict):
        values |= {("body", name): _text(v) for name, v in exchange.request.value.items()}
    return values


def _text(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _has_shape(body: Body, errors: ErrorShape | None) -> bool:
    """Return whether a body has a key of the documented body of errors."""
    if errors is None or not isinstance(body.value, dict):
        return False
    keys = {path.partition(".")[0].removesuffix("[]") for path in errors.fields}
    return not keys.isdisjoint(body.value)

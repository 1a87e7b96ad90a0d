"""Finds the differences that several paths have in common: a new prefix, or another word.

Gateways add a prefix that `.proto` files lack, a new version of an API has `/v2` in all paths, and
a resource gets another name: each is one cause.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from apiscribe.drift.change_list import Changes
from apiscribe.drift.pairing import Pairs
from apiscribe.drift.routes import path_difference, path_difference_text, route_key, route_shape
from apiscribe.model.api import Route

Key = tuple[str, str]

# At least this many paths with the same difference are one change.
_MIN_ALIKE = 3


def find_moved_routes(changes: Changes, pairs: Pairs) -> Mapping[Key, Key]:
    """Return the old routes that differ from the new ones as others do → their new verb and path,
    and report these differences.
    """
    found: defaultdict[tuple[str, str], list[tuple[str, Route, Route]]] = defaultdict(list)
    for service, old, new in _routes(changes, pairs):
        known = {route_shape(route) for route in new} & {route_shape(route) for route in old}
        for route in old:
            candidates = [
                (path_difference(route_shape(route)[1], route_shape(other)[1]), other)
                for other in new
                if other.verb == route.verb and route_shape(other) not in known
            ]
            if route_shape(route) not in known and candidates:
                difference, other = min(candidates, key=lambda pair: len("".join(pair[0])))
                found[difference].append((service, route, other))
    moved: dict[Key, Key] = {}
    for difference, listed in found.items():
        if len(listed) < _MIN_ALIKE:
            continue
        moved |= {route_key(old): route_key(new) for _, old, new in listed}
        _, first, other = listed[0]
        changes.add(
            "route-changed",
            _symbol((service for service, _, _ in listed), changes),
            path_difference_text(*difference, len(listed)),
            first.span,
            other.span,
            details=tuple(f"{route.verb} {route.path}" for _, route, _ in listed),
        )
    return moved


def _routes(
    changes: Changes, pairs: Pairs
) -> Iterator[tuple[str, tuple[Route, ...], tuple[Route, ...]]]:
    """Yield the full names of services with the routes of each method in both versions."""
    for old_name, new_name in pairs.services.items():
        if not changes.both_know("routes", old_name, new_name):
            continue
        others = {method.name: method for method in changes.new.services[new_name].methods}
        for method in changes.old.services[old_name].methods:
            if other := others.get(pairs.methods[old_name].get(method.name, "")):
                yield old_name, method.routes, other.routes


def _symbol(services: Iterable[str], changes: Changes) -> str:
    """Return the service or package that has the routes, or else the name of the API."""
    first, *others = (name.split(".") for name in services)
    size = len(first)
    while any(other[:size] != first[:size] for other in others):
        size -= 1
    return ".".join(first[:size]) or changes.old.version.api.name

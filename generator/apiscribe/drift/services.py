"""Services, methods and routes of both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apiscribe.drift.changes import Changes
from apiscribe.drift.declarations import differs
from apiscribe.drift.pairing import Pairs
from apiscribe.model.api import Method, Route, Service

# How a parameter is called makes no other route.
_PARAMETER = re.compile(r"\{[^}]*\}")


def compare_services(changes: Changes, pairs: Pairs) -> None:
    """Compare the services that both sides have."""
    for name, target in pairs.services.items():
        _compare(changes.old.services[name], changes.new.services[target], pairs, changes)
    _compare_clashes(changes)


def _compare(old: Service, new: Service, pairs: Pairs, changes: Changes) -> None:
    theirs = {method.name: method for method in new.methods}
    for method in old.methods:
        symbol = f"{old.full_name}.{method.name}"
        other = theirs.get(pairs.methods[old.full_name].get(method.name, ""))
        if other is None:
            continue
        if method.name != other.name:
            said = f"{method.name} is {other.name} now, or gone, and {other.name} is new"
            changes.add("method-renamed", symbol, said, method.span, other.span)
        _compare_methods(symbol, method, other, (old, new), pairs, changes)
    if differs(old.description, new.description) and changes.know(
        "descriptions", old.full_name, new.full_name
    ):
        said = f"{old.name} is described anew"
        changes.add("description-changed", old.full_name, said, old.span, new.span)


def _compare_methods(
    symbol: str,
    old: Method,
    new: Method,
    services: tuple[Service, Service],
    pairs: Pairs,
    changes: Changes,
) -> None:
    names = services[0].full_name, services[1].full_name
    spans = old.span, new.span
    for part in ("request", "response"):
        ours, theirs = getattr(old, part), getattr(new, part)
        guessed = "nearest" in (old.provenance.get(part), new.provenance.get(part))
        alike = guessed and ours.rpartition(".")[2] == theirs.rpartition(".")[2]
        if not alike and not same_type(ours, theirs, pairs, changes, names):
            said = f"the {part} of {old.name} was {ours} and is {theirs}"
            changes.add(f"{part}-type-changed", symbol, said, *spans)
        streamed, streams = getattr(old, f"{part}_streams"), getattr(new, f"{part}_streams")
        if streamed != streams and changes.know("streams", *names):
            said = f"the {part} of {old.name} is {'a' if streams else 'no'} stream now"
            changes.add("streaming-changed", symbol, said, *spans)
    if changes.know("routes", *names):
        _compare_routes(symbol, old, new, changes)
    if differs(old.description, new.description) and changes.know("descriptions", *names):
        said = f"{old.name} is described anew"
        changes.add("description-changed", symbol, said, *spans)


def same_type(
    ours: str, theirs: str, pairs: Pairs, changes: Changes, names: tuple[str, str]
) -> bool:
    """Whether two types are one: by name, as a pair, or by the last part of their names where a
    side knows no packages.
    """
    if pairs.type_name(ours) == theirs or not changes.know("message names", *names):
        return True
    last = ours.rpartition(".")[2] == theirs.rpartition(".")[2]
    return last and not changes.know("packages", *names)


def _compare_routes(symbol: str, old: Method, new: Method, changes: Changes) -> None:
    theirs = {_key(route): route for route in new.routes}
    ours = {_key(route): route for route in old.routes}
    gone = [route for key, route in ours.items() if key not in theirs]
    added = [route for key, route in theirs.items() if key not in ours]
    for route in list(gone):
        near = (each for each in added if _is_near(route, each))
        only = added[0] if len(gone) == len(added) == 1 else None
        if other := next(near, only):
            gone.remove(route)
            added.remove(other)
            said = f"{_text(route)} is {_text(other)} now"
            changes.add("route-changed", symbol, said, route.span, other.span)
    for route in gone:
        changes.add("route-removed", symbol, f"{_text(route)} is gone", route.span, new.span)
    for route in added:
        changes.add("route-added", symbol, f"{_text(route)} is new", old.span, route.span)
    for key in ours.keys() & theirs.keys():
        one, other = ours[key], theirs[key]
        # Nobody says that there is none: a source that knows no bodies has none either.
        stated = one.body and other.body and not (one.provenance or other.provenance)
        if stated and one.body != other.body:
            said = f'the body of {_text(one)} was "{one.body}" and is "{other.body}"'
            changes.add("route-body-changed", symbol, said, one.span, other.span)


def _key(route: Route) -> tuple[str, str]:
    return route.verb, "/" + route.path.lstrip("/")


def _text(route: Route) -> str:
    return f"{route.verb} {route.path}"


def _is_near(one: Route, other: Route) -> bool:
    """Whether two routes differ in the verb or in the path alone: the same one, changed."""
    return one.verb == other.verb or one.path.rstrip("/") == other.path.rstrip("/")


def _compare_clashes(changes: Changes) -> None:
    """Routes that two methods of the new side have, and none or one of the old side had."""
    before = _owners(changes.old.services)
    for key, owners in _owners(changes.new.services).items():
        if len(owners) > 1 and len(before.get(key, ())) < 2:
            first, second = list(owners.items())[:2]
            said = f"{_text(second[1])} is a route of {first[0]} and of {second[0]}"
            changes.add("route-clash", second[0], said, None, second[1].span)


def _owners(services: Mapping[str, Service]) -> dict[tuple[str, str], dict[str, Route]]:
    """Route → the methods that have it."""
    found: dict[tuple[str, str], dict[str, Route]] = {}
    for service in services.values():
        for method in service.methods:
            for route in method.routes:
                verb, path = _key(route)
                owners = found.setdefault((verb, _PARAMETER.sub("{}", path)), {})
                owners.setdefault(f"{service.full_name}.{method.name}", route)
    return found

"""Compares the services, methods and routes that both versions have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from apiscribe.drift.change_list import Changes
from apiscribe.drift.declarations import descriptions_differ
from apiscribe.drift.field_attributes import compare_deprecation
from apiscribe.drift.method_headers import compare_headers
from apiscribe.drift.moved_routes import Key, find_moved_routes
from apiscribe.drift.pairing import Pairs
from apiscribe.drift.responses import compare_responses
from apiscribe.drift.routes import renamed_parameters, route_key, route_shape
from apiscribe.model.api import Method, Route, Service


def compare_services(changes: Changes, pairs: Pairs) -> None:
    """Report the changes of services that both versions have."""
    moved = find_moved_routes(changes, pairs)
    for old_name, new_name in pairs.services.items():
        services = changes.old.services[old_name], changes.new.services[new_name]
        _compare(*services, pairs, changes, moved)
    _compare_clashes(changes)


def _compare(
    old: Service, new: Service, pairs: Pairs, changes: Changes, moved: Mapping[Key, Key]
) -> None:
    new_methods = {method.name: method for method in new.methods}
    for method in old.methods:
        symbol = f"{old.full_name}.{method.name}"
        other = new_methods.get(pairs.methods[old.full_name].get(method.name, ""))
        if other is None:
            continue
        if method.name != other.name:
            message = (
                f"{method.name} was renamed to {other.name},"
                f" or was removed and {other.name} was added"
            )
            changes.add("method-renamed", symbol, message, method.span, other.span)
        _compare_methods(symbol, method, other, (old, new), pairs, changes)
        if changes.both_know("routes", old.full_name, new.full_name):
            _compare_routes(symbol, method, other, changes, moved)
    if descriptions_differ(old.description, new.description) and changes.both_know(
        "descriptions", old.full_name, new.full_name
    ):
        message = f"the description of {old.name} changed"
        changes.add("description-changed", old.full_name, message, old.span, new.span)


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
        old_type, new_type = getattr(old, part), getattr(new, part)
        guessed = "nearest" in (old.provenance.get(part), new.provenance.get(part))
        alike = guessed and old_type.rpartition(".")[2] == new_type.rpartition(".")[2]
        if not alike and not same_type(old_type, new_type, pairs, changes, names):
            message = f"the {part} of {old.name} changed from {old_type} to {new_type}"
            changes.add(f"{part}-type-changed", symbol, message, *spans)
        streamed, streams = getattr(old, f"{part}_streams"), getattr(new, f"{part}_streams")
        if streamed != streams and changes.both_know("streams", *names):
            state = "is now a stream" if streams else "is no longer a stream"
            changes.add("streaming-changed", symbol, f"the {part} of {old.name} {state}", *spans)
    if not changes.both_know("message names", *names):
        compare_responses(symbol, old, new, pairs, changes)
    if not changes.old.version.is_protobuf and not changes.new.version.is_protobuf:
        compare_headers(symbol, old, new, changes)
    if old.status and new.status and old.status != new.status:
        message = f"the status of {old.name} changed from {old.status} to {new.status}"
        changes.add("status-changed", symbol, message, *spans)
    compare_deprecation(symbol, old, new, names, changes)
    if (
        descriptions_differ(old.description, new.description)
        and changes.both_know("descriptions", *names)
        and not changes.is_reported("deprecation-changed", symbol)
    ):
        message = f"the description of {old.name} changed"
        changes.add("description-changed", symbol, message, *spans)


def same_type(
    old_type: str, new_type: str, pairs: Pairs, changes: Changes, names: tuple[str, str]
) -> bool:
    """Return whether two type names are one type: equal, a pair, or equal in their last parts if a
    version knows no packages.
    """
    if pairs.type_name(old_type) == new_type or not changes.both_know("message names", *names):
        return True
    same_last_part = old_type.rpartition(".")[2] == new_type.rpartition(".")[2]
    return same_last_part and not changes.both_know("packages", *names)


def _compare_routes(
    symbol: str, old: Method, new: Method, changes: Changes, moved: Mapping[Key, Key]
) -> None:
    old_routes = {moved.get(route_key(r), route_key(r)): r for r in old.routes}
    new_routes = {route_key(route): route for route in new.routes}
    # A route with other names of parameters is the same to HTTP; the fields are compared.
    shapes = {route_shape(route): key for key, route in new_routes.items() if key not in old_routes}
    for key, route in list(old_routes.items()):
        alike = (
            shapes.get(route_shape(replace(route, path=key[1]))) if key not in new_routes else None
        )
        if alike in new_routes and renamed_parameters(route, new_routes[alike]):
            new_routes[key] = new_routes.pop(alike)
    removed = [route for key, route in old_routes.items() if key not in new_routes]
    added = [route for key, route in new_routes.items() if key not in old_routes]
    for route in list(removed):
        near = (candidate for candidate in added if _is_near(route, candidate))
        only = added[0] if len(removed) == len(added) == 1 else None
        if other := next(near, only):
            removed.remove(route)
            added.remove(other)
            message = f"{_text(route)} changed to {_text(other)}"
            changes.add("route-changed", symbol, message, route.span, other.span)
    for route in removed:
        changes.add("route-removed", symbol, f"{_text(route)} was removed", route.span, new.span)
    for route in added:
        changes.add("route-added", symbol, f"{_text(route)} was added", old.span, route.span)
    for key in old_routes.keys() & new_routes.keys():
        route, other = old_routes[key], new_routes[key]
        # An empty body may mean that the source knows no bodies.
        stated = route.body and other.body and not (route.provenance or other.provenance)
        # The field that is the body has a name only where messages have one.
        stated = stated and changes.old.names_messages and changes.new.names_messages
        if stated and route.body != other.body:
            message = f'the body of {_text(route)} changed from "{route.body}" to "{other.body}"'
            changes.add("route-body-changed", symbol, message, route.span, other.span)


def _text(route: Route) -> str:
    return f"{route.verb} {route.path}"


def _is_near(old: Route, new: Route) -> bool:
    """Return whether two routes differ only in the HTTP method or only in the path."""
    return old.verb == new.verb or old.path.rstrip("/") == new.path.rstrip("/")


def _compare_clashes(changes: Changes) -> None:
    """Report routes that two methods of the new version share, and at most one of the old had: one
    entry for each pair of services.
    """
    old_owners = _owners(changes.old.services)
    clashes: defaultdict[tuple[str, str], list[tuple[str, str, Route]]] = defaultdict(list)
    for key, owners in _owners(changes.new.services).items():
        if len(owners) > 1 and len(old_owners.get(key, ())) < 2:
            (first, _), (second, route) = list(owners.items())[:2]
            services = first.rpartition(".")[0], second.rpartition(".")[0]
            clashes[services].append((first, second, route))
    for (first_service, second_service), listed in clashes.items():
        first, second, route = listed[0]
        if len(listed) == 1:
            message = f"{_text(route)} is a route of {first} and of {second}"
            changes.add("route-clash", second, message, None, route.span)
        else:
            message = f"{first_service} and {second_service} have the same routes"
            routes = tuple(_text(each) for _, _, each in listed)
            changes.add("route-clash", second_service, message, None, route.span, details=routes)


def _owners(services: Mapping[str, Service]) -> dict[tuple[str, str], dict[str, Route]]:
    """Return each route → its methods."""
    owners: dict[tuple[str, str], dict[str, Route]] = {}
    for service in services.values():
        for method in service.methods:
            for route in method.routes:
                methods = owners.setdefault(route_shape(route), {})
                methods.setdefault(f"{service.full_name}.{method.name}", route)
    return owners

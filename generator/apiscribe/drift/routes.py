"""The routes of methods, as HTTP sees them: the names of their parameters make no difference."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from apiscribe.drift.declarations import Declarations
from apiscribe.model.api import Method, Route

# `{name=shops/*}` has a pattern, and a parameter without one is a segment.
_PARAMETER = re.compile(r"\{([^}=]*)(?:=([^}]*))?\}")


def route_key(route: Route) -> tuple[str, str]:
    """Return the HTTP method and the path, which begins with one slash."""
    return route.verb, "/" + route.path.lstrip("/")


def route_shape(route: Route) -> tuple[str, str]:
    """Return a route with `*` for its parameters, or with the pattern that a parameter has."""
    verb, path = route_key(route)
    return verb, _PARAMETER.sub(lambda found: found[2] or "*", path)


def renamed_parameters(old: Route, new: Route) -> dict[str, str]:
    """Return old name → new name of the path parameters that were renamed.

    It is empty if the routes differ in the number of parameters, or only in their order.
    """
    names, others = parameters_of(old), parameters_of(new)
    if len(names) != len(others) or set(names) == set(others):
        return {}
    return {was: now for was, now in zip(names, others, strict=True) if was != now}


def pair_path_parameters(
    old: Declarations,
    new: Declarations,
    methods: Mapping[str, Mapping[str, str]],
    services: Mapping[str, str],
) -> dict[str, dict[str, str]]:
    """Return the renamed path parameters of paired methods, by their old request."""
    result: dict[str, dict[str, str]] = {}
    for service, names in methods.items():
        others = {method.name: method for method in new.services[services[service]].methods}
        for method in old.services[service].methods:
            if other := others.get(names.get(method.name, "")):
                result.setdefault(method.request, {}).update(_of_methods(method, other))
    return {request: renamed for request, renamed in result.items() if renamed}


def _of_methods(old: Method, new: Method) -> dict[str, str]:
    return {
        was: now
        for route in old.routes
        for other in new.routes
        if route_shape(route) == route_shape(other) or len(old.routes) == len(new.routes) == 1
        for was, now in renamed_parameters(route, other).items()
    }


def parameters_of(route: Route) -> list[str]:
    """Return the names of the parameters in a path, in order."""
    return [name for name, _ in _PARAMETER.findall(route.path)]


def is_only_in_path(names: Set[str], request: str, declarations: Declarations) -> bool:
    """Return whether a field with one of these names is in the path of each route of the methods
    with its message, and nothing else has that message: HTTP requests then have its value alone.
    """
    routes = [r for m in declarations.methods_by_request.get(request, ()) for r in m.routes]
    in_path = all(names & set(parameters_of(route)) for route in routes)
    return in_path and request not in declarations.types_of_parts


def path_difference(old: str, new: str) -> tuple[str, str]:
    """Return the steps of two paths in which they differ."""
    before, after = old.strip("/").split("/"), new.strip("/").split("/")
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    return "/".join(before), "/".join(after)


def path_difference_text(old: str, new: str, count: int) -> str:
    """Return the message on a difference that several paths have in common."""
    if old and new:
        return f"{old} changed to {new} in {count} paths"
    return f"{new} was added to {count} paths" if new else f"{old} was removed from {count} paths"

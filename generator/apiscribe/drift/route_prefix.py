"""Finds the beginning of paths that most routes of a version have in place of another one.

Gateways add a prefix that `.proto` files lack, and a new version of an API has `/v2` in all paths:
that is one cause.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from apiscribe.drift.change_list import Changes
from apiscribe.drift.pairing import Pairs
from apiscribe.drift.routes import route_shape
from apiscribe.model.api import Route

_MIN_ROUTES = 5
_MIN_SHARE = 0.8  # of the routes with another path


@dataclass(frozen=True)
class RoutePrefix:
    """The beginning of most old paths, and that of the new ones; either can be empty."""

    old: str = ""
    new: str = ""

    def of_new(self, route: Route) -> tuple[str, str]:
        """Return the verb and path of an old route as they are in the new version."""
        path = "/" + route.path.lstrip("/")
        if (self.old or self.new) and path.startswith(f"{self.old}/"):
            path = self.new + path.removeprefix(self.old)
        return route.verb, path


def find_route_prefix(changes: Changes, pairs: Pairs) -> RoutePrefix:
    """Return the prefix that most changed routes have in common, and report it."""
    found: defaultdict[RoutePrefix, list[tuple[Route, Route]]] = defaultdict(list)
    for old_name, new_name in pairs.services.items():
        old_service, new_service = changes.old.services[old_name], changes.new.services[new_name]
        if not changes.both_know("routes", old_name, new_name):
            continue
        others = {method.name: method for method in new_service.methods}
        for method in old_service.methods:
            other = others.get(pairs.methods.get(old_name, {}).get(method.name, ""))
            known = {route_shape(route) for route in other.routes} if other else set()
            for route in method.routes if other else ():
                candidates = [r for r in other.routes if r.verb == route.verb] if other else []
                if route_shape(route) not in known and candidates:
                    prefix, near = min(
                        ((_prefix(route, each), each) for each in candidates),
                        key=lambda pair: len(pair[0].old),
                    )
                    found[prefix].append((route, near))
    total = sum(len(listed) for listed in found.values())
    prefix = max(found, key=lambda each: len(found[each]), default=RoutePrefix())
    listed = found[prefix]
    if len(listed) < _MIN_ROUTES or len(listed) < _MIN_SHARE * total:
        return RoutePrefix()
    old, new = listed[0]
    message = f"most paths begin with {prefix.new or '/'} instead of {prefix.old or '/'}"
    routes = tuple(f"{route.verb} {route.path}" for route, _ in listed)
    changes.add(
        "route-changed", _symbol(changes), message, old.span, new.span, details=tuple(routes)
    )
    return prefix


def _prefix(old: Route, new: Route) -> RoutePrefix:
    """Return how two paths begin, before the segments that both end with."""
    ours, theirs = (route_shape(route)[1].split("/") for route in (old, new))
    size = 0
    while size < min(len(ours), len(theirs)) - 1 and ours[-1 - size] == theirs[-1 - size]:
        size += 1
    if not size:
        return RoutePrefix(old.path, new.path)
    return RoutePrefix("/".join(ours[:-size]), "/".join(theirs[:-size]))


def _symbol(changes: Changes) -> str:
    return next(iter(changes.old.services)).rpartition(".")[0] or changes.old.version.api.name

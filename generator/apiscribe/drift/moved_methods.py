"""Finds methods that moved to another service, as when a service is split in two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from apiscribe.drift.change_list import Changes
from apiscribe.drift.declarations import Declarations, last_part
from apiscribe.drift.pairing import Pairs
from apiscribe.drift.routes import route_shape
from apiscribe.model.api import Method, Service

# Full name of a service, and one of its methods.
_Member = tuple[str, Method]


def merge_moved_methods(changes: Changes, pairs: Pairs) -> None:
    """Replace the removal and the addition of methods by their move, with all that moved between
    the same services. A service that only has moved methods is no addition or removal of its own.
    """
    moved = _moved(changes, pairs)
    gone = {f"{old}.{method.name}" for old, new in moved for method, _ in moved[old, new]}
    came = {f"{new}.{method.name}" for old, new in moved for _, method in moved[old, new]}
    gone |= {n for n in {old for old, _ in moved} if _has_only(changes.old.services[n], gone)}
    came |= {n for n in {new for _, new in moved} if _has_only(changes.new.services[n], came)}
    hidden = {f"{what}-removed": gone for what in ("method", "service", "page")}
    hidden |= {f"{what}-added": came for what in ("method", "service", "page")}
    changes.entries[:] = [
        entry
        for entry in changes.entries
        if entry.symbol not in hidden.get(entry.kind, ())
        # A page may have more than its service.
        or (entry.kind.startswith("page-") and not _has_only_methods(entry.details))
    ]
    for (old, new), methods in moved.items():
        first, other = methods[0]
        names = [method.name for method, _ in methods]
        symbol = f"{old}.{first.name}" if len(names) == 1 else old
        message = f"{' and '.join(names)} moved from {last_part(old)} to {last_part(new)}"
        changes.add("method-moved", symbol, message, first.span, other.span)


def _moved(changes: Changes, pairs: Pairs) -> Mapping[tuple[str, str], list[tuple[Method, Method]]]:
    """Return old and new service → the methods that moved, if only one new method is the same."""
    taken = {pairs.services[old]: set(methods.values()) for old, methods in pairs.methods.items()}
    added: defaultdict[object, list[_Member]] = defaultdict(list)
    for name, method in _unpaired(changes.new, taken):
        if key := _key(method, {}):
            added[key].append((name, method))
    moved: defaultdict[tuple[str, str], list[tuple[Method, Method]]] = defaultdict(list)
    for name, method in _unpaired(changes.old, pairs.methods):
        alike = added.get(_key(method, pairs.messages), [])
        if len(alike) == 1:
            moved[name, alike[0][0]].append((method, alike[0][1]))
    return moved


def _unpaired(
    declarations: Declarations, paired: Mapping[str, Mapping[str, str] | set[str]]
) -> Iterator[_Member]:
    for name, service in declarations.services.items():
        for method in service.methods:
            if method.name not in paired.get(name, ()):
                yield name, method


def _key(method: Method, messages: Mapping[str, str]) -> object:
    """Return all that a method has but its service; None if it could be that of any service."""
    types = [messages.get(name, name) for name in (method.request, method.response)]
    if not method.routes and all(name.startswith("google.") for name in types):
        return None
    streams = method.request_streams, method.response_streams
    return method.name, *types, *streams, frozenset(map(route_shape, method.routes))


def _has_only(service: Service, methods: set[str]) -> bool:
    return all(f"{service.full_name}.{method.name}" in methods for method in service.methods)


def _has_only_methods(details: tuple[str, ...]) -> bool:
    return all("." in detail for detail in details)

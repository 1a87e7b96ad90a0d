"""Finds the servers of an API among those of a recording, and the prefix of their paths.

A browser records every host that a page talks to, and a server may be recorded at an address that
no page documents, behind a path of a proxy. Evidence decides: the documented base addresses first,
then the requests that match documented operations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apiscribe.drift.traffic.exchange import Exchange
from apiscribe.drift.traffic.operations import Match, Operations

_MAX_PREFIX = 5  # segments

# Without a documented address, the server with the most documented operations is the API's. Another
# one must have so many, in at least this part of its requests: other hosts have `/events`, too.
_MIN_OPERATIONS = 2
_MIN_SHARE = 0.5


@dataclass
class _Count:
    """The requests to a server: all, those that match by prefix, and the matched operations."""

    total: int = 0
    matches: Counter[str] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)

    @property
    def is_api(self) -> bool:
        most = max(self.matches.values(), default=0)
        return len(self.operations) >= _MIN_OPERATIONS and most >= _MIN_SHARE * self.total


@dataclass(frozen=True)
class Origins:
    """The prefixes of the paths at each server of the API, by its scheme, host and port."""

    prefixes: Mapping[str, tuple[str, ...]]

    def paths(self, exchange: Exchange) -> list[str]:
        """Return the path below each prefix that it has; none for a path outside of the API."""
        path = exchange.path
        return [
            path[len(prefix) :] or "/"
            for prefix in self.prefixes.get(exchange.origin, ())
            if path == prefix or path.startswith(f"{prefix}/")
        ]

    def match(self, operations: Operations, exchange: Exchange) -> tuple[Match | None, str]:
        """Return the documented operation of a request, and its path below the prefix."""
        for path in self.paths(exchange):
            if match := operations.match(exchange.verb, path):
                return match, path
        return None, ""


def find_origins(operations: Operations, exchanges: Iterable[Exchange]) -> Origins:
    """Return the servers of the API among those of the exchanges."""
    counts: dict[str, _Count] = {}
    hosts: dict[str, str] = {}
    for exchange in exchanges:
        if exchange.method:
            continue
        origin = exchange.origin
        hosts[origin] = origin.partition("://")[2]
        count = counts.setdefault(origin, _Count())
        count.total += 1
        segments = exchange.path.strip("/").split("/")
        for size in range(min(_MAX_PREFIX, len(segments)) + 1):
            prefix = "".join(f"/{segment}" for segment in segments[:size])
            rest = exchange.path[len(prefix) :] or "/"
            # A path of parameters alone matches everything.
            match = operations.match(exchange.verb, rest)
            if match and match.operation.literals:
                count.matches[prefix] += 1
                count.operations.add(match.operation.text)
    documented = {origin for origin in counts if hosts[origin] in operations.hosts}
    chosen = documented or {origin for origin, count in counts.items() if count.is_api}
    if not documented and counts:
        best = max(counts, key=lambda origin: len(counts[origin].operations))
        if counts[best].operations:
            chosen.add(best)
    return Origins({origin: _prefixes(counts[origin], operations) for origin in chosen})


def _prefixes(count: _Count, operations: Operations) -> tuple[str, ...]:
    """Return the prefixes of a server: the documented ones that match, else the most frequent."""
    stated = [base for base in operations.bases if count.matches[base]]
    if stated:
        return tuple(stated)
    if not count.matches:
        return tuple(operations.bases) or ("",)
    # Of prefixes with as many matches, the shortest.
    return (min(count.matches, key=lambda prefix: (-count.matches[prefix], len(prefix))),)

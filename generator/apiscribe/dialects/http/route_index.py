"""An index of routes: finds the few that may be the same as another one, in linear time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Generic, TypeVar

from apiscribe.dialects.http.routes import RouteText, segments_of

_T = TypeVar("_T")
_PARAMETER = "{}"


class _Node(Generic[_T]):
    """The routes that end with the same segments; `below` are longer ones, by the next segment."""

    def __init__(self) -> None:
        self.items: list[tuple[int, _T]] = []
        self.below: dict[str, _Node[_T]] = {}

    def walk(self) -> Iterator[tuple[int, _T]]:
        """Yield the items of this node and of all below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield from node.items
            waiting += node.below.values()


class RouteIndex(Generic[_T]):
    """Items by their routes, compared from the last segment, because a base path may come first."""

    def __init__(self) -> None:
        self._count = 0
        self._roots: defaultdict[str, _Node[_T]] = defaultdict(_Node)

    def add(self, route: RouteText, item: _T) -> None:
        """Add an item."""
        node = self._roots[route.verb]
        for segment in reversed(segments_of(route.path)):
            node = node.below.setdefault(_key(segment), _Node())
        node.items.append((self._count, item))
        self._count += 1

    def near(self, route: RouteText) -> list[_T]:
        """Return the items with routes that `is_same` may take for this one, in their order."""
        nodes = [self._roots[route.verb]]
        found: list[tuple[int, _T]] = []
        for segment in reversed(segments_of(route.path)):
            key = _key(segment)
            nodes = [
                below
                for node in nodes
                for name, below in (
                    node.below.items()
                    if key == _PARAMETER
                    else ((k, node.below[k]) for k in (key, _PARAMETER) if k in node.below)
                )
            ]
            found += (item for node in nodes for item in node.items)
        for node in nodes:
            found += (item for below in node.below.values() for item in below.walk())
        return [item for _, item in sorted(found, key=lambda each: each[0])]


def _key(segment: str) -> str:
    return _PARAMETER if "{" in segment else segment

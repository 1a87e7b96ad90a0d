"""Which places write one operation: the same route, perhaps with values for its parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apiscribe.dialects.http.hits import BULLET, HEADING, LINE, PROSE, Hit
from apiscribe.dialects.http.route_index import RouteIndex
from apiscribe.dialects.http.routes import RouteText, is_same

_VERSION = re.compile(r"v\d+(?:\.\d+)*")


def distinct_routes(hits: Sequence[Hit]) -> list[RouteText]:
    """Return the routes of hits without those that only repeat another with example values."""
    first: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        first.setdefault((hit.route.verb, hit.route.path), hit)
    kept: list[Hit] = []
    index: RouteIndex[int] = RouteIndex()
    for hit in first.values():
        near = index.near(hit.route)
        at = min((at for at in near if _is_repeated(kept[at], hit)), default=None)
        if at is None:
            index.add(hit.route, len(kept))
            kept.append(hit)
        elif _is_better(hit.route, kept[at].route):
            index.add(hit.route, at)
            kept[at] = hit
    return [hit.route for hit in kept]


def _is_repeated(hit: Hit, other: Hit) -> bool:
    """Return whether two hits have one route. Of two in one block, none begins with a base path."""
    together = hit.index == other.index and hit.item != other.item
    if together and hit.route.path.count("/") != other.route.path.count("/"):
        return False
    return repeats(hit.route, other.route) or _is_sample(hit, other)


def _is_sample(hit: Hit, other: Hit) -> bool:
    """Return whether one of two hits is a request in an example of the other's route."""
    return hit.sample != other.sample and is_same(hit.route, other.route)


def is_one(hit: Hit, other: Hit) -> bool:
    """Return whether two hits are one operation: the same route, or several routes of it."""
    if repeats(hit.route, other.route) or _is_sample(hit, other):
        return True
    together = hit.index == other.index and hit.weight == other.weight
    if not together or hit.weight not in (HEADING, LINE, BULLET, PROSE):
        return False
    same = hit.route.verb == other.route.verb and _ends_alike(hit.route, other.route)
    return same or (hit.item == other.item and hit.weight in (HEADING, LINE))


def _ends_alike(one: RouteText, other: RouteText) -> bool:
    """Return whether the last words of two paths are equal: one resource, in two places."""
    first, second = one.path.rstrip("/"), other.path.rstrip("/")
    words = [[s for s in path.split("/") if "{" not in s][-1:] for path in (first, second)]
    return words[0] == words[1] and first.endswith("}") == second.endswith("}")


def repeats(one: RouteText, other: RouteText) -> bool:
    """Return whether two routes are one, perhaps with example values in place of parameters."""
    if not is_same(one, other):
        return False
    pairs = zip(one.path.split("/")[::-1], other.path.split("/")[::-1], strict=False)
    return all(
        a.lower() == b.lower()
        or ("{" in a and "{" in b)
        or (any(c.isdigit() for c in a + b) and not _is_version(a, b))
        or _is_filled(a, b)
        or _is_filled(b, a)
        for a, b in pairs
        if a and b
    )


def _is_version(*segments: str) -> bool:
    """Return whether one of two segments is a version, and the other is no parameter for one."""
    return any(map(_VERSION.fullmatch, segments)) and "ver" not in "".join(segments).lower()


def _is_filled(template: str, segment: str) -> bool:
    """Return whether a segment is another one with a value: `looms.json` of `looms.{format}`."""
    literals = re.split(r"\{[^{}]*\}", template)
    if len(literals) == 1 or not any(literals):
        return False
    return re.fullmatch("[^/]+".join(map(re.escape, literals)), segment) is not None


def _is_better(one: RouteText, other: RouteText) -> bool:
    """Return whether the first of two spellings of a route has more parameters than the other."""
    return (len(one.parameters) - len(one.inferred)) > (len(other.parameters) - len(other.inferred))

"""Routing of paths by the templates of google.api.http.

Matching precedes percent-decoding, so `%2F` in an identifier is not a slash. If two templates
match, the one with a literal at the place of the other's parameter wins, in any order of the two.
Source: google/api/http.proto.
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import unquote_to_bytes

from .errors import invalid_parameter, not_utf8

T = TypeVar("T")

# A parameter, with or without a pattern, or a wildcard outside of a parameter.
_PART = re.compile(r"\{([^{}=]+)(?:=([^{}]+))?\}|(\*\*|\*)")
_WILDCARDS = {"*": "[^/]+", "**": ".*"}


class RouteMatch(NamedTuple, Generic[T]):
    """The match of a path: HTTP method → endpoint, and the values of the path's parameters."""

    by_verb: Mapping[str, T]
    parameters: Mapping[str, str]


class Routes(Generic[T]):
    """The endpoints of templates and HTTP methods."""

    def __init__(self) -> None:
        self._templates: dict[str, dict[str, T]] = {}
        self._ordered: list[str] = []
        self._starts: set[str] = set()
        # First segment of paths → the patterns of templates that can match them.
        self._patterns: dict[str, list[tuple[re.Pattern[str], str]]] = {}

    def add(self, verb: str, template: str, endpoint: T) -> None:
        """Add an endpoint. The first endpoint of a route wins."""
        if template not in self._templates:
            insort(self._ordered, template, key=_generality)
            self._starts.add(_start(template))
            self._patterns.clear()
        self._templates.setdefault(template, {}).setdefault(verb, endpoint)

    def find(self, path: str) -> Iterator[RouteMatch[T]]:
        """Yield the matches of a path before percent-decoding, the most specific first.

        Raises ApiError for a parameter that is not UTF-8, or that has two different values.
        """
        start = _start(path)
        for pattern, template in self._of_start(start if start in self._starts else ""):
            if match := pattern.fullmatch(path):
                yield RouteMatch(self._templates[template], _values(template, match))

    def _of_start(self, start: str) -> list[tuple[re.Pattern[str], str]]:
        """Return the patterns for paths with a first segment. The first such path compiles them."""
        if start not in self._patterns:
            templates = [each for each in self._ordered if _start(each) in (start, "")]
            self._patterns[start] = [(_pattern(template), template) for template in templates]
        return self._patterns[start]


def _start(template: str) -> str:
    """Return the first segment of a template or a path; empty for one that is not a literal."""
    segment = template.partition("/")[2].partition("/")[0]
    return "" if _PART.search(segment) or "{" in segment else segment


def parameter_names(template: str) -> list[str]:
    """Return the distinct parameters of a template, in order. A dotted name is a field path."""
    return list(dict.fromkeys(part[1] for part in _PART.finditer(template) if part[1]))


def _pattern(template: str) -> re.Pattern[str]:
    """Return a pattern with unnamed groups: a parameter may occur twice in a template."""
    pattern, end = "", 0
    for part in _PART.finditer(template):
        pattern += re.escape(template[end : part.start()])
        segments = (part[2] or part[3] or "*").split("/")
        pattern += (
            f"({'/'.join(_WILDCARDS.get(segment, re.escape(segment)) for segment in segments)})"
        )
        end = part.end()
    return re.compile(pattern + re.escape(template[end:]))


@cache
def _generality(template: str) -> tuple[int, ...]:
    """Return for each segment 0 if it is a literal, 1 if it has a parameter and a literal, such as
    `{id}:cancel`, 2 if it is a parameter, 3 if it has `**`.
    """
    flat = re.sub(r"/(?=[^{}]*\})", "|", template)  # a pattern may contain slashes
    return tuple(_generality_of(segment) for segment in flat.split("/"))


def _generality_of(segment: str) -> int:
    if "**" in segment:
        return 3
    literal = _PART.sub("", segment)
    return int(literal == "") + 1 if literal != segment else 0


def _values(template: str, match: re.Match[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for part, text in zip(_PART.finditer(template), match.groups(), strict=True):
        if name := part[1]:
            value = _decode(text)
            if values.setdefault(name, value) != value:
                raise invalid_parameter(name, "it has two different values in the path")
    return values


def _decode(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        raise not_utf8() from error

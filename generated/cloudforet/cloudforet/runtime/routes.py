"""Which method answers a path: the templates of google.api.http, matched as they were sent.

A path is matched before it is decoded, so `%2F` in an identifier is no slash. Of two templates that
fit, the one with a literal where the other has a parameter is meant, whatever order they stand in.
Source: google/api/http.proto.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import unquote_to_bytes

from .errors import invalid_parameter, not_utf8

T = TypeVar("T")

# A parameter, its pattern if it has one, or a wildcard that gives none its value.
_PART = re.compile(r"\{([^{}=]+)(?:=([^{}]+))?\}|(\*\*|\*)")
_WILDCARDS = {"*": "[^/]+", "**": ".*"}


class Found(NamedTuple, Generic[T]):
    """What was registered for a path: verb → what answers it; and the values in the path."""

    by_verb: Mapping[str, T]
    parameters: Mapping[str, str]


class Routes(Generic[T]):
    """What answers each verb on each path."""

    def __init__(self) -> None:
        self._templates: dict[str, dict[str, T]] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []

    def add(self, verb: str, template: str, answers: T) -> None:
        """Of two on one route the first one answers."""
        if template not in self._templates:
            self._patterns.append((_pattern(template), template))
            self._patterns.sort(key=lambda entry: _generality(entry[1]))
        self._templates.setdefault(template, {}).setdefault(verb, answers)

    def find(self, path: str) -> Iterator[Found[T]]:
        """What fits a path as it was sent, the most specific first.

        Raises ApiError where a parameter is not UTF-8, or stands in two places with two values.
        """
        for pattern, template in self._patterns:
            if found := pattern.fullmatch(path):
                yield Found(self._templates[template], _values(template, found))


def names_in(template: str) -> list[str]:
    """The parameters of a template, each once, in order; a dotted one is in a message."""
    return list(dict.fromkeys(found[1] for found in _PART.finditer(template) if found[1]))


def _pattern(template: str) -> re.Pattern[str]:
    """Groups in the order of the template's parts: the same parameter may stand in two."""
    pattern, end = "", 0
    for part in _PART.finditer(template):
        pattern += re.escape(template[end : part.start()])
        segments = (part[2] or part[3] or "*").split("/")
        pattern += f"({'/'.join(_WILDCARDS.get(one, re.escape(one)) for one in segments)})"
        end = part.end()
    return re.compile(pattern + re.escape(template[end:]))


def _generality(template: str) -> tuple[int, ...]:
    """For each segment 0 where it is literal, 1 where it holds a parameter, 2 for `**`."""
    shown = re.sub(r"/(?=[^{}]*\})", "|", template)  # a pattern may hold slashes
    return tuple(
        2 if "**" in segment else int(bool(_PART.search(segment))) for segment in shown.split("/")
    )


def _values(template: str, found: re.Match[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for part, sent in zip(_PART.finditer(template), found.groups(), strict=True):
        if name := part[1]:
            value = _decoded(sent)
            if values.setdefault(name, value) != value:
                raise invalid_parameter(name, "the path gives it two values")
    return values


def _decoded(sent: str) -> str:
    try:
        return unquote_to_bytes(sent).decode()
    except UnicodeDecodeError as error:
        raise not_utf8() from error

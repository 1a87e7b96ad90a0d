"""Paths of requests that match no documented operation, as templates: one for one operation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from apiscribe.drift.traffic.masks import MASK, masked
from apiscribe.drift.traffic.operations import Operations

# So many values in one segment of otherwise equal paths are values of a parameter.
_MIN_VALUES = 4

# Segments with the shape of an identifier: numbers, UUIDs, dates, hexadecimal, and words with
# digits such as `cus_8f3kq2`; not `v1`, `oauth2` or `s3`.
_IDENTIFIER = re.compile(
    r"\d[\d.,:-]*"
    r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|(?=.*\d)[0-9a-fA-F]{6,}"
    r"|(?=(?:.*\d){2})[A-Za-z0-9]+[_-][A-Za-z0-9_-]{3,}"
    r"|(?=(?:.*\d){3})[A-Za-z0-9]{8,}"
    r"|.*[@%].*"
)
_VERSION = re.compile(r"v\d+(?:[.-]?\w+)?|\d{4}-\d\d-\d\d")


def template_of(path: str, operations: Operations, known: Mapping[str, set[str]]) -> str:
    """Return the template of a path: `{id}` for each identifier, or the parameter that documented
    paths have there. `known` are values of documented parameters, by the template before them: a
    word is an identifier if it is one of them.
    """
    result: list[str] = []
    for segment in path.strip("/").split("/"):
        if is_identifier(segment) or segment in known.get("/".join(result), ()):
            result.append(operations.parameter_at([*result, segment]) or "{id}")
        else:
            result.append(segment)
    return "/" + "/".join(result)


def is_identifier(segment: str) -> bool:
    """Return whether a segment of a path, or a key of an object, has the shape of an identifier."""
    if _VERSION.fullmatch(segment):
        return False
    return _IDENTIFIER.fullmatch(segment) is not None or masked(segment) == MASK


def merged_templates(templates: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the verb and template of each operation → the template of all that differ in one
    segment alone, if they are many.
    """
    listed = list(dict.fromkeys(templates))
    groups: defaultdict[tuple[str, int, str], list[str]] = defaultdict(list)
    for verb, template in listed:
        segments = template.strip("/").split("/")
        for at, segment in enumerate(segments):
            # Below a parameter there are operations: `/books/{id}/archive`.
            if at and not (segment.startswith("{") or segments[at - 1].startswith("{")):
                groups[verb, at, "/".join([*segments[:at], "{id}", *segments[at + 1 :]])].append(
                    template
                )
    result = {(verb, template): template for verb, template in listed}
    for (verb, _, merged), members in groups.items():
        if len(members) >= _MIN_VALUES:
            result |= {(verb, member): f"/{merged}" for member in members}
    return result

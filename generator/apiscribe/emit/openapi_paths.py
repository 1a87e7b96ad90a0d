"""Paths of routes as OpenAPI writes them: each parameter is one segment.

OpenAPI has no patterns. `/v1/{name=shelves/*/books/*}` is `/v1/shelves/{shelves}/books/{name}`, so
that clients send the slashes as they are: an encoded slash is another path. The last wildcard has
the name of the parameter, another one that of the segment before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from apiscribe.model.names import unique

# A parameter, with or without a pattern, or a wildcard outside of a parameter.
_PART = re.compile(r"\{([^{}=]+)(?:=([^{}]+))?\}|(\*\*|\*)")
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_WILDCARDS = ("*", "**")


@dataclass(frozen=True)
class PathParameter:
    """A parameter: its name in the path, its field path, and its part of a pattern, if it has one.

    `field` is empty for a wildcard outside of a parameter.
    """

    name: str
    field: str
    pattern: str = ""


@dataclass(frozen=True)
class Path:
    """A path of OpenAPI, with its parameters in order."""

    text: str
    parameters: tuple[PathParameter, ...]


def openapi_path(template: str) -> Path:
    """Return the path of a template of google.api.http. A query string is no part of it."""
    template = template.partition("?")[0].partition("#")[0]
    parameters: list[PathParameter] = []
    text, end = "", 0
    for part in _PART.finditer(template):
        text += path_literal(template[end : part.start()])
        field, pattern = part[1] or "", part[2] or part[3] or "*"
        text += "/".join(_segments(field, pattern, text, parameters))
        end = part.end()
    return Path(text + path_literal(template[end:]), tuple(parameters))


def shape(path: str) -> str:
    """Return a path without the names of its parameters: equal shapes are one path in OpenAPI."""
    return _PARAMETER.sub("{}", path)


def parameter_names(path: str) -> list[str]:
    """Return the names of the parameters of a path of OpenAPI, in order."""
    return _PARAMETER.findall(path)


def _segments(
    field: str, pattern: str, before: str, parameters: list[PathParameter]
) -> Iterable[str]:
    """Yield the segments of a parameter, and add its parameters."""
    segments = pattern.split("/")
    wildcards = [at for at, segment in enumerate(segments) if segment in _WILDCARDS]
    for at, segment in enumerate(segments):
        if at not in wildcards:
            yield path_literal(segment)
            continue
        name = field if at == wildcards[-1] else ""
        name = name or (segments[at - 1] if at else before.rstrip("/").rpartition("/")[2])
        name = re.sub(r"[{}*/]+", "", name) or "part"
        name = unique(name, {parameter.name for parameter in parameters})
        shown = "" if pattern == "*" else pattern
        parameters.append(PathParameter(name, field, shown))
        yield f"{{{name}}}"


def path_literal(text: str) -> str:
    """Return the literal part of a path in the form that requests use."""
    return quote(text, safe="/:@!$&'()*+,;=-._~%")

"""The route that a client calls, and the parameters of its path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from apiscribe.emit.openapi_paths import path_literal
from apiscribe.emit.python_annotations import attributes_of
from apiscribe.emit.request_places import Places, request_places
from apiscribe.model.api import Field, Message, Method, Route
from apiscribe.model.names import identifier, python_attribute, unique
from apiscribe.model.types import WELL_KNOWN, Map, MessageRef

_PART = re.compile(r"\{([^{}=]+)(?:=([^{}]+))?\}|(\*\*|\*)")
# Messages that are a text, a number or a boolean in JSON.
_TEXTS = WELL_KNOWN.keys() - {
    f"google.protobuf.{name}" for name in ("Any", "Empty", "ListValue", "Struct", "Value")
}


@dataclass(frozen=True)
class PathArgument:
    """An argument in a path: its name, and its field, None if the request has no such field."""

    name: str
    field: Field | None


@dataclass(frozen=True)
class ClientRoute:
    """The route of a method. `template` is its path in the syntax of the runtime."""

    route: Route
    template: str
    in_path: tuple[PathArgument, ...]
    places: Places


def client_route(method: Method, request: Message | None) -> ClientRoute:
    """Return the route that a client calls: the first one that can have all fields of the request,
    or else the first. A query string can have no maps and no lists of messages.
    """
    routes = [_route(route, request) for route in method.routes]
    return next((one for one in routes if all(map(_fits_query, one.places.query))), routes[0])


def _route(route: Route, request: Message | None) -> ClientRoute:
    path = route.path.partition("?")[0].partition("#")[0]
    known = _fields(request)
    arguments: dict[str, PathArgument] = {}
    template, end = "", 0
    for part in _PART.finditer(path):
        attribute, field = known.get(part[1] or "", ("", None))
        wanted = attribute or python_attribute(identifier(_last(part[1] or "part")))
        name = unique(wanted, arguments)
        arguments[name] = PathArgument(name, field)
        has_slashes = (part[2] or part[3] or "*") != "*"
        template += f"{path_literal(path[end : part.start()])}{{{'+' * has_slashes}{name}}}"
        end = part.end()
    in_path = {part[1] for part in _PART.finditer(path) if part[1]}
    return ClientRoute(
        route=route,
        template=template + path_literal(path[end:]),
        in_path=tuple(arguments.values()),
        places=request_places(route, request, in_path),
    )


def _fields(request: Message | None) -> Mapping[str, tuple[str, Field]]:
    """Return name of a field in a path → its attribute and the field."""
    if request is None:
        return {}
    attributes = attributes_of(request)
    pairs = [(field, (attributes[field.json_name], field)) for field in request.fields]
    return {f.name: pair for f, pair in pairs} | {f.json_name: pair for f, pair in pairs}


def _last(field_path: str) -> str:
    return field_path.rpartition(".")[2]


def _fits_query(field: Field) -> bool:
    """Return whether a query string can carry a field."""
    is_message = isinstance(field.type, MessageRef) and field.type.name not in _TEXTS
    return not is_message and not isinstance(field.type, Map)

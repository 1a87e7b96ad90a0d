"""Command lines that call a method: curl over HTTP, grpcurl over gRPC.

Whatever a page says, a line runs these two programs alone: `shlex.quote` makes one word of a text.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.emit.http_client.routes import ClientRoute
from apiscribe.emit.openapi_paths import openapi_path
from apiscribe.emit.request_places import WITH_BODY
from apiscribe.model.api import Field, Method, Service
from apiscribe.model.facts import Requirement, SecurityScheme

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class CommandView:
    """A command: the program that it runs, and its lines."""

    program: Encoded
    lines: list[Encoded]


# Where the server listens; the script of the page replaces both by the addresses that a reader has.
HTTP_ADDRESS, GRPC_ADDRESS = "http://127.0.0.1:8080", "127.0.0.1:50051"
_WIDEST = 72  # of JSON on one line


def curl(
    method: Method, route: ClientRoute, request: JsonObject, credentials: Sequence[str]
) -> CommandView:
    """Return the command that sends a request over HTTP."""
    verb, body = route.route.verb, _body(route, request)
    is_usual = verb == ("GET" if body is None else "POST")
    parts = [f"curl {'' if is_usual else f'-X {shlex.quote(verb)} '}{_url(route, request)}"]
    parts += [f"-H {text}" for text in credentials]
    parts += _headers(method, route.places.headers, request)
    if body is not None:
        parts.append(f"--json {shlex.quote(_json(body))}")
    return _command(parts, HTTP_ADDRESS, "http")


def grpcurl(service: Service, method: Method, request: JsonObject) -> CommandView:
    """Return the command that sends a request over gRPC."""
    call = f"{GRPC_ADDRESS} {service.full_name}/{method.name}"
    if not request:
        return _command([f"grpcurl -plaintext {call}"], GRPC_ADDRESS, "grpc")
    return _command(
        [f"grpcurl -plaintext -d {shlex.quote(_json(request))}", call], GRPC_ADDRESS, "grpc"
    )


def credential_headers(
    alternatives: Sequence[Requirement] | None, schemes: Mapping[str, SecurityScheme]
) -> list[str]:
    """Return the headers for the first alternative of authentication, quoted for a shell; the
    secrets are variables.
    """
    names = next(iter(alternatives or ()), {})
    return [text for name in names if name in schemes for text in _credential(schemes[name])]


def _credential(scheme: SecurityScheme) -> Iterator[str]:
    place, _ = scheme.carrier
    match scheme.kind:
        case "bearer" | "oauth2":
            yield '"Authorization: Bearer $TOKEN"'
        case "basic":
            yield '"Authorization: Basic $CREDENTIALS"'
        case "key" if place == "header":
            yield f'{shlex.quote(f"{scheme.parameter}: ")}"$KEY"'
        case "key" if place == "cookie":
            yield f'{shlex.quote(f"Cookie: {scheme.parameter}=")}"$KEY"'


def _url(route: ClientRoute, request: JsonObject) -> str:
    path = openapi_path(route.route.path)
    text = path.text
    for parameter in path.parameters:
        value = _at(request, parameter.field or parameter.name)
        is_whole = value is not None and not parameter.pattern
        shown = _quoted(_text(value)) if is_whole else _quoted(parameter.name.upper())
        text = text.replace(f"{{{parameter.name}}}", shown, 1)
    pairs = [
        pair
        for field in route.places.query
        if field.json_name in request
        for pair in _parameters(field.json_name, request[field.json_name])
    ]
    query = f"?{urlencode(pairs, errors='replace')}" if pairs else ""
    return shlex.quote(f"{HTTP_ADDRESS}{text}{query}")


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _parameters(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the parameters of a value: dotted names for objects, repeated ones for lists."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _parameters(f"{name}.{key}", entry)
    elif isinstance(value, list):
        yield from ((name, _text(entry)) for entry in value)
    else:
        yield name, _text(value)


def _headers(method: Method, fields: Sequence[Field], request: JsonObject) -> Iterator[str]:
    given = [f for f in fields if f.json_name in request]
    values = [(f.location, f.json_name, _text(request[f.json_name])) for f in given]
    values += [(p.location, p.name, p.name.upper()) for p in method.headers if p.required]
    for location, name, value in values:
        text = f"Cookie: {name}={value}" if location == "cookie" else f"{name}: {value}"
        yield f"-H {shlex.quote(' '.join(text.split()))}"


def _body(route: ClientRoute, request: JsonObject) -> Any:
    """Return the JSON of the body; None without one."""
    fields = [field.json_name for field in route.places.body]
    body = {name: request[name] for name in fields if name in request}
    if route.route.body not in ("", "*"):
        return next(iter(body.values()), {})
    # A server may refuse a POST without a body.
    return body if body or (route.route.verb in WITH_BODY and fields) else None


def _at(request: JsonObject, path: str) -> Any:
    value: Any = request
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str:
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= _WIDEST else json.dumps(value, ensure_ascii=False, indent=2)


def _command(parts: Sequence[str], address: str, kind: str) -> CommandView:
    """Return a command of some parts, with the address in an element of its own."""
    text = " \\\n  ".join(parts)
    marked = f'<span data-address="{kind}">{address}</span>'
    return CommandView(
        program=html_text(text.partition(" ")[0]),
        lines=[Encoded(html_text(line).replace(address, marked)) for line in text.split("\n")],
    )

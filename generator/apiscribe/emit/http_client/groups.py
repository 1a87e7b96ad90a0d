"""The top of the HTTP client: `Client` and `AsyncClient`, with their services by package.

A service is at the path of its package in imports: `from shop.v1 import Book`, and
`client.v1.books`. The package of the API itself has no path: `client.books`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import assert_never

from apiscribe.emit.encoders import Encoded, docstring, name, python_call, python_literal
from apiscribe.emit.output import Output
from apiscribe.emit.python_files import Module, python_output
from apiscribe.emit.python_imports import Imports
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.short_imports import short_paths
from apiscribe.emit.templates import render
from apiscribe.model.api import Api
from apiscribe.model.facts import SecurityScheme
from apiscribe.model.names import camel, identifier, python_attribute, python_module, snake, unique

_INDEX = "http_client/index.py.j2"
_MODULE = Module(("client", "__init__"))
_NAMES = ("AsyncClient", "Client", "Unpack", "_runtime")
# Attributes that clients have from the runtime, and parameters of their constructors.
_ATTRIBUTES = frozenset({"call", "close", "request", "send", "settings", "base_url", "self"})


@dataclass(frozen=True)
class Member:
    """A service: its package and name, its module, and its classes there."""

    package: str
    service: str
    module: Module
    sync: str
    asynchronous: str


@dataclass(frozen=True)
class _GroupView:
    """The services of a package, and the groups in it: attributes and their classes."""

    name: Encoded
    docstring: Encoded
    attributes: list[tuple[Encoded, Encoded]]


@dataclass(frozen=True)
class _ClientView:
    """One of the two clients: its classes of the runtime, its groups and its attributes."""

    name: Encoded
    base: Encoded
    settings: Encoded
    groups: list[_GroupView]
    attributes: list[tuple[Encoded, Encoded]]


@dataclass
class _Group:
    path: tuple[str, ...]
    members: list[Member] = field(default_factory=list)
    inside: dict[str, _Group] = field(default_factory=dict)


def emit_index(
    api: Api, members: Sequence[Member], base_url: str, packages: Iterable[str]
) -> Iterator[RenderTask]:
    """Yield the module with the clients."""
    paths = short_paths(api.name, packages)
    root = _Group(())
    for member in members:
        group, path = root, paths[member.package]
        for part in path if path != (python_module(api.name),) else ():
            group = group.inside.setdefault(part, _Group((*group.path, part)))
        group.members.append(member)
    facts = api.facts
    security = None if facts.security is None else tuple(tuple(one) for one in facts.security)
    key = (api.name, list(members), list(paths.items()), base_url, facts.schemes, security)
    make = partial(_outputs, api.name, root, base_url, facts.schemes, security)
    yield RenderTask("HTTP clients", key, make, (_INDEX,))


def _outputs(
    api: str,
    root: _Group,
    base_url: str,
    schemes: Sequence[SecurityScheme],
    security: tuple[tuple[str, ...], ...] | None,
) -> list[Output]:
    imports = Imports(_MODULE, _NAMES)
    parameters, credentials = _credentials(schemes)
    address = f"{base_url}, unless `base_url` is another" if base_url else "`base_url`"
    text = render(
        _INDEX,
        docstring=docstring(f"The client of the API {api} over HTTP."),
        client_docstring=docstring(f"The client of the API at {address}.", 4),
        kinds=[_client(root, imports, is_async) for is_async in (False, True)],
        imports=imports.statements(),
        parameters=list(_parameters(base_url, parameters)),
        arguments=list(_arguments(base_url, credentials, security)),
    )
    return [python_output(api, _MODULE.path, text)]


def _parameters(base_url: str, credentials: Sequence[str]) -> Iterator[Encoded]:
    yield Encoded("base_url: str | None = None" if base_url else "base_url: str")
    if credentials:
        yield Encoded("*")
    yield from (Encoded(f"{name(one)}: str | None = None") for one in credentials)


def _arguments(
    base_url: str, credentials: Sequence[Encoded], security: tuple[tuple[str, ...], ...] | None
) -> Iterator[Encoded]:
    """Yield the arguments for the base class that differ from its defaults."""
    if base_url:
        yield Encoded(f"default_url={python_literal(base_url)}")
    if credentials:
        yield Encoded(f"credentials={{{', '.join(credentials)}}}")
    if security is not None:
        yield Encoded(f"security={python_literal(security)}")


def _client(root: _Group, imports: Imports, is_async: bool) -> _ClientView:
    kind = "Async" if is_async else ""
    *groups, top = _views(root, imports, is_async)
    return _ClientView(
        name=name(f"{kind}Client"),
        base=name(f"{kind or 'Sync'}Client"),
        settings=name(f"{kind or 'Sync'}Settings"),
        groups=groups,
        attributes=top.attributes,
    )


def _views(group: _Group, imports: Imports, is_async: bool) -> Iterator[_GroupView]:
    """Yield the views of a group and of those in it, the inner ones first."""
    attributes: dict[str, Encoded] = {}
    for part, inside in group.inside.items():
        *deeper, view = _views(inside, imports, is_async)
        yield from deeper
        yield view
        attributes[unique(part, {*_ATTRIBUTES, *attributes})] = view.name
    for member in group.members:
        class_ = imports.name_of_class(
            member.module, member.asynchronous if is_async else member.sync
        )
        attributes[unique(_attribute(member.service), {*_ATTRIBUTES, *attributes})] = class_
    own = camel(identifier("_".join(group.path) or "client"))
    yield _GroupView(
        name=name(f"_{'Async' * is_async}{own}"),
        docstring=docstring(f"The services in `{'.'.join(group.path)}`.", 4),
        attributes=[(name(attribute), class_) for attribute, class_ in sorted(attributes.items())],
    )


def _attribute(service: str) -> str:
    return python_module(snake(service).lstrip("_") or "service")


def _credentials(schemes: Sequence[SecurityScheme]) -> tuple[list[str], list[Encoded]]:
    """Return the parameters for credentials, and the entries of the credentials."""
    parameters: dict[str, None] = {}
    entries: list[Encoded] = []
    # Keys last, because their names are free.
    for scheme in sorted(schemes, key=lambda scheme: scheme.kind == "key"):
        fixed: list[Encoded] = []
        match scheme.kind:
            case "basic":
                function, wanted = "basic", ["username", "password"]
            case "key":
                function, wanted = "key", [python_attribute(snake(scheme.parameter))]
                fixed = [python_literal(p) for p in (scheme.location or "header", scheme.parameter)]
            case "bearer" | "oauth2":
                function, wanted = "bearer", ["token"]
            case _:
                assert_never(scheme.kind)
        taken = {*parameters, *_ATTRIBUTES}
        # A key and a token may have the same name: `token` and `token_query`.
        wanted = [f"{one}_{scheme.location}" if one in taken else one for one in wanted]
        names = [unique(one, taken) for one in wanted]
        parameters |= dict.fromkeys(names)
        call = python_call(f"_runtime.{function}", *fixed, *map(name, names))
        entries.append(Encoded(f"{python_literal(scheme.name)}: {call}"))
    return list(parameters), entries

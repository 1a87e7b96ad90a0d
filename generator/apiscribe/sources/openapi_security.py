"""The facts of a whole API in an OpenAPI document: info, servers, security schemes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from apiscribe.model.facts import ApiFacts, Requirement, SchemeKind, SecurityScheme, StatedText
from apiscribe.model.http import Location
from apiscribe.model.openapi_document import Document, DocumentError, Json

_PLACES: Mapping[object, Location] = {p: p for p in get_args(Location) if p}


def read_facts(document: Document) -> ApiFacts:
    """Return the facts of the API. Raise DocumentError."""
    info = document.get_object(document.content, "info")
    texts = {
        key: StatedText(text=str(info[key]), span=document.span("info", key))
        for key in ("title", "version", "description")
        if info.get(key)
    }
    servers = [
        StatedText(text=str(server["url"]), span=document.span("servers"))
        for server in document.get_objects(document.content, "servers")
        if server.get("url")
    ]
    components = document.get_object(document.content, "components")
    declared = document.get_object(components, "securitySchemes")
    return ApiFacts(
        title=texts.get("title"),
        version=texts.get("version"),
        description=texts.get("description"),
        servers=tuple(servers),
        schemes=tuple(_scheme(str(key), document, value) for key, value in declared.items()),
        security=_requirements(document.content),
    )


def security_of(operation: Json, facts: ApiFacts, built: bool) -> tuple[Requirement, ...] | None:
    """Return the authentication of an operation, None if it is that of the API.

    An operation that states none needs none, unless apiscribe built the document of pages.
    """
    stated = _requirements(operation)
    is_open = stated is None and facts.security is None and facts.schemes
    return () if is_open and not built else stated


def _requirements(part: Json) -> tuple[Requirement, ...] | None:
    """Return the alternatives of authentication of a document or an operation, None without any.

    Raise DocumentError.
    """
    listed = part.get("security")
    if listed is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise DocumentError(f'"security" is {str(listed)[:40]!r}, expected a list of objects')
    return tuple(
        {
            str(name): tuple(map(str, scopes)) if isinstance(scopes, list) else ()
            for name, scopes in one.items()
        }
        for one in listed
    )


def _scheme(name: str, document: Document, value: object) -> SecurityScheme:
    content = document.resolve(value)
    flows = document.get_object(content, "flows")
    kind, scopes = _kind(content), dict[str, str]()
    addresses = {"authorizationUrl": "", "tokenUrl": ""}
    for flow in flows:
        stated = document.get_object(flows, str(flow))
        scopes |= {str(k): str(v) for k, v in document.get_object(stated, "scopes").items()}
        for key in addresses:
            addresses[key] = addresses[key] or str(stated.get(key) or "")
    return SecurityScheme(
        name=name,
        kind=kind,
        location=_PLACES.get(str(content.get("in")), "header") if kind == "key" else "",
        parameter=str(content.get("name") or "Authorization") if kind == "key" else "",
        authorization_url=addresses["authorizationUrl"],
        token_url=addresses["tokenUrl"],
        scopes=scopes,
        description=str(content.get("description") or ""),
        span=document.span("components", "securitySchemes", name),
    )


def _kind(content: Json) -> SchemeKind:
    """Return the kind of a scheme; one that is no bearer token or password is a key in a header."""
    kind, scheme = content.get("type"), str(content.get("scheme")).lower()
    if kind in ("oauth2", "openIdConnect"):
        return "oauth2"
    if kind == "http" and scheme == "basic":
        return "basic"
    return "bearer" if kind == "http" and scheme == "bearer" else "key"

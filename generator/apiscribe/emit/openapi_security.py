"""Security schemes and requirements of OpenAPI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from apiscribe.emit.encoders import markdown, plain_lines
from apiscribe.emit.openapi_values import Schema
from apiscribe.model.facts import Requirement, SecurityScheme


def requirements(alternatives: Sequence[Requirement]) -> list[Schema]:
    """Return the alternatives of authentication; an empty list for none."""
    return [{name: list(scopes) for name, scopes in one.items()} for one in alternatives]


def security_scheme(scheme: SecurityScheme) -> Schema:
    """Return a scheme. OAuth without the addresses that OpenAPI requires is a bearer token."""
    result: Schema
    match scheme.kind:
        case "bearer" | "basic":
            result = {"type": "http", "scheme": scheme.kind}
        case "key":
            place = scheme.location or "header"
            result = {"type": "apiKey", "in": place, "name": _line(scheme.parameter)}
        case "oauth2":
            flows = _flows(scheme)
            result = {"type": "oauth2", "flows": flows} if flows else _BEARER
        case _:
            assert_never(scheme.kind)
    description = {"description": markdown(scheme.description)} if scheme.description else {}
    return {**result, **description}


_BEARER: Schema = {"type": "http", "scheme": "bearer"}


def _flows(scheme: SecurityScheme) -> Schema:
    """Return the flow that has the stated addresses."""
    addresses = {
        "authorizationUrl": _line(scheme.authorization_url),
        "tokenUrl": _line(scheme.token_url),
    }
    stated: Schema = {name: address for name, address in addresses.items() if address}
    names = {"authorizationUrl": "implicit", "tokenUrl": "clientCredentials"}
    if not stated:
        return {}
    flow = "authorizationCode" if len(stated) == 2 else names[next(iter(stated))]
    scopes = {_line(name): _line(text) for name, text in scheme.scopes.items()}
    return {flow: {**stated, "scopes": scopes}}


def _line(text: str) -> str:
    return " ".join(plain_lines(text))

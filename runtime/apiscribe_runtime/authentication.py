"""Authentication of callers: `--auth none`, `token` or `jwt`.

The token is in `authorization: Bearer TOKEN` or `token: TOKEN`. HTTP headers and gRPC metadata are
equal, and so are `-` and `_` in their names.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from .errors import authenticate_failure, invalid_parameter

Metadata = Mapping[str, str]

_CREDENTIALS = ("authorization", "token")


@dataclass(frozen=True)
class Caller:
    """The caller of a method.

    `tenant`: only the rows of this tenant are visible; None for the rows of all tenants.
    `default_tenant`: the tenant of requests that do not name one.
    """

    tenant: str | None = None
    default_tenant: str = ""


Identify = Callable[[Metadata], Caller]


def normalize_metadata(metadata: Iterable[tuple[str, str]], tenant: str) -> Metadata:
    """Return metadata with lower-case names, and `_` for `-`, as `Identify` expects it. Several
    values of a name are a list with commas (RFC 9110, section 5.3).

    Raises ApiError for two tokens or two default tenants: one proxy would read the first, and
    another program the last.
    """
    normalized: dict[str, str] = {}
    for name, value in metadata:
        key = name.lower().replace("-", "_")
        known = normalized.setdefault(key, value)
        if known == value:
            continue
        if key in _CREDENTIALS:
            raise authenticate_failure(f"two different values of {key}")
        if key == f"x_{tenant}":
            raise invalid_parameter(key, "it has two different values")
        normalized[key] = f"{known}, {value}"
    return normalized


def no_authentication(tenant: str) -> Identify:
    """Return the identification without authentication: all rows are visible. The header
    `x-TENANT_FIELD`, for example `x-domain-id`, is the default tenant, if present.
    """
    return lambda metadata: Caller(default_tenant=metadata.get(f"x_{tenant}", ""))


def token_authentication(file: Path) -> Identify:
    """Return the identification by the tokens in a JSON file: token → tenant, or null for a token
    with access to all tenants.

    Raises ValueError for an invalid file.
    """
    try:
        tenants = TypeAdapter(dict[str, str | None]).validate_json(file.read_bytes(), strict=True)
    except ValidationError as error:
        expected = 'a JSON object: {"TOKEN": "TENANT", "TOKEN FOR ALL TENANTS": null}'
        raise ValueError(f"{file} must contain {expected}") from error
    if any(token == "" or tenant == "" for token, tenant in tenants.items()):
        raise ValueError(f"{file}: empty token or tenant")

    def identify(metadata: Metadata) -> Caller:
        sent = sent_token(metadata).encode()
        # Compare with every token, in constant time: the time must not reveal a matching prefix.
        matches = [token for token in tenants if hmac.compare_digest(token.encode(), sent)]
        if not matches:
            raise authenticate_failure("unknown token")
        return caller_of(tenants[matches[0]])

    return identify


def sent_token(metadata: Metadata) -> str:
    """Return the token of a request. Raises ApiError without one, or with two."""
    kind, _, token = metadata.get("authorization", "").partition(" ")
    bearer = token.strip() if kind.lower() == "bearer" else ""
    other = metadata.get("token", "")
    if not (bearer or other):
        raise authenticate_failure("missing token")
    if bearer and other and bearer != other:
        raise authenticate_failure("authorization and token have different tokens")
    return bearer or other


def caller_of(tenant: str | None) -> Caller:
    """Return the caller with access to a tenant, or to all."""
    return Caller(tenant, tenant or "")

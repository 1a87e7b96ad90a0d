"""Authentication of callers: `--auth none`, `token` or `jwt`.

The token is in `authorization: Bearer TOKEN` or `token: TOKEN`. HTTP headers and gRPC metadata are
equal, and so are `-` and `_` in their names.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import jwt
from pydantic import TypeAdapter, ValidationError

from .errors import authenticate_failure, invalid_parameter

Metadata = Mapping[str, str]

# Asymmetric algorithms only: a key that verifies tokens cannot sign them. Source: RFC 7518,
# section 3; RFC 8037.
_ALGORITHMS = (
    *("ES256", "ES384", "ES512", "EdDSA"),
    *("PS256", "PS384", "PS512", "RS256", "RS384", "RS512"),
)

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
        sent = _token(metadata).encode()
        # Compare with every token, in constant time: the time must not reveal a matching prefix.
        matches = [token for token in tenants if hmac.compare_digest(token.encode(), sent)]
        if not matches:
            raise authenticate_failure("unknown token")
        return _caller_of(tenants[matches[0]])

    return identify


def jwt_authentication(file: Path, claim: str, audience: str | None) -> Identify:
    """Return the identification by JSON Web Tokens (RFC 7519), signed with a key in PEM or with the
    keys of a JWKS (RFC 7517).

    `claim` contains the tenant. `exp` is required; `aud` must contain `audience` unless that is
    None. Raises ValueError for an invalid file.
    """
    if not claim:
        raise ValueError(
            "--jwt-claim: the API has no tenant field; name the claim that contains the tenant"
        )
    find_key = _read_keys(file)
    decode = partial(
        jwt.decode,
        algorithms=_ALGORITHMS,
        audience=audience,
        options={"require": ["exp"], "verify_aud": audience is not None},
    )

    def identify(metadata: Metadata) -> Caller:
        token = _token(metadata)
        try:
            claims = decode(token, find_key(token))
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise authenticate_failure(str(error)) from error
        tenant = claims.get(claim)
        if not isinstance(tenant, str) or not tenant:
            raise authenticate_failure(f"the token has no claim {claim}")
        return _caller_of(tenant)

    return identify


def _read_keys(file: Path) -> Callable[[str], jwt.PyJWK | str]:
    """Return a function: token → the key that must have signed it."""
    text = file.read_text("utf-8")
    if text.lstrip().startswith("-----BEGIN PUBLIC KEY-----"):
        return lambda _: text
    try:
        keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(json.loads(text)).keys}
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{file} is neither a public key in PEM nor a JWKS: {error}") from error
    if any(key.algorithm_name not in _ALGORITHMS for key in keys.values()):
        raise ValueError(f"{file}: expected public keys only")

    def find_key(token: str) -> jwt.PyJWK:
        key_id = jwt.get_unverified_header(token).get("kid")
        if key_id not in keys:
            raise authenticate_failure("the token is signed with an unknown key")
        return keys[key_id]

    return find_key


def _token(metadata: Metadata) -> str:
    kind, _, token = metadata.get("authorization", "").partition(" ")
    bearer = token.strip() if kind.lower() == "bearer" else ""
    other = metadata.get("token", "")
    if not (bearer or other):
        raise authenticate_failure("missing token")
    if bearer and other and bearer != other:
        raise authenticate_failure("authorization and token have different tokens")
    return bearer or other


def _caller_of(tenant: str | None) -> Caller:
    return Caller(tenant, tenant or "")

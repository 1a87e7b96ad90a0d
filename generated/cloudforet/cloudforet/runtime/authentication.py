"""Who calls, and whose rows they may see: `--auth none`, `token` or `jwt`.

A token stands in `authorization: Bearer TOKEN`, or in `token: TOKEN`; a header of HTTP and a key of
gRPC metadata are the same here, and so are `-` and `_` in their names.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import jwt
from pydantic import TypeAdapter, ValidationError

from .errors import authenticate_failure

Metadata = Mapping[str, str]

# With a public key: who can check a token cannot make one. Source: RFC 7518, section 3; RFC 8037.
_ALGORITHMS = (
    *("ES256", "ES384", "ES512", "EdDSA"),
    *("PS256", "PS384", "PS512", "RS256", "RS384", "RS512"),
)


@dataclass(frozen=True)
class Caller:
    """Who calls. `tenant`: the only one whose rows they see; None for those of all tenants.
    `default_tenant`: the tenant whose rows they make and ask for, where a request does not say it.
    """

    tenant: str | None = None
    default_tenant: str = ""


Identify = Callable[[Metadata], Caller]


def normalized(metadata: Mapping[str, str]) -> Metadata:
    """The same with the names as `identify` takes them."""
    return {name.lower().replace("-", "_"): value for name, value in metadata.items()}


def anyone(tenant: str) -> Identify:
    """Nobody is asked who they are, and everybody sees everything. `x_domain_id`, where that is
    the field of the tenant, says what requests of early editions say in that field.
    """
    return lambda metadata: Caller(default_tenant=metadata.get(f"x_{tenant}", ""))


def by_token(file: Path) -> Identify:
    """Tokens that a JSON file lists: token → its tenant, or null for one that sees all tenants.

    Raises ValueError where the file is none.
    """
    try:
        tenants = TypeAdapter(dict[str, str | None]).validate_json(file.read_bytes(), strict=True)
    except ValidationError as error:
        wanted = 'an object of JSON: {"TOKEN": "TENANT", "TOKEN OF ALL TENANTS": null}'
        raise ValueError(f"{file} must hold {wanted}") from error
    if any(token == "" or tenant == "" for token, tenant in tenants.items()):
        raise ValueError(f"{file}: a token or a tenant is empty")

    def identify(metadata: Metadata) -> Caller:
        given = _token(metadata).encode()
        # Every token is compared, in a time that tells nothing of how much of it was right.
        found = [token for token in tenants if hmac.compare_digest(token.encode(), given)]
        if not found:
            raise authenticate_failure("the token is not known")
        return _of(tenants[found[0]])

    return identify


def by_jwt(file: Path, claim: str, audience: str | None) -> Identify:
    """JSON Web Tokens (RFC 7519) that a key has signed: one in PEM, or those of a JWKS (RFC 7517).

    The claim tells the tenant; `exp` must be there, `aud` as `audience` says. Raises ValueError
    where the file is none.
    """
    if not claim:
        raise ValueError("--jwt-claim: the pages tell no tenant; name the claim that has it")
    key_for = _keys(file)
    decode = partial(
        jwt.decode,
        algorithms=_ALGORITHMS,
        audience=audience,
        options={"require": ["exp"], "verify_aud": audience is not None},
    )

    def identify(metadata: Metadata) -> Caller:
        token = _token(metadata)
        try:
            claims = decode(token, key_for(token))
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise authenticate_failure(str(error)) from error
        tenant = claims.get(claim)
        if not isinstance(tenant, str) or not tenant:
            raise authenticate_failure(f"the token has no claim {claim}")
        return _of(tenant)

    return identify


def _keys(file: Path) -> Callable[[str], jwt.PyJWK | str]:
    """Token → the key that must have signed it."""
    text = file.read_text("utf-8")
    if text.lstrip().startswith("-----BEGIN PUBLIC KEY-----"):
        return lambda _: text
    try:
        keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(json.loads(text)).keys}
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{file} is neither a public key in PEM nor a JWKS: {error}") from error
    if any(key.algorithm_name not in _ALGORITHMS for key in keys.values()):
        raise ValueError(f"{file}: only public keys can be used")

    def key_for(token: str) -> jwt.PyJWK:
        named = jwt.get_unverified_header(token).get("kid")
        if named not in keys:
            raise authenticate_failure("the token's key is not known")
        return keys[named]

    return key_for


def _token(metadata: Metadata) -> str:
    kind, _, token = metadata.get("authorization", "").partition(" ")
    found = token.strip() if kind.lower() == "bearer" else metadata.get("token", "")
    if not found:
        raise authenticate_failure("no token was given")
    return found


def _of(tenant: str | None) -> Caller:
    return Caller(tenant, tenant or "")

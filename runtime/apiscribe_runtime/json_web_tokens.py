"""Authentication by JSON Web Tokens. Only a server with `--auth jwt` imports this module: the
cryptography takes a twentieth of a server's start.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import jwt

from .authentication import Caller, Identify, Metadata, caller_of, sent_token
from .errors import authenticate_failure

# Asymmetric algorithms only: a key that verifies tokens cannot sign them. Source: RFC 7518,
# section 3; RFC 8037.
_ALGORITHMS = (
    *("ES256", "ES384", "ES512", "EdDSA"),
    *("PS256", "PS384", "PS512", "RS256", "RS384", "RS512"),
)


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
        token = sent_token(metadata)
        try:
            claims = decode(token, find_key(token))
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise authenticate_failure(str(error)) from error
        tenant = claims.get(claim)
        if not isinstance(tenant, str) or not tenant:
            raise authenticate_failure(f"the token has no claim {claim}")
        return caller_of(tenant)

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

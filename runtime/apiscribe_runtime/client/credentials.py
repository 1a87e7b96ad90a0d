"""The credentials of a client: where requests have them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Credential:
    """A parameter that identifies the caller: its place, its name and its value."""

    place: str
    name: str
    value: str


def bearer(token: str | None) -> Credential | None:
    """Return the credential of a token; None without one."""
    return Credential("header", "Authorization", f"Bearer {token}") if token else None


def basic(username: str | None, password: str | None) -> Credential | None:
    """Return the credential of a user; None without one."""
    if not username and not password:
        return None
    pair = f"{username or ''}:{password or ''}".encode()
    return Credential("header", "Authorization", f"Basic {base64.b64encode(pair).decode()}")


def key(place: str, name: str, value: str | None) -> Credential | None:
    """Return the credential of a key in a `header`, the `query` or a `cookie`; None without one."""
    return Credential(place, name, value) if value else None


# The names of the credentials that a request needs together.
Alternatives = Sequence[Sequence[str]]


def chosen(
    given: Mapping[str, Credential | None], alternatives: Alternatives | None
) -> Iterable[Credential]:
    """Return the credentials for a request: those of the first alternative that is complete, or
    else all that are given. An empty list of alternatives needs none.
    """
    present = {name: credential for name, credential in given.items() if credential}
    if alternatives is None:
        return present.values()
    for names in alternatives:
        if names and present.keys() >= set(names):
            return [present[name] for name in names]
    return present.values() if any(alternatives) else ()

"""Finds operations that a server does without the authentication that the pages require.

A recording that has no credentials at all may have lost them: browsers and proxies leave them out.
"""

from __future__ import annotations

from collections.abc import Iterator

from apiscribe.drift.traffic.differences import Difference
from apiscribe.drift.traffic.exchange import Exchange
from apiscribe.drift.traffic.operations import Operation
from apiscribe.model.api import Api
from apiscribe.model.facts import SecurityScheme


class Authentication:
    """Finds accepted requests without credentials, if other requests have them."""

    def __init__(self, api: Api) -> None:
        self._required = api.facts.security
        self._schemes = {scheme.name: scheme for scheme in api.facts.schemes}
        self._without: list[tuple[Operation, Exchange]] = []
        self._has_credentials = False
        self.unknown = 0

    def see(self, operation: Operation, exchange: Exchange) -> None:
        """Remember whether a request had the credentials of its operation."""
        stated = operation.method.security
        required = self._required if stated is None else stated
        if not required or not all(required) or not exchange.is_accepted:
            return
        shown = [all(self._shows(name, exchange) for name in one) for one in required]
        self._has_credentials |= any(shown)
        if not any(shown):
            self._without.append((operation, exchange.without_bodies()))

    def differences(self) -> Iterator[tuple[Difference, Exchange]]:
        """Yield the differences; none if the recording has no credentials."""
        if not self._has_credentials:
            self.unknown = len(self._without)
            return
        for operation, exchange in self._without:
            yield (
                Difference(
                    kind="ignored-authentication",
                    symbol=operation.text,
                    message="the server accepts requests without the documented authentication",
                    span=operation.route.span,
                ),
                exchange,
            )

    def _shows(self, name: str, exchange: Exchange) -> bool:
        scheme = self._schemes.get(name)
        if scheme is None:
            return True
        place, parameter = scheme.carrier
        if place == "query":
            return any(key.lower() == parameter for key, _ in exchange.query)
        return _in_headers(scheme) in exchange.credentials


def _in_headers(scheme: SecurityScheme) -> str:
    """Return the header or cookie of a scheme, as an exchange names it."""
    place, parameter = scheme.carrier
    if scheme.kind == "key":
        return f"cookie {parameter}" if place == "cookie" else parameter
    return f"authorization {'basic' if scheme.kind == 'basic' else 'bearer'}"

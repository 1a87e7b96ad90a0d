"""Compares the calls of methods in the request log of a server that apiscribe made.

The log has the full name of a method and its code, over HTTP and gRPC, and neither path nor body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from apiscribe.drift.declarations import Declarations
from apiscribe.drift.traffic.differences import Difference
from apiscribe.drift.traffic.exchange import Exchange
from apiscribe.emit.openapi_paths import openapi_path
from apiscribe.model.api import Method

_NOT_IMPLEMENTED = ("UNIMPLEMENTED", "501")


class Methods:
    """The methods of a version by full name. `calls` are counted by operation, and by method."""

    def __init__(self, declarations: Declarations, calls: Counter[str]) -> None:
        self._calls = calls
        self._methods: dict[str, Method] = {
            f"{service.full_name}.{method.name}": method
            for service in declarations.services.values()
            for method in service.methods
        }

    def differences(self, exchange: Exchange) -> Iterator[Difference]:
        """Yield the difference of a call, and count it."""
        name = exchange.method
        method = self._methods.get(name)
        if method is None:
            # A server has methods for health and reflection, and pages about itself.
            if "." in name and not name.startswith(("grpc.", "/")):
                yield Difference(
                    kind="undocumented-operation",
                    symbol=name,
                    message=f"no page documents {name}",
                )
            return
        self._calls[name] += 1
        for route in method.routes:
            self._calls[f"{route.verb} {openapi_path('/' + route.path.strip('/')).text}"] += 1
        if exchange.code in _NOT_IMPLEMENTED:
            yield Difference(
                kind="missing-operation",
                symbol=name,
                message=f"the server does not have {name}",
                detail=f"requests to it got {exchange.code}",
                span=method.span,
            )

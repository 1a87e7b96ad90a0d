"""Conventions: the habits of an API over HTTP, each a named rule in a module of its own.

They come from names, types and documented answers, and are facts of the model: the server acts on
them, and does not know the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apiscribe.lower.conventions.numbers import plain_numbers
from apiscribe.lower.conventions.status import documented_status
from apiscribe.lower.inference import rule_name
from apiscribe.model.api import Method, Service


def apply_conventions(
    services: Mapping[str, Service], dialects: Mapping[str, str]
) -> dict[str, Service]:
    """Return the services with their conventions. `dialects`: full name → dialect of the page."""
    return {
        name: replace(
            service,
            methods=tuple(_method(method) for method in service.methods),
            plain_numbers=plain_numbers(dialects[name]),
        )
        for name, service in services.items()
    }


def _method(method: Method) -> Method:
    status = documented_status(method)
    if not status:
        return method
    rules = {**method.provenance, "status": rule_name(documented_status)}
    return replace(method, status=status, provenance=rules)

"""Compares the headers and cookies of requests if both versions can state them."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.drift.change_list import Changes
from apiscribe.model.api import Method
from apiscribe.model.http import Parameter
from apiscribe.model.version import ApiVersion

# Headers that HTTP and its authentication use: pages mention them, documents do not declare them.
_OF_HTTP = frozenset(
    {"accept", "authorization", "content-type", "content-length", "cookie", "host"}
)


def compare_headers(symbol: str, old: Method, new: Method, changes: Changes) -> None:
    """Report headers and cookies that were added, removed or became required."""
    before, after = _by_name(old, changes.old.version), _by_name(new, changes.new.version)
    for name, header in before.items():
        if other := after.get(name):
            if header.required is not None and bool(header.required) != bool(other.required):
                state = "is now required" if other.required else "is no longer required"
                kind = "required-added" if other.required else "required-relaxed"
                changes.add(kind, symbol, f"{header.name} {state}", header.span, other.span)
            continue
        message = f"the {header.location or 'header'} {header.name} was removed"
        changes.add("parameter-removed", symbol, message, header.span, new.span)
    for name, header in after.items():
        if name not in before:
            message = f"the {header.location or 'header'} {header.name} was added"
            if header.required:
                message = f"{message} as required"
            kind = "required-parameter-added" if header.required else "parameter-added"
            changes.add(kind, symbol, message, old.span, header.span)


def _by_name(method: Method, version: ApiVersion) -> Mapping[tuple[str, str], Parameter]:
    credentials = {scheme.carrier for scheme in version.api.facts.schemes}
    return {
        (header.location or "header", header.name.lower()): header
        for header in method.headers
        if header.name.lower() not in _OF_HTTP
        and (header.location or "header", header.name.lower()) not in credentials
    }

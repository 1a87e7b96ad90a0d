"""Differences between traffic and pages, of bodies, queries and statuses alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from apiscribe.diagnostics.source import Span
from apiscribe.drift.addition import Addition
from apiscribe.drift.traffic.masks import masked
from apiscribe.model.api import Enum, Field


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A difference between a request or an answer and the pages; `detail` is a part of it that its
    message leaves out, so that it is one difference in all exchanges. `addition` is what the pages
    lack, if its name is no secret.
    """

    kind: str
    symbol: str
    message: str
    detail: str = ""
    span: Span | None = None
    addition: Addition | None = None


def undocumented_value(value: str, enum: Enum, name: str, where: str) -> Difference:
    """Return the difference of a value that the pages do not list; `name` is that of its field."""
    shown = masked(value, name)
    addition = Addition(part="value", owner=enum.full_name, name=value)
    return Difference(
        kind="undocumented-value",
        symbol=f"{enum.full_name}.{shown}",
        message=f"no page documents {shown} as a value of {enum.name}",
        detail=where,
        span=enum.span,
        addition=addition if shown == value else None,
    )


def absent_required(fields: Iterable[Field], value: Collection[str]) -> Iterator[Field]:
    """Yield the fields that a page, and no rule, requires, and that an object lacks."""
    for one in fields:
        is_stated = one.required and "required" not in one.provenance
        if is_stated and one.json_name not in value and one.name not in value:
            yield one


def outside_limit(symbol: str, one: Field, limit: str) -> Difference:
    """Return the difference of a value that a limit of its field rules out."""
    return Difference(
        kind="contradicting-value",
        symbol=symbol,
        message=f"{one.json_name} is documented with {limit}, and has other values",
        span=one.span,
    )

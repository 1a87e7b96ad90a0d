"""Parts of a page that describe one method each, below the heading of a service.

## Orders                               ## Service: Orders

### Buy                                 ### Rpc: Buy
    rpc Buy(BuyRequest) returns (Order) #### Request: BuyRequest
                                        #### Response: stream Order
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apiscribe.dialects.protobuf.headings import SIDES, Part
from apiscribe.dialects.protobuf.rpc_lines import rpc_lines
from apiscribe.dialects.protobuf.texts import read_text
from apiscribe.dialects.protobuf.words import stream_sides
from apiscribe.model.draft import MethodDraft, RouteDraft, TypeDraft
from apiscribe.pages.blocks import Code

_TYPE_NAME = re.compile(r"[a-z0-9][A-Z]")
_ROUTE = re.compile(r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+(/[^\s]*)(?:\s+HTTP/[\d.]+)?")


def find_methods(parts: Sequence[Part]) -> None:
    """Mark the parts that are about a method, and the heading above them as a service."""
    above: list[Part] = []
    for at, part in enumerate(parts):
        while above and above[-1].level >= part.level:
            above.pop()
        service = next((one for one in reversed(above) if one.name), None)
        stated = part.kind == "method" and any(
            each.kind in SIDES for each in parts[at + 1 : at + 4]
        )
        if stated or (part.kind in ("", "method") and _is_method(part, service)):
            if service and service.kind in ("", "service"):
                part.kind = "method"
                service.kind, service.role, service.marked = "service", "", True
        elif part.kind in SIDES and not any(one.kind == "method" for one in above):
            part.kind = part.name = ""
        above.append(part)


def is_type_name(name: str) -> bool:
    """Return whether a name is written as types are, in several words: `OrderBook`."""
    return bool(_TYPE_NAME.search(name))


def _is_method(part: Part, service: Part | None) -> bool:
    """Return whether a part spells a method, and is not itself about a service.

    Code may spell all methods of a service. Then a heading above with the name of a type, such as
    `OrderBook`, tells that a heading in plain words is not the service.
    """
    if any(map(rpc_lines, part.blocks)):
        return True
    texts = [read_text(block.text, block.span) for block in part.blocks if isinstance(block, Code)]
    methods = {
        method.name for text in texts if text and not text.services for method in text.methods
    }
    if part.name in methods:
        return bool(service and not service.role)
    is_below = bool(service and is_type_name(service.name))
    return bool(methods) and is_below and not is_type_name(part.name)


def read_method_headings(parts: Sequence[Part]) -> Iterator[MethodDraft]:
    """Yield the methods of a service that headings describe with their types."""
    for at, part in enumerate(parts):
        if part.kind != "method" or not part.heading:
            continue
        types: dict[str, TypeDraft] = {}
        for below in parts[at + 1 :]:
            if below.level <= part.level:
                break
            if below.kind in SIDES and below.heading:
                types.setdefault(
                    below.kind,
                    TypeDraft(name=below.name, streams=below.streams, span=below.heading.span),
                )
        if types.keys() == set(SIDES):
            yield MethodDraft(
                name=part.name,
                request=types["request"],
                response=types["response"],
                deprecated=part.deprecated,
                span=part.heading.span,
            )


def read_route(block: Code) -> RouteDraft | None:
    """Return the route that code shows alone: `GET /v1/orders/{id}`; or None."""
    match = _ROUTE.fullmatch(block.text.strip())
    return RouteDraft(verb=match[1], path=match[2], span=block.span) if match else None


def read_streams(text: str) -> str:
    """Return the sides of a method that a line says are streams: `Type: Server streaming`."""
    _, _, words = text.replace("：", ":").rpartition(":")
    return stream_sides(words.strip("*_` "))

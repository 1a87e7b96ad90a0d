"""Parts of a page that describe one method each, below the heading of a service.

## Orders                               ## Service: Orders

### Buy                                 ### Rpc: Buy
    rpc Buy(BuyRequest) returns (Order) #### Request: BuyRequest
                                        #### Response: stream Order
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.headings import SIDES, Part
from apiscribe.dialects.protobuf.method_lines import read_sides
from apiscribe.dialects.protobuf.rpc_lines import rpc_lines
from apiscribe.dialects.protobuf.texts import read_text, read_texts
from apiscribe.dialects.protobuf.types import Anchors, read_cell
from apiscribe.dialects.protobuf.words import stream_sides
from apiscribe.model.draft import MethodDraft, TypeDraft
from apiscribe.pages.blocks import Code, Table

_TYPE_NAME = re.compile(r"[a-z0-9][A-Z]")
_IN_TITLE = re.compile(r"[:\s](?P<service>[A-Z]\w*)[./](?P<method>[A-Z]\w*)\Z", re.ASCII)


def find_methods(parts: Sequence[Part]) -> None:
    """Mark the parts that are about a method, and the heading above them as a service."""
    _find_signatures(parts)
    _find_services_in_titles(parts)
    above: list[Part] = []
    names = {part.name for part in parts}
    for at, part in enumerate(parts):
        while above and above[-1].level >= part.level:
            above.pop()
        service = _service_above(above)
        stated = part.kind == "method" and (
            any(each.kind in SIDES for each in parts[at + 1 : at + 4]) or bool(_sides(part))
        )
        stated = stated or (not part.kind and bool(part.name) and _states_types(parts, at, names))
        if stated or (part.kind in ("", "method") and _is_method(part, service)):
            if service and service.role == "groups" and not part.kind and _spells_others(part):
                part.kind, part.marked = "service", True  # ## Services, ### Orders
            elif service and service.kind in ("", "service"):
                part.kind, part.name = "method", part.name.removeprefix(f"{service.name}.")
                service.kind, service.role, service.marked = "service", "", True
            elif not service and part.name and not part.kind and _spells_others(part):
                part.kind, part.marked = "service", True
        elif part.kind in SIDES and not any(one.kind == "method" for one in above):
            part.kind = part.name = ""
        above.append(part)


def _find_signatures(parts: Sequence[Part]) -> None:
    """Mark the parts of a method that only spell it: `#### Signature` below `### Buy`."""
    above: list[Part] = []
    for part in parts:
        while above and above[-1].level >= part.level:
            above.pop()
        spelled = {method.name for method in _bare_methods(part)} if above else set()
        owners = [at for at, one in enumerate(above) if {one.name} == spelled and not one.kind]
        if owners and not part.kind:
            owner, service = above[owners[0]], _service_above(above[: owners[0]])
            owner.kind, owner.role = "method", "" if service else "groups"
            part.name, part.role = "", "groups"
            if service and service.kind in ("", "service"):
                service.kind, service.role, service.marked = "service", "", True
        above.append(part)


def _find_services_in_titles(parts: Sequence[Part]) -> None:
    """Mark the headings that name a method behind its service, above the line that spells the
    method: `Shop API, gRPC: Orders.Buy`.
    """
    above: list[Part] = []
    for part in parts:
        while above and above[-1].level >= part.level:
            above.pop()
        above.append(part)
        for line in (line for block in part.blocks for line, _ in rpc_lines(block)):
            for one in above:
                match = _IN_TITLE.search(one.heading.inline.text) if one.heading else None
                if match and not one.kind and re.search(rf"\b{match['method']}\s*\(", line.text):
                    one.kind, one.name, one.marked = "service", match["service"], True
                    one.method = match["method"]


def _bare_methods(part: Part) -> list[MethodDraft]:
    """Return the methods that code of a part spells outside of a service."""
    codes = (block for block in part.blocks if isinstance(block, Code))
    texts = [text for code in codes if (text := read_text(code.text, code.span))]
    return [method for text in texts if not text.services for method in text.methods]


def _service_above(above: Sequence[Part]) -> Part | None:
    """Return the heading above that may be a service; not one such as `Methods` below a service."""
    named = [one for one in reversed(above) if one.name]
    known = next((one for one in named if one.kind == "service"), None)
    return known if known and named[0].role == "groups" else next(iter(named), None)


def types_of_methods(parts: Iterable[Part]) -> set[str]:
    """Return the last parts of the names of the types that methods use."""
    names: set[str] = set()
    for part in parts:
        names |= {part.name} if part.kind in SIDES else {t.name for t in _sides(part).values()}
        for block in part.blocks:
            for text in read_texts(block):
                methods = [*text.methods, *(m for each in text.services for m in each.methods)]
                types = (side for one in methods for side in (one.request, one.response))
                names |= {type_.name for type_ in types if type_}
            if isinstance(block, Table) and tables.kind(block) == "methods":
                at = [n for n, role in enumerate(tables.columns(block)) if role in SIDES]
                cells = (row.cells[n] for row in block.rows for n in at if n < len(row.cells))
                names |= {read_cell(cell, {}).type.name for cell in cells}
    return {name.rpartition(".")[2] for name in names}


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
    methods = {method.name for method in _bare_methods(part)}
    if part.name in methods:
        return bool(service and not service.role)
    is_below = bool(service and (service.kind == "service" or is_type_name(service.name)))
    return bool(methods) and is_below and not is_type_name(part.name)


def _sides(part: Part, anchors: Anchors | None = None) -> dict[str, TypeDraft]:
    """Return the types of a method that lines of its section state, by side."""
    found = [read_sides(block, anchors or {}) for block in part.blocks]
    return {side: type_ for sides in reversed(found) for side, type_ in sides.items()}


def _states_types(parts: Sequence[Part], at: int, names: Container[str]) -> bool:
    """Return whether headings right below a part, or lines of it, name the types of both sides.

    At least one name has the form of a type, or is that of a heading.
    """
    sides = {side: type_.name for side, type_ in _sides(parts[at]).items()}
    level = parts[at + 1].level if at + 1 < len(parts) else 0
    for below in parts[at + 1 : at + 4]:
        if below.level == level > parts[at].level and below.kind in SIDES:
            sides.setdefault(below.kind, below.name)
    are_names = any("." in name or is_type_name(name) or name in names for name in sides.values())
    return sides.keys() == set(SIDES) and are_names


def _spells_others(part: Part) -> bool:
    """Return whether lines of a part spell methods, none of them with the name of its heading."""
    lines = [line.text for block in part.blocks for line, _ in rpc_lines(block)]
    return bool(lines) and not any(re.search(rf"\b{part.name}\b", line) for line in lines)


def read_method_headings(parts: Sequence[Part], anchors: Anchors) -> Iterator[MethodDraft]:
    """Yield the methods of a service that headings or lines describe with their types."""
    for at, part in enumerate(parts):
        if part.kind != "method" or not part.heading:
            continue
        types = _sides(part, anchors)
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


def read_streams(text: str) -> str:
    """Return the sides of a method that a line says are streams: `Type: Server streaming`."""
    _, _, words = text.replace("：", ":").rpartition(":")
    return stream_sides(words.strip("*_` "))

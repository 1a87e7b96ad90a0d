"""The section of one method: its routes, its description, its types once more, its examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from apiscribe.dialects import tables
from apiscribe.dialects.outline import Claims, Section, is_layout
from apiscribe.dialects.type_text import read_type
from apiscribe.draft import (
    ExampleDraft,
    ExampleRole,
    FieldDraft,
    MethodDraft,
    RouteDraft,
    TypeDraft,
)
from apiscribe.pages.blocks import Block, Bullets, Code, Paragraph, Quote, Shortcode, Table
from apiscribe.report import Report
from apiscribe.source import Span

# Reads the fields out of one block of a message's section; None where the block holds none.
FieldReader = Callable[[Block, Claims], "tuple[FieldDraft, ...] | None"]

_ROUTE = re.compile(r"\*\*(?P<verb>[A-Za-z]+)\*\*\s+(?P<path>\S.*)")
_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def read_method_section(
    section: Section, methods: dict[str, MethodDraft], read_fields: FieldReader, claims: Claims
) -> list[tuple[str, tuple[FieldDraft, ...]]]:
    """Complete the method that the section is about, or add it to `methods`.

    What comes back are the fields that its tabs list once more, with the names of their messages.
    """
    repeated = []
    report = claims.report
    span = section.heading.span if section.heading else section.blocks[0].span
    method = methods.get(section.title)
    listed = method is not None
    if method is None:
        method = MethodDraft(name=section.title, span=span)
    claims.claim(section.heading)
    description: list[str] = []
    role: ExampleRole | None = None
    message = ""
    for block in section.blocks:
        match block:
            case Shortcode(name="tab"):
                role, message = example_role(block), ""
            case Quote():
                method = _read_quote(block, method, description, claims)
            case Table() if tables.kind(block) == "method types":
                method = _read_types(block, method, claims)
            case Code() if role:
                example = ExampleDraft(role=role, text=block.text, message=message, span=block.span)
                method = replace(method, examples=(*method.examples, example))
            case Paragraph() if role:
                # Hugo tabs name the message above its example, and repeat its fields.
                links = block.inline.reading.links
                message = links[0].text if links else message
            case Bullets() if role and message and (fields := read_fields(block, claims.scratch())):
                repeated.append((message, fields))
                claims.pass_over(block, "repeated-fields")
            case Paragraph():
                description.append(block.inline.prose)
            case _:
                continue
        claims.claim(block)
    if description:
        method = replace(method, description="\n\n".join(description))
    # One without types is an error, which says as much.
    if not listed and method.request and method.response:
        said = f"{section.title} is not in the table of methods"
        report.add("unlisted-method", said, span, mark=section.title)
    methods[method.name] = method
    return repeated


def example_role(tab: Shortcode) -> ExampleRole | None:
    """What the examples behind the frame of a tab are of; nothing behind its end."""
    if not tab.opens:
        return None
    return "response" if "response" in tab.argument.lower() else "request"


def _read_quote(
    quote: Quote, method: MethodDraft, description: list[str], claims: Claims
) -> MethodDraft:
    """Routes are lines `**VERB** /path`; what else a quote holds describes the method."""
    routes = list(method.routes)
    for block, text, span in _lines(quote.blocks, claims):
        route = _ROUTE.fullmatch(text)
        if route is None:
            if text and not is_layout(block):
                description.append(text)
            continue
        claims.claim_route()
        verb, path = route["verb"].upper(), route["path"].strip()
        if verb not in _VERBS or not path.startswith("/"):
            claims.report.add(
                "malformed-route",
                f"{verb} {path} is not a verb of HTTP with a path that starts with /",
                span,
                mark=path,
            )
        if verb in _VERBS:
            path = path if path.startswith("/") else f"/{path}"
            routes.append(RouteDraft(verb=verb, path=path, span=span))
    return replace(method, routes=tuple(routes))


def _lines(blocks: Iterable[Block], claims: Claims) -> Iterable[tuple[Block, str, Span]]:
    """The lines of routes one by one; a paragraph without a route in one piece."""
    for block in blocks:
        if not isinstance(block, Paragraph):
            claims.unread(block, "a quote under a method holds routes and text, and nothing else")
            continue
        prose = block.inline.prose
        if not any(_ROUTE.fullmatch(line.strip()) for line in prose.split("\n")):
            yield block, prose, block.span
            continue
        for offset, line in enumerate(prose.split("\n")):
            at = block.span.line + offset
            yield block, line.strip(), replace(block.span, line=at, end_line=at)


def _read_types(table: Table, method: MethodDraft, claims: Claims) -> MethodDraft:
    """The table `Type | Message` says again what the table of methods says; they should agree."""
    for row in tables.read_rows(table, claims):
        stated = read_type(row["message"])
        match row["type"].text.lower():
            case "request":
                stated = _agreed(method.request, stated, method.name, claims.report)
                method = replace(method, request=stated)
            case "response":
                stated = _agreed(method.response, stated, method.name, claims.report)
                method = replace(method, response=stated)
            case other:
                claims.unread(row.row, f'"{other}" is no part of a method')
    return method


def is_same_method(first: MethodDraft, again: MethodDraft) -> bool:
    """Whether two rows say the same of a method: one may have short names, and no description."""
    types = ((first.request, again.request), (first.response, again.response))
    described = {first.description, again.description} - {""}
    return len(described) < 2 and all(a and b and _is_same_type(a, b) for a, b in types)


def more_of(first: MethodDraft, again: MethodDraft) -> MethodDraft:
    """The method of two rows that say the same: names in full, links and marks of either."""
    return replace(
        again,
        request=_more_of(first.request, again.request),
        response=_more_of(first.response, again.response),
        description=first.description or again.description,
    )


def _more_of(first: TypeDraft | None, again: TypeDraft | None) -> TypeDraft | None:
    if first is None or again is None:
        return first or again
    longer = max(again, first, key=lambda type_: (len(type_.name), bool(type_.link)))
    return replace(longer, streams=first.streams or again.streams)


def _is_same_type(first: TypeDraft, again: TypeDraft) -> bool:
    short, full = sorted((first.name, again.name), key=len)
    return full == short or full.endswith(f".{short}")


def _agreed(above: TypeDraft | None, stated: TypeDraft, method: str, report: Report) -> TypeDraft:
    """The type that both tables state. One may have its short name; the mark for streams stands in
    the first one alone.
    """
    if above is None:
        return stated
    if _is_same_type(above, stated):
        return _more_of(above, stated) or stated
    report.add(
        "contradictory-table",
        f"{method} has {above.name} on line {above.span.line} and {stated.name} here",
        stated.span,
        mark=stated.name,
    )
    return replace(stated, streams=stated.streams or above.streams)

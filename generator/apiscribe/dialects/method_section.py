"""The section of one method: its routes, its description, its types once more, its examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.dialects import tables
from apiscribe.dialects.comment_text import read_comment
from apiscribe.dialects.method_table import joined_type, same_type
from apiscribe.dialects.outline import Coverage, Section, is_layout
from apiscribe.dialects.type_text import read_type
from apiscribe.model.draft import (
    ExampleDraft,
    ExampleRole,
    FieldDraft,
    MethodDraft,
    RouteDraft,
    TypeDraft,
)
from apiscribe.pages.blocks import Block, Bullets, Code, Paragraph, Quote, Shortcode, Table

# Reads the fields out of one block of a message's section; None where the block holds none.
FieldReader = Callable[[Block, Coverage], "tuple[FieldDraft, ...] | None"]

_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
# A verb in bold and whatever follows it; or a verb of HTTP and a path, both plain.
_ROUTE = re.compile(
    r"(?:\*\*(?P<bold>[A-Za-z]+):?\*\*:?(?:\s+|(?=`?/))(?P<path>\S.*)"
    rf"|(?:\*\*)?(?P<verb>{'|'.join(sorted(_VERBS))}):?\s+(?P<plain>`?/\S*?)(?:\*\*)?)"
)
# Blanks beside the signs that hold a path together.
_BLANKS = re.compile(r"(?<!\s)\s++(?=[/{}])|(?<=[/{}])\s++")


def read_method_section(
    section: Section, methods: dict[str, MethodDraft], read_fields: FieldReader, coverage: Coverage
) -> list[tuple[str, tuple[FieldDraft, ...]]]:
    """Complete the method that the section is about, or add it to `methods`.

    What comes back are the fields that its tabs list once more, with the names of their messages.
    """
    repeated = []
    report = coverage.report
    span = section.heading.span if section.heading else section.blocks[0].span
    method = methods.get(section.title)
    listed = method is not None
    if method is None:
        method = MethodDraft(name=section.title, span=span)
    coverage.claim(section.heading)
    description: list[str] = []
    role: ExampleRole | None = None
    message = ""
    for block in section.blocks:
        match block:
            case Shortcode(name="tab"):
                role, message = example_role(block), ""
            case Quote():
                method = _read_quote(block, method, description, coverage)
            case Table() if tables.kind(block) == "method types":
                method = _read_types(block, method, coverage)
            case Code() if role:
                example = ExampleDraft(role=role, text=block.text, message=message, span=block.span)
                method = replace(method, examples=(*method.examples, example))
            case Paragraph() if role:
                # Hugo tabs name the message above its example, and repeat its fields.
                links = block.inline.parsed.links
                message = links[0].text if links else message
            case Bullets() if (
                role and message and (fields := read_fields(block, coverage.scratch()))
            ):
                repeated.append((message, fields))
                coverage.skip(block, "repeated-fields")
            case Paragraph():
                description.append(block.inline.prose)
            case _:
                continue
        coverage.claim(block)
    if description:
        said = read_comment("\n\n".join(description)).description
        method = replace(method, description=said or method.description)
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
    quote: Quote, method: MethodDraft, description: list[str], coverage: Coverage
) -> MethodDraft:
    """Routes are lines `**VERB** /path`; what else a quote holds describes the method."""
    routes = list(method.routes)
    for block, text, span in _lines(quote.blocks, coverage):
        route = _ROUTE.fullmatch(text)
        if route is None:
            if text and not is_layout(block):
                description.append(text)
            continue
        coverage.claim_route()
        verb = (route["bold"] or route["verb"]).upper()
        path = (route["path"] or route["plain"]).strip("` ")
        if blanks := _BLANKS.search(path):
            said = f"{path} has blanks in it; they are left out"
            coverage.report.add("malformed-route", said, span, mark=path[: blanks.end()])
            path = _BLANKS.sub("", path)
        if verb not in _VERBS or not path.startswith("/"):
            coverage.report.add(
                "malformed-route",
                f"{verb} {path} is not a verb of HTTP with a path that starts with /",
                span,
                mark=path,
            )
        if verb in _VERBS:
            path = path if path.startswith("/") else f"/{path}"
            routes.append(RouteDraft(verb=verb, path=path, span=span))
    return replace(method, routes=tuple(routes))


def _lines(blocks: Iterable[Block], coverage: Coverage) -> Iterable[tuple[Block, str, Span]]:
    """The lines of routes one by one; a paragraph without a route in one piece."""
    for block in blocks:
        if not isinstance(block, Paragraph):
            coverage.unread(block, "a quote under a method holds routes and text, and nothing else")
            continue
        prose = block.inline.prose
        if not any(_ROUTE.fullmatch(line.strip()) for line in prose.split("\n")):
            yield block, prose, block.span
            continue
        for offset, line in enumerate(prose.split("\n")):
            at = block.span.line + offset
            yield block, line.strip(), replace(block.span, line=at, end_line=at)


def _read_types(table: Table, method: MethodDraft, coverage: Coverage) -> MethodDraft:
    """The table `Type | Message` says again what the table of methods says; they should agree."""
    for row in tables.read_rows(table, coverage):
        stated = read_type(row["message"])
        match tables.role(row["type"].text):
            case "request":
                agreed = _agreed(method.request, stated, method.name, coverage.report)
                method = replace(method, request=agreed)
            case "response":
                agreed = _agreed(method.response, stated, method.name, coverage.report)
                method = replace(method, response=agreed)
            case _:
                coverage.unread(row.row, f'"{row["type"].text}" is no part of a method')
    return method


def _agreed(
    above: TypeDraft | None, stated: TypeDraft, method: str, report: Report
) -> TypeDraft | None:
    """The type that both tables state."""
    if above and not same_type(above, stated):
        report.add(
            "contradictory-table",
            f"{method} has {above.name} on line {above.span.line} and {stated.name} here",
            stated.span,
            mark=stated.name,
        )
    return joined_type(above, stated)


def is_method_section(section: Section) -> bool:
    """Whether a section tells of a method: its routes, or what it takes and gives."""
    for block in section.blocks:
        if isinstance(block, Table) and tables.kind(block) == "method types":
            return True
        if isinstance(block, Quote):
            texts = (b.inline.prose for b in block.blocks if isinstance(b, Paragraph))
            lines = (line.strip() for text in texts for line in text.split("\n"))
            if any(_ROUTE.fullmatch(line) for line in lines):
                return True
    return False

"""The section of a method: its routes, description, types and examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from apiscribe.diagnostics.codes.methods import (
    MethodPart,
    blanks_in_path,
    contradictory_method_type,
    malformed_route,
    unlisted_method,
)
from apiscribe.diagnostics.codes.pages import unread_in_method_quote, unread_method_row
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.dialects import tables
from apiscribe.dialects.comment_text import read_comment
from apiscribe.dialects.method_table import merged_type, same_type
from apiscribe.dialects.outline import Coverage, Section, is_layout
from apiscribe.dialects.type_text import read_type
from apiscribe.model.draft import (
    ExampleDraft,
    FieldDraft,
    MethodDraft,
    RouteDraft,
    TypeDraft,
)
from apiscribe.model.http import ExampleRole
from apiscribe.pages.blocks import Block, Bullets, Code, Component, Paragraph, Quote, Table

# Reads the fields of a block in a message's section; returns None if the block has none.
FieldReader = Callable[[Block, Coverage], "tuple[FieldDraft, ...] | None"]

# The scheme and host of a full address: the path alone is the route.
_ADDRESS = re.compile(r"https?://[^/\s]+")
_HTTP_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
# A bold word and anything after it; or an HTTP method and a path, both in plain text.
_ROUTE = re.compile(
    r"(?:\*\*(?P<bold>[A-Za-z]+):?\*\*:?(?:\s+|(?=`?/))(?P<path>\S.*)"
    rf"|(?:\*\*)?(?P<verb>{'|'.join(sorted(_HTTP_METHODS))}):?\s+(?P<plain>`?/\S*?)(?:\*\*)?)"
)
# Whitespace next to the delimiters of a path.
_BLANKS = re.compile(r"(?<!\s)\s++(?=[/{}])|(?<=[/{}])\s++")


def read_method_section(
    section: Section, methods: dict[str, MethodDraft], read_fields: FieldReader, coverage: Coverage
) -> list[tuple[str, tuple[FieldDraft, ...]]]:
    """Complete the method of the section in `methods`, or add it.

    Return the fields of messages that its tabs repeat, with the names of the messages.
    """
    repeated = []
    report = coverage.report
    span = section.heading.span if section.heading else section.blocks[0].span
    method = methods.get(section.title)
    listed = method is not None
    if method is None:
        method = MethodDraft(name=section.title, span=span)
    coverage.read(section.heading)
    description: list[str] = []
    role: ExampleRole | None = None
    message = ""
    for block in section.blocks:
        match block:
            case Component(name="tab"):
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
        coverage.read(block)
    if description:
        text = read_comment("\n\n".join(description)).description
        method = replace(method, description=text or method.description)
    # A method without types has a diagnostic of its own.
    if not listed and method.request and method.response:
        report.add(unlisted_method(section.title), span, mark=section.title)
    methods[method.name] = method
    return repeated


def example_role(tab: Component) -> ExampleRole | None:
    """Return the role of the examples after a tab shortcode; None after a closing one."""
    if not tab.opens:
        return None
    return "response" if "response" in tab.argument.lower() else "request"


def _read_quote(
    quote: Quote, method: MethodDraft, description: list[str], coverage: Coverage
) -> MethodDraft:
    """Read routes, lines `**METHOD** /path`; other text in a quote describes the method."""
    routes = list(method.routes)
    for block, text, span in _lines(quote.blocks, coverage):
        route = _ROUTE.fullmatch(text)
        if route is None:
            if text and not is_layout(block):
                description.append(text)
            continue
        coverage.read_route()
        verb = (route["bold"] or route["verb"]).upper()
        path = (route["path"] or route["plain"]).strip("` ")
        if blanks := _BLANKS.search(path):
            coverage.report.add(blanks_in_path(path), span, mark=path[: blanks.end()])
            path = _BLANKS.sub("", path)
        if address := _ADDRESS.match(path):
            path = path[address.end() :] or "/"
        if verb not in _HTTP_METHODS or not path.startswith("/"):
            coverage.report.add(malformed_route(verb, path), span, mark=path)
        if verb in _HTTP_METHODS:
            path = path if path.startswith("/") else f"/{path}"
            routes.append(RouteDraft(verb=verb, path=path, span=span))
    return replace(method, routes=tuple(routes))


def _lines(blocks: Iterable[Block], coverage: Coverage) -> Iterable[tuple[Block, str, Span]]:
    """Yield a paragraph with routes line by line, and other paragraphs whole."""
    for block in blocks:
        if not isinstance(block, Paragraph):
            coverage.unread(block, unread_in_method_quote())
            continue
        prose = block.inline.prose
        if not any(_ROUTE.fullmatch(line.strip()) for line in prose.split("\n")):
            yield block, prose, block.span
            continue
        for offset, line in enumerate(prose.split("\n")):
            at = block.span.line + offset
            yield block, line.strip(), replace(block.span, line=at, end_line=at)


def _read_types(table: Table, method: MethodDraft, coverage: Coverage) -> MethodDraft:
    """Read the table `Type | Message`, which should agree with the table of methods."""
    for row in tables.read_rows(table, coverage):
        stated = read_type(row["message"])
        match tables.role(row["type"].text):
            case "request":
                agreed = _agreed_type(method, "request", stated, coverage.report)
                method = replace(method, request=agreed)
            case "response":
                agreed = _agreed_type(method, "response", stated, coverage.report)
                method = replace(method, response=agreed)
            case _:
                coverage.unread(row.row, unread_method_row(row["type"].text))
    return method


def _agreed_type(
    method: MethodDraft, part: MethodPart, stated: TypeDraft, report: Report
) -> TypeDraft | None:
    """Return the type that both tables state; report a contradiction."""
    above = method.request if part == "request" else method.response
    if above and not same_type(above, stated):
        report.add(
            contradictory_method_type(method.name, part, above.name, above.span.line, stated.name),
            stated.span,
            mark=stated.name,
        )
    return merged_type(above, stated)


def is_method_section(section: Section) -> bool:
    """Return whether a section describes a method: it has routes or a table of types."""
    for block in section.blocks:
        if isinstance(block, Table) and tables.kind(block) == "method types":
            return True
        if isinstance(block, Quote):
            texts = (b.inline.prose for b in block.blocks if isinstance(b, Paragraph))
            lines = (line.strip() for text in texts for line in text.split("\n"))
            if any(_ROUTE.fullmatch(line) for line in lines):
                return True
    return False

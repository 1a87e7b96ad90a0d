"""HTML → Blocks: whole pages, and the headings that Markdown pages write in HTML."""

from __future__ import annotations

import html
from collections.abc import Iterator

from bs4 import Tag
from bs4.element import NavigableString, PreformattedString

from apiscribe.diagnostics.source import Source, Span
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Inline,
    Item,
    Paragraph,
    Quote,
    Rule,
)
from apiscribe.pages.html_documents import documents
from apiscribe.pages.html_members import mark_members
from apiscribe.pages.html_routes import (
    begins_with_route,
    drop_permalinks,
    flatten_signature,
    is_signature,
    raise_verbs,
    spell_signatures,
    verb_of,
)
from apiscribe.pages.html_table import table_of, texts
from apiscribe.pages.html_table_shapes import name_tags_by_roles, numbered_code, numbered_lines
from apiscribe.pages.html_text import HTML
from apiscribe.pages.html_tree import parse_tree

_LOWEST = 6  # level of headings
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# Tags without content for readers.
_HIDDEN = frozenset("script style head template nav noscript svg".split())
# Tags that hold blocks and are no blocks themselves.
_CONTAINERS = frozenset(
    "html body main article section div center details summary header footer aside figure dt dd"
    " form fieldset".split()
)
_BLOCKS = frozenset([*_HEADINGS, *_CONTAINERS, *"p table pre ul ol dl blockquote hr".split()])
_BLOCK_NAMES = sorted(_BLOCKS)
_DEEPEST = 50  # tags around a block; deeper text is kept as one paragraph


def read_html(text: str, source: Source, first_line: int = 1) -> Iterator[Block]:
    """Yield the blocks of a text, which begins on a line of the source."""
    tree = parse_tree(text)
    found = list(documents(tree)) if "paths" in text else []
    raise_verbs(tree)
    mark_members(tree)
    # Blank lines at the end are in no tag, and those behind a part of a page are in no block.
    last_line = min(first_line + text.rstrip().count("\n"), len(source.lines))
    reader = _Reader(source, first_line, last_line)
    yield from reader.blocks(tree, 0)
    for script, document in found:
        yield Code("openapi", document, reader.span(script))


class _Reader:
    def __init__(self, source: Source, first_line: int, last_line: int) -> None:
        self.source, self.first_line, self.last_line = source, first_line, last_line
        self.line = first_line  # of the last tag: text has no position of its own
        self.level = 0  # of the last heading

    def blocks(self, parent: Tag, depth: int) -> Iterator[Block]:
        """Yield the blocks in a tag; text and inline tags between blocks are paragraphs."""
        loose: list[str] = []
        start = self.line
        for child in list(parent.children):
            if isinstance(child, Tag) and (child.name in _HIDDEN or _is_navigation(child)):
                continue
            if isinstance(child, Tag) and depth < _DEEPEST and _is_block(child):
                yield from self.paragraph(loose, start)
                yield from self.block(child, depth)
                loose, start = [], self.line
            elif isinstance(child, Tag):
                loose.append(str(child))
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                loose.append(html.escape(child, quote=False))  # no comment
        yield from self.paragraph(loose, start)

    def block(self, tag: Tag, depth: int) -> Iterator[Block]:
        span = self.span(tag)
        if level := _HEADINGS.get(tag.name):
            anchors = _anchors(tag)
            drop_permalinks(tag)
            self.level = level
            yield Heading(level, self.inline(tag, span), span, anchors)
            return
        match tag.name:
            case "p":
                yield Paragraph(self.inline(tag, span), span)
            case "table" if code := numbered_code(tag):
                yield Code(_language(code), _code(code), self.span(code))
            case "table" if lines := numbered_lines(tag):
                yield Code("", "\n".join(map(_code, lines)), span)
            case "table":
                yield from self.caption(tag)
                yield table_of(tag, span, self.source, self.first_line)
            case "pre":
                yield Code(_language(tag), _code(tag), span, verb_of(tag))
            case "dl" if "http" in (tag.get("class") or ()):
                yield from self.operations(tag, depth)
            case "dl":
                yield Bullets(tuple(self.definitions(tag, depth + 1)), span)
            case "ul" | "ol":
                items = (item for item in tag.children if isinstance(item, Tag))
                yield Bullets(tuple(self.item(item, depth + 1) for item in items), span)
            case "blockquote":
                yield Quote(tuple(self.blocks(tag, depth + 1)), span)
            case "hr":
                yield Rule(span)
            case "div" if name_tags_by_roles(tag):
                yield table_of(tag, span, self.source, self.first_line)
            case _:
                yield from self.container(tag, depth)

    def caption(self, table: Tag) -> Iterator[Block]:
        """Yield the caption of a table as a paragraph above it."""
        caption = table.find("caption", recursive=False)
        if isinstance(caption, Tag):
            caption.extract()
            span = self.span(caption)
            if (inline := self.inline(caption, span)).text:
                yield Paragraph(inline, span)

    def container(self, tag: Tag, depth: int) -> Iterator[Block]:
        """Yield the blocks of a container; the first heading in it has its anchor too. A container
        with the heading of one operation, which is its first, is the section of this operation.
        """
        anchors = _anchors(tag)
        for block in _below_operation(list(self.blocks(tag, depth + 1))):
            if anchors and isinstance(block, Heading):
                block = Heading(block.level, block.inline, block.span, (*anchors, *block.anchors))
            anchors = ()
            yield block

    def item(self, tag: Tag, depth: int) -> Item:
        span = self.span(tag)
        first, *rest = (*self.blocks(tag, depth), None)
        if isinstance(first, Heading):
            first = Paragraph(first.inline, first.span)
        return Item(tuple(block for block in (first, *rest) if block is not None), span)

    def definitions(self, tag: Tag, depth: int) -> Iterator[Item]:
        """Yield an item for each term of a list, with its text below it."""
        term: Tag | None = None
        below: list[Block] = []
        for child in tag.find_all(["dt", "dd"], recursive=False):
            if child.name == "dd":
                below += self.blocks(child, depth)
                continue
            if term is not None:
                yield self.definition(term, below)
            term, below = child, []
        if term is not None:
            yield self.definition(term, below)

    def operations(self, tag: Tag, depth: int) -> Iterator[Block]:
        """Yield the operations of Sphinx, each with its signature as a heading."""
        spell_signatures(tag)
        level = min(self.level + 1, _LOWEST)
        for item in self.definitions(tag, depth + 1):
            head, *below = item.blocks
            if isinstance(head, Paragraph):
                yield Heading(level, head.inline, head.span)
            yield from below

    def definition(self, term: Tag, below: list[Block]) -> Item:
        span = self.span(term)
        if is_signature(term):
            flatten_signature(term)
        head = Paragraph(self.inline(term, span), span)
        whole = self.source.span(span.line, max([span.end_line, *(b.span.end_line for b in below)]))
        return Item((head, *below), whole)

    def paragraph(self, loose: list[str], line: int) -> Iterator[Block]:
        text = "".join(loose)
        if text.strip():
            span = self.source.span(min(line, self.last_line))
            yield Paragraph(Inline(text.strip(), span, HTML), span)

    def inline(self, tag: Tag, span: Span) -> Inline:
        return Inline(tag.decode_contents().strip(), span, HTML)

    def span(self, tag: Tag) -> Span:
        """Return the lines of a tag, up to the last line of the tags and the text in it."""
        first = last = self.first_line + (tag.sourceline or 1) - 1
        for part in tag.descendants:
            if isinstance(part, NavigableString):
                last += part.count("\n")
            elif isinstance(part, Tag) and part.sourceline:
                # A tag over several lines, such as one with an attribute on each.
                last = max(last, self.first_line + part.sourceline - 1)
        self.line = min(last, self.last_line)
        return self.source.span(min(first, self.line), self.line)


def _is_block(tag: Tag) -> bool:
    """Return whether a tag is a block, or holds one."""
    return tag.name in _BLOCKS or tag.find(_BLOCK_NAMES) is not None


def _below_operation(blocks: list[Block]) -> list[Block]:
    """Return the blocks of a container with the headings below that of its only operation."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    of_operations = [block for block in headings if begins_with_route(block.inline.text)]
    if len(of_operations) != 1 or headings[0] is not of_operations[0]:
        return blocks
    level = headings[0].level
    above = sorted({block.level for block in headings[1:] if block.level <= level})
    below = {each: min(level + 1 + at, _LOWEST) for at, each in enumerate(above)}
    return [
        (
            Heading(below.get(b.level, b.level), b.inline, b.span, b.anchors)
            if isinstance(b, Heading) and b is not headings[0]
            else b
        )
        for b in blocks
    ]


def _is_navigation(tag: Tag) -> bool:
    """Return whether a tag is a list of tabs or of links to other places."""
    return tag.name == "ul" and "nav" in (tag.get("class") or ())


def _anchors(tag: Tag) -> tuple[str, ...]:
    names = [tag.get("id"), *(a.get("name") or a.get("id") for a in tag.find_all("a", limit=3))]
    own = names if tag.name in _HEADINGS else names[:1]
    return tuple(dict.fromkeys(str(name) for name in own if name))


def _code(tag: Tag) -> str:
    """Return the text of code, with variables in it as `<id>`."""
    return "".join(texts(tag, {"var": ("<", ">")}))


def _language(tag: Tag) -> str:
    """Return the language of code: highlighters of all kinds take it from a class."""
    for marked in (tag, *tag.find_all("code", limit=1)):
        for name in marked.get("class") or ():
            language = name.removeprefix("language-").removeprefix("lang-")
            if language != name:
                return language
    return ""

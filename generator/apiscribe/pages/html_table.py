"""HTML tables and fragments → the same blocks that Markdown gives."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from bs4.exceptions import ParserRejectedMarkup

from apiscribe.diagnostics.source import Source, Span
from apiscribe.pages.blocks import Compilation, Inline, Link, Row, Table
from apiscribe.pages.html_text import HTML

# Tags whose blanks count, even if they hold nothing else.
_AS_WRITTEN = {"pre", "textarea", "code"}


def read_table(text: str, span: Span, source: Source) -> Table:
    """The first table of the text; `span` is where the text stands.

    A cell that is missing or one too many stays so: the dialect decides what that means.
    """
    soup = _parse(text)
    rows = []
    for row in _tags(soup, "tr"):
        first = span.line + (row.sourceline or 1) - 1
        last = min(first + _line_ends(row), span.end_line)
        rows.append(_read_row(row, source.span(first, last)))
    header = rows[0] if rows else Row((), span)
    for cell in _tags(soup, "td", "th"):
        if cell.find_parent("tr"):
            cell.clear()
    return Table(header, tuple(rows[1:]), span, _words(soup))


def _parse(text: str) -> BeautifulSoup:
    """The tags of a text. Declarations (`<!…`) that the parser refuses are words."""
    try:
        return _soup(text)
    except ParserRejectedMarkup:
        return _soup(text.replace("<!", "&lt;!"))


def _soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser", preserve_whitespace_tags=_AS_WRITTEN)


def _read_row(row: Tag, span: Span) -> Row:
    cells = [
        Inline(cell.decode_contents(), _begin(cell, row, span), HTML)
        for cell in _tags(row, "td", "th")
        if cell.find_parent("tr") is row
    ]
    return Row(tuple(cells), span)


def _tags(inside: Tag, *names: str) -> list[Tag]:
    """The tags of some names, in order; bs4's own search takes three times as long."""
    return [tag for tag in inside.descendants if isinstance(tag, Tag) and tag.name in names]


def _line_ends(row: Tag) -> int:
    """How many lines end in the text of a row."""
    return sum(text.count("\n") for text in row.descendants if isinstance(text, NavigableString))


def _begin(cell: Tag, row: Tag, span: Span) -> Span:
    """The row's span, and where in its first line the cell begins, if it does there."""
    if cell.sourceline != row.sourceline:
        return span
    return replace(span, column=(cell.sourcepos or 0) + 1)


def read_fragment(text: str) -> Compilation:
    """Text with tags: its words and links; the items of its lists apart from the words."""
    if "<" not in text:
        # No tags: the parser would take an address for that of a file, and warn.
        return Compilation(" ".join(html.unescape(text).split()))
    soup = _parse(text)
    items = tuple(_words(item) for item in _tags(soup, "li"))
    _drop_lists(soup)
    links = tuple(Link(_words(link), str(link.get("href", ""))) for link in _tags(soup, "a"))
    _mark(soup)
    return Compilation(_words(soup), links, items)


def fragment_prose(text: str) -> str:
    """Text with tags as prose: the ends of lines that they mean, and marks of code."""
    if "<" not in text:
        return _trim(html.unescape(text))
    soup = _parse(text)
    _drop_lists(soup)
    _mark(soup)
    return _trim(soup.get_text())


def _drop_lists(soup: BeautifulSoup) -> None:
    for listing in _tags(soup, "ul", "ol"):
        listing.extract()


def _mark(soup: BeautifulSoup) -> None:
    """Write the ends of lines, and the marks of code, for the tags that mean them."""
    for tag in _tags(soup, "br"):
        tag.replace_with(NavigableString("\n"))
    for tag in _tags(soup, "p"):
        tag.append(NavigableString("\n"))
    for tag in _tags(soup, "code"):
        tag.insert_before(NavigableString("`"))
        tag.insert_after(NavigableString("`"))


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").replace("\xa0", " ").split())


def _trim(text: str) -> str:
    lines = [line.strip() for line in text.replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

"""HTML tables and fragments, parsed into the same blocks as Markdown."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from bs4.exceptions import ParserRejectedMarkup

from apiscribe.diagnostics.source import Source, Span
from apiscribe.pages.blocks import Inline, Link, ParsedText, Row, Table
from apiscribe.pages.html_text import HTML
from apiscribe.pages.type_arguments import MARK, mark_arguments

# Tags in which whitespace counts, even if they hold nothing else.
_PREFORMATTED = {"pre", "textarea", "code"}


def read_table(text: str, span: Span, source: Source) -> Table:
    """Parse the table in a text; `span` is the location of the text.

    Missing and extra cells are kept as they are: the dialect decides what they mean.
    """
    soup = _parse(text)
    rows = []
    for row in _tags(soup, "tr"):
        first = span.line + (row.sourceline or 1) - 1
        last = min(first + _count_newlines(row), span.end_line)
        rows.append(_read_row(row, source.span(first, last)))
    header = rows[0] if rows else Row((), span)
    for cell in _tags(soup, "td", "th"):
        if cell.find_parent("tr"):
            cell.clear()
    return Table(header, tuple(rows[1:]), span, _words(soup))


def _parse(text: str) -> BeautifulSoup:
    """Parse the tags of a text; declarations (`<!…`) that the parser rejects become words."""
    text = mark_arguments(text)
    try:
        soup = _soup(text)
    except ParserRejectedMarkup:
        soup = _soup(text.replace("<!", "&lt;!"))
    if MARK in text:
        for string in soup.find_all(string=lambda string: MARK in string):
            string.replace_with(type(string)(string.replace(MARK, "<")))
    return soup


def _soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser", preserve_whitespace_tags=_PREFORMATTED)


def _read_row(row: Tag, span: Span) -> Row:
    cells = [
        Inline(cell.decode_contents(), _cell_span(cell, row, span), HTML)
        for cell in _tags(row, "td", "th")
        if cell.find_parent("tr") is row
    ]
    return Row(tuple(cells), span)


def _tags(parent: Tag, *names: str) -> list[Tag]:
    """Return the tags with one of the names, in order; bs4's own search is three times slower."""
    return [tag for tag in parent.descendants if isinstance(tag, Tag) and tag.name in names]


def _count_newlines(row: Tag) -> int:
    """Count the newlines in the text of a row."""
    return sum(text.count("\n") for text in row.descendants if isinstance(text, NavigableString))


def _cell_span(cell: Tag, row: Tag, span: Span) -> Span:
    """Return the row's span, with the cell's column if the cell begins on the row's first line."""
    if cell.sourceline != row.sourceline:
        return span
    return replace(span, column=(cell.sourcepos or 0) + 1)


def read_fragment(text: str) -> ParsedText:
    """Parse text with tags into words and links; the items of lists are kept apart."""
    if "<" not in text:
        # Without tags, bs4 warns that a URL looks like a file name.
        return ParsedText(" ".join(html.unescape(text).split()))
    soup = _parse(text)
    items = tuple(_words(item) for item in _tags(soup, "li"))
    _drop_lists(soup)
    links = tuple(Link(_words(link), str(link.get("href", ""))) for link in _tags(soup, "a"))
    return ParsedText(_words(soup), links, items)


def fragment_prose(text: str) -> str:
    """Return text with tags as prose, with line breaks and code marks for the tags."""
    if "<" not in text:
        return _trim(html.unescape(text))
    soup = _parse(text)
    _drop_lists(soup)
    _replace_tags(soup)
    return _trim(soup.get_text())


def _drop_lists(soup: BeautifulSoup) -> None:
    for listing in _tags(soup, "ul", "ol"):
        listing.extract()


def _replace_tags(soup: BeautifulSoup) -> None:
    """Insert the line breaks and code marks that the tags stand for."""
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

"""HTML tables and fragments, parsed into the same blocks as Markdown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bs4 import Tag
from bs4.element import CData, NavigableString

from apiscribe.diagnostics.source import Source, Span
from apiscribe.pages.blocks import Inline, Link, ParsedText, Row, Table
from apiscribe.pages.html_members import has_only_members, lift_inner_rows
from apiscribe.pages.html_text import HTML, trimmed
from apiscribe.pages.html_tree import parse_tree

_MOST_COLUMNS = 100  # made by spans; each cell of a row can span all of them
_LINE_END = "\x1f"
# Name → the text before and behind a tag.
Marks = Mapping[str, tuple[str, str]]
# Tags that begin a line of their own.
_LINES: Marks = dict.fromkeys(("div", "p", "br"), (_LINE_END, _LINE_END))
_PROSE: Marks = {
    "br": ("\n", ""),
    **dict.fromkeys(("p", "tr"), ("", "\n")),
    **dict.fromkeys(("td", "th"), ("", " ")),
    "code": ("`", "`"),
}
_LISTS = ("ul", "ol")


def read_table(text: str, span: Span, source: Source) -> Table:
    """Parse the table in a text; `span` is the location of the text.

    Missing and extra cells are kept as they are: the dialect decides what they mean.
    """
    return table_of(parse_tree(text), span, source, span.line)


def table_of(table: Tag, span: Span, source: Source, first_line: int) -> Table:
    """Return the table in a tag with text from `first_line` on. Its cells are emptied.

    A table inside a cell is text of the cell. A cell that spans rows counts in each of them.
    """
    if table.find("table"):
        lift_inner_rows(table)
    rows = []
    tags = _tags(table, "tr")
    outer = tags[0].find_parent("table") if tags else None
    above: dict[int, tuple[int, Inline]] = {}  # column → rows to fill, and the cell
    for row in tags:
        if row.find_parent("table") is not outer:
            continue
        first = first_line + (row.sourceline or 1) - 1
        last = min(first + _count_newlines(row), span.end_line)
        rows.append(_read_row(row, source.span(first, last), above))
    if len(rows) > 1 and not any(cell.text for cell in rows[0].cells):
        rows = rows[1:]  # an editor hides a header without words
    elif _has_two_headers([row for row in tags if row.find_parent("table") is outer]):
        rows = rows[1:]  # the cells above the others only name groups of columns
    own = [_tags(row, "td", "th") for row in tags if row.find_parent("table") is outer]
    if has_only_members(own):
        blank = tuple(Inline("", cell.span, HTML) for cell in rows[0].cells)
        rows = [Row(blank, rows[0].span), *rows]
    header = rows[0] if rows else Row((), span)
    for cell in _tags(table, "td", "th"):
        if cell.find_parent("tr"):
            cell.clear()
    return Table(header, tuple(rows[1:]), span, _words(table, ()))


def _read_row(row: Tag, span: Span, above: dict[int, tuple[int, Inline]]) -> Row:
    cells: list[Inline] = []
    own = [cell for cell in _tags(row, "td", "th") if cell.find_parent("tr") is row]
    for cell in own:
        _fill(cells, above)
        inline = Inline(cell.decode_contents(), _cell_span(cell, row, span), HTML)
        columns = min(_spanned(cell, "colspan"), max(1, _MOST_COLUMNS - len(cells)))
        for part in range(columns):
            content = inline if part == 0 else Inline("", inline.span, HTML)
            if (rows := _spanned(cell, "rowspan")) > 1:
                above[len(cells)] = (rows - 1, content)
            cells.append(content)
    _fill(cells, above)
    anchor, classes = row.get("id"), row.get("class")
    return Row(
        tuple(cells),
        span,
        anchors=(str(anchor),) if anchor else (),
        classes=tuple(classes) if isinstance(classes, list) else (),
        spans=len(own) == 1 and len(cells) > 1 and _spanned(own[0], "colspan") == len(cells),
    )


def _has_two_headers(rows: Sequence[Tag]) -> bool:
    """Return whether the first row has headers of several columns, and the second their own."""
    first, second = (_tags(row, "td", "th") for row in rows[:2]) if len(rows) > 1 else ([], [])
    groups = len(first) > 1 and any(_spanned(cell, "colspan") > 1 for cell in first)
    return groups and bool(second) and all(cell.name == "th" for cell in second)


def _fill(cells: list[Inline], above: dict[int, tuple[int, Inline]]) -> None:
    """Add the cells of rows above that reach into the next columns of this row."""
    while (column := len(cells)) in above:
        rows, cell = above.pop(column)
        cells.append(cell)
        if rows > 1:
            above[column] = (rows - 1, cell)


def _spanned(cell: Tag, attribute: str) -> int:
    """Return how many rows or columns a cell takes; a hostile number counts as one."""
    value = str(cell.get(attribute, ""))
    return max(1, int(value)) if value.isascii() and value.isdecimal() and len(value) < 3 else 1


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
    soup = parse_tree(text)
    links = tuple(
        Link(_words(link), str(link["href"]))
        for link in _tags(soup, "a")
        if link.get("href") and not link.find_parent(_LISTS)
    )
    items = tuple(_words(item, ()) for item in _tags(soup, "li"))
    return ParsedText(_words(soup), links, items, _lines(soup))


def fragment_prose(text: str) -> str:
    """Return text with tags as prose, with line breaks and code marks for the tags."""
    return trimmed("".join(texts(parse_tree(text), _PROSE, _LISTS)))


def texts(tag: Tag, marks: Marks, skipped: Collection[str] = ()) -> list[str]:
    """Return the texts in a tag, with those that its tags stand for, and without skipped tags.

    A change of the tree would look for the place of each tag among all tags beside it.
    """
    found: list[str] = []
    for child in tag.contents:
        if isinstance(child, Tag) and child.name not in skipped:
            before, behind = marks.get(child.name, ("", ""))
            inner = texts(child, marks, skipped)
            found += [before, *inner, behind] if before or behind else inner
        elif type(child) in (NavigableString, CData):  # no comment and no script
            found.append(str(child))
    return found


def _lines(soup: Tag) -> tuple[str, ...]:
    """Return the texts of the blocks in a fragment; empty if it has only one."""
    whole = " ".join(texts(soup, _LINES, _LISTS))
    if _LINE_END not in whole:
        return ()
    parts = whole.replace("\xa0", " ").split(_LINE_END)
    return tuple(line for part in parts if (line := " ".join(part.split())))


def _words(tag: Tag, skipped: Collection[str] = _LISTS) -> str:
    return " ".join(" ".join(texts(tag, {}, skipped)).replace("\xa0", " ").split())

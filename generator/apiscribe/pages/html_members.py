"""What the tags of HTML say about members: names by their classes, and rows of an inner table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bs4 import Tag

_NAME = re.compile(r"(?:property|param|parameter|field|attribute|argument)[-_]?name")
_MOST_LETTERS = 60  # of what is beside a name
_INLINE = frozenset("span small em i b strong code div".split())
_DEPTH = "» "


def mark_members(tree: Tag) -> None:
    """Write names as code, in tags that their class marks as such, and the type behind a name and
    the words beside it in one bracket: `<code>hours</code> (integer, required)`.
    """
    for tag in tree.find_all(["span", "b", "strong", "div"], class_=True):
        classes = () if tag.decomposed else tag.get("class") or ()
        if any(map(_NAME.fullmatch, classes)) and not tag.find(True):
            tag.name = "code"
        elif "name" in classes and tag.string and not tag.find_parent("td"):
            _join_facts(tag)


def _join_facts(name: Tag) -> None:
    beside = name.find_next_siblings()
    texts = [" ".join(tag.get_text().split()) for tag in beside]
    typed = any("type" in (tag.get("class") or ()) for tag in beside)
    short = all(tag.name in _INLINE and not tag.find("a") for tag in beside)
    if not typed or not short or sum(map(len, texts)) > _MOST_LETTERS:
        return
    name.name = "code"
    for tag in beside:
        tag.decompose()
    name.insert_after(f" ({', '.join(filter(None, texts))})")


def lift_inner_rows(table: Tag) -> None:
    """Put the rows of a table that has a row of its own below this row, with a mark before the
    first cell: they are members of the member above.
    """
    for inner in reversed(table.find_all("table")):
        cell = inner.find_parent("td")
        row = cell.parent if cell else None
        if cell is None or row is None or not cell.get("colspan") or inner.find("th"):
            continue
        if cell.find_next_siblings("td") or cell.find_previous_siblings("td"):
            continue
        if cell.get_text(strip=True) != inner.get_text(strip=True):
            continue
        for lifted in reversed(inner.find_all("tr")):
            if (first := lifted.find("td")) is not None:
                first.insert(0, _DEPTH)
                row.insert_after(lifted.extract())
        row.decompose()


def has_only_members(rows: Sequence[Sequence[Tag]]) -> bool:
    """Return whether all rows of a table, by their cells, have a name in code and what describes
    it: then its first row is no header.
    """
    for cells in rows:
        if len(cells) != 2 or any(cell.name == "th" for cell in cells):
            return False
        code = cells[0].find("code")
        name = code.get_text(strip=True) if isinstance(code, Tag) else ""
        if not name or not cells[0].get_text(strip=True).lstrip(_DEPTH).startswith(name):
            return False
    return bool(rows)

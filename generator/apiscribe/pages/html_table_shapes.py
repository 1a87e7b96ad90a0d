"""Tables of HTML without the tags of tables, and tables that only arrange code."""

from __future__ import annotations

from bs4 import Tag

# Source: WAI-ARIA 1.2, the roles of tables and grids.
_TAGS = {
    "row": "tr",
    "columnheader": "th",
    "rowheader": "th",
    "cell": "td",
    "gridcell": "td",
}


def name_tags_by_roles(tag: Tag) -> bool:
    """Name the tags of a table by their roles, such as `<div role="row">`; return whether a tag is
    such a table.
    """
    if tag.get("role") not in ("table", "grid"):
        return False
    for child in tag.find_all(True, role=list(_TAGS)):
        child.name = _TAGS[str(child["role"])]
    return tag.find("tr") is not None


def numbered_code(table: Tag) -> Tag | None:
    """Return the code in a table of one row that only sets it beside the numbers of its lines."""
    rows = table.find_all("tr")
    codes = table.find_all("pre") if len(rows) == 1 else []
    if len(codes) != 2 or len(table.find_all(["td", "th"])) != 2:
        return None
    numbers = codes[0].get_text().split()
    is_numbered = numbers == [str(number) for number in range(1, len(numbers) + 1)]
    code = codes[1]
    return code if is_numbered and isinstance(code, Tag) else None


def numbered_lines(table: Tag) -> list[Tag]:
    """Return the cells with the lines of code in a table that has one row for each; or none."""
    rows = [row.find_all(["td", "th"]) for row in table.find_all("tr")]
    is_code = rows and all(len(row) == 2 and row[0].get("data-line-number") for row in rows)
    return [row[1] for row in rows if isinstance(row[1], Tag)] if is_code else []

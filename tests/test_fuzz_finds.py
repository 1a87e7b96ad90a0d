"""Pages that `make fuzz` has found: each is read, and all of its lines have a status."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz import check_spec

# Name → the name of the page and its text.
PAGES = {
    "an attribute over two lines": (
        "page.html",
        '<ul><li><img alt="a\nb"><ul><li>GET /books</li></ul></li></ul>',
    ),
    "an attribute on each line": (
        "page.html",
        "<ol\n class=a\n id=b><li\n class=c>one<ul\n class=d><li\n class=e>two</li></ul></li></ol>",
    ),
    "a tag over lines in a quote": (
        "page.html",
        "<blockquote><p\n id=a>one</p><ul><li\n id=b><p\n id=c>two</p></li></ul></blockquote>",
    ),
    "a link without a text as the type": (
        "page.md",
        "# Books\n\n`GET /books`\n\n## Response\n\n[](Book.md) ids\n",
    ),
    "an image as the link of a column": (
        "page.md",
        "# Books\n\n`GET /books`\n\n| Parameter | Type |\n| --- | --- |\n| tag | array of"
        " [![](i.png)](Tag.md) ids |\n",
    ),
    "an empty link before another one": (
        "page.md",
        "# Books\n\n`GET /books`\n\n| Parameter | Type |\n| --- | --- |\n| tag | array of"
        " [](a.md)[Tag](Tag.md) ids |\n",
    ),
    "a table in a bullet, with blanks behind it": (
        "page.md",
        "# T\n\n> **Package : a.v1**\n\n## Message\n\n### Up\n* **id** (string)   `Required` \n\n"
        "* **tags** (Struct)  \n\n    <tr><td><td><ul>\n          ",
    ),
    "a tag that does not end, with blanks behind it": (
        "page.md",
        "# T\n\n* **id** (string)\n\n  <div><ul><li>a\n  <p>b\n      \n",
    ),
    "a heading of one word in capitals and small letters": (
        "page.md",
        f"# {'Struct' * 60}!\n\nGET /books\n",
    ),
    "a heading of one word with a mark behind it": (
        "page.md",
        f"# *{'None' * 60}*?\n\n| Field | Type |\n| --- | --- |\n| a | string |\n",
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_was_found_is_read(name: str, tmp_path: Path) -> None:
    file, text = PAGES[name]
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / file).write_text(text, encoding="utf-8")
    check_spec(tmp_path)

"""HTML as running text.

BeautifulSoup is slow to import, and many pages contain no HTML, so it is imported on first use.
"""

from __future__ import annotations

import html

from apiscribe.pages.blocks import Markup, ParsedText


def _parse(text: str) -> ParsedText:
    from apiscribe.pages.html_table import read_fragment

    return read_fragment(text)


def _prose(text: str) -> str:
    from apiscribe.pages.html_table import fragment_prose

    return fragment_prose(text)


def _html(text: str) -> str:
    parsed = _parse(text)
    items = "".join(f"<br>• {html.escape(item)}" for item in parsed.items)
    return "<br>".join(map(html.escape, parsed.lines or [parsed.text])) + items


HTML = Markup(_parse, _prose, _html)

"""HTML as running text.

BeautifulSoup is slow to import, and many pages contain no tags, so it is imported for the first
text with one. (Of other texts, it also warns that a URL looks like a file name.)
"""

from __future__ import annotations

import html
import re

from apiscribe.pages.blocks import Markup, ParsedText


def _parse(text: str) -> ParsedText:
    if "<" not in text:
        return ParsedText(" ".join(html.unescape(text).split()))
    from apiscribe.pages.html_table import read_fragment

    return read_fragment(text)


def _prose(text: str) -> str:
    if "<" not in text:
        return trimmed(html.unescape(text))
    from apiscribe.pages.html_table import fragment_prose

    return fragment_prose(text)


def _html(text: str) -> str:
    parsed = _parse(text)
    items = "".join(f"<br>• {html.escape(item)}" for item in parsed.items)
    return "<br>".join(map(html.escape, parsed.lines or [parsed.text])) + items


def trimmed(text: str) -> str:
    """Return a text without blanks around its lines, and without several blank lines in a row."""
    lines = [line.strip() for line in text.replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


HTML = Markup(_parse, _prose, _html)

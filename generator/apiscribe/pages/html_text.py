"""HTML as running text.

BeautifulSoup is slow to import, and many pages contain no HTML, so it is imported on first use.
"""

from __future__ import annotations

from apiscribe.pages.blocks import Markup, ParsedText


def _parse(text: str) -> ParsedText:
    from apiscribe.pages.html_table import read_fragment

    return read_fragment(text)


def _prose(text: str) -> str:
    from apiscribe.pages.html_table import fragment_prose

    return fragment_prose(text)


HTML = Markup(_parse, _prose)

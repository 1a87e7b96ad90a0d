"""HTML as running text. BeautifulSoup takes its time to load, and many pages do without."""

from __future__ import annotations

from apiscribe.pages.blocks import Compilation, Markup


def _read(text: str) -> Compilation:
    from apiscribe.pages.html_table import read_fragment

    return read_fragment(text)


def _prose(text: str) -> str:
    from apiscribe.pages.html_table import fragment_prose

    return fragment_prose(text)


HTML = Markup(_read, _prose)

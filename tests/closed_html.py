"""The closed form of HTML pages: known tags and attributes, links inside the page, one script."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

_TAGS = frozenset(
    "html head meta title style body header h1 h2 h3 h4 a small form input output nav section ul li"
    " details summary main noscript p br dl dt dd template span div b code table thead tbody tr th"
    " td figure figcaption pre button script".split()
)
_ATTRIBUTES = frozenset(
    "lang charset http-equiv content name role type aria-label aria-labelledby placeholder"
    " autocomplete spellcheck value id class href hidden tabindex".split()
)
_OWN_PAGES = ("/docs", "/openapi.json", "/health", "/metrics")


class ClosedHtml(HTMLParser):
    """Asserts that a page has only known tags and attributes; counts the tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.feed(text)
        self.close()
        assert self.tags["script"] == 2  # the server's facts are in one
        assert (self.tags["style"], self.tags["title"], self.tags["meta"]) == (1, 1, 3)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        assert tag in _TAGS, tag
        for name, value in attrs:
            assert name in _ATTRIBUTES or name.startswith("data-"), (tag, name)
            if name == "href":
                assert (value or "").startswith("#/") or value in _OWN_PAGES, value

    def handle_comment(self, data: str) -> None:
        self.tags["comment"] += 1
        assert self.tags["comment"] == 1, data

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

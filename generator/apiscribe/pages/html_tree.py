"""HTML → a tree, as browsers build it.

Python's parser nests every tag that has no end tag, so that a thousand rows are a thousand levels.
Here a row ends the row before it, as the HTML standard says, and no shape of a page makes a tree
that is deeper than browsers allow: reading takes time in proportion to the length of the page.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.builder._htmlparser import BeautifulSoupHTMLParser, HTMLParserTreeBuilder
from bs4.exceptions import ParserRejectedMarkup

from apiscribe.pages.type_arguments import MARK, mark_arguments

# Tags in which whitespace counts, even if they hold nothing else.
_PREFORMATTED = {"pre", "textarea", "code"}
# Open tags above a tag; a deeper one is put beside the last. Browsers have 512, with a tree of
# tables in tables; the tables of pages are never so deep.
_DEEPEST = 128

_CELLS = frozenset({"td", "th"})
_SECTIONS = frozenset({"thead", "tbody", "tfoot", "caption", "colgroup"})
_IN_TABLE = _CELLS | {"tr"} | _SECTIONS
_LISTS = frozenset({"ul", "ol", "menu"})
_TABLE = frozenset({"table", "template"})
_SCOPE = _TABLE | _CELLS | {"caption", "object", "button"}
_ENDS_P = frozenset(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr li dt dd main menu nav ol p pre search section"
    " summary table ul".split()
)
# Name → the tags that its start tag ends, unless one of the second set is between.
# Source: HTML Living Standard, 13.2.6.4, "The rules for parsing tokens in HTML content".
_Rule = tuple[frozenset[str], frozenset[str]]
_IMPLIED: dict[str, _Rule] = {
    **dict.fromkeys(_CELLS, (_CELLS, _TABLE | {"tr"})),
    **dict.fromkeys(_SECTIONS, (_IN_TABLE, _TABLE)),
    "tr": (_CELLS | {"tr", "caption", "colgroup"}, _TABLE),
    "li": (frozenset({"li"}), _SCOPE | _LISTS),
    "dt": (frozenset({"dt", "dd"}), _SCOPE | {"dl"}),
    "dd": (frozenset({"dt", "dd"}), _SCOPE | {"dl"}),
    "option": (frozenset({"option"}), _SCOPE | {"select", "optgroup"}),
}
# Tags that an end tag of the name does not end, if one of these is between.
_END_SCOPE = {
    **dict.fromkeys(_IN_TABLE, _TABLE),
    "li": _SCOPE | _LISTS,
    "p": _SCOPE,
}


def parse_tree(text: str) -> BeautifulSoup:
    """Parse HTML. Type arguments, and declarations (`<!…`) that the parser rejects, are text.

    No tag ends behind the last `>`: the parser would look for its end from each `<`.
    """
    text = mark_arguments(text)
    end = text.rfind(">") + 1
    text = text[:end] + text[end:].replace("<", "&lt;")
    try:
        return _parse(text)
    except ParserRejectedMarkup:
        return _parse(text.replace("<!", "&lt;!"))


def _parse(text: str) -> BeautifulSoup:
    return _Tree(text, builder=_Builder(preserve_whitespace_tags=_PREFORMATTED))


class _Tree(BeautifulSoup):
    """A tree with the end tags that HTML leaves out."""

    def handle_starttag(self, name: str, *arguments: Any, **options: Any) -> Tag | None:
        """Add a tag, after the end of those that it ends."""
        self.endData()
        if name in _ENDS_P:
            self._end(frozenset({"p"}), _SCOPE)
        if rule := _IMPLIED.get(name):
            ended, between = rule
            while self._end(ended, between):
                pass
        if name in _CELLS and self._innermost(_TABLE | {"tr"}) == "table":
            # The row of cells that have none.
            self.handle_starttag("tr", None, None, {}, *arguments[3:], **options)
        while len(self.tagStack) > _DEEPEST:
            self.popTag()
        return super().handle_starttag(name, *arguments, **options)

    def handle_endtag(self, name: str, nsprefix: str | None = None) -> None:
        """End the tag, unless it is outside of the table or the list in which its end tag is."""
        self.endData()
        if between := _END_SCOPE.get(name):
            self._end(frozenset({name}), between)
        else:
            super().handle_endtag(name, nsprefix)

    def endData(self, containerClass: Any = None) -> None:  # noqa: N802, N803  # the name in bs4
        """Add the text since the last tag."""
        self.current_data = [text.replace(MARK, "<") for text in self.current_data]
        super().endData(containerClass)

    def _innermost(self, names: frozenset[str]) -> str:
        return next((tag.name for tag in reversed(self.tagStack) if tag.name in names), "")

    def _end(self, names: frozenset[str], between: frozenset[str]) -> bool:
        """End the innermost tag with one of the names, and return whether there is one."""
        for depth, tag in enumerate(reversed(self.tagStack), 1):
            if tag.name in names:
                for _ in range(depth):
                    self.popTag()
                return True
            if tag.name in between:
                return False
        return False


class _Ended:
    """The names of tags without content for which an end tag may follow.

    It replaces a list, which would be searched for every end tag of a page.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def append(self, name: str) -> None:
        """Add a name."""
        self._counts[name] += 1

    def remove(self, name: str) -> None:
        """Remove a name once."""
        self._counts[name] -= 1

    def __contains__(self, name: str) -> bool:
        return self._counts[name] > 0


class _Parser(BeautifulSoupHTMLParser):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.already_closed_empty_element: Any = _Ended()


class _Builder(HTMLParserTreeBuilder):
    def feed(self, markup: Any, _parser_class: type[BeautifulSoupHTMLParser] = _Parser) -> None:
        super().feed(markup, _parser_class)

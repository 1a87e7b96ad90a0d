"""What HTML says about methods of HTTP and paths by its tags and their classes, as plain text.

`<span class="http-method">post</span> /looms`, `<pre data-type="get">/looms</pre>`, a badge with
the method beside the path, and Sphinx, which marks each part of `GET /looms/(int:id)`.
"""

from __future__ import annotations

import re

from bs4 import Tag

_VERBS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
_LONGEST_VERB = 7
_ROUTE = re.compile(rf"(?:{'|'.join(sorted(_VERBS))})\s+/")
_OF_VERBS = re.compile(r"method|verb|badge", re.IGNORECASE)
_RELATIVE = re.compile(r"[\w-]+(?:/[\w.-]+|/\{\w+\??\})+")
_EDITS = re.compile(r"edit-?section\Z", re.IGNORECASE)  # mw-editsection
_OWN_LINKS = frozenset("up edit_me headerlink".split())


def raise_verbs(tree: Tag) -> None:
    """Write the methods of HTTP in capitals, in tags that their class marks as methods."""
    for tag in tree.find_all(["span", "b", "strong", "code", "small", "div"], class_=_OF_VERBS):
        text = tag.string
        if text and len(text.strip()) <= _LONGEST_VERB and text.strip().upper() in _VERBS:
            tag.string = text.strip().upper()
            _root_path(tag)
            _join_path(tag)
    for wrap in tree.find_all("wbr"):
        wrap.decompose()
    tree.smooth()


def _root_path(verb: Tag) -> None:
    """Write the path in the code right behind a method with its slash."""
    beside = verb.find_next_sibling()
    code = beside.find("code") if beside and beside.name in ("b", "strong") else beside
    if isinstance(code, Tag) and code.name == "code" and _RELATIVE.fullmatch(code.string or ""):
        code.string = f"/{code.string}"


def _join_path(verb: Tag) -> None:
    """Make a path behind a method one text, if a tag sets its first part apart."""
    first = verb.find_next_sibling()
    if not isinstance(first, Tag) or not (first.string or "").startswith("/"):
        return
    if str(first.next_sibling or "").startswith("/"):
        first.unwrap()


def begins_with_route(text: str) -> bool:
    """Return whether a text begins with a method of HTTP and a path."""
    return _ROUTE.match(text) is not None


def verb_of(code: Tag) -> str:
    """Return the method that an attribute of code states, or ""."""
    verb = str(code.get("data-type", "")).upper()
    return verb if verb in _VERBS else ""


def spell_signatures(tag: Tag) -> None:
    """Make each term of a list plain text: Sphinx marks all parts of `GET /looms/(int:id)`."""
    for term in tag.find_all("dt", recursive=False):
        for link in term.find_all("a", class_="headerlink"):
            link.decompose()
        term.string = " ".join(term.get_text().split())


def is_signature(term: Tag) -> bool:
    """Return whether a term of a list is a signature of Sphinx."""
    return "sig" in (term.get("class") or ()) or term.find(class_="descname") is not None


def flatten_signature(term: Tag) -> None:
    """Make a term of Sphinx text and links: it marks all parts of `message shop.v1.Job`."""
    drop_permalinks(term)
    for mark in term.find_all(["span", "em", "b", "strong", "code"]):
        mark.unwrap()
    for link in term.find_all("a", href=False):
        link.decompose()
    term.smooth()


def drop_permalinks(heading: Tag) -> None:
    """Drop buttons, links of wikis to edit a section, and the links to the heading or term itself,
    with marks as words: `¶`, `#`.
    """
    for button in (*heading.find_all("button"), *heading.find_all(class_=_EDITS)):
        button.decompose()
    for link in heading.find_all("a"):
        if _OWN_LINKS & {*(link.get("class") or ())}:
            link.clear()
            del link["href"]
        if str(link.get("href", "")).startswith("#") and not any(map(str.isalnum, link.get_text())):
            link.clear()
            del link["href"]

"""Type arguments in running text: `<Other>` in `List<Other>` is text, and not a tag."""

from __future__ import annotations

import re
from collections.abc import Set

from apiscribe.model.type_words import GENERICS

# A code point that Unicode reserves for internal use: no page contains it.
MARK = "\ufdd0"

# Source: HTML Living Standard, "Elements", and its obsolete elements that pages still use.
_ELEMENTS = frozenset(
    "a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button"
    " canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div"
    " dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6"
    " head header hgroup hr html i iframe img input ins kbd label legend li link main map mark"
    " marquee math menu meta meter nav nobr noscript object ol optgroup option output p picture pre"
    " progress q rp rt ruby s samp script search section select slot small source span strike"
    " strong style sub summary sup svg table tbody td template textarea tfoot th thead time title"
    " tr track tt u ul var video wbr".split()
)
# No type is named like these, and they often follow a word without a space.
_BREAKS = frozenset({"br", "hr", "p", "wbr"})
# The begin of a type argument: `<` and a name without attributes, before `>`, `,`, `<` or `[`.
_ARGUMENT = re.compile(r"<(?P<name>[A-Za-z_][\w.]*)\s*(?=[>,<\[])")
_CLOSING = re.compile(r"</([A-Za-z_][\w.]*)")
_LAST_WORD = re.compile(r"\w+\Z")
_LONGEST_WORD = 40  # characters, so that a long text is not read again for each `<`


def closing_names(text: str) -> Set[str]:
    """Return the names of the closing tags in a text, in lower case."""
    return {name.lower() for name in _CLOSING.findall(text)} if "</" in text else frozenset()


def begins_argument(text: str, at: int, closed: Set[str]) -> bool:
    """Return whether the `<` at an index begins a type argument, and not a tag.

    The name of a type argument is not an HTML element, and has no closing tag in the text. Right
    after `List` and the like, and with a capital right after any word, it may be an element's name:
    `List<link>`, `Page<Link>`.
    """
    match = _ARGUMENT.match(text, at)
    if match is None:
        return False
    name = match["name"]
    if name.lower() in closed or name.lower() in _BREAKS:
        return False
    if name.lower() not in _ELEMENTS:
        return True
    word = _LAST_WORD.search(text[max(0, at - _LONGEST_WORD) : at])
    return word is not None and (
        word[0].lower() in GENERICS or (name[0].isupper() and name[1:].islower())
    )


def mark_arguments(text: str) -> str:
    """Return HTML with `MARK` for the `<` of each type argument; columns do not change."""
    if "<" not in text:
        return text
    closed = closing_names(text)
    return _ARGUMENT.sub(
        lambda m: f"{MARK}{m[0][1:]}" if begins_argument(text, m.start(), closed) else m[0], text
    )

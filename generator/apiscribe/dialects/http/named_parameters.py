"""Parameters in sentences: ``the optional query parameter `w` (int)``, ``page by `?page=` ``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apiscribe.dialects.http.member_lists import read_text
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.routes import query_names
from apiscribe.dialects.http.words import STATUSES, Label, read_label
from apiscribe.pages.blocks import Inline

_NAME = re.compile(r"`[A-Za-z_][\w.-]*(?:\[\])?`(?:\s*\([^()]*\))?")
_HEADER = re.compile(r"`[A-Z]|`[a-z]+-")  # and no column of a file
_QUERY = re.compile(r"`[?&](?P<query>[\w.\[\]-]+=[^`\s]*)`")
_MOST_WORDS = 4  # of "optional URL query parameter"


def named_parameters(line: Inline) -> Iterator[tuple[Label, Member]]:
    """Yield the parameters that a line names right behind their place, each with its label."""
    for match in _NAME.finditer(line.source):
        label = _label_before(line.source[: match.start()])
        if label is None or (label.place == "header" and not _is_sent(line.source, match)):
            continue
        named = Inline(match[0], line.span, line.markup)
        if member := read_text(named, line.span, unmarked=False):
            yield label, member
    for query in _QUERY.finditer(line.source):
        for name in query_names(query["query"]):
            yield Label(place="query"), Member(name=name, span=line.span)


def _is_sent(text: str, name: re.Match[str]) -> bool:
    """Return whether a name is that of a header, in a sentence that is not about an answer."""
    sentence = re.split(r"[.;]\s", text[: name.start()])[-1]
    sentence += re.split(r"[.;]\s", text[name.end() :])[0]
    return bool(_HEADER.match(name[0])) and not STATUSES["returning"].search(sentence)


def _label_before(text: str) -> Label | None:
    """Return what the last words of a text call the name behind them, if it is a parameter."""
    words = re.split(r"[.,;:()]", text)[-1].split()[-_MOST_WORDS:]
    if not words or read_label(words[-1]).part not in ("parameters", "headers"):
        return None
    labels = (read_label(" ".join(words[at:])) for at in range(len(words)))
    label = next((label for label in labels if not label.subject), Label())
    is_answer = label.direction in ("response", "error")
    return label if label.place in ("query", "header") and not is_answer else None

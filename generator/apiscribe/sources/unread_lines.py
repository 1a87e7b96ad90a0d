"""Lines of pages that look like declarations, and that no declaration was read from.

A line declares a name if a part of it begins with the name: a heading, a row, an item of a list.
Other lines, of text or code, declare it if nothing but a type follows.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from apiscribe.diagnostics.source import Source, Span
from apiscribe.model.type_words import SHIPPED_TYPES
from apiscribe.pages.running_text import as_shown

# Lines that may declare something: headings, rows, items of lists, lines in bold or of code.
_STRUCTURED = re.compile(
    r"\s*(?:[#|`*+-]|\d+\.\s|>\s*\*\*|<(?:t[rdh]|li|h\d|d[td]|strong|b|code)\b)|.*\|"
)
_HEADING = re.compile(r"\s*(?:#+|<h\d|\*\*|<strong|<b\b)")
_ITEM = re.compile(r"\s*(?:[*+-]|\d+\.)\s")
_NEXT_WORD = re.compile(r"\s+([^\W\d_]\w*)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_COMMENT_MARKS = re.compile(r"<!--|-->")
# Inline tags do not end a part of a line: a name in the middle of a sentence declares nothing.
_ENDS = re.compile(r"[|\t\v\f\x85\u2028\u2029]|</?(?!(?:a|b|code|em|i|span|strong)\b)[^>]*>")
_TAGS = re.compile(r"<[^>]*>|\[\^[^\]]*\]|\(#[^)]*\)")  # and footnotes and targets of links
_LIST_NUMBER = re.compile(r"\A\d+[.)]\s+")
_MARKS = " *_~#+>:-`\\[](){}\"'“”‘’«»!?,;.="
_AFTER_NAME = re.compile(r"[\s,;:=([/&]")
# Characters that look like those of Markdown and of paths, and that NFKC does not change.
_LOOK_ALIKES = str.maketrans("│┃∕⁄", "||//")
_NAMELESS = re.compile(r"\A\s*\|[\s*`_~]*\|.*\w|<tr[^>]*>\s*<td[^>]*>\s*</td>")
_SHOWN_ELSEWHERE = re.compile(r"!\[|<img\b|\{\{[<%{]|\{%-?\s*include\b")


def plain(text: str) -> str:
    """Return a line as readers see it: without invisible characters, entities and look-alikes."""
    text = as_shown(html.unescape(text))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES)
        text = "".join(c for c in text if c != "\ufffd" and unicodedata.category(c) != "Cf")
    return text


@dataclass
class PageLines:
    """The lines of a page, by the names that they may declare."""

    source: Source

    @cached_property
    def _lines(self) -> list[str]:
        return [_COMMENT_MARKS.sub(" ", plain(line)) for line in self.source.lines]

    @cached_property
    def _names(self) -> Mapping[str, list[int]]:
        """The lines that may declare each name."""
        names: dict[str, list[int]] = defaultdict(list)
        is_code = False
        for number, line in enumerate(self._lines, 1):
            if _FENCE.match(line):
                is_code = not is_code
            elif is_code or not _STRUCTURED.match(line):
                for name in _names_with_types(line, is_code):
                    names[name].append(number)
            else:
                for name in _names_of(line):
                    names[name].append(number)
        return names

    def declaring(self, name: str, within: Span, read: set[int]) -> list[Span]:
        """Return the lines of a section that may declare a name, without those read."""
        section = range(within.line, within.end_line + 1)
        lines = self._names.get(plain(name), ())
        return [self.source.span(n) for n in lines if n in section and n not in read]

    def headings(self, name: str, read: set[int]) -> list[Span]:
        """Return the headings that begin with a name, without those read."""
        name = plain(name)
        known = {n for n in self._names.get(name, ()) if _HEADING.match(self._lines[n - 1])}
        known |= {n for n, text in self._headings if text == name}
        return [self.source.span(n) for n in sorted(known - read)]

    @cached_property
    def _headings(self) -> list[tuple[int, str]]:
        """The text of each heading without spaces, also in code that has no end."""
        lines = enumerate(self._lines, 1)
        return [
            (number, "".join(_bare(line).split())) for number, line in lines if _HEADING.match(line)
        ]

    def with_path(self, path: str, read: set[int], structured: bool) -> list[Span]:
        """Return the lines with the path of a route, without those read; if `structured`, without
        running text.
        """
        pattern = re.compile(rf"(?<![\w/}}.-]){re.escape(path)}(?![\w/{{-])")
        return [
            self.source.span(number)
            for number, line in enumerate(self._lines, 1)
            if number not in read
            if not structured or _STRUCTURED.match(line)
            if pattern.search(line)
        ]

    def shown_elsewhere(self, within: Span) -> list[Span]:
        """Return the lines of a section that show an image or include another file."""
        return self._matching(_SHOWN_ELSEWHERE, within)

    def nameless(self, within: Span) -> list[Span]:
        """Return the rows of a section with an empty first cell."""
        return self._matching(_NAMELESS, within)

    def _matching(self, pattern: re.Pattern[str], within: Span) -> list[Span]:
        lines = enumerate(self._lines[within.line - 1 : within.end_line], within.line)
        return [self.source.span(n) for n, line in lines if pattern.search(line)]


def _names_of(line: str) -> Iterable[str]:
    """Return the names that the first part of a line begins with, and the other parts."""
    parts = [part for each in _ENDS.split(line) if (part := _bare(each))]
    if not parts:
        return ()
    word, name = parts[0].split(maxsplit=1)[0], _AFTER_NAME.split(parts[0], maxsplit=1)[0]
    following = _NEXT_WORD.match(parts[0].removeprefix(name))
    if _ITEM.match(line) and following and following[1].lower() not in SHIPPED_TYPES:
        return ()  # a sentence
    return dict.fromkeys([word.strip(_MARKS), name.strip(_MARKS), *parts[1:]])


def _bare(part: str) -> str:
    """Return a part of a line without tags, marks and the number of an item."""
    return _LIST_NUMBER.sub("", _TAGS.sub("", part).replace("\\", "").strip(_MARKS))


def _names_with_types(line: str, is_code: bool) -> Iterator[str]:
    """Yield the name at the start of a line if a type follows; of text, also if nothing does."""
    text = _LIST_NUMBER.sub("", line.strip())
    # `"name": "string"` is an example.
    if not text or (is_code and text[0] in "\"'{["):
        return
    words = [word for each in re.split(r"[\s|,;:=]+", text) if (word := each.strip(_MARKS))]
    if (words[1:] and words[1].lower() in SHIPPED_TYPES) or (len(words) == 1 and not is_code):
        yield words[0]

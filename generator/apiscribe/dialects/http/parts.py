"""The parts of a page in one sequence, with those in quotes and labelled bullets.

A component opens a scope, and its closing tag ends it; so does a bullet that is a label with blocks
below it. Recognisers walk over the sequence, and keep the labels of the scopes around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from apiscribe.dialects.http.html_marks import with_marks
from apiscribe.dialects.http.item_sections import as_section, holds_operations
from apiscribe.dialects.http.words import Label, column, presence, read_label
from apiscribe.model.house_words import HouseWords, words_in_force
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Component,
    Heading,
    Html,
    Inline,
    Item,
    Paragraph,
    Quote,
    Table,
)
from apiscribe.pages.html_text import HTML

ITEM = "item"  # the name of the scope of a bullet

_REF = re.compile(r"""\{\{[<%]\s*(?:rel)?ref\s+["'“]?([^"'”>%]+?)["'”]?\s*[>%]\}\}""")
_INLINE_SHORTCODE = re.compile(r"\{\{[<%]\s*(\w[\w-]*)[^<>{}]*[>%]\}\}")
_HTML_LINK = re.compile(r"""<a\s[^<>]*?href\s*=\s*["']([^"'<>\s]+)["'][^<>]*>([^<>\[\]]+)</a>""")
_EMPTY_TAG = re.compile(r"<([A-Z]\w*)\s*/>")
_PLACEHOLDER = re.compile(r"(?<=[/=])<([^<>\s/]+)>")
# A label at the begin of a line, and what follows it.
_BOLD_LABEL = re.compile(
    r"\s*(?P<mark>\*\*\*|\*\*|__|\*|_)(?P<label>[^*\n]{1,80}?)(?P=mark)\s*(?P<colon>[:：]?)\s*(?P<rest>.*)",
    re.DOTALL,
)
_PLAIN_LABEL = re.compile(
    r"\s*(?P<label>[^:：`\n]{1,60})(?P<colon>[:：])(?!//)\s*(?P<rest>.*)", re.DOTALL
)
_BRACKET_ANCHOR = re.compile(r"\s+\[(?P<anchor>[a-z][a-z0-9_.]*(?:-[a-z0-9_.]+)+)\]\s*$")
_NO_ANCHORS = frozenset({"read-only", "write-only", "pre-release", "opt-in", "non-null"})
_MOST_LETTERS = 90  # of a label
_MOST_BARE_WORDS = 3  # of one without a mark


@dataclass(frozen=True, eq=False)
class Part:
    """A block that holds no other block; `quoted` if it is in a quote."""

    block: Block
    quoted: bool = False


@dataclass(frozen=True)
class Line:
    """A line with a label: its words, and the text behind it."""

    label: Label
    words: str
    rest: str


def flatten(blocks: Iterable[Block], quoted: bool = False, level: int = 0) -> Iterator[Part]:
    """Yield the parts of the blocks in order; `level` is that of the heading above them."""
    for block in map(with_marks, blocks):
        match block:
            case Heading():
                level = block.level
                yield Part(_without_anchor(block), quoted)
            case Quote():
                yield from flatten(block.blocks, True, level)
            case Bullets() if block.items and all(map(_is_table, block.items)):
                for item in block.items:
                    yield from flatten(item.blocks, quoted, level)
            case Bullets() if not quoted and holds_operations(block):
                for item in block.items:
                    yield from flatten(as_section(item, level + 1), quoted, level + 1)
            case Bullets() if _holds_labels(block):
                for item in block.items:
                    title = _bare_label(item)
                    scope = Component(ITEM, "", True, item.span, {"title": title} if title else {})
                    yield Part(scope, quoted)
                    yield from flatten(item.blocks[1:] if title else item.blocks, quoted, level)
                    yield Part(Component(ITEM, "", False, item.span), quoted)
            case Table() if (last := block.rows[-1:]) and last[0].tail and not last[0].cells:
                yield from _apart(block, quoted)
            case Html() if "<summary" in block.text.lower():
                yield Part(Paragraph(block.inline, block.span), quoted)
            case _:
                yield Part(block, quoted)


def _without_anchor(heading: Heading) -> Heading:
    """Return a heading whose last words are its anchor without them: `Request [put-request]`."""
    match = _BRACKET_ANCHOR.search(heading.inline.source)
    if match is None or match["anchor"] in _NO_ANCHORS:
        return heading
    inline = heading.inline
    title = Inline(inline.source[: match.start()], inline.span, inline.markup)
    return replace(heading, inline=title, anchors=(*heading.anchors, match["anchor"]))


def _apart(table: Table, quoted: bool) -> Iterator[Part]:
    """Yield a table, and the lines of text right below it as a paragraph."""
    rows = list(takewhile(lambda row: not row.cells, reversed(table.rows)))[::-1]
    rest = table.rows[: len(table.rows) - len(rows)]
    first, last = rows[0].span, rows[-1].span
    yield Part(replace(table, rows=rest, span=replace(table.span, end_line=first.line - 1)), quoted)
    span = replace(first, end_line=last.end_line)
    text = "\n".join(row.tail for row in rows)
    markup = table.header.cells[0].markup
    yield Part(Paragraph(Inline(text, span, markup), span), quoted)


@lru_cache(maxsize=2_000)
def _cleaned(source: str, is_html: bool, _: HouseWords) -> str:
    if "{{" in source:
        source = _REF.sub(lambda m: m[1].strip().replace(" ", "%20"), source)
        source = _INLINE_SHORTCODE.sub(_mark, source)
    if "<" in source:
        source = source if is_html else _HTML_LINK.sub(r"[\2](\1)", source)
        source = _EMPTY_TAG.sub(_mark, source)
        source = _PLACEHOLDER.sub(r"{\1}", source)
    return source


def _mark(match: re.Match[str]) -> str:
    return f"({match[1].lower()})" if presence(match[1]) is not None else ""


def clean(inline: Inline) -> Inline:
    """Return running text with words in place of shortcodes and tags that mark a field."""
    source = _cleaned(inline.source, inline.markup is HTML, words_in_force())
    return inline if source == inline.source else Inline(source, inline.span, inline.markup)


def lines_of(inline: Inline) -> list[Inline]:
    """Return the lines of running text, without the marks of line breaks."""
    cleaned = clean(inline)
    lines = re.split(r"\n|<br\s*/?>", cleaned.source)
    if len(lines) == 1:
        return [cleaned]
    return [
        Inline(line.strip().removesuffix("\\").rstrip(), inline.span, inline.markup)
        for line in lines
    ]


def labelled_line(line: Inline) -> Line | None:
    """Return the label of a line and the text after it; None if it has none.

    A label is bold or ends with a colon: `**Returns:** [User](#user)`, `Parameters:`.
    """
    source = line.source
    match = _BOLD_LABEL.match(source) or _PLAIN_LABEL.match(source)
    if match is None:
        return None
    words = re.sub(r"[*_`]", "", match["label"])
    rest = match["rest"]
    words_after = re.fullmatch(r"(?P<words>[^:：`\[]{1,40})[:：](?P<rest>.*)", rest, re.DOTALL)
    if (
        match.re is _BOLD_LABEL
        and not match["colon"]
        and words_after
        and not words.endswith((":", "："))
    ):
        words, rest = f"{words} {words_after['words']}", words_after["rest"]
    return Line(read_label(words), words.strip(" :："), rest.strip())


def label_of(part: Part) -> Label | None:
    """Return the label that a whole paragraph is; None for another text."""
    if not isinstance(part.block, Paragraph):
        return None
    text = clean(part.block.inline).text.strip()
    if not text or len(text) > _MOST_LETTERS * 3:
        return None
    source = part.block.inline.source.strip()
    bold = re.fullmatch(r"(\*\*\*|\*\*|__|\*|_)[^*]+\1\s*[:：]?", source) is not None
    ends = text.endswith((":", "："))
    if not (bold or ends or part.quoted or "<summary" in source.lower() or _is_bare(text)):
        return None
    last = re.split(r"(?<=[.!?])\s+|\n", text)[-1]
    label = read_label(last if len(last) <= _MOST_LETTERS else last[-_MOST_LETTERS:])
    return label if label.is_role or bold or label.presence else None


def means_required(parts: Sequence[Part], index: int) -> bool:
    """Return whether asterisks in a table mean "required", and not the note below it."""
    after = parts[index + 1].block if index + 1 < len(parts) else None
    if not isinstance(after, Paragraph) or not re.match(r"\\?\*+\s", after.inline.source):
        return True
    return bool(re.search("required|mandatory|필수|必", after.inline.text, re.IGNORECASE))


def _is_bare(text: str) -> bool:
    """Return whether a paragraph is only the name of a list of members: "Query parameters"."""
    if len(text.split()) > _MOST_BARE_WORDS or not text[:1].isupper() or text.endswith("."):
        return False
    label = read_label(text)
    lists = label.part in ("parameters", "headers") or label.place
    return bool(lists) and not label.subject


def _holds_labels(bullets: Bullets) -> bool:
    """Return whether most items are labels with blocks or text below them."""
    return 2 * sum(map(_is_label_item, bullets.items)) >= len(bullets.items)


def _is_table(item: Item) -> bool:
    return bool(item.blocks) and isinstance(item.blocks[0], Table)


def _bare_label(item: Item) -> str:
    """Return the label that an item begins with, with blocks below it: `+ Response 200`."""
    head = item.blocks[0] if item.blocks else None
    if not isinstance(head, Paragraph):
        return ""
    text = re.sub(r"\([^()]*/[^()]*\)", "", head.inline.text).strip()
    label = read_label(text)
    colon = re.search(r"[:：`*]", head.inline.source)
    alone = len(item.blocks) < 2 and not (label.status and label.direction)
    return "" if alone or not label.is_role or label.subject or colon else text


def _is_label_item(item: Item) -> bool:
    head = item.blocks[0] if item.blocks else None
    if not isinstance(head, Paragraph):
        return False
    if _bare_label(item):
        return True
    line = labelled_line(lines_of(head.inline)[0])
    if line and column(line.words) == "status" and re.match(r"\W*[1-5]\d\d\b", line.rest):
        return True
    if line is None or line.label.subject or not line.label.is_role:
        return False
    below = any(isinstance(block, Bullets | Table | Code) for block in item.blocks[1:])
    plain = line.rest and line.rest[0] not in "([" and not line.rest.startswith(("string", "int"))
    return below or len(item.blocks) > 1 or bool(plain) or not line.rest

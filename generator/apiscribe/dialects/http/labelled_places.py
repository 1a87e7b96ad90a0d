"""Operations with HTTP method and path on two lines: `**URL:** /users`, `**Method:** GET`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apiscribe.dialects.http.named_paths import named_path
from apiscribe.dialects.http.parts import Part, clean, labelled_line, lines_of
from apiscribe.dialects.http.routes import VERBS, RouteText, find_path, is_path, read_path
from apiscribe.dialects.http.words import column, read_label
from apiscribe.pages.blocks import Bullets, Code, Heading, Inline, Paragraph, Table

_LONGEST_LINE = 300
# Code that has only labelled lines: `Method: GET` and `URL: {{base}}/looms`.
_LABELLED_CODE = re.compile(r"(?:[A-Za-z ]{1,20}:[^\n]{0,200}(?:\n|$)){2,6}")
VERB = re.compile(rf"\W*({'|'.join(sorted(VERBS))})\b\W*", re.IGNORECASE)


def vertical_route(block: Table) -> tuple[str, str] | None:
    """Return the verb and the path of a table that has them in two rows, behind their labels."""
    values: dict[str, str] = {}
    for row in (block.header, *block.rows):
        if len(row.cells) == 2:
            values.setdefault(read_label(row.cells[0].text).part, clean(row.cells[1]).text)
    verb = VERB.fullmatch(values.get("verb", ""))
    path = find_path(values.get("url", ""))
    return (verb[1], path) if verb and path else None


def path_alone(parts: Sequence[Part], index: int) -> str:
    """Return the path that a paragraph consists of, or ""."""
    block = parts[index].block if index < len(parts) else None
    text = clean(block.inline).text if isinstance(block, Paragraph) else ""
    return text if is_path(text) else ""


class LabelledLines:
    """Joins the lines of a path and of a verb that have a label each."""

    def __init__(self, base: str = "") -> None:
        self._base = base  # of paths that end with a name
        self._verb = self._path = self._waits = ""

    @property
    def waits(self) -> bool:
        """Whether a label without a value came before."""
        return bool(self._waits)

    def read(self, part: Part) -> RouteText | None:
        """Read a part; return the route if it is complete."""
        for text in _texts(part):
            self._read_line(text)
        code = part.block
        if self._verb and not self._path and isinstance(code, Code) and is_path(code.text.strip()):
            self._path = find_path(code.text)
        if not (self._verb and self._path):
            return None
        route = read_path(self._verb, self._path)
        self._verb = self._path = ""
        return route

    def _read_line(self, line: Inline) -> None:
        if len(line.source) > _LONGEST_LINE:
            self._waits = ""
            return
        labelled = labelled_line(line)
        words = labelled.words if labelled else line.text
        label, rest = read_label(words), labelled.rest if labelled else ""
        value = Inline(rest, line.span, line.markup).text if rest else ""
        if labelled and (path := named_path(self._base, labelled)):
            self._path = path
        elif self._path and value in VERBS and column(words) == "type":
            self._take("verb", value)
        elif label.part in ("url", "verb") and not label.subject and label.direction != "response":
            self._waits = label.part if not value else ""
            self._take(label.part, value)
        elif self._waits:
            self._take(self._waits, line.text)
            self._waits = ""

    def _take(self, part: str, value: str) -> None:
        if part == "verb" and (verb := VERB.fullmatch(value)):
            self._verb = verb[1]
        elif part == "url" and not re.match(r"[a-z]+\s", value) and (path := find_path(value)):
            self._path = path


def _texts(part: Part) -> list[Inline]:
    match part.block:
        case Heading() | Paragraph():
            return lines_of(part.block.inline)
        case Bullets():
            heads = [item.blocks[0] for item in part.block.items if item.blocks]
            return [
                line
                for head in heads
                if isinstance(head, Paragraph)
                for line in lines_of(head.inline)
            ]
        case Code(text=text, span=span) if len(text.strip().split("\n")) == 1:
            # Imported here, because a build with nothing changed does without a parser of Markdown.
            from apiscribe.pages.markdown_text import MARKDOWN

            return [Inline(f"`{text.strip()}`", span, MARKDOWN)]
        case Code(text=text, span=span) if _LABELLED_CODE.fullmatch(text.strip()):
            from apiscribe.pages.markdown_text import MARKDOWN

            return [Inline(line.strip(), span, MARKDOWN) for line in text.strip().split("\n")]
        case _:
            return []

"""Directives of sphinxcontrib-httpdomain in Markdown (MyST) → an operation, labels and tables.

    ```{http:post} /looms
    Build a loom.

    :<json string name: the name
    :>json int id: the id
    :status 201: built
    ```

They stand in fences, between colons (`:::{http:get} /looms`), and as `.. http:get:: /looms` in
reStructuredText inside of a fence `{eval-rst}`.
"""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.made_blocks import made_paragraph, made_table_of_lines
from apiscribe.dialects.http.routes import VERBS
from apiscribe.pages.blocks import Block, Code, Paragraph, Table

_FENCE = re.compile(r"\{http:(?P<verb>\w+)\}")
_COLONS = re.compile(r":{3,}\s*\{http:(?P<verb>\w+)\}\s+(?P<path>/[^\n]*)")
_RST = re.compile(r"(?P<indent>\s*)\.\.\s+http:(?P<verb>\w+)::\s*(?P<path>/.*)")
_FIELD = re.compile(
    r"\s{0,3}:(?P<kind>[<>]?[a-z][\w-]*)(?:\s+(?P<words>[^:]+))?:(?:\s+(?P<text>.*))?$"
)
_CODE_FENCE = re.compile(r"(?P<fence>`{3,})(?P<language>\w*)\s*")
_CODE = re.compile(r"\s{0,3}\.\.\s+(?:sourcecode|code-block|code)::\s*(?P<language>\w*)\s*")

# Kinds of fields → the label of their table.
_LABELS = {
    "Path parameters": "param parameter",
    "Query parameters": "query queryparameter queryparam qparam",
    "Request headers": "reqheader <header requestheader",
    "Form body": "form formparameter formparam fparam",
    "Request body": "json jsonparam jsonparameter <json reqjson reqjsonobj",
    "Request body array": "<jsonarr reqjsonarr",
    "Response": ">json resjson resjsonobj",
    "Response array": ">jsonarr resjsonarr",
    "Responses": "statuscode status code",
}
_LABEL_OF = {kind: label for label, kinds in _LABELS.items() for kind in kinds.split()}


@dataclass
class _Field:
    kind: str
    words: str
    text: str
    span: Span


@dataclass
class _Directive:
    verb: str
    path: str
    span: Span
    lines: list[tuple[Span, str]] = field(default_factory=list)


@dataclass
class _OpenCode:
    """Code that has begun: in a fence, or as long as lines are indented."""

    language: str
    span: Span
    fence: str = ""
    lines: list[str] = field(default_factory=list)

    def ends_at(self, line: str) -> bool:
        if self.fence:
            return line.strip() == self.fence
        return bool(line.strip()) and not line.startswith(("   ", "\t"))


def restate(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with an operation, labels and tables in place of directives."""
    result: list[Block] = []
    open_: _Directive | None = None  # between colons
    for block in blocks:
        source = block.inline.source if isinstance(block, Paragraph) else ""
        begin = _COLONS.match(source)
        if begin and begin["verb"].upper() in VERBS:
            open_ = _Directive(begin["verb"], begin["path"].strip(), block.span)
            source = source[begin.end() :]
        if open_ is not None and isinstance(block, Paragraph):
            text, colons, _ = source.partition("\n:::") if "\n:::" in source else (source, "", "")
            open_.lines += [(block.span, line) for line in ("", *text.split("\n"))]
            if colons or source.strip() == ":::":
                result += _blocks(open_)
                open_ = None
            continue
        directives = _in_code(block) if isinstance(block, Code) else []
        result += [each for one in directives for each in _blocks(one)] or [block]
    return (*result, *(_blocks(open_) if open_ else ()))


def _in_code(block: Code) -> list[_Directive]:
    """Return the directives that code is, or that reStructuredText in it holds."""
    lines = block.text.split("\n")
    first = block.span.line + 1
    path = block.span.path
    numbered = [(Span(path, at, at), line) for at, line in enumerate(lines, first)]
    fence = _FENCE.fullmatch(block.language)
    if fence and fence["verb"].upper() in VERBS:
        return [_Directive(fence["verb"], block.info.strip(), block.span, numbered)]
    found: list[_Directive] = []
    if block.language != "{eval-rst}":
        return found
    indent = 0
    for span, line in numbered:
        if (match := _RST.fullmatch(line)) and match["verb"].upper() in VERBS:
            indent = len(match["indent"])
            found.append(_Directive(match["verb"], match["path"].strip(), span))
        elif found and (not line.strip() or len(line) - len(line.lstrip()) > indent):
            found[-1].lines.append((span, line))
    for directive in found:
        texts = textwrap.dedent("\n".join(line for _, line in directive.lines)).split("\n")
        directive.lines = [(s, t) for (s, _), t in zip(directive.lines, texts, strict=False)]
    return found


class _Content:
    """What the lines of a directive hold: its fields, and the paragraphs and the code beside."""

    def __init__(self, lines: Sequence[tuple[Span, str]]) -> None:
        self.fields: list[_Field] = []
        self.blocks: list[Block] = []
        self.field: _Field | None = None  # the one that indented lines continue
        self.code: _OpenCode | None = None
        self.text: list[tuple[Span, str]] = []  # of a paragraph
        for span, line in lines:
            if not self.is_code(line):
                self.read(span, line)
        self.end_code()
        self.end_text()

    def is_code(self, line: str) -> bool:
        """Return whether a line is a part of the code above it, and add it or end the code."""
        if self.code is None:
            return False
        if self.code.ends_at(line):
            is_fence = bool(self.code.fence)
            self.end_code()
            return is_fence
        self.code.lines.append(line)
        return True

    def read(self, span: Span, line: str) -> None:
        """Read a line outside of code."""
        match = _FIELD.match(line)
        fence, directive = _CODE_FENCE.fullmatch(line), _CODE.fullmatch(line)
        if self.field and line.startswith(" ") and not match:
            self.field.text = f"{self.field.text} {line.strip()}".strip()
            return
        self.field = None
        if match or fence or directive or not line.strip():
            self.end_text()
        if match:
            words = " ".join((match["words"] or "").split())
            self.field = _Field(match["kind"], words, match["text"] or "", span)
            self.fields.append(self.field)
        elif fence:
            self.code = _OpenCode(fence["language"], span, fence["fence"])
        elif directive:
            self.code = _OpenCode(directive["language"], span)
        elif line.startswith(("    ", "\t")) and not self.text:
            self.code = _OpenCode("", span, lines=[line])
        elif line.strip():
            self.text.append((span, line.strip()))

    def end_text(self) -> None:
        if self.text:
            text = "\n".join(line for _, line in self.text)
            self.blocks.append(made_paragraph(text, self.text[0][0]))
            self.text = []

    def end_code(self) -> None:
        if self.code:
            text = textwrap.dedent("\n".join(self.code.lines)).strip("\n")
            self.blocks.append(Code(self.code.language, text, self.code.span))
            self.code = None


def _blocks(directive: _Directive) -> Iterator[Block]:
    """Yield the operation, its texts and examples, and its fields in tables with labels."""
    content = _Content(directive.lines)
    fields = content.fields
    if title := next((f.text for f in fields if f.kind == "synopsis"), ""):
        yield made_paragraph(f"**{title}**", directive.span)
    yield made_paragraph(f"`{directive.verb.upper()} {directive.path}`", directive.span)
    yield from content.blocks
    types = {f.words: f.text for f in fields if f.kind == "type"}
    tables: dict[str, list[_Field]] = defaultdict(list)
    for each in fields:
        if label := _LABEL_OF.get(each.kind, ""):
            tables[label].append(each)
    for label, rows in tables.items():
        yield made_paragraph(f"**{label}**", rows[0].span)
        yield _status_table(rows) if label == "Responses" else _member_table(rows, types)


def _member_table(rows: Sequence[_Field], types: dict[str, str]) -> Table:
    cells = []
    for row in rows:
        type_, _, name = row.words.rpartition(" ")
        cells.append((f"`{name}`", type_ or types.get(name, ""), row.text))
    spans = [row.span for row in rows]
    return made_table_of_lines(("Name", "Type", "Description"), cells, spans)


def _status_table(rows: Sequence[_Field]) -> Table:
    cells = [(row.words.split(" ")[0], row.text) for row in rows]
    return made_table_of_lines(("Status", "Description"), cells, [row.span for row in rows])

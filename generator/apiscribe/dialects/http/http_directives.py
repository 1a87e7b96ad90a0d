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
from apiscribe.dialects.http.made_blocks import made_inline, made_paragraph
from apiscribe.dialects.http.routes import VERBS
from apiscribe.pages.blocks import Block, Code, Paragraph, Row, Table

_FENCE = re.compile(r"\{http:(?P<verb>\w+)\}")
_COLONS = re.compile(r":{3,}\s*\{http:(?P<verb>\w+)\}\s+(?P<path>/[^\n]*)")
_RST = re.compile(r"(?P<indent>\s*)\.\.\s+http:(?P<verb>\w+)::\s*(?P<path>/.*)")
_FIELD = re.compile(
    r"\s{0,3}:(?P<kind>[<>]?[a-z][\w-]*)(?:\s+(?P<words>[^:]+))?:(?:\s+(?P<text>.*))?$"
)
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


def _blocks(directive: _Directive) -> Iterator[Block]:
    """Yield the operation, its texts and examples, and its fields in tables with labels."""
    fields: list[_Field] = []
    texts = list(_texts(directive, fields))
    if title := next((f.text for f in fields if f.kind == "synopsis"), ""):
        yield made_paragraph(f"**{title}**", directive.span)
    yield made_paragraph(f"`{directive.verb.upper()} {directive.path}`", directive.span)
    yield from texts
    types = {f.words: f.text for f in fields if f.kind == "type"}
    tables: dict[str, list[_Field]] = defaultdict(list)
    for each in fields:
        if label := _LABEL_OF.get(each.kind, ""):
            tables[label].append(each)
    for label, rows in tables.items():
        yield made_paragraph(f"**{label}**", rows[0].span)
        yield _status_table(rows) if label == "Responses" else _member_table(rows, types)


def _texts(directive: _Directive, fields: list[_Field]) -> Iterator[Block]:
    """Yield the paragraphs and the code of a directive, and put its fields into `fields`."""
    code: list[str] | None = None
    language, fence, text, begin = "", "", list[str](), directive.span
    open_: _Field | None = None
    for span, line in (*directive.lines, (directive.span, "end")):
        last = span is directive.span and line == "end"
        inside = fence or not line.strip() or line.startswith(("   ", "\t"))
        if code is not None and (last or (line.strip() == fence if fence else not inside)):
            yield Code(language, textwrap.dedent("\n".join(code)).strip("\n"), begin)
            code, ended = None, bool(fence)
            fence = ""
            if ended:
                continue
        if code is not None:
            code.append(line)
            continue
        match = _FIELD.match(line)
        starts = re.match(r"(`{3,})(\w*)\s*$", line) or _CODE.fullmatch(line)
        if open_ and line.startswith(" ") and not match:
            open_.text = f"{open_.text} {line.strip()}".strip()
            continue
        open_ = None
        if text and (match or starts or last or not line.strip()):
            yield made_paragraph("\n".join(text), begin)
            text = []
        if match:
            words = " ".join((match["words"] or "").split())
            open_ = _Field(match["kind"], words, match["text"] or "", span)
            fields.append(open_)
        elif starts:
            fence = starts[1] if starts.re is not _CODE else ""
            language, code, begin = starts[starts.lastindex or 1], [], span
        elif line.startswith(("    ", "\t")) and not text:
            language, code, begin = "", [line], span
        elif line.strip() and not last:
            begin = begin if text else span
            text.append(line.strip())


def _member_table(rows: Sequence[_Field], types: dict[str, str]) -> Table:
    cells = []
    for row in rows:
        type_, _, name = row.words.rpartition(" ")
        cells.append((f"`{name}`", type_ or types.get(name, ""), row.text))
    return _table(("Name", "Type", "Description"), cells, rows)


def _status_table(rows: Sequence[_Field]) -> Table:
    cells = [(row.words.split(" ")[0], row.text) for row in rows]
    return _table(("Status", "Description"), cells, rows)


def _table(header: Sequence[str], cells: Sequence[Sequence[str]], rows: Sequence[_Field]) -> Table:
    made = [
        Row(tuple(made_inline(text, row.span) for text in texts), row.span)
        for texts, row in zip((header, *cells), (rows[0], *rows), strict=True)
    ]
    first, last = rows[0].span, rows[-1].span
    return Table(made[0], tuple(made[1:]), Span(first.path, first.line, last.end_line))

"""Hugo pages: fields as bullets, types by short name.

    * **only** (string)  `Required`

      *is_required: false
    desc: Names of the fields to return.*

Enums are named without their values. Nearly every field is marked `Required`; where the text under
the bullet contradicts the mark, the text is right. The text may also say `unknown`. A bullet `…`
means that there are more fields.
"""

from __future__ import annotations

import html
import re

from apiscribe.diagnostics.codes.pages import (
    contradictory_required,
    unknown_field_mark,
    unknown_is_required,
    unread_below_field,
    unread_list_item,
)
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.dialects.dialect import Dialect
from apiscribe.dialects.ellipsis import is_ellipsis
from apiscribe.dialects.outline import Coverage, is_layout
from apiscribe.dialects.service_page import Form, count_marks, read_service_page
from apiscribe.dialects.type_text import read_list
from apiscribe.model import house_words
from apiscribe.model.draft import FieldDraft, PageDraft, TypeDraft
from apiscribe.pages.blocks import Block, Bullets, Item, Page, Paragraph

_FIELD = re.compile(
    r"(?:\*\*(?P<name>(?:\\.|[^\\\n])+?)\*\*|__(?P<other>(?:\\.|[^\\\n])+?)__)\s*"
    r"\((?P<type>(?:\[[^\[\]]*\]\([^()]*\)|[^()])*)\)(?P<marks>(?:[\s,]*`\w+`)*)"
)
_MARK = re.compile(r"`(\w+)`")
_MARKS = {"required": "Required", "optional": "Optional", "repeated": "Repeated"}
# Marks without code formatting, up to the end of the line: `(string) **Required**`
_BARE_MARKS = re.compile(
    rf"(?:[ \t,*_]*+(?<![a-z])(?:{'|'.join(_MARKS)})(?![a-z]))+[ \t,*_]*+(?=\n|\Z)",
    re.IGNORECASE,
)
_IS_REQUIRED = re.compile(r"is_required\s*:\s*(?P<value>\S+)", re.IGNORECASE)
_REQUIRED_WORDS = {"true": True, "false": False, "unknown": None}
_DESC = re.compile(r"\Adesc\s*:\s*")
_LINK = re.compile(r"\[([^\[\]]*)\]\((?P<target>[^()]*)\)")
_CODE = re.compile(r"`(?P<name>[^`]*)`")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def _fits(page: Page) -> int:
    """Count bulleted fields, and the title in the front matter, which only Hugo pages have."""
    bullets = sum(
        1
        for block in page.blocks
        if isinstance(block, Bullets) and block.items and _is_field(block.items[0])
    )
    marks = count_marks(page, bullets)
    return marks + ("title" in page.front_matter.values) if marks else 0


def _recognise(page: Page, report: Report) -> tuple[PageDraft, ...]:
    return read_service_page(page, _FORM, report)


def _read_fields(block: Block, coverage: Coverage) -> tuple[FieldDraft, ...] | None:
    if not isinstance(block, Bullets):
        return None
    items = [item for item in block.items if not is_ellipsis(item)]
    return tuple(field for item in items if (field := _read_field(item, coverage)))


def _is_field(item: Item) -> bool:
    head = item.blocks[0] if item.blocks else None
    return isinstance(head, Paragraph) and _FIELD.match(head.inline.source) is not None


def _read_field(item: Item, coverage: Coverage) -> FieldDraft | None:
    head, *below = item.blocks or (None,)
    report = coverage.report
    match = _FIELD.match(head.inline.source) if isinstance(head, Paragraph) else None
    name = _plain_name(match["name"] or match["other"]) if match else ""
    if not isinstance(head, Paragraph) or not match or not name:
        coverage.unread(item, unread_list_item())
        return None
    tail = head.inline.source[match.end() :]
    bare = _BARE_MARKS.match(tail)
    words = _MARK.findall(match["marks"]) + (re.findall(r"[A-Za-z]+", bare[0]) if bare else [])
    marks = {_MARKS.get(house_words.mark(word).lower(), word) for word in words}
    for word in sorted(marks - set(_MARKS.values())):
        report.add(
            unknown_field_mark(word),
            item.span,
            mark=word,
            cause=f"{item.span.path} {word}",
        )
    texts = [_lines(tail[bare.end() :] if bare else tail)]
    for block in below:
        if isinstance(block, Paragraph):
            texts.append(_lines(block.inline.source))
        elif not is_layout(block):
            report.add(unread_below_field(name), block.span)
    stated = [value for lines in texts for value in _read_required(lines, item, name, report)]
    required = _resolve_required("Required" in marks, stated, item, name, report)
    paragraphs = (head.inline.markup.prose("\n".join(lines)) for lines in texts)
    description = _DESC.sub("", "\n\n".join(filter(None, paragraphs)), count=1)
    return FieldDraft(
        name=name,
        type=_read_type(match["type"], "Repeated" in marks, _span_at(head, match.start("type"))),
        required=required,
        description=description,
        span=_span_at(head, match.start("name") if match["name"] else match.start("other")),
    )


def _plain_name(name: str) -> str:
    """Return a name without escapes and without code marks around it."""
    name = name.strip()
    code = _CODE.fullmatch(name)
    return code["name"].strip() if code else _ESCAPE.sub(r"\1", name).strip()


def _read_type(text: str, marked: bool, span: Span) -> TypeDraft:
    """Return the type in the parentheses, which may be a link or be written as a list."""
    name, listed = read_list(html.unescape(_plain_name(_LINK.sub(r"\1", text))))
    target = _LINK.search(text)
    return TypeDraft(
        name=name,
        repeated=True if marked or listed else None,
        link=target["target"] if target else "",
        span=span,
    )


def _span_at(head: Paragraph, index: int) -> Span:
    """Return the head's span with the column of its `index`-th character.

    The column is needed because a field and its type may have the same name.
    """
    span, column = head.span, head.inline.span.column
    return Span(span.path, span.line, span.end_line, column + index) if column else span


def _lines(source: str) -> list[str]:
    """Return the lines of the text under a bullet, without the marks of its italics."""
    text = source.strip().removeprefix("*").removesuffix("*")
    return [line.strip() for line in text.split("\n")]


def _read_required(lines: list[str], item: Item, name: str, report: Report) -> list[bool | None]:
    """Return the values of `is_required` in the lines, and remove the lines that state them."""
    values = []
    for line in list(lines):
        match = _IS_REQUIRED.fullmatch(line)
        if match is None:
            continue
        lines.remove(line)
        value = match["value"]
        if value.lower() in _REQUIRED_WORDS:
            values.append(_REQUIRED_WORDS[value.lower()])
        else:
            report.add(unknown_is_required(name, value), item.span, mark=value)
    return values


def _resolve_required(
    marked: bool, stated: list[bool | None], item: Item, name: str, report: Report
) -> bool | None:
    """Return whether the field is required: the text under the bullet outranks the mark."""
    required = stated[-1] if stated else marked
    if required is not None and required != marked:
        report.add(
            contradictory_required(name, marked=marked, required=required),
            item.span,
            mark=name,
            # A template prints the mark, so that it is wrong on a page as a whole.
            cause=f"{item.span.path} {marked}",
        )
    return required


_FORM = Form(name="hugo", read_fields=_read_fields, lists_values=False, marks_every_list=True)
HUGO = Dialect(name="hugo", fits=_fits, recognise=_recognise)

"""Definition lists of HTML and Markdown with members as terms → tables.

    roof (Roof) = 3     RED = 1     roof
      the roof            red         (Roof) the roof

The first form may have a term `oneof home` with such a list below it. Below a heading about an
enum, a term may be the name of a value alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from apiscribe.dialects.protobuf.made_tables import MadeRow, made_table, marked
from apiscribe.dialects.protobuf.words import mark
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Definitions,
    Inline,
    Item,
    Paragraph,
    Quote,
    Table,
)
from apiscribe.pages.html_text import HTML

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# Words without brackets, tags with anything in them, and links of Markdown.
_WORDS = r"(?:\[[^\[\]()<>]*\]\([^()\s]*\)|[^()<>]|<[^<>]*>|\\[<>])*"
_TYPED = re.compile(rf"(?P<name>{_WORDS})\((?P<type>{_WORDS})\)(?P<rest>{_WORDS})", re.DOTALL)
_TYPE_FIRST = re.compile(
    rf"(?P<before>\s*(?:<[^<>]*>\s*)*)\((?P<type>{_WORDS})\)(?P<rest>.*)", re.DOTALL
)
_NUMBER = re.compile(r"=\s*(?P<number>-?\d{1,10})\b(?P<rest>.*)", re.DOTALL)
_VALUE = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*(?P<number>=.*)", re.ASCII | re.DOTALL)
# (DEFAULT) Calm bees.
_DEFAULT = re.compile(r"\s*(?:<[^<>]*>\s*|\*)*\((?P<word>[^()<>]+)\)(?:\s*</\w+>|\*+)?\s*")
_UNSEEN = "\u2063"  # a separator that keeps a text from being a list
_LONGEST = 2000  # characters of a term, or of the line with a type


def read_definition_list(bullets: Bullets, kind: str) -> Table | None:
    """Return the table of a list if its entries all have one of the forms; or None. `kind` is that
    of the heading above: below one of an enum, names alone are values.
    """
    forms = [_values, _names] if kind == "enum" else [_fields, _values, _typed_texts]
    for form in forms:
        rows = form(bullets.items)
        if rows:
            return made_table(rows, bullets.span)
    return None


def as_bullets(definitions: Definitions) -> Bullets:
    """Return a definition list of Markdown as that of HTML is read: bullets with the terms above
    their texts.
    """
    items = (
        Item((Paragraph(one.term, one.term.span), Paragraph(one.text, one.text.span)), one.span)
        for one in definitions.items
    )
    return Bullets(tuple(items), definitions.span)


def _each(items: Iterable[Item], read: Callable[[Item, Inline], list[MadeRow]]) -> list[MadeRow]:
    """Return the rows of all entries; none if one entry has none."""
    rows: list[MadeRow] = []
    for item in items:
        term = _term(item)
        found = read(item, term) if term else []
        if not found:
            return []
        rows += found
    return rows


def _term(item: Item) -> Inline | None:
    head = item.blocks[0] if item.blocks else None
    if not isinstance(head, Paragraph):
        return None
    return head.inline if len(head.inline.source) < _LONGEST else None


def _fields(items: Iterable[Item]) -> list[MadeRow]:
    return _each(items, _field)


def _field(item: Item, term: Inline) -> list[MadeRow]:
    """Read `roof (Roof) = 3`, or `oneof home` with a list below."""
    words = term.text.split()
    if len(words) == 2 and mark(words[0]) == "oneof" and _NAME.fullmatch(words[1]):
        inner = [block for block in item.blocks if isinstance(block, Bullets)]
        rows = _fields(inner[0].items) if len(inner) == 1 else []
        described = running_texts([block for block in item.blocks[1:] if block not in inner])
        heading = MadeRow(cells={}, span=item.span)
        grouped = (replace(row, cells={**row.cells, "oneof": words[1]}) for row in rows)
        return [heading, *grouped] if rows and described is not None else []
    match = _TYPED.fullmatch(term.source)
    name = _text(match["name"], term) if match else ""
    number = _NUMBER.fullmatch(_text(match["rest"], term)) if match else None
    texts = running_texts(item.blocks[1:])
    if not match or not number or not _NAME.fullmatch(name) or texts is None:
        return []
    if not _only_marks(number["rest"]):
        return []
    cells = {"field": name, "type": match["type"], "number": number["number"]}
    return [_row(item, term, cells, texts, number["rest"])]


def _values(items: Iterable[Item]) -> list[MadeRow]:
    return _each(items, _value)


def _value(item: Item, term: Inline) -> list[MadeRow]:
    """Read `RED = 1`."""
    match = _VALUE.fullmatch(term.text)
    number = _NUMBER.fullmatch(match["number"]) if match else None
    texts = running_texts(item.blocks[1:])
    if not match or not number or texts is None or not _only_marks(number["rest"]):
        return []
    cells = {"name": match["name"], "number": number["number"]}
    return [_row(item, term, cells, texts, number["rest"])]


def _typed_texts(items: Iterable[Item]) -> list[MadeRow]:
    return _each(items, _typed_text)


def _typed_text(item: Item, term: Inline) -> list[MadeRow]:
    """Read `roof` with a text that begins with the type in brackets."""
    first = item.blocks[1] if len(item.blocks) > 1 else None
    if not isinstance(first, Paragraph) or not _NAME.fullmatch(term.text):
        return []
    source = first.inline.source
    match = _TYPE_FIRST.fullmatch(source) if len(source) < _LONGEST else None
    rest = running_texts(item.blocks[2:])
    if not match or not _text(match["type"], term) or rest is None:
        return []
    cells = {"field": term.text, "type": match["type"].replace("\\", "")}
    return [_row(item, term, cells, [match["rest"].strip(), *rest])]


def _names(items: Iterable[Item]) -> list[MadeRow]:
    return _each(items, _name)


def _name(item: Item, term: Inline) -> list[MadeRow]:
    """Read `RED`, with a text that may begin with a mark for the default."""
    texts = running_texts(item.blocks[1:])
    if texts is None or not _NAME.fullmatch(term.text):
        return []
    texts = [text.replace(_UNSEEN, "") for text in texts]
    match = _DEFAULT.match(texts[0]) if texts else None
    if match and mark(match["word"]) == "default":
        texts[0] = texts[0][match.end() :]
    return [_row(item, term, {"name": term.text}, texts)]


def _row(
    item: Item, term: Inline, cells: Mapping[str, str], texts: Iterable[str], marks: str = ""
) -> MadeRow:
    """Return the row of an entry, with its texts as the paragraphs of its description."""
    if term.markup is HTML:
        text = "".join(f"<p>{paragraph}</p>" for paragraph in texts)
    else:
        text = "\n\n".join(texts)
    described = {**cells, "description": marked(text, marks)}
    return MadeRow(cells=described, span=item.span, markup=term.markup)


def running_texts(blocks: Iterable[Block]) -> list[str] | None:
    """Return the sources of blocks, such as those below a term; None if one is no running text."""
    found = [_sources(block) for block in blocks]
    known = [sources for sources in found if sources is not None]
    return [text for each in known for text in each] if len(known) == len(found) else None


def _sources(block: Block) -> list[str] | None:
    match block:
        case Paragraph():
            return [block.inline.source]
        case Code():
            return [html.escape(block.text.strip(), quote=False)]
        case Bullets():
            items = [running_texts(item.blocks) for item in block.items]
            known = [item for item in items if item is not None]
            texts = [text for item in known if item for text in (f"- {item[0]}", *item[1:])]
            return texts if len(known) == len(items) else None
        case Quote():
            return running_texts(block.blocks)
        case _:
            return None


def _only_marks(text: str) -> bool:
    return all(map(mark, text.split()))


def _text(source: str, line: Inline) -> str:
    return line.markup.parse(source).text

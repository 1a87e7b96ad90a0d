"""Members in paragraphs with a line for each fact → tables, as AWS prints them.

** [capacity](#API_CreateKiln_RequestSyntax) **
The number of pieces.
Type: Integer
Valid Range: Minimum value of 1.
Required: No
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.made_blocks import made_table_of_lines
from apiscribe.pages.blocks import Block, Heading, Paragraph, Table

_NAME = re.compile(
    r"\s*\*\*\s*(?:\[\s*(?P<link>[\w.-]+)\s*\]\([^()]*\)|(?P<word>[\w.-]+))\s*\*\*\s*(?:<a\s[^<>]*></a>)?\s*"
)
_FACT = re.compile(r"(?P<name>[A-Z][A-Za-z ]{2,30}):\s*(?P<value>.*)")
_MAP = re.compile(r"(?P<key>\w+) to (?P<value>.+?) map")
_FACTS = frozenset({"type", "required", "http status code"})
_STATUS = re.compile(r"[1-5]\d\d")


@dataclass(frozen=True)
class _Member:
    name: str
    facts: dict[str, str]
    text: str
    span: Span


def tabulate(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with tables in place of such paragraphs; a heading "Contents" above them is
    left out, as they are those of the heading above it.
    """
    result: list[Block] = []
    run: list[_Member] = []
    for block in blocks:
        if member := _read(block):
            if not run and result and _is_contents(result[-1]):
                result.pop()
            run.append(member)
            continue
        result += _tables(run)
        run = []
        result.append(block)
    return (*result, *_tables(run))


def _is_contents(block: Block) -> bool:
    return isinstance(block, Heading) and block.inline.text.strip().lower() == "contents"


def _read(block: Block) -> _Member | None:
    """Return the member that a paragraph describes; None without a line of its own for a fact."""
    if not isinstance(block, Paragraph):
        return None
    head, _, rest = block.inline.source.partition("\n")
    name = _NAME.fullmatch(head)
    if name is None:
        return None
    facts: dict[str, str] = {}
    texts: list[str] = []
    for line in rest.split("\n"):
        fact = _FACT.fullmatch(line.strip().removesuffix("\\"))
        if fact and (facts or fact["name"].lower() in _FACTS):
            facts[fact["name"].lower()] = fact["value"].strip()
        else:
            texts.append(line.strip())
    known = facts if _FACTS & facts.keys() else {}
    return (
        _Member(name["link"] or name["word"], facts, " ".join(texts), block.span) if known else None
    )


def _tables(run: Sequence[_Member]) -> Iterator[Table]:
    """Yield the members of a run in a table, and its errors in one of answers."""
    if errors := [m for m in run if _STATUS.fullmatch(m.facts.get("http status code", ""))]:
        rows = [(m.facts["http status code"], f"{m.name}: {m.text}") for m in errors]
        yield made_table_of_lines(("Status", "Description"), rows, [m.span for m in errors])
    if members := [m for m in run if "http status code" not in m.facts]:
        spans = [m.span for m in members]
        header = ("Name", "Type", "Required", "Description")
        yield made_table_of_lines(header, [_cells(m) for m in members], spans)


def _cells(member: _Member) -> tuple[str, str, str, str]:
    facts = dict(member.facts)
    type_ = _MAP.sub(r"map<\g<key>, \g<value>>", facts.pop("type", ""))
    required, text = facts.pop("required", ""), member.text
    if values := [v.strip("` ") for v in facts.pop("valid values", "").split("|")]:
        text += " One of " + ", ".join(f"`{v}`" for v in values) + "." if values[0] else ""
    text += "".join(f" {name.capitalize()}: {value}" for name, value in facts.items())
    return f"`{member.name}`", type_, required, text

"""Headings of protobuf pages: what each declares, by its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from apiscribe.dialects.protobuf.words import KIND_WORDS, heading_role, kind_of, mark
from apiscribe.pages.blocks import Block, Heading

_PATH = r"[\w@+.-]+(?:/[\w@+.-]+)*\.proto"
_NAME = r"\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_QUOTES = "`\"'“”‘’"
_NAME_ONLY = re.compile(_NAME, re.ASCII)
_FILE = re.compile(
    rf"(?:(?:{KIND_WORDS['file']})\s*:?\s+)?[{_QUOTES}]?(?P<path>{_PATH})[{_QUOTES}]?",
    re.IGNORECASE,
)
_PACKAGE = re.compile(
    rf"(?:{KIND_WORDS['package']})\s*:?\s+[{_QUOTES}]?(?P<name>{_NAME})[{_QUOTES};]*", re.IGNORECASE
)
# message `Job` (jobs/v1/job.proto)
_KIND_FIRST = re.compile(
    rf"(?P<kind>[A-Za-z]+(?: [a-z]+)?)\s*:?\s+[{_QUOTES}]?(?P<name>{_NAME})[{_QUOTES}]?"
    rf"(?:\s*[(\[](?P<path>{_PATH})[)\]])?",
    re.ASCII,
)
# Job (message)
_KIND_LAST = re.compile(
    rf"[{_QUOTES}]?(?P<name>{_NAME})[{_QUOTES}]?\s*[(\[](?P<kind>[A-Za-z ]+)[)\]]", re.ASCII
)
_DECLARED = frozenset({"message", "service", "enum", "method"})
_MARKED = re.compile(r"[`\"“]|<code|<a\b", re.IGNORECASE)


@dataclass
class Part:
    """A heading, what its words declare, and the blocks up to the next heading.

    `kind` is that of the words, or empty; `marked`: the words or the marks leave no doubt that it
    is a name. `name` is empty if the heading cannot name a declaration.
    """

    heading: Heading | None
    kind: str = ""
    name: str = ""
    path: str = ""
    role: str = ""
    marked: bool = False
    blocks: list[Block] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The level of the heading; 0 without one."""
        return self.heading.level if self.heading else 0


def split_parts(blocks: Iterable[Block]) -> list[Part]:
    """Return the parts of a page; the first has no heading."""
    parts = [Part(None)]
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(_read_heading(block))
        else:
            parts[-1].blocks.append(block)
    return parts


def is_about_deprecated(heading: Heading) -> bool:
    """Return whether a heading is about what is deprecated: `Fields with deprecated option`."""
    return any(mark(word) == "deprecated" for word in heading.inline.text.split())


def stated_package(text: str) -> str:
    """Return the package that a line states, or ""."""
    match = _PACKAGE.fullmatch(text.strip().strip("*_").strip())
    return match["name"].strip(".") if match else ""


def stated_file(text: str) -> str:
    """Return the path of a `.proto` that a line is about, or ""."""
    match = _FILE.fullmatch(text.strip().strip("*_").strip())
    return match["path"] if match else ""


def _read_heading(heading: Heading) -> Part:
    text = heading.inline.text.strip()
    part = Part(
        heading, role=heading_role(text), marked=bool(_MARKED.search(heading.inline.source))
    )
    if path := stated_file(text):
        part.kind, part.path = "file", path
    elif package := stated_package(text):
        part.kind, part.name = "package", package
    elif _NAME_ONLY.fullmatch(text):
        part.name = text.lstrip(".")
    elif (match := _KIND_FIRST.fullmatch(text)) and kind_of(match["kind"]) in _DECLARED:
        part.kind, part.name = kind_of(match["kind"]), match["name"].lstrip(".")
        part.path = match["path"] or ""
        part.marked = part.marked or bool(part.path)
    elif (match := _KIND_LAST.fullmatch(text)) and kind_of(match["kind"]) in _DECLARED:
        part.kind, part.name, part.marked = kind_of(match["kind"]), match["name"], True
    return part

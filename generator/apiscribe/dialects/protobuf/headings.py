"""Headings of protobuf pages: what each declares, by its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apiscribe.dialects.protobuf.words import (
    FRONT_MATTER,
    KIND_WORDS,
    heading_role,
    kind_of,
    mark,
    stream_sides,
    unnumbered,
)
from apiscribe.pages.blocks import Block, Heading, Html, Paragraph, Table

# Kinds of headings that are about a type of a method.
SIDES = ("request", "response")
_PATH = r"[\w@+.-]+(?:/[\w@+.-]+)*\.proto"
_WORD = r"[A-Za-z_][A-Za-z0-9_]*"
_NAME = rf"\.?{_WORD}(?:\.{_WORD})*"
# A package that nothing but its form tells: `shop.v1`.
_BARE_PACKAGE = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+")
# shop.v1.Job
_FULL_NAME = re.compile(r"[a-z]\w*(?:\.[a-z]\w*)+(?:\.[A-Z]\w*)+", re.ASCII)
_VERSIONED = re.compile(r"\.v\d\w*\Z")
_QUOTES = "`\"'“”‘’"
# Between a word and the name that it is about.
_SEPARATOR = r"(?:\s*[:：]\s*|\s+)"
_KIND = r"(?P<kind>[^\W\d_]+(?: [^\W\d_]+)?)"
_NAME_ONLY = re.compile(_NAME)
_FILE = re.compile(
    rf"(?:(?:{KIND_WORDS['file']}){_SEPARATOR})?[{_QUOTES}]?(?P<path>{_PATH})[{_QUOTES}]?",
    re.IGNORECASE,
)
_PACKAGE = re.compile(
    rf"(?:{KIND_WORDS['package']}){_SEPARATOR}[{_QUOTES}]?(?P<name>{_NAME})[{_QUOTES};]*",
    re.IGNORECASE,
)
# message `Job` (jobs/v1/job.proto), message Job jobs/v1/job.proto
_KIND_FIRST = re.compile(
    rf"{_KIND}{_SEPARATOR}(?:(?P<mark>[^\W\d_]+)\s+)?[{_QUOTES}]?(?P<name>{_NAME})[{_QUOTES}]?"
    rf"(?:(?:\s*[(\[]|\s+)(?P<path>{_PATH})[)\]]?)?"
)
# Response stream Job
_STREAM_FIRST = re.compile(
    rf"(?P<kind>[^\W\d_]+)\s+(?P<mark>[^\W\d_]+)\s+(?P<name>{_NAME})(?P<path>\Z)"
)
# Job (message)
_KIND_LAST = re.compile(rf"[{_QUOTES}]?(?P<name>{_NAME})[{_QUOTES}]?\s*[(\[（]\s*{_KIND}\s*[)\]）]")
# Job message, without brackets
_KIND_BEHIND = re.compile(rf"[{_QUOTES}]?(?P<name>{_NAME})[{_QUOTES}]?\s+(?P<kind>[^\W\d_]+)")
# CreateJob 创建任务, 创建任务 (CreateJob)
_OTHER_LETTERS = r"[^\W\d_a-zA-Z](?:[^\w\n]|[^\W\da-zA-Z]){0,80}"
_TRANSLATED = re.compile(
    rf"(?P<name>{_NAME})(?:\s*[-–—:：(（]\s*|\s+){_OTHER_LETTERS}"
    rf"|{_OTHER_LETTERS}?(?:\s*[-–—:：(（]\s*|\s+)(?P<last>{_NAME})\s*[)）]?"
)
# Buy (deprecated)
_NOTE = re.compile(r"(?P<text>.+?)\s*[(\[（](?P<note>[^()\[\]（）]+)[)\]）]")
# Buy Unary, Buy (server streaming)
_WORDS_BEHIND = re.compile(
    rf"(?P<name>{_NAME})\s*[(\[（–—-]?\s*\b(?P<words>[^\W\d_][\w -]*?)\s*[)\]）]?"
)
_CAPTION = re.compile(
    r"(?P<kind>[^\W\d_]+) (?P<name>[a-z_]\w*(?:\.\w+)+)(?:/(?P<method>\w+))?", re.ASCII
)
# Full name: `shop.v1.Job`
_LABELLED_NAME = re.compile(
    r"(?:[^\W\d_]+ ){0,3}[^\W\d_]+\s*[:：]\s*(?P<name>[a-z_]\w*(?:\.\w+)+)", re.ASCII
)
_LONGEST_CAPTION = 300
_DECLARED = frozenset({"message", "service", "enum", "method", *SIDES})
_TYPE_KINDS = frozenset({"message", "service", "enum"})
_MARKED = re.compile(r"[`\"“]|<code|<a\b", re.IGNORECASE)


@dataclass
class Part:
    """A heading, what its words declare, and the blocks up to the next heading.

    `kind` is that of the words, or empty; `marked`: the words or the marks leave no doubt that it
    is a name. `name` is empty if the heading cannot name a declaration. `streams`: the heading
    marks the type of a method as a stream. `sides`: the words behind the name of a method state its
    streams, as `stream_sides` returns them. `method`: the heading of a service is that of its only
    method as well.
    """

    heading: Heading | None
    kind: str = ""
    name: str = ""
    path: str = ""
    role: str = ""
    marked: bool = False
    deprecated: bool = False
    streams: bool = False
    sides: str = ""
    method: str = ""
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
    for part in parts:
        _read_caption(part)
        lists = any(isinstance(block, Table) for block in part.blocks)
        is_place = part.level == 1 or is_versioned(part.name)
        if is_place and not part.kind and not lists and is_bare_package(part.name):
            part.kind = "package"  # the title of the page, or of a section: shop.v1
    return parts


def caption(block: Block) -> tuple[str, str, str]:
    """Return the kind, the full name and the method of a paragraph that states nothing else:
    `message shop.v1.Job`, `rpc shop.v1.Jobs/Run`; or empty texts.
    """
    text = block.inline.text if isinstance(block, Paragraph) else ""
    match = _CAPTION.fullmatch(text) if len(text) < _LONGEST_CAPTION else None
    kind = kind_of(match["kind"]) if match else ""
    is_whole = match and kind in _DECLARED and bool(match["method"]) == (kind == "method")
    return (kind, match["name"], match["method"] or "") if match and is_whole else ("", "", "")


def labelled_full_name(block: Block, name: str) -> str:
    """Return the full name of a declaration behind a label that is all of a block, such as `Full
    name: shop.v1.Job`; or "".
    """
    text = block.inline.text if isinstance(block, (Paragraph, Html)) else ""
    match = _LABELLED_NAME.fullmatch(text) if len(text) < _LONGEST_CAPTION else None
    return match["name"] if match and match["name"].endswith(f".{name}") else ""


def kind_alone(block: Block) -> str:
    """Return the kind of declaration that is all of a paragraph, in italics, bold or a badge:
    `_Message_`; or "". A plain word may be a comment.
    """
    if not isinstance(block, Paragraph) or not block.inline.source.startswith(("_", "*", "<")):
        return ""
    kind = kind_of(block.inline.text)
    return kind if kind in _TYPE_KINDS else ""


def _read_caption(part: Part) -> None:
    """Read the full name of a heading in the paragraph below it: `message shop.v1.Job`."""
    if not part.heading or not part.blocks:
        return
    if part.name and part.kind in ("", *_TYPE_KINDS):
        part.name = labelled_full_name(part.blocks[0], part.name) or part.name
    if part.kind:
        return
    if part.name and (kind := kind_alone(part.blocks[0])):
        part.kind, part.marked = kind, True
        return
    kind, full_name, method = caption(part.blocks[0])
    name = part.heading.inline.text.strip(f"{_QUOTES} ").removesuffix("()")
    if kind and f".{method or full_name}".endswith(f".{name}"):
        part.kind, part.name, part.marked = kind, method or full_name, True


def is_bare_package(text: str) -> bool:
    """Return whether a text may be a package by its form: `shop.v1`."""
    return bool(_BARE_PACKAGE.fullmatch(text))


def is_versioned(text: str) -> bool:
    """Return whether a package ends with a version: `shop.v1`."""
    return bool(_VERSIONED.search(text))


def is_full_name(text: str) -> bool:
    """Return whether a text is the full name of a message by its form: `shop.v1.Job`."""
    return bool(_FULL_NAME.fullmatch(text))


def stated_in_front_matter(values: Mapping[str, str]) -> str:
    """Return the package that an entry of the front matter names, or ""."""
    entries = (value.strip() for key, value in values.items() if key.lower() in FRONT_MATTER)
    return next(filter(is_bare_package, entries), "")


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


def _kind_first(text: str) -> re.Match[str] | None:
    """Return the parts of a heading that begins with a kind of declaration, or None."""
    for pattern in (_KIND_FIRST, _STREAM_FIRST):
        match = pattern.fullmatch(text)
        if (
            match
            and kind_of(match["kind"]) in _DECLARED
            and (not match["mark"] or mark(match["mark"]) == "stream")
        ):
            return None if _is_plain_side(match) else match
    return None


def _is_plain_side(match: re.Match[str]) -> bool:
    """Return whether a heading is about a side of a method in plain words: `Request body`."""
    is_side = kind_of(match["kind"]) in SIDES
    return is_side and match["name"].islower() and "." not in match["name"]


def _ends_anchor(text: str, heading: Heading) -> bool:
    """Return whether an anchor of a heading ends with a scope and the last word of a text."""
    ends = tuple(f"{separator}{text.split()[-1].strip(_QUOTES)}" for separator in ".-")
    return any(anchor.endswith(ends) for anchor in heading.anchors)


def _read_heading(heading: Heading) -> Part:
    text = unnumbered(heading.inline.text.strip())
    part = Part(
        heading, role=heading_role(text), marked=bool(_MARKED.search(heading.inline.source))
    )
    if (match := _NOTE.fullmatch(text)) and mark(match["note"]) == "deprecated":
        text, part.deprecated = match["text"], True
    elif match and " " in match["note"].strip() and _ends_anchor(match["text"], heading):
        text = match["text"]  # message Note (nested in Job)
    elif (match := _WORDS_BEHIND.fullmatch(text)) and (sides := stream_sides(match["words"])):
        text, part.sides = match["name"], sides
    if path := stated_file(text):
        part.kind, part.path = "file", path
    elif package := stated_package(text):
        part.kind, part.name = "package", package
    elif _NAME_ONLY.fullmatch(text):
        part.name = text.lstrip(".")
    elif match := _kind_first(text):
        part.kind, part.name = kind_of(match["kind"]), match["name"].lstrip(".")
        part.streams = bool(match["mark"])
        part.path = match["path"] or ""
        part.marked = part.marked or bool(part.path)
    elif (match := _KIND_LAST.fullmatch(text)) and kind_of(match["kind"]) in _DECLARED:
        part.kind, part.name, part.marked = kind_of(match["kind"]), match["name"], True
    elif (match := _KIND_BEHIND.fullmatch(text)) and (
        (kind := kind_of(match["kind"])) in _TYPE_KINDS or (kind == "method" and part.marked)
    ):
        part.kind, part.name = kind_of(match["kind"]), match["name"]
    elif match := _TRANSLATED.fullmatch(text):
        part.name = match["name"] or match["last"]
    return part

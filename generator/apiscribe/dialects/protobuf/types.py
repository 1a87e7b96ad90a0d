"""Types in cells: the name, what it links to, and the words around it.

A link leads to an anchor that often spells the full name: `#shop.v1.Job` or, since version 1.4 of
protoc-gen-doc, `#shop-v1-Job`. A name that such an anchor ends with is that declaration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from apiscribe.dialects.protobuf.words import mark
from apiscribe.dialects.type_text import read_list, spelled_out
from apiscribe.model.draft import TypeDraft
from apiscribe.model.type_words import split_map, type_of_word
from apiscribe.model.types import SCALARS, WELL_KNOWN
from apiscribe.pages.blocks import Inline, ParsedText

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_MAP = re.compile(r"map\s*<\s*(?P<key>\w+)\s*,\s*(?P<value>[^<>]+?)\s*>", re.IGNORECASE)

_BEFORE_ARGUMENTS = re.compile(r"(?<=\w) (?=<)")  # list <Job>
# []*Job, map[string]*timestamppb.Timestamp
_POINTER = re.compile(r"(?<![\w*])\*(?=[A-Za-z_])")
_GO_PACKAGE = re.compile(r"\b[a-z]+pb\.(?P<name>[A-Z]\w*)")
_LINK_IN_CODE = re.compile(r"\[(?P<text>[^\[\]]+)\]\([^()\s]*\)")
_OF_MARK = re.compile(r"(?P<word>[^\W\d_]+)\s*<\s*(?P<type>[^<>]+?)\s*>")  # Stream<Job>

# Packages with `.proto` files that come with protobuf and with googleapis.
PROVIDED = ("google.protobuf", "google.api")

Anchors = Mapping[str, str]  # the full names of a page's declarations by anchor


@dataclass(frozen=True)
class CellType:
    """The type in a cell, and the marks beside it (`stream`, `oneof`, `repeated` …)."""

    type: TypeDraft
    marks: frozenset[str]


def full_name(name: str, target: str) -> str:
    """Return the name that a link's anchor spells for a type: `.shop.v1.Job`, or `Outer.Inner`
    without a package. If it spells none, return the name.
    """
    fragment = target.rpartition("#")[2] if "#" in target else ""
    spelled = fragment if "." in fragment else fragment.replace("-", ".")
    head = spelled.removesuffix(f".{name.lstrip('.')}")
    if head == spelled or not _DOTTED.fullmatch(head):
        return name
    # Packages are in lower case. Anything else around the name are messages.
    return f".{spelled}" if head[0].islower() else spelled


def read_cell(cell: Inline, anchors: Anchors, text: str = "") -> CellType:
    """Read the type in a cell, or in a `text` of it."""
    parsed = cell.parsed
    shown = _shown(text or parsed.text)
    words, marks = _split_marks(_POINTER.sub("", shown))
    name, listed = read_list(words)
    marks |= {"optional"} if shown == f"*{name}" and name in SCALARS else set()
    names = dict(links_of(parsed)) if parsed.links else {}
    if text:  # other links of the cell lead to other types
        names = {name: names[name]} if name in names else {}
    resolved = _resolve(name, names, anchors)
    target = names.get(name) or next(iter(names.values()), "")
    marks |= {"repeated"} if listed else set()
    type_ = TypeDraft(name=resolved, repeated=True if listed else None, link=target, span=cell.span)
    return CellType(replace(type_, streams="stream" in marks), frozenset(marks))


def is_type(name: str) -> bool:
    """Return whether a name can be a type: a type word, a map, or a name in capitals that is no
    mark, such as `Optional`.
    """
    if parts := split_map(name):
        return all(map(is_type, parts))
    last = name.rpartition(".")[2]
    is_name = bool(_DOTTED.fullmatch(name.lstrip("."))) and last[:1].isupper()
    return bool(type_of_word(name)) or (is_name and not mark(name))


def _shown(text: str) -> str:
    plain = " ".join(text.replace("`", "").replace("\u200b", "").split())
    plain = _BEFORE_ARGUMENTS.sub("", plain)
    plain = _GO_PACKAGE.sub(_well_known, _LINK_IN_CODE.sub(r"\g<text>", plain))
    return spelled_out(plain)


def _well_known(match: re.Match[str]) -> str:
    """Return the full name of a type of protobuf that Go spells as `timestamppb.Timestamp`."""
    full_name = f"google.protobuf.{match['name']}"
    return full_name if full_name in WELL_KNOWN else match[0]


def _split_marks(text: str) -> tuple[str, set[str]]:
    """Return a text without the marks before and behind the type, and what they mean: `Job stream`,
    `stream Job`, `stream of Job`, `Stream<Job>`, `uint32 (oneof)`, `uint32, required`. In `list of
    Job`, the first word is no mark.
    """
    words, found = text.split(), set()
    match = _OF_MARK.fullmatch(text)
    if match and mark(match["word"]) == "stream":
        words, found = match["type"].split(), {"stream"}
    while len(words) > 1 and (meaning := mark(words[0])):
        is_of = words[1] == "of"
        if is_of and (meaning != "stream" or len(words) == 2):
            break
        words = words[2:] if is_of else words[1:]
        found.add(meaning)
    while len(words) > 1 and (meaning := mark(words[-1])):
        words.pop()
        found.add(meaning)
    return " ".join(words).rstrip(", "), found


def _resolve(name: str, links: Mapping[str, str], anchors: Anchors) -> str:
    """Return a type's name in full, as far as the links of its cell say."""
    if match := _MAP.fullmatch(name):
        value = match["value"].strip()
        return f"map<{match['key']}, {_resolve(value, links, anchors).lstrip('.')}>"
    if name in SCALARS:
        return name
    target = links.get(name) or (next(iter(links.values())) if len(links) == 1 else "")
    if target.startswith("#") and target[1:] in anchors:
        known = anchors[target[1:]]
        if known.rpartition(".")[2] == name.rpartition(".")[2]:
            return known
    return full_name(name, target)


def links_of(parsed: ParsedText) -> list[tuple[str, str]]:
    """Return the (name, target) of each link of a cell, and its words if it has none."""
    pairs = [(link.text, link.target) for link in parsed.links] or [(parsed.text, "")]
    return [(_values(_split_marks(_shown(text))[0]), target) for text, target in pairs]


def _values(text: str) -> str:
    """Return the name of the type in a list or map."""
    match = _MAP.fullmatch(text)
    return read_list(match["value"] if match else text)[0]

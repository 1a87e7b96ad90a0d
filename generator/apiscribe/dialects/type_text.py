"""The text of a type → TypeDraft."""

from __future__ import annotations

import re

from apiscribe.model.draft import TypeDraft, ValueDraft
from apiscribe.model.type_words import split_list
from apiscribe.model.types import SCALARS, WELL_KNOWN
from apiscribe.pages.blocks import Inline

# `[Name]` without a target: a link that a template did not complete. The target of `[Name][target]`
# is elsewhere.
_BROKEN_LINK = re.compile(r"\[(?P<name>[^\[\]]+)\](?:\[[^\[\]]*\])?")
# **`stream`** before the type of a streaming method, or `stream of`.
_STREAM = re.compile(r"\(?stream\)?(?P<blank>\s*(?:of\s+(?=\S))?)")


# object (Job), enum ( Status )[]
_OF_KIND = re.compile(r"(?:object|enum|message)\s*\(\s*(?P<name>\.?[A-Za-z_][\w.]*)\s*\)", re.ASCII)
# string (int64 format)
_OF_FORMAT = re.compile(r"[a-z]+\s*\(\s*(?P<name>[\w.]+) format\s*\)", re.ASCII)
# map (key: string, value: object (Job)), object (keys:string, values:Job)
_OF_PAIRS = re.compile(
    r"(?:map|object)\s*\(\s*keys?:\s*(?P<key>\w+),\s*values?:\s*(?P<value>[\w.\[\]]+)\s*\)",
    re.ASCII,
)


def spelled_out(text: str) -> str:
    """Return a type in the words of protobuf, where references of JSON print its kind or its format
    beside it: `object (Job)` is Job, `string (int64 format)` int64.
    """
    text = _OF_FORMAT.sub(_of_format, _OF_KIND.sub(r"\g<name>", text))
    return _OF_PAIRS.sub(r"map<\g<key>, \g<value>>", text)


def _of_format(match: re.Match[str]) -> str:
    full_name = f"google.protobuf.{match['name']}"
    return (
        match["name"]
        if match["name"] in SCALARS
        else full_name if full_name in WELL_KNOWN else match[0]
    )


def read_type(cell: Inline) -> TypeDraft:
    """Read `string`, `[Name](link)`, `list of Name`, or the values of an enum as a list.

    The enum's name may come before its values.
    """
    parsed = cell.parsed
    text = parsed.text
    linked = parsed.links[0].text if parsed.links else ""
    streams = False
    if mark := _STREAM.match(text):
        rest = text[mark.end() :]
        # A link may follow the mark without a space: **`stream`**[Info](#info)
        streams = bool(mark["blank"] or (linked and rest.startswith(linked)))
        text = rest if streams else text
    name, listed = read_list(text)
    return TypeDraft(
        name=name,
        values=tuple(ValueDraft(name=item, span=cell.span) for item in parsed.items),
        repeated=True if listed else None,
        streams=streams,
        link=parsed.links[0].target if parsed.links else "",
        span=cell.span,
    )


def read_list(text: str) -> tuple[str, bool]:
    """Return a type's name without the words that make it a list, and whether it had any."""
    name, listed = split_list(text)
    if not listed:
        name, listed = split_list(_unlinked(text))
    return _unlinked(name), listed


def _unlinked(text: str) -> str:
    match = _BROKEN_LINK.fullmatch(text)
    return match["name"] if match else text

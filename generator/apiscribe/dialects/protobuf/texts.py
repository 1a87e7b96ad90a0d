"""Code blocks in protobuf's language → declarations, by their names in a package; and labels."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.protobuf.proto_text import ProtoText, read_proto_text
from apiscribe.dialects.protobuf.scopes import with_scopes
from apiscribe.dialects.protobuf.words import label_of
from apiscribe.pages.blocks import Block, Bullets, Code, Paragraph, Quote

_LANGUAGES = frozenset({"", "proto", "protobuf", "proto2", "proto3"})
_DECLARES = re.compile(
    r"^[ \t]*(?:(?:message|service|enum)\s+\w+\s*\{|rpc\s+\w+\s*\()", re.MULTILINE
)


def label(block: Paragraph) -> str:
    """Return `used by` or `underlying` for a line about the uses of a declaration or the type of an
    enum, such as `_Appears in:_`; or "".
    """
    text = block.inline.text
    return label_of(text.partition(":")[0]) if ":" in text and len(text) < 200 else ""


def read_texts(block: Block) -> list[ProtoText]:
    """Return the declarations of code, and of code in lists and quotes."""
    match block:
        case Code():
            text = read_text(block.text, block.span)
            return [text] if text else []
        case Bullets():
            inner = [each for item in block.items for each in item.blocks]
        case Quote():
            inner = list(block.blocks)
        case _:
            return []
    return [text for each in inner for text in read_texts(each)]


def is_broken_text(block: Code) -> bool:
    """Return whether code is meant as text in protobuf's language, and is not in its grammar."""
    meant = block.language.lower() in _LANGUAGES
    return (
        meant and bool(_DECLARES.search(block.text)) and read_text(block.text, block.span) is None
    )


@lru_cache(maxsize=4_096)  # a page is gone through several times
def read_text(text: str, span: Span) -> ProtoText | None:
    """Return the declarations of a text; None if it is not in the language of protobuf."""
    read = read_proto_text(text, span)
    return _in_scopes(read) if read else None


def _in_scopes(text: ProtoText) -> ProtoText:
    """Return a text with the types of fields by the names that they have in its package."""
    declared = {message.name for message in text.messages} | {enum.name for enum in text.enums}
    return replace(text, messages=with_scopes(text.messages, declared))

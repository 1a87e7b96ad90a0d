"""Detects pages about code that is generated from `.proto` files: classes of Python, Java and Ruby,
types of Rust, Go and TypeScript, and others.

Python's `int` is any of ten types of protobuf, a Rust `i64` any of three, and both print no
numbers. Go splits the fields of a oneof over several types. So such a page is refused by name, and
not read by halves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from apiscribe.pages.blocks import Code, Heading, Page, Paragraph

Generated = Literal[
    "Python classes",
    "Rust types",
    "Go types",
    "TypeScript types",
    "Java classes",
    "Ruby classes",
    "PHP classes",
    "C# classes",
    "C++ classes",
]

# What only code from `.proto` files has: base classes, crates, tags of fields, options of calls.
_MARKS: tuple[tuple[Generated, re.Pattern[str]], ...] = (
    (
        "Python classes",
        re.compile(
            r"\bBases:\s*`*(?:proto\.(?:message\.Message|enums\.Enum|Message|Enum)"
            r"|google\.protobuf\.message\.Message|betterproto2?\.(?:Message|Enum))\b"
            r"|\bmapping=None,\s*\*,\s*ignore_unknown_fields=False\b"
        ),
    ),
    (
        "Rust types",
        re.compile(
            r"\bimpl Message for \w+"
            r"|#\[(?:derive\([^()]*\b)?(?:::)?prost\b|\b(?:::)?prost::Message\b"
            r"|\bResult<\s*(?:tonic::)?Response<[^;{}]*,\s*(?:tonic::)?Status\s*>"
        ),
    ),
    ("Go types", re.compile(r"`protobuf:\"\w+,\d+,(?:opt|rep|req)\b|\.\.\.grpc\.CallOption\b")),
    (
        "TypeScript types",
        re.compile(
            r"\bextends\s+(?:jspb\.)?Message<\w+>|\bjspb\.Message\b|\bPartialMessage<|\bMessageFns<"
            r"|\bserializeBinary\(\):\s*Uint8Array|\bwriter\?:\s*(?:_m0\.)?(?:Binary)?Writer\b"
        ),
    ),
    (
        "Java classes",
        re.compile(r"\bextends\s+(?:com\.google\.protobuf\.)?GeneratedMessage(?:V3|Lite)?\b"),
    ),
    ("Ruby classes", re.compile(r"\bGoogle::Protobuf::MessageExts\b")),
    (
        "PHP classes",
        re.compile(
            r"\bGenerated from protobuf (?:message|field|enum)\b|Google\\Protobuf\\Internal"
        ),
    ),
    ("C# classes", re.compile(r"\bclass (\w+) ?: ?(?:pb::)?IMessage<\1>")),
    ("C++ classes", re.compile(r"\bpublic (?:::)?google::protobuf::Message(?:Lite)?\b")),
)
_LONGEST = 100_000  # characters of a block


def generated_code(page: Page) -> tuple[Generated, int] | None:
    """Return the kind of generated code on a page, and how often it was seen; None on others."""
    found: Counter[Generated] = Counter()
    for text in _texts(page):
        for kind, mark in _MARKS:
            found[kind] += bool(mark.search(text[:_LONGEST]))
    best = found.most_common(1)
    return best[0] if best and best[0][1] else None


def _texts(page: Page) -> Iterator[str]:
    for block in page.all_blocks():
        match block:
            case Code():
                yield block.text
            case Heading() | Paragraph():
                yield block.inline.text

"""TypeScript below a label → JSON Schema: `interface NewRoom { name: string; tags?: string[] }`.

Types that other code of the page declares are put in place of their names. Code without a label
above it, such as a list of all types, declares nothing by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apiscribe.dialects.http.words import read_label
from apiscribe.pages.blocks import Block, Code, Heading, Paragraph

_LANGUAGES = frozenset({"ts", "tsx", "typescript"})
_TOKEN = re.compile(
    r"\s+|//[^\n]*|/\*.*?\*/|(?P<text>\"[^\"\n]*\"|'[^'\n]*')|(?P<word>[A-Za-z_$][\w$.]*)"
    r"|(?P<number>-?\d[\d.]*)|(?P<mark>=>|[{}()\[\]<>|&?:;,=])",
    re.DOTALL,
)
_SCALARS: Mapping[str, Mapping[str, str]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "bigint": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "Date": {"type": "string", "format": "date-time"},
    "object": {"type": "object"},
    **{word: {} for word in ("any", "unknown", "void", "never", "File", "Blob")},
}
_LISTS = frozenset({"Array", "ReadonlyArray"})
_WRAPPERS = frozenset({"Promise", "Partial", "Readonly", "Required", "NonNullable"})
_NONE = frozenset({"null", "undefined"})
_MOST_NAMES = 1_000  # in place of which a type is put: types of types grow without end
_LONGEST = 20_000


class _NoTypesError(Exception):
    """The code is more than declarations of types."""


def spell_types(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with JSON Schema in place of TypeScript below a label."""
    codes = [b for b in blocks if isinstance(b, Code) and b.language.lower() in _LANGUAGES]
    if not codes:
        return tuple(blocks)
    declared: dict[str, list[str]] = {}
    for code in codes:
        declared |= _declarations(_tokens(code.text))
    result: list[Block] = []
    for at, block in enumerate(blocks):
        if isinstance(block, Code) and block in codes and at and _is_label(blocks[at - 1]):
            schema = _schema(block, declared)
            block = Code("json", json.dumps(schema), block.span) if schema else block
        result.append(block)
    return tuple(result)


def _is_label(block: Block) -> bool:
    """Return whether a block is a label or a heading of a part."""
    if not isinstance(block, Heading | Paragraph):
        return False
    label = read_label(block.inline.text)
    return bool(label.direction or label.place or label.part in ("parameters", "schema"))


def _tokens(text: str) -> list[str]:
    """Return the tokens of code; none if it has others than those of types."""
    tokens: list[str] = []
    at = 0
    while at < len(text) <= _LONGEST:
        match = _TOKEN.match(text, at)
        if match is None:
            return []
        if match.lastgroup:
            tokens.append(match[0])
        at = match.end()
    return tokens


def _declarations(tokens: Sequence[str]) -> dict[str, list[str]]:
    """Return the declared types: name → the tokens of the type, with those that it extends."""
    result: dict[str, list[str]] = {}
    at = 0
    while at + 2 < len(tokens):
        kind, name = tokens[at], tokens[at + 1]
        end = at + 2
        if kind not in ("interface", "type"):
            at += 1
            continue
        depth = 0
        while end < len(tokens):
            depth += {"{": 1, "}": -1}.get(tokens[end], 0)
            closes = tokens[end] == ("}" if kind == "interface" else ";")
            begins = tokens[end] in ("interface", "type", "export") and tokens[
                end + 1 : end + 2
            ] != [":"]
            if depth == 0 and (closes or (begins and kind == "type")):
                break
            end += 1
        body = [*tokens[at + 2 : end], *("}" if kind == "interface" else ())]
        if body[:1] == ["extends"]:
            first = body.index("{") if "{" in body else len(body)
            bases = [word for word in body[1:first] if word != ","]
            body = [each for base in bases for each in (base, "&")] + body[first:]
        result[name] = body[1:] if body[:1] == ["="] else body
        at = end
    return result


def _schema(block: Code, declared: Mapping[str, Sequence[str]]) -> Mapping[str, Any] | None:
    """Return the schema of the type that code is, or of the declared type that no other one of it
    uses.
    """
    tokens = _tokens(block.text)
    own = _declarations(tokens)
    used = {token for name, body in own.items() for token in body if token != name}
    roots = [name for name in own if name not in used]
    if own and len(roots) != 1:
        return None
    try:
        reader = _Reader(list(own[roots[0]]) if own else tokens, declared, (*roots,))
        schema = reader.union()
        if reader.at < len(reader.tokens) and reader.tokens[reader.at :] != [";"]:
            return None
    except (_NoTypesError, RecursionError):
        return None
    listed = schema.get("type") == "array" and schema.get("items", {}).get("properties")
    return schema if schema.get("properties") or listed else None


@dataclass
class _Reader:
    tokens: list[str]
    declared: Mapping[str, Sequence[str]]
    above: tuple[str, ...]
    left: list[int] = field(default_factory=lambda: [_MOST_NAMES])  # of all readers below
    at: int = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise _NoTypesError
        self.at += 1
        return token

    def union(self) -> dict[str, Any]:
        if self.peek() == "|":
            self.at += 1
        parts = [self.both()]
        while self.peek() == "|":
            self.at += 1
            parts.append(self.both())
        known = [part for part in parts if part.get("type") != "null"]
        values = [value for part in known for value in part.get("enum", ())]
        if values and len(values) == len(known):
            schema: dict[str, Any] = {"type": known[0]["type"], "enum": values}
        else:
            schema = dict(known[0]) if known else {}
        return {**schema, "nullable": True} if len(known) < len(parts) else schema

    def both(self) -> dict[str, Any]:
        schema = self.listed()
        while self.peek() == "&":
            self.at += 1
            other = self.listed()
            properties = {**schema.get("properties", {}), **other.get("properties", {})}
            required = [*schema.get("required", ()), *other.get("required", ())]
            schema = {"type": "object", "properties": properties, "required": required}
        return schema

    def listed(self) -> dict[str, Any]:
        schema = self.single()
        while self.tokens[self.at : self.at + 2] == ["[", "]"]:
            self.at += 2
            schema = {"type": "array", "items": schema}
        return schema

    def single(self) -> dict[str, Any]:
        word = self.take()
        if word == "{":
            return self.members()
        if word == "(":
            schema = self.union()
            self.take(")")
            return schema
        if word[0] in "\"'":
            return {"type": "string", "enum": [word[1:-1]]}
        if re.fullmatch(r"-?[\d.]+", word):
            return {"type": "number"}
        if word in ("true", "false"):
            return {"type": "boolean"}
        if word in _NONE:
            return {"type": "null"}
        if not re.match(r"[A-Za-z_$]", word):
            raise _NoTypesError
        return self.named(word, list(self.arguments()))

    def arguments(self) -> Iterator[dict[str, Any]]:
        if self.peek() != "<":
            return
        self.at += 1
        while self.peek() != ">":
            yield self.union()
            if self.peek() == ",":
                self.at += 1
        self.take(">")

    def named(self, name: str, arguments: Sequence[dict[str, Any]]) -> dict[str, Any]:
        if name in _LISTS and arguments:
            return {"type": "array", "items": arguments[0]}
        if name in _WRAPPERS and arguments:
            return {**arguments[0], "required": []} if name == "Partial" else arguments[0]
        if name in _SCALARS:
            return dict(_SCALARS[name])
        self.left[0] -= 1
        if name not in self.declared or name in self.above or self.left[0] < 0:
            return {"type": "object"}
        above = (*self.above, name)
        return _Reader(list(self.declared[name]), self.declared, above, self.left).union()

    def members(self) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        required: list[str] = []
        while self.peek() != "}":
            if self.peek() in (";", ","):
                self.at += 1
                continue
            if self.peek() == "readonly" and self.tokens[self.at + 1 : self.at + 2] != [":"]:
                self.at += 1
            if self.peek() == "[":  # [key: string]: value
                while self.take() != "]":
                    pass
                self.take(":")
                self.union()
                continue
            name = self.take().strip("\"'")
            optional = self.peek() == "?"
            self.at += optional
            self.take(":")
            properties[name] = self.union()
            required += [] if optional else [name]
        self.take("}")
        return {"type": "object", "properties": properties, "required": required}

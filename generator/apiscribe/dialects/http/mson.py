"""MSON, the structures of API Blueprint → JSON Schema.

+ name: `Rose` (string, required) - The name
+ trees (array[Tree])
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.pages.blocks import Bullets, Item, Paragraph

_MEMBER = re.compile(
    r"\s*(?:(?P<name>`[^`]+`|\*[^*]+\*|[\w.$@-]+(?: [\w.$@-]+)*)\s*)?(?::\s*(?P<sample>.*?)\s*)?"
    r"(?:\((?P<type>[^()]*(?:\([^()]*\)[^()]*)*)\))?\s*(?:(?:-|–|\.\.\.|…)\s+(?P<text>.*))?",
    re.DOTALL,
)
_PRIMITIVES = frozenset({"string", "number", "boolean", "object", "array", "enum"})
_GROUPS = frozenset({"members", "items", "properties"})
_ONE = frozenset({"default", "sample"})
_MOST_NAMES = 10_000  # in place of which a structure is put: those of structures grow without end
_MARKS = frozenset("required optional nullable fixed fixed-type sample default".split())


def head_of(item: Item) -> str:
    """Return the first line of an item."""
    first = item.blocks[0] if item.blocks else None
    return first.inline.source.strip() if isinstance(first, Paragraph) else ""


@dataclass(frozen=True)
class Structures:
    """The structures of a page: name → the type that it begins with, and its members."""

    named: Mapping[str, tuple[str, Bullets | None]]
    left: list[int] = field(default_factory=lambda: [_MOST_NAMES])

    def schema(self, type_: str, members: Bullets | None, above: tuple[str, ...]) -> dict[str, Any]:
        """Return the JSON Schema of a type with the members below it."""
        name, _ = type_words(type_)
        match = re.fullmatch(r"(?P<holder>array|enum)\s*\[(?P<item>[^\]]*)\]", name)
        holder, item = (match["holder"], match["item"]) if match else (name, "")
        items = members.items if members else ()
        if holder == "array":
            return {"type": "array", "items": self.items(item, items, above)}
        if holder == "enum":
            values = [v for each in items for v in self.values(each)]
            return {"type": item or "string", "enum": values} if values else {"type": "string"}
        if holder in ("string", "number", "boolean"):
            return {"type": holder}
        if holder != "object" and not members:
            return {"$schema": "", "$ref": f"#/structures/{structure_name(holder)}"}
        base = self.structure(holder, above) if holder in self.named else {}
        properties, required = dict(base.get("properties", {})), list(base.get("required", []))
        for each in items:
            self.add(each, properties, required, above)
        return {"type": "object", "properties": properties, "required": required}

    def items(self, item: str, members: Sequence[Item], above: tuple[str, ...]) -> dict[str, Any]:
        """Return the JSON Schema of the items of an array."""
        names = [name for name in re.split(r"\s*,\s*", item) if name]
        if names:
            return self.schema(names[0], None, above)
        for each in members:
            match = member_of(each)
            below = next((b for b in each.blocks[1:] if isinstance(b, Bullets)), None)
            if match["type"] or not match["name"]:
                return self.schema(match["type"] or "object", below, above)
            if match["name"].lower() in _GROUPS and below:
                return self.items("", below.items, above)
        return {"type": "string"} if members else {}

    def structure(self, name: str, above: tuple[str, ...]) -> dict[str, Any]:
        """Return the schema of a structure of the page, with the members of those that it is."""
        type_, members = self.named[name]
        self.left[0] -= 1
        if name in above or self.left[0] < 0:
            return {}
        return self.schema(type_, members or Bullets((), Span("", 1, 1)), (*above, name))

    def add(
        self, item: Item, properties: dict[str, Any], required: list[str], above: tuple[str, ...]
    ) -> None:
        """Add a member, or the members of a structure that is included."""
        match = member_of(item)
        name = (match["name"] or "").strip("`*")
        below = next((b for b in item.blocks[1:] if isinstance(b, Bullets)), None)
        if included := re.fullmatch(r"Include\s+(.+)", head_of(item)):
            if included[1] in self.named:
                properties |= self.structure(included[1], above).get("properties", {})
            return
        if name.lower() in _GROUPS | {"one of"} and not match["type"] and below:
            for each in below.items:
                self.add(each, properties, required, above)
            return
        if not name or name.lower() in _ONE:
            return
        type_ = match["type"] or ("object" if below and not list(groups_of(item)) else "string")
        typed, needed = type_words(type_)
        schema = self.schema(typed, below, above)
        if "nullable" in type_:
            schema["nullable"] = True
        if match["text"]:
            schema["description"] = match["text"]
        for group, values in groups_of(item):
            if group == "default" and values:
                schema["default"] = values[0]
        properties[name] = schema
        if needed:
            required.append(name)

    def values(self, item: Item) -> list[str]:
        """Return the values of an enum that an item lists."""
        match = member_of(item)
        name = (match["name"] or "").strip("`*")
        below = next((b for b in item.blocks[1:] if isinstance(b, Bullets)), None)
        if name.lower() in _GROUPS and below:
            return [value for each in below.items for value in self.values(each)]
        return [name] if name and name.lower().partition(":")[0] not in _ONE else []


def member_of(item: Item) -> re.Match[str]:
    """Return the name, the sample, the type and the text of the member that an item is."""
    match = _MEMBER.fullmatch(head_of(item)) or _MEMBER.match(head_of(item))
    assert match is not None  # each part may be empty
    return match


def groups_of(item: Item) -> Iterator[tuple[str, list[str]]]:
    """Yield the lists below a member that are about its values: Default, Sample, Members."""
    for block in item.blocks[1:]:
        for each in block.items if isinstance(block, Bullets) else ():
            name, _, value = head_of(each).partition(":")
            word = name.strip().lower()
            if word in _ONE | {"members"}:
                inner = [b for b in each.blocks[1:] if isinstance(b, Bullets)]
                listed = [(member_of(i)["name"] or "").strip("`*") for b in inner for i in b.items]
                yield word, [v for v in (value.strip(" `"), *listed) if v]


def type_words(text: str) -> tuple[str, bool | None]:
    """Return the type in brackets, and whether its marks say that the member is required."""
    parts = [part.strip(" `") for part in re.split(r",(?![^\[]*\])", text)]
    marks = {part.lower() for part in parts}
    required = True if "required" in marks else False if "optional" in marks else None
    words = "required optional nullable fixed fixed-type sample default".split()
    names = [part for part in parts if part.lower() not in words]
    name = names[0] if names else "string"
    primitive = name.lower() in _PRIMITIVES or name.lower().startswith(("array", "enum"))
    return (
        re.sub(r"^(array|enum)", lambda m: m[0].lower(), name, flags=re.IGNORECASE)
        if primitive
        else name
    ), required


def structure_name(title: str) -> str:
    """Return the name of a structure as one word."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[\s-]+", title))

"""Navigate an OpenAPI document: its parts by key and reference, and their lines."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from apiscribe.diagnostics.source import Source, Span

SCHEMAS = "#/components/schemas/"

_KEY = re.compile(
    r'[\s{,-]{0,200}(?:"((?:[^"\\]|\\.)*)"\s*|\'([^\']*)\'\s*|([^\s:#"\'][^:#]*)):(?:\s|$)'
)
_MAX_REFERENCES = 50  # in a chain
_MAX_STEPS = 2_000_000  # parts of a document that are looked at; one refers to others many times

# Keywords that change nothing of what a reference refers to.
_BESIDE_REFERENCES = frozenset({"$ref", "summary", "description"})

Json = dict[str, Any]


class DocumentError(Exception):
    """A document violates OpenAPI; the text names the part."""


class Document:
    """The content of a document, with the text that it was parsed from."""

    def __init__(self, content: Json, source: Source) -> None:
        self.content, self.source = content, source
        self._steps = 0

    def step(self) -> None:
        """Count a part that is read. Raise DocumentError for too many.

        If each part refers to the next one twice, or repeats it by YAML aliases, their number
        doubles with each level.
        """
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise DocumentError(f"its parts repeat each other more than {_MAX_STEPS:,} times")

    def get_object(self, part: Json, key: str) -> Json:
        """Return the object under a key, or an empty one. Raise DocumentError for another type."""
        value = part.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise DocumentError(f'"{key}" is {str(value)[:40]!r}, expected an object')
        return value

    def get_objects(self, part: Json, key: str) -> list[Json]:
        """Return the list of objects under a key, references resolved. Raise DocumentError."""
        value = part.get(key) or []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise DocumentError(f'"{key}" is {str(value)[:40]!r}, expected a list of objects')
        return [self.resolve(entry) for entry in value]

    def resolve(self, part: Any) -> Json:
        """Return a part, or the one that it refers to. Raise DocumentError."""
        for _ in range(_MAX_REFERENCES):
            if not isinstance(part, dict):
                raise DocumentError(f"found {str(part)[:40]!r}, expected an object")
            if "$ref" not in part:
                return part
            part = self.resolve_once(part["$ref"])
        raise DocumentError("references form a circle")

    def resolve_once(self, reference: object) -> Any:
        """Return the target of a reference, which may be another reference. Raise DocumentError."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise DocumentError(f'"$ref": {reference!r} refers to another file')
        part: Any = self.content
        for key in _steps(reference):
            if not isinstance(part, dict) or key not in part:
                raise DocumentError(f'"$ref": "{reference}" does not exist')
            part = part[key]
        return part

    def schema_references(self, part: Any, read: set[str] | None = None) -> Iterator[str]:
        """Yield the names of the schemas that a part refers to directly. `read`: other references
        that were followed before.
        """
        self.step()
        read = set() if read is None else read
        if isinstance(part, dict):
            reference = part.get("$ref")
            if isinstance(reference, str) and reference.startswith(SCHEMAS):
                yield schema_name(reference)
            elif isinstance(reference, str):
                if reference not in read:
                    read.add(reference)
                    yield from self.schema_references(self.resolve(part), read)
            else:
                for key, value in part.items():
                    if key not in ("example", "examples", "default"):
                        yield from self.schema_references(value, read)
        elif isinstance(part, list):
            for value in part:
                yield from self.schema_references(value, read)

    def span(self, *keys: str) -> Span:
        """Return the line of a part by its nested keys, or of the innermost key that is found."""
        line = 0
        for key in keys:
            lines = self._lines[key]
            index = bisect_right(lines, line)
            line = lines[index] if index < len(lines) else line
        return self.source.span(max(line, 1))

    def span_of(self, keys: Sequence[str], key: str, value: str) -> Span:
        """Return the first line after that of a part by its keys where `key` has a value."""
        start = self.span(*keys)
        numbers = self._lines[key]
        for number in numbers[bisect_left(numbers, start.line) :]:
            if value in self.source.lines[number - 1]:
                return self.source.span(number)
        return start

    @cached_property
    def root(self) -> Node:
        """The whole document."""
        return Node(self, (), self.content)

    @cached_property
    def _lines(self) -> defaultdict[str, list[int]]:
        """The line numbers of each key."""
        lines: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self.source.lines, 1):
            if match := _KEY.match(text):
                key = next(key for key in match.groups() if key is not None)
                lines[key.strip()].append(number)
        return lines


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of a document with its keys, the path to it. References are followed to their target.

    A reference without a target in the document, or with other keywords beside it, is not followed.
    `used` are the keys of the reference that was followed.
    """

    document: Document
    keys: tuple[str, ...]
    value: Any
    used: tuple[str, ...] = ()

    @property
    def user(self) -> Node:
        """The reference to the part that was followed; without one, the part itself."""
        return Node(self.document, self.used, self.value) if self.used else self

    def get(self, key: str) -> Node | None:
        """Return the part under a key, references followed; None without it."""
        if not isinstance(self.value, dict):
            return None
        # YAML reads the key 200 as a number.
        found: Any = int(key) if key.isdigit() and key not in self.value else key
        return self._part(key, self.value[found]) if found in self.value else None

    def parts(self, key: str) -> dict[str, Node]:
        """Return the parts of the object or list under a key, by key or position."""
        whole = self.get(key)
        return whole.members() if whole else {}

    def members(self) -> dict[str, Node]:
        """Return the parts of an object or a list, by key or position."""
        value = self.value
        if isinstance(value, list):
            return {str(at): self._part(str(at), part) for at, part in enumerate(value)}
        if not isinstance(value, dict):
            return {}
        return {str(key): self._part(str(key), part) for key, part in value.items()}

    def text(self, key: str) -> str:
        """Return the text under a key, or an empty one."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else ""

    def is_true(self, key: str) -> bool:
        """Return whether the value under a key is true."""
        return isinstance(self.value, dict) and self.value.get(key) is True

    @property
    def span(self) -> Span:
        """The lines of the part; of a parameter the line with its name."""
        for at, key in enumerate(self.keys[1:], 1):
            if key.isdigit() and self.keys[at - 1] == "parameters":
                name = self._parameter_name(at)
                return self.document.span_of(self.keys[:at], "name", name)
        return self.document.span(*self.keys)

    def _parameter_name(self, at: int) -> str:
        """Return the name of the parameter at a position of the keys."""
        part: Any = self.document.content
        for key in self.keys[: at + 1]:
            part = part[int(key)] if isinstance(part, list) else part.get(key, {})
        return str(part.get("name", "")) if isinstance(part, dict) else ""

    def target(self) -> Node | None:
        """Return what the reference of a part refers to; None if that is not in the document."""
        keys, value = self.keys, self.value
        for _ in range(_MAX_REFERENCES):
            try:
                target = self.document.resolve_once(value["$ref"])
            except DocumentError:
                return None
            keys = _steps(value["$ref"])
            value = target
            if not isinstance(value, dict) or "$ref" not in value:
                return Node(self.document, keys, value)
        return None

    def _part(self, key: str, value: Any) -> Node:
        node = Node(self.document, (*self.keys, key), value)
        if not isinstance(value, dict) or "$ref" not in value:
            return node
        if not isinstance(value["$ref"], str) or value.keys() - _BESIDE_REFERENCES:
            return node
        target = node.target()
        return Node(self.document, target.keys, target.value, node.keys) if target else node


def _steps(reference: str) -> tuple[str, ...]:
    """Return the keys in a reference to a part of the same document."""
    # RFC 6901, section 6: a fragment is percent-encoded; section 4: ~1 is /, ~0 is ~
    steps = reference.removeprefix("#").split("/")[1:]
    return tuple(unquote(step).replace("~1", "/").replace("~0", "~") for step in steps)


def schema_name(reference: str) -> str:
    """Return the name of the schema in a reference."""
    return unquote(reference.removeprefix(SCHEMAS)).replace("~1", "/").replace("~0", "~")

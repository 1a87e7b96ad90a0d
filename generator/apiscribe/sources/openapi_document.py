"""Navigate an OpenAPI document: its parts by key and reference, and their lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
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

Json = dict[str, Any]


class DocumentError(Exception):
    """A document violates OpenAPI; the text names the part."""


class Document:
    """The content of a document, with the text that it was parsed from."""

    def __init__(self, content: Json, source: Source) -> None:
        self.content, self.source = content, source
        self._steps = 0

    def step(self) -> None:
        """Count a part that is read. Raise DocumentError for too many: parts that refer to others
        twice, or repeat them by YAML's aliases, double with each level.
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
        for step in reference.removeprefix("#").split("/")[1:]:
            # RFC 6901, section 6: a fragment is percent-encoded; section 4: ~1 is /, ~0 is ~
            key = unquote(step).replace("~1", "/").replace("~0", "~")
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

    @cached_property
    def _lines(self) -> defaultdict[str, list[int]]:
        """The line numbers of each key."""
        lines: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self.source.lines, 1):
            if match := _KEY.match(text):
                key = next(key for key in match.groups() if key is not None)
                lines[key.strip()].append(number)
        return lines


def schema_name(reference: str) -> str:
    """Return the name of the schema in a reference."""
    return unquote(reference.removeprefix(SCHEMAS)).replace("~1", "/").replace("~0", "~")

"""An OpenAPI document: its parts by path and reference, and their lines."""

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
_LONGEST_CHAIN = 50  # of references to references

Json = dict[str, Any]


class DocumentError(Exception):
    """A document that is not what OpenAPI says; the text names the place."""


class Document:
    """The content of a document, and the text that it was read from."""

    def __init__(self, content: Json, source: Source) -> None:
        self.content, self.source = content, source

    def table(self, part: Json, key: str) -> Json:
        """The object under a key, or an empty one. Raises DocumentError where it is no object."""
        found = part.get(key)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise DocumentError(f'"{key}" is no object, but {str(found)[:40]!r}')
        return found

    def objects(self, part: Json, key: str) -> list[Json]:
        """The objects of the list under a key, with references followed. Raises DocumentError."""
        found = part.get(key) or []
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise DocumentError(f'"{key}" is no list of objects, but {str(found)[:40]!r}')
        return [self.followed(entry) for entry in found]

    def followed(self, part: Any) -> Json:
        """A part, or what it refers to. Raises DocumentError."""
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(part, dict):
                raise DocumentError(f"an object should stand where {str(part)[:40]!r} does")
            if "$ref" not in part:
                return part
            part = self.target(part["$ref"])
        raise DocumentError("references lead to each other in a circle")

    def target(self, reference: object) -> Any:
        """What a reference means, one step on. Raises DocumentError."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise DocumentError(f'"$ref": {reference!r} leads to another file')
        part: Any = self.content
        for step in reference.removeprefix("#").split("/")[1:]:
            # RFC 6901, section 6: a fragment is percent-encoded; section 4: ~1 is /, ~0 is ~
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            if not isinstance(part, dict) or key not in part:
                raise DocumentError(f'"$ref": "{reference}" leads nowhere')
            part = part[key]
        return part

    def references(self, part: Any) -> Iterator[str]:
        """The names of the schemas that a part refers to, directly."""
        if isinstance(part, dict):
            reference = part.get("$ref")
            if isinstance(reference, str) and reference.startswith(SCHEMAS):
                yield schema_name(reference)
            elif isinstance(reference, str):
                yield from self.references(self.followed(part))
            else:
                for key, value in part.items():
                    if key not in ("example", "examples", "default"):
                        yield from self.references(value)
        elif isinstance(part, list):
            for value in part:
                yield from self.references(value)

    def span(self, *keys: str) -> Span:
        """The line of the part under keys, one in the other; the last that is found."""
        line = 0
        for key in keys:
            lines = self._lines[key]
            later = bisect_right(lines, line)
            line = lines[later] if later < len(lines) else line
        return self.source.span(max(line, 1))

    @cached_property
    def _lines(self) -> defaultdict[str, list[int]]:
        """The lines that each key stands on."""
        lines: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self.source.lines, 1):
            if found := _KEY.match(text):
                key = next(key for key in found.groups() if key is not None)
                lines[key.strip()].append(number)
        return lines


def schema_name(reference: str) -> str:
    """The name of the schema that a reference leads to."""
    return unquote(reference.removeprefix(SCHEMAS)).replace("~1", "/").replace("~0", "~")

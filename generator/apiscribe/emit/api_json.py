"""api.json: the Api as JSON, for other tools and for reviews."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, partial
from io import BytesIO
from typing import Any

import msgspec

from apiscribe.diagnostics.source import Span
from apiscribe.emit.output import Output
from apiscribe.emit.render_task import RenderTask
from apiscribe.model.api import Api, File
from apiscribe.model.span_text import SpanTexts, kind_inside, lines

_PLAIN = (str, bool, int, float, type(None))
_UNUSUAL = re.compile(r"[^ -~\n]")


def emit_api_json(api: Api) -> Iterator[RenderTask]:
    """Yield a task for each file; its output is its part of api.json: dataclasses as objects,
    without attributes that have the default value.

    Spans are those of `model.span_text`: a new row changes no other span.
    """
    for file in api.files:
        digest = api.digests[file.path]
        yield RenderTask(
            "api.json", digest, partial(_part, file), size=digest.size, is_python=False
        )


def _part(file: File) -> list[Output]:
    text = json_text(_Document().part(file, ""), 1)
    return [Output.text(file.path, "  " + text.replace("\n", "\n  "))]


def joined_api_json(api: Api, parts: Iterable[Output]) -> Output:
    """Return api.json, joined from the parts in the order of the files."""
    text = BytesIO()
    facts = to_json(api.facts)
    own = {"name": api.name, "tenant": api.tenant, "facts": facts, "provenance": api.provenance}
    text.write(b"{")
    for name, value in own.items():
        if value:
            text.write(f'\n "{name}": {json.dumps(value)},'.encode())
    text.write(b'\n "files": [')
    for number, part in enumerate(parts):
        text.write(b",\n" if number else b"\n")
        text.write(part.content)
    text.write(b"\n ]\n}\n")
    return Output("api.json", text.getvalue())


def json_text(value: Any, indent: int) -> str:
    """Return indented JSON, with characters escaped that are invisible or control a terminal."""
    # json encodes lone surrogates, which msgspec refuses; msgspec indents ten times faster.
    line = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    text = msgspec.json.format(line, indent=indent).decode("utf-8", "surrogatepass")
    return _UNUSUAL.sub(_visible, text)


def to_json(value: Any) -> Any:
    """Return the JSON value of a part of the model."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Span):
        return f"{value.path}:{lines(value)}"
    if isinstance(value, tuple | list):
        return [to_json(entry) for entry in value]
    if isinstance(value, Mapping):
        return {key: to_json(entry) for key, entry in value.items()}
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    return {name: to_json(entry) for name, entry in _given(value)}


class _Document:
    """Turns the parts of a model into JSON; the span of each counts from the one before it."""

    def __init__(self) -> None:
        self._spans = SpanTexts()

    def part(self, value: Any, kind: str) -> Any:
        """Return the JSON value of a part with a span of a kind."""
        if isinstance(value, tuple | list):
            return [self.part(entry, kind) for entry in value]
        if not is_dataclass(value):
            return to_json(value)
        span = getattr(value, "span", None)
        text = self._spans.write(kind, span) if span else ""
        return {
            name: text if name == "span" else self.part(entry, kind_inside(kind, name))
            for name, entry in _given(value)
        }


def _given(value: Any) -> list[tuple[str, Any]]:
    """Return the attributes of a dataclass that have another value than the default."""
    kind: type = type(value)
    given = ((name, getattr(value, name), default) for name, default in _fields(kind))
    return [(name, entry) for name, entry, default in given if entry != default]


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a dataclass with their defaults."""
    return tuple(
        (field.name, field.default if field.default_factory is MISSING else field.default_factory())
        for field in fields(kind)
    )


def _visible(char: re.Match[str]) -> str:
    return char[0] if char[0].isprintable() else json.dumps(char[0])[1:-1]

"""api.json: the model itself, for other tools and for reviews."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from functools import cache, partial
from io import BytesIO
from typing import Any

import msgspec

from apiscribe.diagnostics.source import Span
from apiscribe.emit.output import Output
from apiscribe.emit.render_task import RenderTask
from apiscribe.model.api import Api, File

_PLAIN = (str, bool, int, float, type(None))
_UNUSUAL = re.compile(r"[^ -~\n]")


def emit_api_json(api: Api) -> Iterator[RenderTask]:
    """The parts of the Api as JSON, one for each file and by its path: the dataclasses as objects,
    without what is at its default.

    A span is `"path:line"`, or `"path:line-end"` over several lines.
    """
    for file in api.files:
        digest = api.digests[file.path]
        yield RenderTask("api.json", digest, partial(_part, file), size=digest.size)


def _part(file: File) -> list[Output]:
    text = json_text(to_json(file), 1)
    return [Output.text(file.path, "  " + text.replace("\n", "\n  "))]


def joined_api_json(api: Api, parts: Iterable[Output]) -> Output:
    """The whole Api as JSON, of its parts in the order of its files."""
    text = BytesIO()
    text.write(f'{{\n "name": {json.dumps(api.name)},\n "files": ['.encode())
    for number, part in enumerate(parts):
        text.write(b",\n" if number else b"\n")
        text.write(part.content)
    text.write(b"\n ]\n}\n")
    return Output("api.json", text.getvalue())


def json_text(value: Any, indent: int) -> str:
    """JSON for people: readable, but for what a terminal or an editor would obey or hide."""
    # json spells whatever Python holds, and msgspec breaks its one line ten times faster.
    line = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    text = msgspec.json.format(line, indent=indent).decode("utf-8", "surrogatepass")
    return _UNUSUAL.sub(_visible, text)


def to_json(value: Any) -> Any:
    """The JSON value of a part of the model."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Span):
        last = "" if value.end_line == value.line else f"-{value.end_line}"
        return f"{value.path}:{value.line}{last}"
    if isinstance(value, tuple | list):
        return [to_json(entry) for entry in value]
    if isinstance(value, Mapping):
        return {key: to_json(entry) for key, entry in value.items()}
    kind: type = type(value)
    return {
        name: to_json(have)
        for name, default in _parts(kind)
        if (have := getattr(value, name)) != default
    }


@cache
def _parts(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass, with their defaults."""
    return tuple(
        (part.name, part.default if part.default_factory is MISSING else part.default_factory())
        for part in fields(kind)
    )


def _visible(char: re.Match[str]) -> str:
    return char[0] if char[0].isprintable() else json.dumps(char[0])[1:-1]

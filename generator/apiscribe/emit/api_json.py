"""api.json: the model itself, for other tools and for reviews."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from apiscribe.emit.output import Output
from apiscribe.ir import Api
from apiscribe.source import Span


def emit_api_json(api: Api) -> Iterator[Output]:
    """The Api as JSON: its dataclasses as objects, without what is at its default.

    A span is `"path:line"`, or `"path:line-end"` over several lines.
    """
    yield Output.text("api.json", json_text(to_json(api), 1) + "\n")


def json_text(value: Any, indent: int) -> str:
    """JSON for people: readable, but for what a terminal or an editor would obey or hide."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return "".join(char if char.isprintable() or char == "\n" else _escape(char) for char in text)


def to_json(value: Any) -> Any:
    """The JSON value of a part of the model."""
    if isinstance(value, Span):
        last = "" if value.end_line == value.line else f"-{value.end_line}"
        return f"{value.path}:{value.line}{last}"
    if is_dataclass(value) and not isinstance(value, type):
        parts = ((part, getattr(value, part.name)) for part in fields(value))
        return {part.name: to_json(have) for part, have in parts if have != _default(part)}
    if isinstance(value, Mapping):
        return {key: to_json(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(entry) for entry in value]
    return value


def _escape(char: str) -> str:
    return json.dumps(char)[1:-1]


def _default(part: Field[Any]) -> Any:
    if part.default_factory is not MISSING:
        return part.default_factory()
    return part.default

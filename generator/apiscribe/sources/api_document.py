"""api.json as a source: the model of a generated package, read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from apiscribe.drift.side import Side
from apiscribe.ir import Api
from apiscribe.sources.failure import SourceError
from apiscribe.sources.spec import side_of_pages


def open_api_document(file: Path, name: str) -> Side:
    """The Api that an api.json holds. Raises SourceError."""
    try:
        return side_of_pages(api_from_json(file.read_bytes()), name)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{file} is no api.json of this version: {error}") from error


def api_from_json(document: bytes) -> Api:
    """The Api of which `emit.api_json` wrote the document. Raises ValueError."""
    return msgspec.convert(_with_spans(json.loads(document)), Api)


def _with_spans(value: Any) -> Any:
    """The JSON with spans (`page.md:3-5`) as objects. What examples show is left alone."""
    if isinstance(value, list):
        return [_with_spans(entry) for entry in value]
    if isinstance(value, dict):
        return {
            key: entry if key == "value" else _span(entry) if key == "span" else _with_spans(entry)
            for key, entry in value.items()
        }
    return value


def _span(text: Any) -> dict[str, Any]:
    path, _, lines = str(text).rpartition(":")
    first, _, last = lines.partition("-")
    return {"path": path, "line": int(first), "end_line": int(last or first)}

"""api.json as a source: the inverse of `emit.api_json`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from apiscribe.model.api import Api
from apiscribe.model.version import ApiVersion
from apiscribe.sources.failure import SourceError
from apiscribe.sources.page_facts import unknown_facts, unknown_on_pages

_NAME = "api.json"
_SPAN = re.compile(r"(?P<path>.*):(?P<line>[0-9]{1,9})(?:-(?P<end>[0-9]{1,9}))?", re.DOTALL)


class _ApiJsonError(Exception):
    """A document that is no model; the text names the place in it."""


def is_api_json(text: str) -> bool:
    """Whether the text names a JSON file, or a folder with an api.json."""
    place = Path(text)
    return (place / _NAME).is_file() or (place.is_file() and place.suffix.lower() == ".json")


def open_api_json(text: str) -> ApiVersion:
    """The API of the document. Raises SourceError."""
    place = Path(text)
    file = place / _NAME if place.is_dir() else place
    try:
        api = read_api(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        said = str(error) or "it is nested too deep"
        raise SourceError(f"{file} is no JSON: {said}; `apiscribe build` writes it anew") from error
    except _ApiJsonError as error:
        raise SourceError(
            f"{file} is no model that this apiscribe knows: {error}; `apiscribe build` of this"
            " version writes one"
        ) from error
    unknown, unknown_on = unknown_facts(api), unknown_on_pages(api)
    return ApiVersion(name=text, api=api, unknown=unknown, unknown_on=unknown_on)


def read_api(document: Any) -> Api:
    """The Api that `emit.api_json.to_json` wrote. What it does not write is refused."""
    document = _with_spans(document, "$")
    try:
        api = msgspec.convert(document, Api)
    except msgspec.ValidationError as error:
        raise _ApiJsonError(_with_path(str(error))) from error
    # msgspec passes over keys that a dataclass does not have: facts of a version to come.
    _refuse_unknown(document, msgspec.to_builtins(api), "$")
    return api


def _with_spans(part: Any, path: str) -> Any:
    """The document with each span as an object. The value of an example is left as it is."""
    match part:
        case dict():
            return {
                key: (
                    _span(value, f"{path}.span")
                    if key == "span" and isinstance(value, str)
                    else value if key == "value" else _with_spans(value, f"{path}.{key}")
                )
                for key, value in part.items()
            }
        case list():
            return [_with_spans(entry, f"{path}[{n}]") for n, entry in enumerate(part)]
        case _:
            return part


def _span(text: str, path: str) -> dict[str, Any]:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise _ApiJsonError(f'"{text}" is no "path:line" - at `{path}`')
    line = int(found["line"])
    return {"path": found["path"], "line": line, "end_line": int(found["end"] or line)}


def _refuse_unknown(part: Any, known: Any, path: str) -> None:
    if isinstance(part, dict):
        for key, value in part.items():
            if key not in known:
                raise _ApiJsonError(f'"{key}" is unknown - at `{path}`')
            _refuse_unknown(value, known[key], f"{path}.{key}")
    elif isinstance(part, list):
        for number, (entry, have) in enumerate(zip(part, known, strict=True)):
            _refuse_unknown(entry, have, f"{path}[{number}]")


def _with_path(text: str) -> str:
    """What msgspec says, which names no path where it means all of the document."""
    text = text[:1].lower() + text[1:]
    return text if " - at `" in text else f"{text} - at `$`"

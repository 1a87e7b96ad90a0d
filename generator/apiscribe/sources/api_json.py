"""Read api.json as a source: the inverse of `emit.api_json`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from apiscribe.model.api import Api, File
from apiscribe.model.span_text import SpanTexts, kind_inside
from apiscribe.model.version import ApiVersion
from apiscribe.sources.page_facts import unknown_facts, unknown_on_pages
from apiscribe.sources.source_error import SourceError
from apiscribe.workspace.kept import remembered

_NAME = "api.json"


class _ApiJsonError(Exception):
    """A document is not a model; the text names the field path."""


def is_api_json(text: str) -> bool:
    """Return whether the text names a JSON file or a folder with an api.json."""
    path = Path(text)
    return (path / _NAME).is_file() or (path.is_file() and path.suffix.lower() == ".json")


def open_api_json(text: str) -> ApiVersion:
    """Read the API of a document. Raise SourceError."""
    path = Path(text)
    file = path / _NAME if path.is_dir() else path
    try:
        api = read_api(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        reason = str(error) or "nested too deeply"
        raise SourceError(
            f"{file} is not JSON: {reason}; write it again with `apiscribe build`"
        ) from error
    except _ApiJsonError as error:
        raise SourceError(
            f"{file} is not a model of this version of apiscribe: {error}; write it again with"
            " `apiscribe build`"
        ) from error
    unknown, unknown_on = unknown_facts(api), unknown_on_pages(api)
    return ApiVersion(name=text, api=api, unknown=unknown, unknown_on=unknown_on)


class _Route(msgspec.Struct):
    path: str


class _Method(msgspec.Struct):
    name: str
    response: str
    routes: tuple[_Route, ...] = ()


class _Service(msgspec.Struct):
    full_name: str
    methods: tuple[_Method, ...] = ()


class _File(msgspec.Struct):
    services: tuple[_Service, ...] = ()


class _Services(msgspec.Struct):
    """The services in api.json, which are read twenty times faster than the whole model."""

    files: tuple[_File, ...]


def may_have_lost(folder: Path, api: Api) -> bool:
    """Return whether the outputs in a folder have services, methods, routes or
    responses that an API lacks.
    """
    try:
        built = msgspec.json.decode((folder / _NAME).read_bytes(), type=_Services)
    except (OSError, ValueError, RecursionError):
        return True  # to be found out by `last_built`
    return not _names(built.files) <= _names(api.files)


def _names(files: Iterable[_File | File]) -> set[tuple[str, str, str]]:
    """Return each service, its methods, their responses and paths."""
    names = set()
    for file in files:
        for service in file.services:
            names.add((service.full_name, "", ""))
            for method in service.methods:
                names.add((service.full_name, method.name, method.response))
                names.update((service.full_name, method.name, r.path) for r in method.routes)
    return names


def last_built(folder: Path) -> Api | None:
    """Return the API of the outputs in a folder; None if there are none of this version."""
    try:
        content = (folder / _NAME).read_bytes()
        return remembered(("api.json", content), partial(_read_content, content))
    except (OSError, ValueError, RecursionError, _ApiJsonError):
        return None


def _read_content(content: bytes) -> Api:
    return read_api(json.loads(content.decode()))


def read_api(document: Any) -> Api:
    """Convert the document of `emit.api_json.to_json` to an Api. Raise _ApiJsonError."""
    document = _with_spans(document, "$", "", SpanTexts())
    try:
        api = msgspec.convert(document, Api)
    except msgspec.ValidationError as error:
        raise _ApiJsonError(_with_path(str(error))) from error
    # msgspec ignores unknown keys: facts that a later version writes.
    _refuse_unknown(document, msgspec.to_builtins(api), "$")
    return api


def _with_spans(part: Any, path: str, kind: str, spans: SpanTexts) -> Any:
    """Return the document with each span as an object; leave the values of examples unchanged.

    The span of an object comes before those in it.
    """
    match part:
        case dict():
            result = dict(part)
            if isinstance(text := part.get("span"), str):
                span = spans.read(kind, text)
                if span is None:
                    raise _ApiJsonError(f'"{text}" is not a span - at `{path}.span`')
                result["span"] = asdict(span)
            for key, value in part.items():
                if key not in ("span", "value"):
                    inside = kind_inside(kind, key)
                    result[key] = _with_spans(value, f"{path}.{key}", inside, spans)
            return result
        case list():
            return [_with_spans(entry, f"{path}[{n}]", kind, spans) for n, entry in enumerate(part)]
        case _:
            return part


def _refuse_unknown(part: Any, known: Any, path: str) -> None:
    if isinstance(part, dict):
        for key, value in part.items():
            if key not in known:
                raise _ApiJsonError(f'"{key}" is unknown - at `{path}`')
            _refuse_unknown(value, known[key], f"{path}.{key}")
    elif isinstance(part, list):
        for index, (entry, known_entry) in enumerate(zip(part, known, strict=True)):
            _refuse_unknown(entry, known_entry, f"{path}[{index}]")


def _with_path(message: str) -> str:
    """Return a message of msgspec with the path `$` if it has none."""
    message = message[:1].lower() + message[1:]
    return message if " - at `" in message else f"{message} - at `$`"

"""OpenAPI 3 documents as sources: files, and what a server on this machine answers."""

from __future__ import annotations

import ipaddress
import json
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

from apiscribe.diagnostics.source import Source
from apiscribe.model.api import Api
from apiscribe.model.version import ApiVersion, Fact
from apiscribe.sources.failure import SourceError
from apiscribe.sources.openapi_api import read_openapi
from apiscribe.sources.openapi_document import Document, DocumentError

_YAML = (".yaml", ".yml")
_MARKS = ("openapi", "swagger")
_TIMEOUT = 10.0  # seconds
_MOST = 64 * 2**20  # bytes of an answer

# What no OpenAPI document tells, and what only some do: those that apiscribe wrote tell more.
_NEVER: dict[Fact, str] = {
    "message names": "its schemas need no names, and have some of their own",
    "methods without routes": "OpenAPI has routes alone",
    "descriptions": "a server's document need not repeat them",
    "numbers": "OpenAPI has no numbers of fields",
    "streams": "OpenAPI has no streams",
    "types": "JSON has fewer types than protobuf",
}
_SOMETIMES: dict[Fact, str] = {
    "enum names": "enums of OpenAPI need no names",
    "packages": "schemas of OpenAPI have no packages",
    "required": "the document does not say what is required",
}


def is_openapi(text: str) -> bool:
    """Whether the text names a YAML file, or a JSON file that says that it is OpenAPI."""
    place = Path(text)
    if not place.is_file() or place.suffix.lower() not in (*_YAML, ".json"):
        return False
    if place.suffix.lower() in _YAML:
        return True
    try:
        document = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(document, dict) and any(mark in document for mark in _MARKS)


def open_openapi(text: str) -> ApiVersion:
    """The API of a document. Raises SourceError."""
    file = Path(text)
    try:
        content = file.read_text("utf-8")
        document = _yaml(content) if file.suffix.lower() in _YAML else json.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        said = str(error) or "it is nested too deep"
        raise SourceError(
            f"{text} cannot be read: {said}; it must be an OpenAPI document, whole"
        ) from error
    return _side(text, document, Source(file.name, content), str(file.parent))


def is_openapi_url(text: str) -> bool:
    """Whether the text is a URL of HTTP."""
    return text.lower().startswith(("http://", "https://"))


def open_openapi_url(text: str) -> ApiVersion:
    """The API of the document that a server on this machine answers with. Raises SourceError."""
    parts = urlsplit(text)
    if not _is_loopback(parts.hostname or ""):
        raise SourceError(
            f"{text} is on another machine, and only 127.0.0.1 is asked; download the document and"
            " give the file"
        )
    opener = build_opener(ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(text, timeout=_TIMEOUT) as answer:
            content = answer.read(_MOST + 1)
    except HTTPError as error:
        raise SourceError(
            f"{text} answers {error.code} {error.reason}; give the URL of its openapi.json"
        ) from error
    except (OSError, ValueError, HTTPException) as error:
        raise SourceError(
            f"nothing answers at {text}: {error}; start the server, or give its right port"
        ) from error
    try:
        if len(content) > _MOST:
            raise ValueError("it is too large")
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"{text} answers with no JSON: {error}; give the URL of its openapi.json"
        ) from error
    # Servers write the document into one line; it is shown as people would write it.
    page = parts.path.rpartition("/")[2] or "openapi.json"
    source = Source(page, json.dumps(document, indent=2, ensure_ascii=False))
    return _side(text, document, source, text.rpartition("/")[0])


class _NoRedirect(HTTPRedirectHandler):
    """Follows no redirection: it could lead to another machine."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Nothing, so that the redirection is an error."""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _side(text: str, content: Any, source: Source, folder: str) -> ApiVersion:
    if not isinstance(content, dict) or not any(mark in content for mark in _MARKS):
        raise SourceError(f'{text} is no OpenAPI document: it has no "openapi"; {_way_out()}')
    version = str(content.get("openapi", ""))
    if not version.startswith("3."):
        have = version or f"Swagger {content.get('swagger')}"
        raise SourceError(f"{text} is OpenAPI {have}; convert it to OpenAPI 3")
    try:
        read = read_openapi(Document(content, source))
    except DocumentError as error:
        raise SourceError(f"{text} cannot be read: {error}; {_way_out()}") from error
    except RecursionError as error:
        raise SourceError(f"{text} is nested too deep; {_way_out()}") from error
    unknown = {fact: why for fact, why in _SOMETIMES.items() if fact not in read.stated}
    api = Api(name=read.name, files=read.files)
    return ApiVersion(
        name=text,
        api=api,
        unknown=_NEVER | unknown,
        texts={source.path: source},
        folder=folder,
    )


def _way_out() -> str:
    return "an OpenAPI 3 document in one file is read"


def _yaml(content: str) -> Any:
    """The value of a YAML text. Raises ValueError where it is none."""
    # PyYAML takes its time to load.
    import yaml

    try:
        return yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error

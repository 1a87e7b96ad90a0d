"""An OpenAPI document as a source: a file, or one that a server on this machine serves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import yaml

from apiscribe.drift.side import Fact, Side
from apiscribe.sources.failure import SourceError
from apiscribe.sources.openapi_document import OpenApiReader

_SECONDS = 10
_MOST_BYTES = 64 * 2**20
_UNKNOWN: Mapping[Fact, str] = {
    "numbers": "OpenAPI has no field numbers",
    "types": "OpenAPI has JSON's types alone",
    "packages": "OpenAPI has no packages",
    "message names": "schemas have names of their own, or none",
    "methods without routes": "OpenAPI has routes alone",
    "enum names": "OpenAPI lists the values of enums where they are used",
    "streams": "OpenAPI has no streams",
    "descriptions": "a served document need not repeat them",
}


def open_source(text: str) -> Side:
    """The API of a document that a server on this machine serves. Raises SourceError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not _is_loopback(parts.hostname or ""):
        raise SourceError(
            f"{text} is not on this machine; save the document, and name the file instead"
        )
    try:
        # No proxy: what is on this machine is asked directly.
        with build_opener(ProxyHandler({})).open(text, timeout=_SECONDS) as answer:
            content = answer.read(_MOST_BYTES)
    except (URLError, HTTPException, TimeoutError) as error:
        raise SourceError(f"{text} cannot be read: {error}") from error
    return _side(_parsed(content, text), text)


def is_openapi(file: Path) -> bool:
    """Whether a file is an OpenAPI document, or YAML, which can be nothing else here."""
    if file.suffix != ".json":
        return True
    try:
        document = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "openapi" in document


def open_document(file: Path, name: str) -> Side:
    """The API of a document. Raises SourceError."""
    return _side(_parsed(file.read_bytes(), name), name)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _parsed(content: bytes, name: str) -> dict[str, Any]:
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SourceError(f"{name} is neither JSON nor YAML: {error}") from error
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise SourceError(f"{name} is no OpenAPI document of version 3")
    return document


def _side(document: dict[str, Any], name: str) -> Side:
    try:
        api = OpenApiReader(document, name).api()
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(f"{name} is no whole OpenAPI document: {error!r}") from error
    return Side(name=name, api=api, unknown=_UNKNOWN)

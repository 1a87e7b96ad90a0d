"""Read the OpenAPI document of a server on this machine, and find it where frameworks serve it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import OpenerDirector

from apiscribe.diagnostics.source import Source
from apiscribe.model.version import ApiVersion
from apiscribe.sources.openapi import MAX_BYTES, VERSION_KEYS, parse_yaml, version_of_document
from apiscribe.sources.source_error import SourceError
from apiscribe.workspace.local_http import Deadline, is_loopback, local_opener

_TIMEOUT = 10.0  # seconds without an answer
_DEADLINE = 30.0  # seconds for all requests

# Where servers have their documents, the most frequent ones first. Sources: the defaults of
# FastAPI, springdoc, NestJS, swaggo, ASP.NET, Django and Quarkus.
_PATHS = (
    "openapi.json",
    "v3/api-docs",
    "swagger.json",
    "api-json",
    "swagger/doc.json",
    "swagger/v1/swagger.json",
    "openapi/v1.json",
    "api/schema/?format=json",
    "q/openapi?format=json",
    "openapi.yaml",
    "openapi.yml",
    "swagger.yaml",
    "api-yaml",
    "api/openapi.json",
    "api/docs/openapi.json",
    "docs/openapi.json",
    ".well-known/openapi.json",
    ".well-known/openapi.yaml",
)
# RFC 9727: a list of APIs, each with a link to its description.
_CATALOG = ".well-known/api-catalog"
# RFC 8631: the relation of a link to a description for programs.
_RELATION = "service-desc"
_LINK = re.compile(rf"<([^<>]*)>[^,<]*;\s*rel=\"?[^\",;]*{_RELATION}")
_YAML_DOCUMENT = re.compile(r"^(?:openapi|swagger)\s*:", re.MULTILINE)


def open_openapi_url(text: str) -> ApiVersion:
    """Read the API of a document served on this machine; find the document of a server
    with an address without a path. Raise SourceError.
    """
    parts = urlsplit(text)
    if not is_loopback(parts.hostname or ""):
        raise SourceError(
            f"{text} is on another machine, and only this machine is queried; download the"
            " document and pass the file"
        )
    deadline = Deadline(_DEADLINE)
    try:
        with deadline:
            return _read_served(text, parts, deadline)
    except SourceError as error:
        if deadline.is_over:
            raise SourceError(f"{text} did not answer within {_DEADLINE:g} seconds") from error
        raise


def _read_served(text: str, parts: SplitResult, deadline: Deadline) -> ApiVersion:
    opener = local_opener(deadline)
    opener.addheaders = [("Accept", "application/json, application/yaml;q=0.9, */*;q=0.1")]
    if parts.path in ("", "/") and not parts.query:
        return _version(*_find(text, parts, opener))
    try:
        content = _get(text, opener)
    except HTTPError as error:
        raise SourceError(
            f"{text} answers {error.code} {error.reason}; pass the URL of its openapi.json"
        ) from error
    try:
        return _version(text, _parse(content))
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"the response of {text} is not JSON: {error}; pass the URL of its openapi.json"
        ) from error


def _find(text: str, parts: SplitResult, opener: OpenerDirector) -> tuple[str, Any]:
    """Return the URL and the content of a server's document. Raise SourceError."""
    base = f"{parts.scheme}://{parts.netloc}/"
    for url in _candidates(base, opener):
        try:
            content = _parse(_get(url, opener))
        except (HTTPError, ValueError, RecursionError):
            continue
        if isinstance(content, dict) and any(key in content for key in VERSION_KEYS):
            return url, content
    places = ", ".join(f"/{path}" for path in _PATHS[:3])
    raise SourceError(
        f"{text} has no OpenAPI document at {places} or the other usual places; pass its URL"
    )


def _candidates(base: str, opener: OpenerDirector) -> Iterator[str]:
    """Yield the URLs where a server may have its document, those that it states first."""
    for url in (*_linked(base, opener), *_listed(base, opener)):
        if is_loopback(urlsplit(url).hostname or ""):
            yield url
    for path in _PATHS:
        yield base + path


def _linked(base: str, opener: OpenerDirector) -> list[str]:
    """Return the descriptions in the links of a server's first page."""
    try:
        with _open(base, opener) as response:
            links = response.headers.get_all("Link") or []
    except HTTPError as error:
        links = error.headers.get_all("Link") or []
    return [urljoin(base, target) for link in links for target in _LINK.findall(link)]


def _listed(base: str, opener: OpenerDirector) -> list[str]:
    """Return the descriptions in a server's catalog of APIs."""
    try:
        content = json.loads(_get(base + _CATALOG, opener))
        listed = content["linkset"]
        targets = [each["href"] for entry in listed for each in entry.get(_RELATION, ())]
    except (HTTPError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return []
    return [urljoin(base, target) for target in targets if isinstance(target, str)]


def _get(url: str, opener: OpenerDirector) -> bytes:
    """Return the body of a response. Raise HTTPError, ValueError if it is too long, and SourceError
    if no server answers.
    """
    with _open(url, opener) as response:
        try:
            content: bytes = response.read(MAX_BYTES + 1)
        except (OSError, HTTPException) as error:
            raise SourceError(_no_answer(url, error)) from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES:,} bytes")
    return content


def _open(url: str, opener: OpenerDirector) -> Any:
    try:
        return opener.open(url, timeout=_TIMEOUT)
    except HTTPError:
        raise
    except (OSError, ValueError, HTTPException) as error:
        raise SourceError(_no_answer(url, error)) from error


def _no_answer(url: str, error: Exception) -> str:
    return f"no server answers at {url}: {error}; start the server, or correct the port"


def _parse(content: bytes) -> Any:
    """Parse a response as JSON, or as YAML if it begins as a document does. Raise ValueError."""
    try:
        return json.loads(content)
    except ValueError:
        text = content.decode("utf-8", "replace")
        if _YAML_DOCUMENT.search(text):
            return parse_yaml(text)
        raise


def _version(url: str, document: Any) -> ApiVersion:
    # Servers write the document on one line; spans need lines.
    page = urlsplit(url).path.rstrip("/").rpartition("/")[2] or "openapi.json"
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    return version_of_document(url, document, Source(page, text), url.rpartition("/")[0])

"""The kinds of sources: everything that `drift` and `adopt` can read an API from.

To add a kind of source, write a module with two functions and add a row to `KINDS`. Import a heavy
library in the function that opens the source, so that other kinds work without loading it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from apiscribe.model.version import ApiVersion
from apiscribe.sources.api_json import is_api_json, open_api_json
from apiscribe.sources.openapi import is_openapi, is_openapi_url, open_openapi
from apiscribe.sources.protos import (
    is_descriptor_set,
    is_proto_folder,
    open_descriptor_set,
    open_proto_folder,
)
from apiscribe.sources.python_modules import (
    is_module_folder,
    is_python,
    open_module_folder,
    open_python,
)
from apiscribe.sources.reflection import is_server, open_server
from apiscribe.sources.revision import checkout, is_revision
from apiscribe.sources.source_error import SourceError
from apiscribe.sources.spec_version import is_spec, open_spec

__all__ = ["KINDS", "Kind", "SourceError", "is_spec_source", "open_source"]


@dataclass(frozen=True)
class Kind:
    """A kind of source: how a user writes one, a predicate on that text, and the reader."""

    syntax: str
    matches: Callable[[str], bool]
    open: Callable[[str], ApiVersion]


def open_source(text: str) -> ApiVersion:
    """Read the API of a source. Raise SourceError, with a suggestion in its text."""
    for kind in KINDS:
        if kind.matches(text):
            return kind.open(text)
    if not Path(text).exists():
        raise SourceError(f"{text} does not exist; a source is one of: {_syntaxes()}")
    raise SourceError(f"{text} is not a source of an API; a source is one of: {_syntaxes()}")


def is_spec_source(text: str) -> bool:
    """Return whether `open_source` reads a folder of pages, or a page."""
    kind = next((kind for kind in KINDS if kind.matches(text)), None)
    return kind is not None and kind.open is open_spec


def _open_revision(text: str) -> ApiVersion:
    """Read the API of a file or folder at a git revision."""
    with checkout(text) as path:
        try:
            version = open_source(str(path))
        except SourceError as error:
            raise SourceError(str(error).replace(str(path), text)) from error
    # The prefix of the paths in spans: the folder, or the folder of a file.
    folder = text if version.folder == str(path) else text.removesuffix(path.name).rstrip("/")
    return replace(version, name=text, folder=folder if version.folder else "")


def _open_openapi_url(text: str) -> ApiVersion:
    """Read the API of a document on a server."""
    # Imported here because the HTTP client of Python is slow to load.
    from apiscribe.sources.openapi_server import open_openapi_url

    return open_openapi_url(text)


def _syntaxes() -> str:
    return ", ".join(kind.syntax for kind in KINDS)


# The first match wins: texts that are not paths, then files by content, then folders by content.
# A spec comes after the other folders, because any folder may hold pages; a descriptor set comes
# last, because any file may be one.
KINDS: tuple[Kind, ...] = (
    Kind("git:REV:PATH (one of the files and folders below)", is_revision, _open_revision),
    Kind("python:NAME (an installed package of _pb2 modules)", is_python, open_python),
    Kind("grpc://HOST:PORT (a server with reflection)", is_server, open_server),
    Kind(
        "http://127.0.0.1:PORT (an OpenAPI document, or a server with one)",
        is_openapi_url,
        _open_openapi_url,
    ),
    Kind("an OpenAPI document (.json, .yaml)", is_openapi, open_openapi),
    Kind("an api.json written by apiscribe, or its folder", is_api_json, open_api_json),
    Kind("a folder of .proto files", is_proto_folder, open_proto_folder),
    Kind("a folder of _pb2 modules", is_module_folder, open_module_folder),
    Kind("a spec folder, a folder of pages, or a page", is_spec, open_spec),
    Kind("a file with a FileDescriptorSet", is_descriptor_set, open_descriptor_set),
)

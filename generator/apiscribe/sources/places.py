"""Folders and files as sources: told apart by what is in them."""

from __future__ import annotations

from pathlib import Path

from apiscribe.drift.side import Side
from apiscribe.sources.failure import SourceError

_WHAT = (
    "a source is a spec folder, a generated folder or its api.json, a folder of .proto files or of"
    " _pb2.py modules, a file with a FileDescriptorSet, an OpenAPI document, git:REVISION:PATH,"
    " python:PACKAGE or grpc://HOST:PORT"
)


def open_source(text: str) -> Side:
    """The API in a folder or a file. Raises SourceError."""
    place = Path(text)
    if place.is_dir():
        return _open_folder(place, text)
    if not place.is_file():
        raise SourceError(f"{text} does not exist; {_WHAT}")
    if place.suffix in (".json", ".yaml", ".yml"):
        return _open_document(place, text)
    from apiscribe.sources.descriptor_files import open_descriptors

    return open_descriptors(place, text)


def _open_folder(place: Path, text: str) -> Side:
    if (place / "api.json").is_file():
        from apiscribe.sources.api_document import open_api_document

        return open_api_document(place / "api.json", text)
    if (place / "spec.toml").is_file() or (place / "pages").is_dir():
        from apiscribe.sources.spec import open_spec

        return open_spec(text)
    if any(place.rglob("*.proto")):
        from apiscribe.sources.descriptor_files import open_descriptors

        return open_descriptors(place, text)
    if any(place.rglob("*_pb2.py")):
        from apiscribe.sources.python_package import open_folder

        return open_folder(place, text)
    from apiscribe.sources.spec import open_spec

    return open_spec(text)


def _open_document(place: Path, text: str) -> Side:
    from apiscribe.sources.openapi import is_openapi, open_document

    if is_openapi(place):
        return open_document(place, text)
    from apiscribe.sources.api_document import open_api_document

    return open_api_document(place, text)

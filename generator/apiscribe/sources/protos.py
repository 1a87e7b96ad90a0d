"""Read `.proto` files and descriptor sets as sources."""

from __future__ import annotations

from pathlib import Path

from apiscribe.diagnostics.source import Source
from apiscribe.model.version import ApiVersion, Fact
from apiscribe.sources.from_descriptors import (
    NO_AUTHENTICATION,
    NO_CONSTRAINTS,
    NO_NULLS,
    NO_ROUTES,
    NOT_REQUIRED,
    version_from_descriptors,
)
from apiscribe.sources.source_error import SourceError
from apiscribe.sources.spec_version import states_pages

# Suffixes of files that are not descriptor sets, with a suggestion.
_SUGGESTIONS = {
    ".proto": "pass the folder that its imports are relative to",
    ".toml": "pass its folder",
    ".py": "pass its folder",
    ".whl": "unpack it and pass the folder",
    ".zip": "unpack it and pass the folder",
    ".gz": "unpack it and pass the folder",
}


def is_proto_folder(text: str) -> bool:
    """Return whether the text names a folder with `.proto` files that is not a spec."""
    folder = Path(text)
    return folder.is_dir() and not states_pages(folder) and any(folder.rglob("*.proto"))


def open_proto_folder(text: str) -> ApiVersion:
    """Read the API of the `.proto` files below an import root. Raise SourceError."""
    # Imported here because protobuf is slow to load.
    from apiscribe.sources.descriptors import DescriptorsError, read_files

    root = Path(text)
    try:
        files = read_files(root)
    except DescriptorsError as error:
        return _version_of_texts(text, root, error)
    texts = {file.name: _source(root, file.name) for file in files}
    return version_from_descriptors(text, root.resolve().name, files, texts, text)


def _version_of_texts(text: str, root: Path, error: Exception) -> ApiVersion:
    """Read the API from the texts alone; an imported file is not there, or is at another path."""
    # Imported here because most runs do not need it.
    from apiscribe.sources.proto_texts import read_proto_texts

    try:
        api, texts, left_out = read_proto_texts(root)
    except SourceError as unreadable:
        raise SourceError(
            f"{text} does not compile: {error}, and {unreadable}; pass the folder that the imports"
            " are relative to"
        ) from error
    fields = [field for _, message in api.messages() for field in message.fields]
    unknown: dict[Fact, str] = {
        "authentication": NO_AUTHENTICATION,
        "constraints": NO_CONSTRAINTS,
        "nulls": NO_NULLS,
    }
    if left_out:
        more = f", and {len(left_out) - 1} more" if len(left_out) > 1 else ""
        unknown["declarations"] = f"{left_out[0]}{more}"
    if not any(field.required for field in fields):
        unknown["required"] = NOT_REQUIRED
    if not any(method.routes for _, service in api.services() for method in service.methods):
        unknown["routes"] = NO_ROUTES
    return ApiVersion(
        name=text, api=api, unknown=unknown, is_protobuf=True, texts=texts, folder=text
    )


def is_descriptor_set(text: str) -> bool:
    """Return whether the text names a file."""
    return Path(text).is_file()


def open_descriptor_set(text: str) -> ApiVersion:
    """Read the API of a FileDescriptorSet in a file. Raise SourceError."""
    # Imported here because protobuf is slow to load.
    from apiscribe.sources.descriptors import DescriptorsError, read_files

    file = Path(text)
    if suggestion := _SUGGESTIONS.get(file.suffix.lower()):
        raise SourceError(f"{text} is not a source of an API; {suggestion}")
    suggestion = "write one with `protoc --include_source_info --descriptor_set_out=FILE`"
    try:
        return version_from_descriptors(text, file.stem, read_files(file))
    except (DescriptorsError, SourceError) as error:
        raise SourceError(f"{text} is not a FileDescriptorSet: {error}; {suggestion}") from error


def _source(root: Path, path: str) -> Source:
    text = (root / path).read_bytes().decode("utf-8", errors="replace")
    return Source(path, text.removeprefix("\ufeff").replace("\r\n", "\n"))

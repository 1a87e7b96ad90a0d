"""`.proto` files and descriptor sets as sources."""

from __future__ import annotations

from pathlib import Path

from apiscribe.diagnostics.source import Source
from apiscribe.model.version import ApiVersion
from apiscribe.sources.described import side_of
from apiscribe.sources.failure import SourceError
from apiscribe.sources.pages import states_pages

# Files that are no descriptor set, and what to give instead.
_INSTEAD = {
    ".proto": "give the folder that its imports are looked for in",
    ".md": "give the folder of the pages",
    ".markdown": "give the folder of the pages",
    ".txt": "give the folder of the pages",
    ".toml": "give its folder",
    ".py": "give its folder",
    ".whl": "unpack it and give the folder",
    ".zip": "unpack it and give the folder",
    ".gz": "unpack it and give the folder",
}


def is_proto_folder(text: str) -> bool:
    """Whether the text names a folder with `.proto` files that is no spec."""
    place = Path(text)
    return place.is_dir() and not states_pages(place) and any(place.rglob("*.proto"))


def open_proto_folder(text: str) -> ApiVersion:
    """The API of the `.proto` files below an import root. Raises SourceError."""
    # protobuf takes its time to load.
    from apiscribe.sources.descriptors import DescriptorsError, read_files

    root = Path(text)
    try:
        files = read_files(root)
    except DescriptorsError as error:
        raise SourceError(
            f"{text} does not compile: {error}; the folder must be the one that imports start from"
        ) from error
    texts = {file.name: _source(root, file.name) for file in files}
    return side_of(text, root.resolve().name, files, texts, text)


def is_descriptor_set(text: str) -> bool:
    """Whether the text names a file."""
    return Path(text).is_file()


def open_descriptor_set(text: str) -> ApiVersion:
    """The API of a file that holds a FileDescriptorSet. Raises SourceError."""
    # protobuf takes its time to load.
    from apiscribe.sources.descriptors import DescriptorsError, read_files

    file = Path(text)
    if instead := _INSTEAD.get(file.suffix.lower()):
        raise SourceError(f"{text} is no source of an API; {instead}")
    way_out = "`protoc --include_source_info --descriptor_set_out=FILE` writes one"
    try:
        return side_of(text, file.stem, read_files(file))
    except (DescriptorsError, SourceError) as error:
        raise SourceError(f"{text} holds no FileDescriptorSet: {error}; {way_out}") from error


def _source(root: Path, path: str) -> Source:
    text = (root / path).read_bytes().decode("utf-8", errors="replace")
    return Source(path, text.removeprefix("\ufeff").replace("\r\n", "\n"))

"""Read a spec folder, or a folder of pages, as a source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from apiscribe.model.api import Api
from apiscribe.model.version import ApiVersion
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.sources.page_facts import NO_NUMBERS, unknown_facts, unknown_on_pages
from apiscribe.sources.source_error import SourceError
from apiscribe.sources.spec_files import is_page


def is_spec(text: str) -> bool:
    """Return whether the text names a folder or a page."""
    return Path(text).is_dir() or is_page(Path(text))


def states_pages(folder: Path) -> bool:
    """Return whether a folder is a spec, even with `.proto` files: these may be references."""
    return (folder / "spec.toml").is_file() or (folder / "pages").is_dir()


def open_spec(text: str) -> ApiVersion:
    """Read the API of a folder's pages, or of a page. Raise SourceError if a page has an error."""
    compilation = compile_folder(Path(text))
    errors = compilation.report.at("error")
    if not compilation.spec.page_files and not states_pages(Path(text)):
        raise SourceError(
            f"{text} has no pages, .proto files, _pb2 modules or api.json; pass the folder that"
            " holds them"
        )
    if errors:
        first = errors[0]
        raise SourceError(
            f"{text} has errors; the first one: {first.span}: {first.message}; run `apiscribe lint`"
            " on the folder to see all"
        )
    return version_of_compilation(compilation, text)


def version_of_compilation(compilation: Compilation, text: str) -> ApiVersion:
    """Return the version of compiled pages; `text` is their folder or page."""
    version = version_of_pages(compilation.api, text)
    # Without a lock, the numbers follow the order of the fields on the page.
    has_lock = compilation.spec.lock
    unknown = version.unknown if has_lock else {**version.unknown, "numbers": NO_NUMBERS}
    page = Path(text).name if compilation.spec.is_page else ""
    folder = text.removesuffix(page).rstrip("/") if page else text
    return replace(version, unknown=unknown, texts=compilation.spec.sources, folder=folder)


def version_of_pages(api: Api, name: str) -> ApiVersion:
    """Return the version of an Api that was read from pages."""
    return ApiVersion(
        name=name, api=api, unknown=unknown_facts(api), unknown_on=unknown_on_pages(api)
    )

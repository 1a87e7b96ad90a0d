"""A spec folder, or a folder of pages, as a source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from apiscribe.model.api import Api
from apiscribe.model.version import ApiVersion
from apiscribe.sources.compilation import compile_folder
from apiscribe.sources.failure import SourceError
from apiscribe.sources.page_facts import NO_NUMBERS, unknown_facts, unknown_on_pages


def is_spec(text: str) -> bool:
    """Whether the text names a folder."""
    return Path(text).is_dir()


def states_pages(folder: Path) -> bool:
    """Whether a folder is a spec whatever else lies in it: references may be `.proto` files."""
    return (folder / "spec.toml").is_file() or (folder / "pages").is_dir()


def open_spec(text: str) -> ApiVersion:
    """The API of the folder's pages. Raises SourceError where a page has an error."""
    compilation = compile_folder(Path(text))
    errors = compilation.report.at("error")
    if not compilation.spec.page_files and not states_pages(Path(text)):
        raise SourceError(
            f"{text} holds no pages, no .proto files, no _pb2 modules and no api.json; give the"
            " folder that does"
        )
    if errors:
        first = errors[0]
        raise SourceError(
            f"{text} has errors, the first: {first.span}: {first.message}; `apiscribe lint` on the"
            " folder shows all"
        )
    side = version_of_pages(compilation.api, text)
    # Numbers that no file keeps yet are those of the page's order.
    unknown = side.unknown if compilation.spec.lock else {**side.unknown, "numbers": NO_NUMBERS}
    return replace(side, unknown=unknown, texts=compilation.spec.sources, folder=text)


def version_of_pages(api: Api, name: str) -> ApiVersion:
    """The side of an Api that was read from pages."""
    return ApiVersion(
        name=name, api=api, unknown=unknown_facts(api), unknown_on=unknown_on_pages(api)
    )

"""`apiscribe init`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.spec_paths import is_searched
from apiscribe.commands.specs import EXIT_PROBLEMS, Failure
from apiscribe.commands.writing import writing
from apiscribe.diagnostics.codes.files import FOREIGN_LINK, PAGE_OVER_BUDGET
from apiscribe.diagnostics.codes.settings import UNKNOWN_DIALECT
from apiscribe.diagnostics.report import visible
from apiscribe.sources.spec_files import PAGE_SUFFIXES, SETTINGS_FILE
from apiscribe.workspace.inputs import files_below

if TYPE_CHECKING:
    from apiscribe.model.api import File
    from apiscribe.sources.compilation import Compilation

_MOST_NAMED = 20
_NOT_READ = frozenset({UNKNOWN_DIALECT.word, FOREIGN_LINK.word, PAGE_OVER_BUDGET.word})
_SETTINGS = """\
# Settings of the API that the pages in this folder document. All entries are optional.
# `apiscribe schema spec` prints the JSON Schema of all entries, for editors.

# The name of the API, of its Python package and of the folder below generated/.
name = "{name}"

# The folder of the pages, relative to this file.
pages = "."

# The package of pages that do not state one.
# package = "{name}.v1"

# The outputs that `apiscribe build` writes (default: all).
# [outputs]
# only = ["openapi", "models"]
"""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Find the pages in FOLDER that document an API, and write a spec.toml beside them.

    FOLDER is a repository or any other folder with pages (default: the current folder). Existing
    files do not change.
    """
    if not folder.is_dir():
        raise Failure(f"{folder} is not a folder")
    compilation = _compile_pages(folder)
    pages, report = compilation.spec.page_files, compilation.report
    of_api = {file.page: file for file in compilation.api.files if file.page in pages}
    for path, file in sorted(of_api.items())[:_MOST_NAMED]:
        click.echo(f"{visible(path)}: {_contents(file)}")
    if (more := len(of_api) - _MOST_NAMED) > 0:
        click.echo(f"{more} more pages")
    unread = [each for each in report if each.code in _NOT_READ]
    for diagnostic in unread[:_MOST_NAMED]:
        path = diagnostic.span.path
        reason = diagnostic.message.removeprefix(f"{path} ").removesuffix("; it is not read")
        click.echo(f"{visible(path)}: not read: {visible(reason)}")
    if (more := len(unread) - _MOST_NAMED) > 0:
        click.echo(f"{more} more pages that are not read")
    if others := len(pages) - len({*of_api, *(each.span.path for each in unread)}):
        click.echo(f"{others} other page{'s'[: others != 1]} without an API")
    if not of_api:
        raise Failure(_nothing_found(folder, len(pages)))
    below = _common_folder(list(of_api))
    _write_settings(folder / below, compilation.spec.name)
    _print_next(folder / below, compilation, "" if below == Path() else f"{below.as_posix()}/")


def _compile_pages(folder: Path) -> Compilation:
    """Read all pages of a repository once, as those of one spec."""
    from apiscribe.commands.printing import progress_bar
    from apiscribe.diagnostics.report import Report
    from apiscribe.diagnostics.source import Sources
    from apiscribe.model.lock import Lock
    from apiscribe.model.names import snake
    from apiscribe.model.overlay import Overlay
    from apiscribe.model.settings import Settings
    from apiscribe.pages.text import read_source
    from apiscribe.sources.compilation import compile_spec
    from apiscribe.sources.spec_files import SpecFiles
    from apiscribe.sources.spec_folder import Spec
    from apiscribe.workspace.profile import Profile

    settings = Settings(name=snake(folder.resolve().name)[:40], pages=".")
    report, sources = Report(), Sources()
    files = SpecFiles(folder, report)
    paths = tuple(_page_paths(folder))
    for path in paths:
        if (raw := files.content(path, settings.budget.page_bytes)) is not None:
            sources[path] = read_source(raw, path, report)
    spec = Spec(
        folder=folder,
        settings=settings,
        overlay=Overlay(),
        lock=Lock(),
        page_files=paths,
        pages=tuple(sources),
        handlers=None,
        references={},
        sources=sources,
        diagnostics=tuple(report),
    )
    return compile_spec(spec, profile=Profile(progress_bar))


def _page_paths(folder: Path) -> Iterator[str]:
    from apiscribe.sources.spec_files import PAGE_SUFFIXES

    for parts in sorted(files_below(folder, enters=is_searched)):
        if parts[-1].lower().endswith(PAGE_SUFFIXES):
            yield "/".join(parts)


def _contents(file: File) -> str:
    """Return the dialect of a page and how much it declares: `http, 5 methods, 2 messages`."""
    counts = {
        "method": sum(len(service.methods) for service in file.services),
        "message": sum(not message.incomplete for message in file.messages),
        "enum": sum(1 for _ in file.all_enums()),
    }
    words = [f"{n} {word}{'s'[: n != 1]}" for word, n in counts.items() if n]
    return ", ".join([file.dialect, *words])


def _nothing_found(folder: Path, count: int) -> str:
    """Return why there is no spec to write, and the next step."""
    if not count:
        endings = ", ".join(PAGE_SUFFIXES)
        return f"{folder} has no pages ({endings}); pass the folder of the documentation"
    return (
        f"no page in {folder} documents an API in a form that apiscribe reads; for an example, run:"
        " apiscribe explain unknown-dialect"
    )


def _common_folder(paths: Sequence[str]) -> Path:
    """Return the deepest folder that holds all pages."""
    return Path(os.path.commonpath([Path(path).parent for path in paths]))


def _write_settings(spec: Path, name: str) -> None:
    file = spec / SETTINGS_FILE
    try:
        with writing(), file.open("x", encoding="utf-8") as opened:
            opened.write(_SETTINGS.format(name=name))
    except FileExistsError as error:
        raise Failure(f"{file} exists already; run: apiscribe lint {spec}") from error
    click.echo(f"wrote {file}")


def _print_next(spec: Path, compilation: Compilation, prefix: str) -> None:
    """Print how well the pages below a prefix are read, and the next commands."""
    report = compilation.report
    found = Counter(each.level for each in report if each.span.path.startswith(prefix))
    errors, warnings = found["error"], found["warning"]
    coverage: Counter[bool] = Counter()
    for (page, _, status), count in report.coverage.items():
        if page.startswith(prefix):
            coverage[status != "unread"] += count
    share = 100 * coverage[True] // (coverage.total() or 1)
    problems = f"{errors} error{'s'[: errors != 1]}, {warnings} warning{'s'[: warnings != 1]}"
    click.echo(f"{share} % of the parts of pages are read or skipped by a rule; {problems}")
    click.echo(f"next: apiscribe lint {spec} --format html > report.html")
    click.echo(f"      apiscribe serve {spec}")
    if errors:
        click.get_current_context().exit(EXIT_PROBLEMS)

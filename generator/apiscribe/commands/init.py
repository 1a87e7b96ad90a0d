"""`apiscribe init`."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.specs import EXIT_PROBLEMS, Failure

if TYPE_CHECKING:
    from apiscribe.diagnostics.report import Report
    from apiscribe.model.draft import PageDraft

# Folders of dependencies and of build outputs.
_FOREIGN = frozenset({"node_modules", "vendor", "site-packages", "third_party", "target", "dist"})
_MOST_NAMED = 20
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
    from apiscribe.diagnostics.codes.settings import UNKNOWN_DIALECT
    from apiscribe.diagnostics.report import Report, visible

    if not folder.is_dir():
        raise Failure(f"{folder} is not a folder")
    report = Report()
    drafts, count = _read_pages(folder, report)
    for path, of_page in list(drafts.items())[:_MOST_NAMED]:
        click.echo(f"{visible(path)}: {_contents(of_page)}")
    if (more := len(drafts) - _MOST_NAMED) > 0:
        click.echo(f"{more} more pages")
    unread = [each for each in report if each.code == UNKNOWN_DIALECT.word]
    for diagnostic in unread[:_MOST_NAMED]:
        click.echo(f"{visible(diagnostic.span.path)}: not read: {visible(diagnostic.message)}")
    if others := count - len(drafts) - len(unread):
        click.echo(f"{others} other page{'s'[: others != 1]} without an API")
    if not drafts:
        raise Failure(f"no page in {folder} documents an API in a form that apiscribe reads")
    spec = folder / _common_folder(list(drafts))
    _write_settings(spec, folder)
    _print_next(spec)


def _read_pages(folder: Path, report: Report) -> tuple[dict[str, list[PageDraft]], int]:
    """Return the drafts of the pages that declare anything, by path, and the number of pages."""
    from apiscribe.dialects.drafts import PageToRead, draft_pages
    from apiscribe.model.settings import Budget
    from apiscribe.pages.text import read_source
    from apiscribe.workspace.inputs import InputError, read_input
    from apiscribe.workspace.profile import Profile

    budget = Budget()
    pages = []
    for path in _page_paths(folder):
        try:
            raw = read_input(folder / path, folder, budget.page_bytes)
        except InputError:
            continue
        pages.append(PageToRead(read_source(raw, path, report), "", budget.page_rows))
    drafts: dict[str, list[PageDraft]] = defaultdict(list)
    for draft in draft_pages(pages, report, Profile()):
        if draft.services or draft.operations or draft.messages or draft.enums:
            drafts[draft.path].append(draft)
    return drafts, len(pages)


def _page_paths(folder: Path) -> Iterator[str]:
    from apiscribe.sources.spec_files import PAGE_SUFFIXES
    from apiscribe.workspace.inputs import files_below

    for parts in sorted(files_below(folder)):
        own = not any(part.startswith(".") or part in _FOREIGN for part in parts)
        if own and parts[-1].lower().endswith(PAGE_SUFFIXES):
            yield "/".join(parts)


def _contents(drafts: Sequence[PageDraft]) -> str:
    """Return the dialect of a page and how much it declares: `http, 5 methods, 2 messages`."""
    methods = sum(len(service.methods) for draft in drafts for service in draft.services)
    counts = {
        "method": methods + sum(len(draft.operations) for draft in drafts),
        "message": sum(len(draft.messages) for draft in drafts),
        "enum": sum(len(draft.enums) for draft in drafts),
    }
    words = [f"{n} {word}{'s'[: n != 1]}" for word, n in counts.items() if n]
    return ", ".join([drafts[0].dialect, *words])


def _common_folder(paths: Sequence[str]) -> Path:
    """Return the deepest folder that holds all pages."""
    return Path(os.path.commonpath([Path(path).parent for path in paths]))


def _write_settings(spec: Path, folder: Path) -> None:
    from apiscribe.model.names import snake
    from apiscribe.sources.spec_files import SETTINGS_FILE

    file = spec / SETTINGS_FILE
    name = snake(folder.resolve().name)[:40]
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(_SETTINGS.format(name=name))
    except FileExistsError as error:
        raise Failure(f"{file} exists already; run: apiscribe lint {spec}") from error
    click.echo(f"wrote {file}")


def _print_next(spec: Path) -> None:
    """Print what a build would find, and the next commands."""
    from apiscribe.commands.specs import compile_all

    (compilation,) = compile_all([spec])
    errors, warnings = (len(compilation.report.at(level)) for level in ("error", "warning"))
    read = sum(n for (*_, status), n in compilation.report.coverage.items() if status != "unread")
    share = 100 * read // (compilation.report.coverage.total() or 1)
    problems = f"{errors} error{'s'[: errors != 1]}, {warnings} warning{'s'[: warnings != 1]}"
    click.echo(f"{share} % of the parts of pages are read or skipped by a rule; {problems}")
    click.echo(f"next: apiscribe lint {spec} --format html > report.html")
    click.echo(f"      apiscribe serve {spec}")
    if errors:
        click.get_current_context().exit(EXIT_PROBLEMS)

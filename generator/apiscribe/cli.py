"""The command `apiscribe`. Exit status: 0 nothing found, 1 findings, 2 it could not do its work."""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apiscribe import __version__
from apiscribe.reports import FORMATS, Summary, findings, format_named, summary

if TYPE_CHECKING:
    from apiscribe.build import Reading
    from apiscribe.output_folder import Changes
    from apiscribe.reports import Finding

FOUND, FAILED = 1, 2
_ALL = frozenset({"error", "warning", "note"})
_WITHOUT_NOTES, _ERRORS = _ALL - {"note"}, frozenset({"error"})


class _Group(click.Group):
    """Click's group, with every failure of the machine (a full disk, no rights) as status 2."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().main(*arguments, **options)
        except OSError as error:
            click.echo(f"apiscribe: {error}", err=True)
            sys.exit(FAILED)
        except Exception:
            # Python's own status for it is 1, which means that there are findings.
            traceback.print_exc()
            click.echo("apiscribe: this is a fault of apiscribe; please report it", err=True)
            sys.exit(FAILED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="apiscribe")
def main() -> None:
    """Read API pages that were written for people; write .proto, models and a server from them."""


_specs = click.argument("specs", metavar="[SPEC]...", nargs=-1, type=click.Path(path_type=Path))
_verbose = click.option("-v", "--verbose", is_flag=True, help="Show notes too.")
_format = click.option(
    "--format",
    "form",
    type=click.Choice([form.name for form in FORMATS]),
    default=FORMATS[0].name,
    show_default=True,
    help="How to write the findings.",
)


def _with_out(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--out",
        default="generated",
        show_default=True,
        type=click.Path(path_type=Path),
        help="Folder to write to; each API gets a folder in it.",
    )(command)


@main.command()
@_specs
@_with_out
@click.option("--check", is_flag=True, help="Write nothing; tell what would change.")
@click.option("--partial", is_flag=True, help="Leave out pages with errors; write the rest.")
@_format
@_verbose
def build(
    specs: Sequence[Path], out: Path, check: bool, partial: bool, form: str, verbose: bool
) -> None:
    """Write the outputs of each SPEC (default: every folder in specs/).

    A SPEC is a folder of pages. If one has an error, nothing is written for any. Findings go to
    stderr, and what was written to stdout; with another format than text it is the other way round.
    """
    from apiscribe.build import outputs
    from apiscribe.output_folder import Tree, TreeError

    readings = _read_all(specs, partial)
    wanted = {
        reading.spec.name: {output.path: output.content for output in outputs(reading)}
        for reading in readings
    }
    _show(readings, form, _ALL if verbose else _ERRORS, err=form == "text")
    if failed := sum(len(findings(reading.report.at("error"), {})) for reading in readings):
        click.echo(f"{failed} error{'s'[: failed > 1]}; nothing was written", err=True)
        sys.exit(FOUND)
    stale = False
    for name, files in wanted.items():
        tree = Tree(out / name)
        try:
            changes = tree.compare(files) if check else tree.write(files)
        except TreeError as error:
            raise _Failure(str(error)) from error
        stale = stale or bool(changes)
        _tell(out / name, len(files) + 1, changes, check, verbose, err=form != "text")
    left_out = [found for reading in readings for found in reading.left_out]
    if left_out:
        pages = len({found.span.path for found in left_out})
        click.echo(f"{pages} page{'s'[: pages > 1]} left out", err=True)
    if left_out or (check and stale):
        sys.exit(FOUND)


@main.command()
@_specs
@click.option("--stats", is_flag=True, help="Print what was read of each page, too.")
@click.option("--suggest", is_flag=True, help="Print overlay entries for what is open, instead.")
@_format
@_verbose
def lint(specs: Sequence[Path], stats: bool, suggest: bool, form: str, verbose: bool) -> None:
    """Tell what is wrong with the pages of each SPEC, or worth a look. Writes nothing."""
    from apiscribe.stats import account_table, stats_table

    if stats and form != "text":
        raise click.UsageError("--stats is a table for people; it has no other format")

    readings = _read_all(specs)
    if suggest:
        sys.exit(_suggest(readings))
    if stats:
        click.echo(stats_table(reading.api for reading in readings))
        click.echo()
        click.echo(account_table(sum((r.report.account for r in readings), Counter())))
        click.echo()
    counted = _show(readings, form, _ALL if verbose else _WITHOUT_NOTES, err=False)
    if form == "text":
        hint = "" if verbose or not counted.notes else " (-v shows them)"
        silenced = f", {counted.silenced} silenced" if counted.silenced else ""
        found = f"{counted.findings} finding{'s'[: counted.findings != 1]}"
        notes = f"{counted.notes} note{'s'[: counted.notes != 1]}"
        click.echo(f"{found}, {notes}{silenced}{hint}")
    sys.exit(FOUND if counted.findings else 0)


@main.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    add_help_option=False,
)
@click.argument("spec", type=click.Path(path_type=Path))
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def serve(spec: Path, options: Sequence[str]) -> None:
    """Build SPEC in a temporary folder and serve it. OPTIONS are the server's.

    `apiscribe serve SPEC --help` lists them; the store is <api>.db in the current folder.
    """
    from apiscribe.build import outputs
    from apiscribe.serving import serve_outputs

    if str(spec) in ("-h", "--help"):
        click.echo(click.get_current_context().get_help())
        return
    readings = _read_all([spec])
    files = outputs(readings[0])
    if _show(readings, "text", _ERRORS, err=True).errors:
        sys.exit(FOUND)
    sys.exit(serve_outputs(readings[0].spec.name, files, options))


@main.command()
@click.argument("word", metavar="CODE|SYMBOL")
@_specs
def explain(word: str, specs: Sequence[Path]) -> None:
    """Tell what a diagnostic CODE or a rule means, or what the SPECs say of a SYMBOL.

    A SYMBOL is the name of a service, method, message, field or enum, in full or its last parts.
    """
    from apiscribe.explain import explain_code, explain_symbol

    text = explain_code(word)
    if text is None:
        text = explain_symbol(word, [reading.api for reading in _read_all(specs)])
    if text is None:
        raise _Failure(f"{word} is no code, no rule and no name of an API")
    click.echo(text)


@main.command()
@_specs
@click.option(
    "--form",
    required=True,
    type=click.Choice(["gitbook", "hugo"]),
    help="The form of the pages.",
)
@click.option(
    "--out",
    default="docs",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder to write to; each API gets a spec in it.",
)
def docs(specs: Sequence[Path], form: str, out: Path) -> None:
    """Write each SPEC (default: every folder in specs/) as documentation pages in a form.

    What is written is a spec again, with a spec.toml, and an overlay.toml for what its pages cannot
    say: reading it gives the same. If a page has an error, nothing is written for any SPEC.
    """
    from apiscribe.docs import write_docs
    from apiscribe.output_folder import TreeError

    readings = _read_all(specs)
    if errors := _show(readings, "text", _ERRORS, err=True).errors:
        click.echo(f"{errors} error{'s'[: errors > 1]}; nothing was written", err=True)
        sys.exit(FOUND)
    try:
        written = write_docs([reading.api for reading in readings], form, out)
    except TreeError as error:
        raise _Failure(str(error)) from error
    for folder, count, changes in written:
        _tell(folder, count, changes, check=False, verbose=False, err=False)


class _Failure(click.ClickException):
    exit_code = FAILED


def _read_all(specs: Sequence[Path], partial: bool = False) -> list[Reading]:
    """The specs, or every folder in specs/. Two specs of one name are refused."""
    from apiscribe.build import read

    folders = list(specs)
    if not folders and Path("specs").is_dir():
        folders = sorted(folder for folder in Path("specs").iterdir() if folder.is_dir())
    if not folders:
        raise _Failure("no SPEC given, and no folder specs/ here")
    for folder in folders:
        if not folder.is_dir():
            raise _Failure(f"{folder} is no folder")
    readings = [read(folder, partial) for folder in folders]
    names = [reading.spec.name for reading in readings]
    for name in names:
        if names.count(name) > 1:
            raise _Failure(f"two specs are named {name}; give one a `name` in its spec.toml")
    return readings


def _suggest(readings: Sequence[Reading]) -> int:
    """Print the overlay entries for what is open in the specs; 1 if there is any."""
    from apiscribe.suggestions import suggested_overlay

    texts = [(reading, suggested_overlay(reading.api, reading.report)) for reading in readings]
    for reading, text in texts:
        if text:
            click.echo(f"# for {reading.spec.folder / 'overlay.toml'}\n\n{text}")
    return FOUND if any(text for _, text in texts) else 0


def _shown(folder: Path) -> str:
    return "" if folder == Path() else str(folder)


def _tell(
    folder: Path, count: int, changes: Changes, check: bool, verbose: bool, err: bool
) -> None:
    """Say what was, or would be, written of `count` files; name each where that was asked."""
    written, deleted = changes.written, changes.deleted
    if check or verbose:
        for path in written:
            click.echo(f"{'would write' if check else 'wrote'} {folder / path}", err=err)
        for path in deleted:
            click.echo(f"{'would delete' if check else 'deleted'} {folder / path}", err=err)
    state = "differ" if check else "written"
    gone = f", {len(deleted)} deleted" if deleted else ""
    click.echo(
        f"{folder}: {len(written)} {state}{gone}, {count - len(written)} up to date", err=err
    )


def _show(readings: Sequence[Reading], form: str, levels: frozenset[str], err: bool) -> Summary:
    """Print the findings of some levels; the count of all."""
    found: list[Finding] = []
    silenced = 0
    for reading in readings:
        sources, folder = reading.spec.sources, _shown(reading.spec.folder)
        found += findings((*reading.left_out, *reading.report), sources, folder)
        silenced += len(findings(reading.report.silenced, sources))
    counted = summary(found, silenced)
    shown = [each for each in found if each.level in levels]
    click.echo(format_named(form).render(shown, counted), nl=False, err=err)
    return counted

"""`apiscribe adopt`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from apiscribe.commands.printing import ALL, WITHOUT_NOTES, print_suggestions, show
from apiscribe.commands.specs import FOUND, Failure, compile_all, format_option, verbose_option


@click.command()
@click.argument("spec", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "origin",
    required=True,
    metavar="SOURCE",
    help="A folder of .proto, a FileDescriptorSet, python:PACKAGE, grpc://HOST:PORT or a spec.",
)
@click.option("--check", is_flag=True, help="Write nothing; tell what would change.")
@click.option("--replace", is_flag=True, help="Take its numbers even where SPEC has others.")
@format_option
@verbose_option
@click.option(
    "--suggest", is_flag=True, help="Write nothing; print overlay entries for what contradicts."
)
def adopt(
    spec: Path, origin: str, check: bool, replace: bool, suggest: bool, form: str, verbose: bool
) -> None:
    """Take the numbers of fields and enum values that SOURCE has into the lock.json of SPEC.

    Contradictions between SOURCE and the pages are diagnostics and change only numbers; `-v` also
    shows what SOURCE lacks.
    """
    from apiscribe.model.lock import LOCK_FILE, Lock, lock_text
    from apiscribe.sources import SourceError, open_source
    from apiscribe.sources.adopt import adopt as adopted
    from apiscribe.workspace.output_dir import write_file

    (compilation,) = compile_all([spec])
    if compilation.failed:
        show([compilation], form, frozenset({"error"}), err=form == "text")
        click.echo("the pages have errors; nothing was adopted", err=True)
        sys.exit(FOUND)
    try:
        source = open_source(origin)
    except SourceError as error:
        raise Failure(str(error)) from error
    adoption = adopted(compilation.api, compilation.spec.lock or Lock(), source, replace)
    compilation.report = adoption.report
    if suggest:
        sys.exit(print_suggestions([compilation]))
    counted = show([compilation], form, ALL if verbose else WITHOUT_NOTES, err=form == "text")
    file, text = spec / LOCK_FILE, lock_text(adoption.lock)
    changed = not file.is_file() or file.read_text("utf-8") != text
    if changed and not check:
        write_file(file, text.encode())
    counts = adoption.counts
    state = "up to date" if not changed else "would change" if check else "written"
    click.echo(
        f"{file}: {state}; {counts.matched} numbers matched, {counts.lacking} not in {origin},"
        f" {counts.hidden} that no page shows",
        err=form != "text",
    )
    if counted.reported or (check and changed):
        sys.exit(FOUND)

"""`apiscribe adopt`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from apiscribe.cli.printing import ALL, WITHOUT_NOTES, print_suggestions, show
from apiscribe.cli.specs import FOUND, Failure, format_option, read_all, verbose_option


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
    """Take the numbers of fields and enum values that SOURCE has into the numbers.json of SPEC.

    What contradicts the pages is a finding, and changes nothing but the number; `-v` tells too what
    SOURCE lacks.
    """
    from apiscribe.adopt import adopt as adopted
    from apiscribe.lock import LOCK_FILE, lock_text
    from apiscribe.output_folder import write_file
    from apiscribe.sources import SourceError, open_source

    (reading,) = read_all([spec])
    if reading.failed:
        show([reading], form, frozenset({"error"}), err=form == "text")
        click.echo("the pages have errors; nothing was adopted", err=True)
        sys.exit(FOUND)
    try:
        source = open_source(origin)
    except SourceError as error:
        raise Failure(str(error)) from error
    adoption = adopted(reading.api, reading.locked, source, replace)
    reading.report = adoption.report
    if suggest:
        sys.exit(print_suggestions([reading]))
    counted = show([reading], form, ALL if verbose else WITHOUT_NOTES, err=form == "text")
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
    if counted.findings or (check and changed):
        sys.exit(FOUND)

"""`apiscribe drift`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.specs import FOUND, Failure
from apiscribe.drift.change import GRADES
from apiscribe.drift.formats import FORMATS, format_named

if TYPE_CHECKING:
    from apiscribe.model.version import ApiVersion


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--live", metavar="ADDRESS", help="Compare OLD with the server that runs there.")
@click.option(
    "--out",
    default="generated",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder of what was generated, for OLD alone.",
)
@click.option(
    "--fail-on",
    type=click.Choice(GRADES),
    default="source",
    show_default=True,
    help="The mildest change that fails the command (exit status 1).",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="Accepted changes; default: drift-baseline.toml, if there is one.",
)
@click.option(
    "--write-baseline",
    "entries",
    is_flag=True,
    help="Print baseline entries that accept the failing changes instead.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([each.name for each in FORMATS]),
    default=FORMATS[0].name,
    show_default=True,
    help="How to write the changes.",
)
def drift(
    old: str,
    new: str | None,
    live: str | None,
    out: Path,
    fail_on: str,
    baseline: Path | None,
    entries: bool,
    form: str,
) -> None:
    """Tell what differs between OLD and NEW, and what it does to clients.

    Each is a spec folder, a generated folder or its api.json, a folder of .proto files or of
    _pb2.py modules, a FileDescriptorSet, an OpenAPI document, git:REVISION:PATH, python:PACKAGE or
    grpc://HOST:PORT. OLD alone, a spec, is compared with what was generated of it: that is then
    the old side; with --live, with the server that runs.
    """
    from apiscribe.drift.baseline import BaselineError, accepted, baseline_text, read_baseline
    from apiscribe.drift.compare import compare

    before, after = _sides(old, new, live, out)
    found = compare(before, after)
    try:
        found, complaints = accepted(found, read_baseline(baseline))
    except BaselineError as error:
        raise Failure(str(error)) from error
    worst = GRADES[: GRADES.index(fail_on) + 1]
    findings = [change for change in found.changes if change.grade in worst]
    text = baseline_text(findings) if entries else format_named(form).render(found, before, after)
    click.echo(text, nl=False)
    for complaint in complaints:
        click.echo(complaint, err=True)
    if complaints or findings:
        sys.exit(FOUND)


def _sides(old: str, new: str | None, live: str | None, out: Path) -> tuple[ApiVersion, ApiVersion]:
    """The old side and the new one."""
    from apiscribe.sources import SourceError, open_source

    if new and live:
        raise click.UsageError("NEW and --live are two answers to one question")
    try:
        before = open_source(old)
        if new or live:
            return before, open_source(new or live or "")
        generated = out / before.api.name
        if not (generated / "api.json").is_file():
            raise Failure(f"{generated} holds no api.json; run `apiscribe build`, or name a NEW")
        return open_source(str(generated)), before
    except SourceError as error:
        raise Failure(str(error)) from error

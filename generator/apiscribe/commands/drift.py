"""`apiscribe drift`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.spec_paths import default_path
from apiscribe.commands.specs import EXIT_PROBLEMS, Failure
from apiscribe.drift.change import GRADES
from apiscribe.drift.formats import FORMATS, format_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apiscribe.drift.change import Drift
    from apiscribe.model.version import ApiVersion

MAX_BUDGET = 10_000  # requests of a probe


@click.command()
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--live", metavar="ADDRESS", help="Compare OLD with the server at this address.")
@click.option(
    "--probe",
    "probes",
    is_flag=True,
    help="Call the GET and HEAD operations of the server at --live, and compare its answers.",
)
@click.option(
    "--probe-budget",
    type=click.IntRange(1, MAX_BUDGET),
    default=100,
    show_default=True,
    help="Number of requests that --probe sends at most.",
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="Header of each request of --probe, such as one with a token. Repeatable.",
)
@click.option(
    "--out",
    default="generated",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Output folder of `apiscribe build`, to compare with OLD alone.",
)
@click.option(
    "--fail-on",
    type=click.Choice(GRADES),
    default="source",
    show_default=True,
    help="Fail (exit 1) on changes of this grade or worse.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="File of accepted changes; default: drift-baseline.toml, if it exists.",
)
@click.option(
    "--write-baseline",
    "entries",
    is_flag=True,
    help="Print baseline entries that accept the failing changes, instead of the changes.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([format_.name for format_ in FORMATS]),
    default=FORMATS[0].name,
    show_default=True,
    help="Format of the changes.",
)
def drift(
    old: str | None,
    new: str | None,
    live: str | None,
    probes: bool,
    probe_budget: int,
    headers: tuple[str, ...],
    out: Path,
    fail_on: str,
    baseline: Path | None,
    entries: bool,
    form: str,
) -> None:
    """Compare two versions of an API, OLD and NEW, and show how the changes affect clients.

    A version is a spec folder, a generated folder or its api.json, a folder of .proto files or of
    _pb2.py modules, a FileDescriptorSet, an OpenAPI document, git:REVISION:PATH, python:PACKAGE,
    grpc://HOST:PORT, or the URL of an OpenAPI document or of its server on this machine. If OLD is
    a spec and the only argument, its generated outputs are the old version and its pages the new
    one; it defaults to the only spec of the current folder. With --live, the running server is the
    new version.

    NEW can also be recorded HTTP traffic, to compare what a server does with OLD: a HAR file, an
    .ndjson or .log file with an entry of HAR or of an access log in each line, a folder of them, or
    - for lines of standard input. With --probe, it is what the server at --live answers to
    read-only requests.
    """
    from apiscribe.diagnostics.report import visible
    from apiscribe.drift.baseline import BaselineError, accepted, baseline_text, read_baseline

    if probes:
        if new or not live:
            raise click.UsageError("--probe calls a running server: pass its address as --live")
        result, before, after = _probe(old or str(default_path()), live, probe_budget, headers)
    elif headers:
        raise click.UsageError("--header is for the requests of --probe")
    else:
        result, before, after = _compare(old or str(default_path()), new, live, out)
    try:
        result, complaints = accepted(result, read_baseline(baseline))
    except BaselineError as error:
        raise Failure(str(error)) from error
    failing_grades = GRADES[: GRADES.index(fail_on) + 1]
    failing = [change for change in result.changes if change.grade in failing_grades]
    text = baseline_text(failing) if entries else format_named(form).render(result, before, after)
    click.echo(text, nl=False)
    for complaint in complaints:
        click.echo(visible(complaint), err=True)
    if complaints or failing:
        sys.exit(EXIT_PROBLEMS)


def _compare(
    old: str, new: str | None, live: str | None, out: Path
) -> tuple[Drift, ApiVersion, ApiVersion]:
    """Return the changes with the old and the new version."""
    from apiscribe.drift.compare import compare
    from apiscribe.drift.traffic import (
        RecordingError,
        compare_traffic,
        is_recording,
        open_recording,
    )

    if is_recording(old):
        raise Failure(f"{old} is recorded traffic; pass it as NEW, after the pages")
    if new is None or live or not is_recording(new):
        versions = _open_versions(old, new, live, out)
        return compare(*versions), *versions
    before = _open(old)
    try:
        with open_recording(new) as recording:
            result, after = compare_traffic(before, recording)
    except RecordingError as error:
        raise Failure(str(error)) from error
    return result, before, after


def _probe(
    old: str, live: str, budget: int, headers: Sequence[str]
) -> tuple[Drift, ApiVersion, ApiVersion]:
    """Return the differences between pages and the answers of a server, with both versions."""
    from apiscribe.drift.probe import ProbeError, probe
    from apiscribe.drift.traffic import RecordingError, compare_traffic

    pairs = [
        (name.strip(), value.strip()) for name, _, value in (h.partition(":") for h in headers)
    ]
    if any(not name or not value for name, value in pairs):
        raise click.UsageError("a header is NAME:VALUE")
    before = _open(old)
    try:
        probed = probe(before, live, budget, pairs)
        result, after = compare_traffic(before, probed, probed.origins)
    except (ProbeError, RecordingError) as error:
        raise Failure(str(error)) from error
    return result, before, after


def _open_versions(
    old: str, new: str | None, live: str | None, out: Path
) -> tuple[ApiVersion, ApiVersion]:
    """Return the old and the new version."""
    if new and live:
        raise click.UsageError("pass NEW or --live, not both")
    before = _open(old)
    if new or live:
        return before, _open(new or live or "")
    generated = out / before.api.name
    if not (generated / "api.json").is_file():
        raise Failure(f"{generated} has no api.json; run `apiscribe build`, or pass NEW")
    return _open(str(generated)), before


def _open(source: str) -> ApiVersion:
    """Return the version of a source."""
    from apiscribe.sources import SourceError, open_source

    try:
        return open_source(source)
    except SourceError as error:
        raise Failure(str(error)) from error

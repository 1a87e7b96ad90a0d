"""`apiscribe drift`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
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

    # Compares a version of the pages with the new version, which it returns too.
    _Compare = Callable[[ApiVersion], tuple[Drift, ApiVersion]]

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
    "--suggest",
    is_flag=True,
    help="Print overlay entries for what OLD, a folder of pages, lacks, instead of the changes.",
)
@click.option(
    "--suggest-rows",
    is_flag=True,
    help="Print the rows that tables of the pages lack, as a patch, instead of the changes.",
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
    suggest: bool,
    suggest_rows: bool,
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

    --suggest and --suggest-rows print what the pages lack of NEW, to append to overlay.toml or as a
    patch; no page is changed. A suggestion is printed only if it resolves a change and adds none.
    """
    from apiscribe.diagnostics.report import visible
    from apiscribe.drift.baseline import BaselineError, accepted, baseline_text, read_baseline

    _check_options(new, live, probes, headers, suggest + suggest_rows + entries)
    source = old or str(default_path())
    with ExitStack() as stack:
        if probes:
            before, compare = _probe(source, live or "", probe_budget, headers)
        else:
            before, compare = _comparison(source, new, live, out, stack)
        result, after = compare(before)
        try:
            result, complaints = accepted(result, read_baseline(baseline))
        except BaselineError as error:
            raise Failure(str(error)) from error
        failing_grades = GRADES[: GRADES.index(fail_on) + 1]
        failing = [change for change in result.changes if change.grade in failing_grades]
        if suggest or suggest_rows:
            text = _suggestions(result, before, after, compare, as_rows=suggest_rows)
        elif entries:
            text = baseline_text(failing)
        else:
            text = format_named(form).render(result, before, after)
    click.echo(text, nl=False)
    for complaint in complaints:
        click.echo(visible(complaint), err=True)
    if complaints or failing:
        sys.exit(EXIT_PROBLEMS)


def _check_options(
    new: str | None, live: str | None, probes: bool, headers: Sequence[str], outputs: int
) -> None:
    if probes and (new or not live):
        raise click.UsageError("--probe calls a running server: pass its address as --live")
    if headers and not probes:
        raise click.UsageError("--header is for the requests of --probe")
    if outputs > 1:
        raise click.UsageError("pass one of --suggest, --suggest-rows and --write-baseline")


def _suggestions(
    result: Drift, before: ApiVersion, after: ApiVersion, compare: _Compare, *, as_rows: bool
) -> str:
    """Return the suggestions; print how many changes have none."""
    from apiscribe.commands.drift_suggestions import suggested
    from apiscribe.diagnostics.report import visible
    from apiscribe.sources.kinds import is_spec_source

    if not is_spec_source(before.name):
        raise Failure(f"{before.name} has no pages on disk; pass a folder of pages as OLD")
    if Path(before.name).is_file() and not as_rows:
        raise Failure(f"{before.name} is a page alone, without an overlay; pass its folder as OLD")
    text, sentence = suggested(
        result, before, after, lambda version: compare(version)[0], as_rows=as_rows
    )
    if sentence:
        click.echo(visible(sentence), err=True)
    return text


def _comparison(
    old: str, new: str | None, live: str | None, out: Path, stack: ExitStack
) -> tuple[ApiVersion, _Compare]:
    """Return the old version, and what compares a version with the new one."""
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
        before, after = _open_versions(old, new, live, out)
        return before, lambda version: (compare(version, after), after)
    before = _open(old)
    try:
        recording = stack.enter_context(open_recording(new))
    except RecordingError as error:
        raise Failure(str(error)) from error

    def compare_with_traffic(version: ApiVersion) -> tuple[Drift, ApiVersion]:
        try:
            return compare_traffic(version, recording)
        except RecordingError as error:
            raise Failure(str(error)) from error

    return before, compare_with_traffic


def _probe(old: str, live: str, budget: int, headers: Sequence[str]) -> tuple[ApiVersion, _Compare]:
    """Return the version of the pages, and what compares one with the answers of a server."""
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
    except (ProbeError, RecordingError) as error:
        raise Failure(str(error)) from error

    def compare_with_answers(version: ApiVersion) -> tuple[Drift, ApiVersion]:
        try:
            return compare_traffic(version, probed, probed.origins)
        except RecordingError as error:
            raise Failure(str(error)) from error

    return before, compare_with_answers


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
    from apiscribe.sources.kinds import SourceError, open_source

    try:
        return open_source(source)
    except SourceError as error:
        raise Failure(str(error)) from error

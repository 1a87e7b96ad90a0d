"""Compares the traffic of a recording with the operations that an API documents.

Requests are compared if the server accepted them: a refused request says nothing about what it
takes. Other hosts, files of web pages and requests that a browser sends on its own are left out and
counted, and so are bodies that are not JSON.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from apiscribe.diagnostics.source import Source
from apiscribe.drift.addition import Addition
from apiscribe.drift.change import Change, Drift, NotCompared
from apiscribe.drift.change_list import Changes
from apiscribe.drift.declarations import Declarations
from apiscribe.drift.traffic.comparison import Comparison
from apiscribe.drift.traffic.differences import Difference
from apiscribe.drift.traffic.entries import HTTP
from apiscribe.drift.traffic.exchange import Exchange
from apiscribe.drift.traffic.findings import Findings
from apiscribe.drift.traffic.left_out import not_compared
from apiscribe.drift.traffic.methods import Methods
from apiscribe.drift.traffic.operations import Match, Operations, values_of_parameters
from apiscribe.drift.traffic.origins import Origins, find_origins
from apiscribe.drift.traffic.recording import RecordingError
from apiscribe.drift.traffic.refusals import Refusals
from apiscribe.drift.traffic.shadowed import may_be_shadowed
from apiscribe.drift.traffic.undocumented_paths import merged_templates, template_of
from apiscribe.model.api import Api
from apiscribe.model.version import ApiVersion

_WORDS = tomllib.loads(Path(__file__).with_name("ignored.toml").read_text("utf-8"))
_FILE_TYPES = re.compile("|".join(_WORDS["files"]))
_MAX_HOSTS = 5
_OTHER_HOSTS = "requests to other hosts"
_PATHS = re.compile("|".join(_WORDS["paths"]))
_ENDINGS = frozenset(_WORDS["endings"])
_UNREACHED = re.compile("|".join(_WORDS["unreached"]))


class Traffic(Protocol):
    """Requests with their answers; `name` and `folder` are those of a version."""

    @property
    def name(self) -> str:
        """The name in reports."""

    @property
    def folder(self) -> str:
        """The folder of its files; empty if they are at their paths."""

    @property
    def notes(self) -> Sequence[NotCompared]:
        """What is not in the traffic, with the reasons."""

    def exchanges(self) -> Iterator[Exchange]:
        """Yield the requests with their answers, in order. Raise RecordingError."""


def compare_traffic(
    old: ApiVersion,
    recording: Traffic,
    origins: Origins | None = None,
) -> tuple[Drift, ApiVersion]:
    """Return the differences, and the recording as a version: a line of each example. `origins` are
    the known servers of the API. Raise RecordingError.
    """
    operations = Operations(old.api)
    origins = origins or find_origins(operations, recording.exchanges())
    requests = _Requests(old, operations, origins)
    for exchange in recording.exchanges():
        requests.see(exchange)
    requests.see_shadowed()
    findings, comparison = requests.findings, requests.comparison
    if not comparison.calls and not requests.unknown and not findings.entries:
        raise RecordingError(_no_requests(recording, findings))
    requests.report()
    version = _version(recording, findings)
    changes = Changes(requests.declarations, Declarations(version))
    findings.report(changes)
    drift = Drift(
        old=old.name,
        new=recording.name,
        changes=tuple(sorted(changes.entries, key=_order(old))),
        not_compared=(*recording.notes, *not_compared(operations, comparison, findings)),
    )
    return drift, version


class _Requests:
    """The requests of a recording: compared, left out, or without a documented operation."""

    def __init__(self, old: ApiVersion, operations: Operations, origins: Origins) -> None:
        self.operations, self.origins = operations, origins
        self.declarations, self.findings = Declarations(old), Findings()
        self.comparison = Comparison(self.declarations, self.findings)
        self.unknown: list[tuple[Exchange, str]] = []
        self._refusals = Refusals(self.declarations)
        self._methods = Methods(self.declarations, self.comparison.calls)
        # Values of parameters, by the template of the path before them.
        self._known: defaultdict[str, set[str]] = defaultdict(set)
        self._shadowed: list[tuple[Match, str, Exchange]] = []

    def see(self, exchange: Exchange) -> None:
        """Compare a request, leave it out, or keep it until all are seen."""
        if exchange.method:
            for difference in self._methods.differences(exchange):
                self.findings.add(difference, exchange)
            return
        match, path = self.origins.match(self.operations, exchange)
        if match and may_be_shadowed(match, exchange, self.declarations):
            self._shadowed.append((match, path, exchange))
        elif match:
            self._compare(match, path, exchange)
        elif reason := _reason_to_leave_out(exchange, self.origins, self.operations):
            host = exchange.url.hostname if reason == _OTHER_HOSTS else None
            self.findings.leave_out(reason, host or "")
        else:
            self.unknown.append((exchange.without_bodies(), self.origins.paths(exchange)[0]))

    def see_shadowed(self) -> None:
        """Compare the requests that an operation may hide, if nothing else shows its answers:
        without other answers, those of the documented operation may have changed.
        """
        answered = set(self.comparison.calls)
        for match, path, exchange in self._shadowed:
            if match.operation.text in answered:
                self.unknown.append((exchange.without_bodies(), path))
            else:
                self._compare(match, path, exchange)

    def report(self) -> None:
        """Report what only all requests together show."""
        for difference, operation, exchange in self._refusals.differences():
            self.findings.add(difference, exchange)
            # The status is a part of the same cause.
            symbol = f"{operation.text} {exchange.status}"
            self.findings.withdraw("undocumented-status", symbol, exchange)
        self.comparison.report_of_all()
        _report_undocumented(self.unknown, self._known, self.operations, self.findings)

    def _compare(self, match: Match, path: str, exchange: Exchange) -> None:
        for before, value in values_of_parameters(match):
            self._known[before].add(value)
        self._refusals.see(match, path, exchange)
        self.comparison.compare(match.operation, exchange)


def _reason_to_leave_out(exchange: Exchange, origins: Origins, operations: Operations) -> str:
    """Return why a request that matches no operation is left out; empty if it is not."""
    if exchange.origin not in origins.prefixes:
        return _OTHER_HOSTS if exchange.url.scheme in HTTP else "requests that are not HTTP"
    if exchange.verb in ("OPTIONS", "HEAD") and not operations.has_verb(exchange.verb):
        return "requests of OPTIONS and HEAD"
    ending = exchange.path.rpartition("/")[2].rpartition(".")
    media_type = exchange.answer.media_type
    if exchange.verb == "GET" and (
        _FILE_TYPES.fullmatch(media_type) or (ending[0] and ending[2].lower() in _ENDINGS)
    ):
        return "requests for files of web pages"
    if exchange.verb == "GET" and _PATHS.fullmatch(exchange.path):
        return "requests for documents about the API, or for checks of health"
    if not origins.paths(exchange):
        return "requests outside of the API's paths"
    if _UNREACHED.fullmatch(str(exchange.status)):
        return "requests without a documented operation that the server refused"
    return ""


def _no_requests(recording: Traffic, findings: Findings) -> str:
    """Return the error of a recording without a request to the API."""
    hosts = ", ".join(list(findings.places.get(_OTHER_HOSTS, ()))[:_MAX_HOSTS])
    return (
        f"{recording.name} has no request to a documented operation or base address"
        f"{f' (its hosts: {hosts})' if hosts else ''}; record requests to the API, or add its base"
        " address to a page"
    )


def _report_undocumented(
    unknown: Sequence[tuple[Exchange, str]],
    known: Mapping[str, set[str]],
    operations: Operations,
    findings: Findings,
) -> None:
    """Report the requests that match no documented operation, by their templates."""
    templates = [(e.verb, template_of(path, operations, known)) for e, path in unknown]
    merged = merged_templates(templates)
    for (exchange, _), (verb, template) in zip(unknown, templates, strict=True):
        name = f"{verb} {merged[verb, template]}"
        difference = Difference(
            kind="undocumented-operation",
            symbol=name,
            message=f"no page documents {name}",
            addition=Addition(part="operation", owner="", name=name),
        )
        findings.add(difference, exchange)


def _version(recording: Traffic, findings: Findings) -> ApiVersion:
    """Return the recording as a version: its texts have the request line of each example."""
    texts = {}
    for file, examples in findings.examples.items():
        lines = [examples.get(number, "") for number in range(1, max(examples) + 1)]
        texts[file] = Source(file, "\n".join(lines))
    return ApiVersion(
        name=recording.name,
        api=Api(name="traffic", files=()),
        texts=texts,
        folder=recording.folder,
        is_traffic=True,
    )


def _order(old: ApiVersion) -> Callable[[Change], tuple[object, ...]]:
    """Return a sort key: by page and line; what no page documents comes last."""
    pages = {file.page: at for at, file in reversed(list(enumerate(old.api.files)))}

    def key(change: Change) -> tuple[object, ...]:
        page, line = (change.old.path, change.old.line) if change.old else ("", 0)
        at = pages.get(page, len(pages)) if change.old else len(pages) + 1
        return (at, page, line, change.symbol, change.kind, change.message)

    return key

"""Compare the methods of the pages with those of the source: signatures and streaming."""

from __future__ import annotations

from apiscribe.diagnostics.codes.adopting import (
    contradictory_method,
    contradictory_stream,
    missing_in_source,
)
from apiscribe.diagnostics.codes.methods import MethodPart
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.model.version import ApiVersion
from apiscribe.sources.adopt.matching import DeclarationPairs

_PARTS: tuple[MethodPart, ...] = ("request", "response")


def compare_methods(pairs: DeclarationPairs, source: ApiVersion, report: Report) -> None:
    """Report methods that are missing in the source, or have other types or streams there."""
    for full_name, ours, theirs in pairs.methods():
        if theirs is None:
            message = missing_in_source("method", full_name, source.name)
            report.add(message, ours.span, mark=ours.name)
            continue
        for part in _PARTS:
            mine, other = getattr(ours, part), getattr(theirs, part)
            if mine != pairs.our_names.get(other, other):
                message = contradictory_method(full_name, part, mine, other, source.name)
                report.add(message, ours.span, mark=ours.name)
            streams = f"{part}_streams"
            mine, other = getattr(ours, streams), getattr(theirs, streams)
            if mine != other:
                report.add(
                    contradictory_stream(full_name, part, streams=mine, source=source.name),
                    ours.span,
                    mark=ours.name,
                    fix=Fix(
                        table="change",
                        at=full_name,
                        keys={"was": {streams: True} if mine else {}, "set": {streams: other}},
                    ),
                )

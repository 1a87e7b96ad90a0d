"""Compare the methods of the pages with those of the source: signatures and streaming."""

from __future__ import annotations

from apiscribe.diagnostics.report import Fix, Report
from apiscribe.model.version import ApiVersion
from apiscribe.sources.adopt.matching import DeclarationPairs


def compare_methods(pairs: DeclarationPairs, source: ApiVersion, report: Report) -> None:
    """Report methods that are missing in the source, or have other types or streams there."""
    for full_name, ours, theirs in pairs.methods():
        if theirs is None:
            said = f"{source.name} has no method {full_name}"
            report.add("missing-in-source", said, ours.span, mark=ours.name)
            continue
        for part in ("request", "response"):
            mine, other = getattr(ours, part), getattr(theirs, part)
            if mine != pairs.our_names.get(other, other):
                said = f"the {part} of {full_name} is {mine} here, and {other} in {source.name}"
                report.add("contradictory-source", said, ours.span, mark=ours.name)
            streams = f"{part}_streams"
            mine, other = getattr(ours, streams), getattr(theirs, streams)
            if mine != other:
                said = f"the {part} of {full_name} is {'' if mine else 'no '}stream here"
                report.add(
                    "contradictory-source",
                    f"{said}, and {'' if other else 'no '}stream in {source.name}",
                    ours.span,
                    mark=ours.name,
                    fix=Fix(
                        table="change",
                        at=full_name,
                        keys={"was": {streams: True} if mine else {}, "set": {streams: other}},
                    ),
                )

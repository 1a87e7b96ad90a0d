"""A drift as JUnit XML, which every CI server shows.

Format: the schema of the Jenkins xUnit plug-in (junit-10.xsd), as far as all readers agree.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from apiscribe.diagnostics.report import visible
from apiscribe.drift.change import Change, Drift
from apiscribe.drift.formats.shown import groups, place
from apiscribe.model.version import ApiVersion

_BREAKING = ("wire", "json", "source")


def junit_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """A suite for each page, a case for each change; what breaks clients has failed."""
    suites = Element("testsuites", name="apiscribe drift")
    for group in groups(drift.changes):
        failed = sum(change.grade in _BREAKING for change in group.changes)
        suite = SubElement(
            suites,
            "testsuite",
            name=visible(group.page),
            tests=str(len(group.changes)),
            failures=str(failed),
            errors="0",
        )
        for change in group.changes:
            _case(suite, change, old, new)
    indent(suites)
    text = tostring(suites, encoding="unicode").encode("ascii", "xmlcharrefreplace").decode()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(suite: Element, change: Change, old: ApiVersion, new: ApiVersion) -> None:
    case = SubElement(
        suite, "testcase", classname=visible(change.symbol), name=f"{change.kind} ({change.grade})"
    )
    places = [place(span, side) for span, side in ((change.old, old), (change.new, new)) if span]
    text = "\n".join([visible(change.message), change.consequence, *places])
    if change.grade in _BREAKING:
        failure = SubElement(case, "failure", type=change.kind, message=visible(change.message))
        failure.text = text
    else:
        SubElement(case, "system-out").text = text

"""A drift as JUnit XML, which CI servers display.

Format: the subset of the Jenkins xUnit plug-in's schema (junit-10.xsd) that all readers accept.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from apiscribe.diagnostics.report import visible
from apiscribe.drift.change import BREAKING, Change, Drift
from apiscribe.drift.formats.presentation import group_by_page, location
from apiscribe.model.version import ApiVersion


def junit_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """Return a suite per page and a case per change; breaking changes are failures."""
    suites = Element("testsuites", name="apiscribe drift")
    for group in group_by_page(drift.changes):
        failed = sum(change.grade in BREAKING for change in group.changes)
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
    spans = ((change.old, old), (change.new, new))
    locations = [location(span, version) for span, version in spans if span]
    text = "\n".join([visible(change.message), change.consequence, *locations])
    if change.grade in BREAKING:
        failure = SubElement(case, "failure", type=change.kind, message=visible(change.message))
        failure.text = text
    else:
        SubElement(case, "system-out").text = text

"""A drift as annotations of GitHub Actions."""

from __future__ import annotations

from apiscribe.drift.change import Drift
from apiscribe.drift.formats.as_findings import change_findings
from apiscribe.drift.side import Side
from apiscribe.reports.github import github_report
from apiscribe.reports.summary import summary


def github_drift(drift: Drift, old: Side, new: Side) -> str:
    """One command a line."""
    found = change_findings(drift, old, new)
    return github_report(found, summary(found, len(drift.accepted)))

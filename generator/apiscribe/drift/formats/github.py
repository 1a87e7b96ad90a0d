"""A drift as annotations of GitHub Actions."""

from __future__ import annotations

from apiscribe.diagnostics.renderers.github import github_report
from apiscribe.diagnostics.summary import summary
from apiscribe.drift.change import Drift
from apiscribe.drift.formats.as_diagnostics import change_diagnostics
from apiscribe.model.version import ApiVersion


def github_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """Return one workflow command per line."""
    diagnostics = change_diagnostics(drift, old, new)
    return github_report(diagnostics, summary(diagnostics, len(drift.accepted)))

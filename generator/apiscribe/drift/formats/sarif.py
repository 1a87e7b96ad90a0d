"""A drift as SARIF 2.1.0."""

from __future__ import annotations

from apiscribe.diagnostics.renderers.sarif import sarif_log
from apiscribe.drift.change import Drift
from apiscribe.drift.formats.as_diagnostics import change_diagnostics, change_rule
from apiscribe.model.version import ApiVersion


def sarif_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """Return one log; the grades wire and json are errors, source is a warning."""
    return sarif_log(change_diagnostics(drift, old, new), change_rule)

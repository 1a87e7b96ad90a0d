"""A drift as an HTML page."""

from __future__ import annotations

from apiscribe.drift.change import Drift
from apiscribe.model.version import ApiVersion


def html_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """Return the page; see `html_page`."""
    # Importing Jinja is slow, and no other format needs it.
    from apiscribe.drift.formats.html_page import html_page

    return html_page(drift, old, new)

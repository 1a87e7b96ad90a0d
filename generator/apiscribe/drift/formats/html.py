"""A drift as an HTML page."""

from __future__ import annotations

from apiscribe.drift.change import Drift
from apiscribe.model.version import ApiVersion


def html_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """The page; see `html_page`."""
    # Templates are heavy, and no other format needs them.
    from apiscribe.drift.formats.html_page import html_page

    return html_page(drift, old, new)

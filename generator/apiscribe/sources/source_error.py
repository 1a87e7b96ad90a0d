"""The error of a source that cannot be read."""

from __future__ import annotations


class SourceError(Exception):
    """A source cannot be read as an API; the text has the reason and a suggestion."""

"""A source that cannot be read."""

from __future__ import annotations


class SourceError(Exception):
    """A source that no API can be read from; the text says why, and the way out."""

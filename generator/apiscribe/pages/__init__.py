"""Pages → Blocks: the only place that knows Markdown and HTML."""

from apiscribe.pages.read import read_page, read_source

__all__ = ["read_page", "read_source"]

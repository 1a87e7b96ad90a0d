"""Pages → Blocks: the only place that knows Markdown and HTML."""

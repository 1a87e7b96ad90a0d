"""Pages → Blocks: the only package that knows Markdown and HTML."""

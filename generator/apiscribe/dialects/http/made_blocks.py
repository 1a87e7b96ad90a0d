"""Running text and paragraphs in Markdown, which readers make of other forms."""

from __future__ import annotations

from apiscribe.diagnostics.source import Span
from apiscribe.pages.blocks import Inline, Paragraph


def made_inline(text: str, span: Span) -> Inline:
    """Return running text in Markdown."""
    # Imported here, because a build with nothing changed does without a parser of Markdown.
    from apiscribe.pages.markdown_text import MARKDOWN

    return Inline(text, span, MARKDOWN)


def made_paragraph(text: str, span: Span) -> Paragraph:
    """Return a paragraph in Markdown."""
    return Paragraph(made_inline(text, span), span)

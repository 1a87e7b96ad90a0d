"""Running text as a site shows it: without invisible characters, and with targets of links."""

from __future__ import annotations

import re

# The target of a link that Hugo computes: `{{< relref "jobs.md#job" >}}`.
_SHORTCODE_TARGET = re.compile(
    r"\]\(\{\{[<%]\s*\w+\s+(?:\w+=)?\"?([^\s\"<>{}()]*)\"?\s*[>%]\}\}([^()\s]*)\)"
)
# Characters that no reader sees, such as a zero-width space in a long name.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")


def as_shown(text: str) -> str:
    """Return Markdown with plain targets of links, and without invisible characters."""
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return _SHORTCODE_TARGET.sub(r"](\1\2)", text) if "]({{" in text else text

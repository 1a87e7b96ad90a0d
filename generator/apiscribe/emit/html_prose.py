"""Descriptions as HTML: paragraphs with code, emphasis and line breaks, and nothing else."""

from __future__ import annotations

import re

from apiscribe.emit.encoders import Encoded, html_text, plain_lines

# Code, a link or an image, and strong words. Each part ends at the first possible place, so that
# the time is linear.
_MARKUP = re.compile(
    r"`(?P<code>[^`]+)`|!?\[(?P<words>[^\[\]]*)\]\([^()\s]*\)|\*\*(?P<strong>[^*]+)\*\*"
)
_OPENED = re.compile(r"[-*+] |\d+[.)] |\|")  # an item of a list, or a row of a table
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def html_prose(text: str) -> list[Encoded]:
    """Return the paragraphs of a description in Markdown. Links are their words."""
    paragraphs: list[list[Encoded]] = [[]]
    for line in plain_lines(text):
        if not line:
            paragraphs.append([])
            continue
        current = paragraphs[-1]
        begins = "<br>" if current and _OPENED.match(line) else " " if current else ""
        current.append(Encoded(f"{begins}{_running(line)}"))
    return [Encoded("".join(lines)) for lines in paragraphs if lines]


def _running(line: str) -> str:
    result, end = "", 0
    for part in _MARKUP.finditer(line):
        result += _plain(line[end : part.start()]) + _marked(part)
        end = part.end()
    return result + _plain(line[end:])


def _marked(part: re.Match[str]) -> str:
    if part["code"]:
        return f"<code>{html_text(part['code'])}</code>"
    if part["strong"]:
        return f"<b>{_plain(part['strong'])}</b>"
    return _plain((part["words"] or "").replace("`", ""))


def _plain(text: str) -> str:
    return html_text(_ESCAPE.sub(r"\1", text))

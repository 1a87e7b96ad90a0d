"""Colours of the text format of diagnostics; click leaves them out where the output has none.

The text is coloured after it is laid out: whatever a page writes, an escape sequence in it is
visible text by then.
"""

from __future__ import annotations

import re

import click

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
_HEAD = re.compile(r"(\S.*?:\d+:\d+): (error|warning|note): (?=[a-z0-9-]+: )")
_MARKS = re.compile(r"( +\| *)(\^+)$", re.MULTILINE)
_LABEL = re.compile(r"    (why|help):")


def coloured(text: str) -> str:
    """Return the text of diagnostics with colours: head lines, marks, `why` and `help`."""
    colour = ""
    lines = []
    for line in text.splitlines(keepends=True):
        if head := _HEAD.match(line):
            colour = _COLOURS[head[2]]
            where, level = click.style(head[1], bold=True), click.style(head[2], fg=colour)
            line = f"{where}: {level}: {line[head.end() :]}"
        elif marks := _MARKS.match(line):
            line = f"{marks[1]}{click.style(marks[2], fg=colour)}\n"
        elif label := _LABEL.match(line):
            line = f"    {click.style(label[1], dim=True)}:{line[label.end() :]}"
        lines.append(line)
    return "".join(lines)

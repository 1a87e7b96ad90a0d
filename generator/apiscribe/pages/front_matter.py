"""Front matter: the YAML between two `---` at the top of a Hugo or GitBook page."""

from __future__ import annotations

import re

from apiscribe.diagnostics.codes.files import unclosed_front_matter
from apiscribe.diagnostics.codes.pages import unread_front_matter
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.pages.blocks import FrontMatter
from apiscribe.workspace.yaml_loader import yaml_loader

# Templates fill `description:` with unquoted text such as `a: b`, which is not valid YAML. Such
# front matter is read line by line.
_ENTRY = re.compile(r"(?P<key>[\w-]+)[ \t]*:(?:[ \t]+(?P<value>.*))?$")


def split_front_matter(source: Source, report: Report) -> tuple[FrontMatter, str]:
    """Return the entries, and the text with blank lines in place of the front matter."""
    lines = source.lines
    # Hugo skips blank lines above front matter.
    start = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines[start].rstrip() != "---" or (start and not _is_entry(lines, start + 1)):
        return FrontMatter({}, {}), source.text
    after = enumerate(lines[start + 1 :], start + 1)
    end = next((n for n, line in after if line.rstrip() == "---"), None)
    if end is None:
        report.add(unclosed_front_matter(), source.span(1))
        return FrontMatter({}, {}), source.text
    body = "\n" * (end + 1) + "\n".join(lines[end + 1 :])
    # With the blank lines, so that entries keep their line.
    inside = "\n" * start + "\n".join(lines[start + 1 : end])
    entries = _parse_yaml(inside, source)
    return entries or _parse_lines(lines[:end], start + 1, source, report), body


def _is_entry(lines: tuple[str, ...], at: int) -> bool:
    return at < len(lines) and _ENTRY.match(lines[at]) is not None


def _parse_yaml(text: str, source: Source) -> FrontMatter | None:
    """Return the entries of a YAML text; None if it is malformed."""
    # Imported here because PyYAML is slow to load, and few pages have front matter.
    import yaml

    try:
        node = yaml.compose(text, yaml_loader())
    except (yaml.YAMLError, OverflowError, RecursionError, ValueError):
        return None
    values: dict[str, str] = {}
    spans: dict[str, Span] = {}
    entries = node.value if isinstance(node, yaml.MappingNode) else []
    for key, value in entries:
        if not isinstance(key, yaml.ScalarNode):
            continue
        if isinstance(value, yaml.ScalarNode):
            null = value.tag == "tag:yaml.org,2002:null"
            values[key.value] = "" if null else value.value.strip()
        elif isinstance(value, yaml.MappingNode) and value.flow_style:
            values[key.value] = text[value.start_mark.index : value.end_mark.index]
        else:
            continue
        spans[key.value] = source.span(key.start_mark.line + 2)
    return FrontMatter(values, spans)


def _parse_lines(lines: tuple[str, ...], start: int, source: Source, report: Report) -> FrontMatter:
    values: dict[str, str] = {}
    spans: dict[str, Span] = {}
    for number, line in enumerate(lines[start:], start + 1):
        match = _ENTRY.match(line)
        if match:
            values[match["key"]] = (match["value"] or "").strip()
            spans[match["key"]] = source.span(number)
        elif line.strip():
            report.add(unread_front_matter(), source.span(number))
    return FrontMatter(values, spans)

"""Losses: declarations that the last build read, this one does not, and that are still on the page.

A changed header, an invisible character or another form of a row can hide declarations from the
reader. Removed declarations are not losses: their names are no longer on the page.
"""

from __future__ import annotations

import html
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from apiscribe.diagnostics.codes.lock import LostKind, lost_declaration, lost_members
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.model.api import Api, File, Service
from apiscribe.model.lock import Lock, Numbers
from apiscribe.pages.running_text import as_shown

# Lines that may declare something: headings, rows, items of lists, lines in bold or of code.
_STRUCTURED = re.compile(
    r"\s*(?:[#|`*+-]|\d+\.\s|>\s*\*\*|<(?:t[rdh]|li|h\d|d[td]|strong|b|code)\b)|.*\|"
)
_HEADING = re.compile(r"\s*(?:#+\s|<h\d|\*\*|<strong|<b\b)")
# Inline tags do not end a part of a line: a name in the middle of a sentence declares nothing.
_ENDS = re.compile(r"\||</?(?!(?:a|b|code|em|i|span|strong)\b)[^>]*>")
_TAGS = re.compile(r"<[^>]*>")
_FENCE = re.compile(r"\s*(?:```|~~~)")


def report_losses(
    lock: Lock, api: Api, paths: Iterable[str], sources: Mapping[str, Source], report: Report
) -> None:
    """Report messages, enums and members that the lock has, the Api lacks, and a page still has a
    line for; `paths` are those of the pages.
    """
    members = _members(api)
    gone: dict[str, LostKind] = {}
    fewer: dict[str, tuple[LostKind, list[str]]] = {}
    tables: tuple[tuple[LostKind, LostKind, Mapping[str, Numbers]], ...] = (
        ("message", "field", lock.messages),
        ("enum", "value", lock.enums),
    )
    for kind, of_members, table in tables:
        for full_name, numbers in table.items():
            if full_name not in members:
                gone[full_name] = kind
            elif lost := [name for name in numbers.live if name not in members[full_name]]:
                fewer[full_name] = (of_members, lost)
    if not gone and not fewer:
        return
    pages = _Pages(api, paths, sources)
    for full_name, (of_members, names) in fewer.items():
        section = pages.read.sections[full_name]
        found = {name: lines[0] for name in names if (lines := pages.lines_of(name, section))}
        if found:
            message = lost_members(full_name, of_members, list(found))
            report.add(message, min(found.values()), mark=next(iter(found)))
    for full_name, kind in gone.items():
        owner, _, name = full_name.rpartition(".")
        # An enum in a message was made up for a field.
        if owner not in members and (heading := pages.heading_of(name, owner)):
            report.add(lost_declaration(kind, full_name), heading, mark=name)


def report_lost_services(
    before: Api, api: Api, paths: Iterable[str], sources: Mapping[str, Source], report: Report
) -> None:
    """Report services, methods and routes of the last build, as `report_losses` does: a lock does
    not have them.
    """
    services = {service.full_name: service for _, service in api.services()}
    pages = _Pages(api, paths, sources)
    for file, was in before.services():
        if service := services.get(was.full_name):
            _report_lost_methods(was, service, pages, report)
        elif heading := pages.heading_of(was.name, file.package):
            report.add(lost_declaration("service", was.full_name), heading, mark=was.name)


def _report_lost_methods(was: Service, service: Service, pages: _Pages, report: Report) -> None:
    methods = {method.name: method for method in service.methods}
    page = Span(service.span.path, 1, sys.maxsize)
    for before in was.methods:
        full_name = f"{was.full_name}.{before.name}"
        method = methods.get(before.name)
        if not method:
            if lines := pages.lines_of(before.name, page):
                report.add(lost_declaration("method", full_name), lines[0], mark=before.name)
            continue
        routes = {route.path for route in method.routes}
        for path in dict.fromkeys(route.path for route in before.routes):
            if path not in routes and (lines := pages.paths_of(path, page.path)):
                report.add(lost_members(full_name, "route", [path]), lines[0], mark=path)


def _members(api: Api) -> Mapping[str, set[str]]:
    """Return the documented names of the fields and values of each message and enum."""
    fields = {m.full_name: {f.json_name for f in m.fields} for _, m in api.messages()}
    enums = (enum for file in api.files for enum in file.all_enums())
    return fields | {enum.full_name: {v.json_name for v in enum.values} for enum in enums}


class _Read:
    """What was read: sections by full name, and the lines of each name on each page."""

    def __init__(self, api: Api) -> None:
        self.sections: dict[str, Span] = {}
        self.lines: dict[tuple[str, str], set[int]] = defaultdict(set)
        for file in api.files:
            self._add_file(file)
        starts: dict[str, list[int]] = defaultdict(list)
        for span in self.sections.values():
            starts[span.path].append(span.line)
        # Each section ends where the next one of its page begins.
        for full_name, span in self.sections.items():
            later = [line for line in starts[span.path] if line > span.line]
            end = min(later) - 1 if later else sys.maxsize
            self.sections[full_name] = Span(span.path, span.line, max(end, span.end_line))

    def _add_file(self, file: File) -> None:
        for message in file.messages:
            self._add(message.documented_name or message.name, message.span, message.full_name)
            for field in message.fields:
                self._add(field.json_name, field.span)
        for enum in file.all_enums():
            self._add(enum.name, enum.span, enum.full_name)
            for value in enum.values:
                self._add(value.json_name, value.span)
        for service in file.services:
            self._add(service.name, service.span, service.full_name)
            for method in service.methods:
                self._add(method.name, method.span, f"{service.full_name}.{method.name}")
                for route in method.routes:
                    self._add(route.path, route.span)

    def _add(self, name: str, span: Span, full_name: str = "") -> None:
        if full_name:
            self.sections[full_name] = span
        self.lines[span.path, name].update(range(span.line, span.end_line + 1))


class _Pages:
    """The pages of an Api, and the lines on them that were not read."""

    def __init__(self, api: Api, paths: Iterable[str], sources: Mapping[str, Source]) -> None:
        self.read = _Read(api)
        self._pages = {path: _Page(sources[path]) for path in paths}
        self._packages = {file.page: file.package for file in api.files}

    def lines_of(self, name: str, section: Span) -> list[Span]:
        """Return the unread lines of a section that begin a part with a name."""
        page = self._pages.get(section.path)
        return page.lines_of(name, section, self.read.lines[section.path, name]) if page else []

    def paths_of(self, path: str, page: str) -> list[Span]:
        """Return the unread lines of a page with the path of a route."""
        found = self._pages.get(page)
        return found.paths_of(path, self.read.lines[page, path]) if found else []

    def heading_of(self, name: str, package: str) -> Span | None:
        """Return the first unread heading with a name, on a page of a package or of none."""
        lines = (
            line
            for path, page in self._pages.items()
            if self._packages.get(path, package) == package
            for line in page.headings_of(name, self.read.lines[path, name])
        )
        return next(lines, None)


@dataclass
class _Page:
    """The lines of a page that may declare something, by the words that begin their parts."""

    source: Source

    @cached_property
    def words(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        is_code = False
        for number, line in enumerate(self.source.lines, 1):
            if _FENCE.match(line):
                is_code = not is_code
            elif not is_code and _STRUCTURED.match(line):
                for part in _ENDS.split(as_shown(html.unescape(line)).replace("\\", "")):
                    words = _TAGS.sub("", part).strip(" \t*_#+>:-`").split(maxsplit=1)
                    if words:
                        found[words[0].rstrip("*_:`")].append(number)
        return found

    def lines_of(self, name: str, section: Span, read: set[int]) -> list[Span]:
        """Return the lines of a section that begin a part with a name, without those read."""
        within = range(section.line, section.end_line + 1)
        return [
            self.source.span(n) for n in self.words.get(name, ()) if n in within and n not in read
        ]

    def paths_of(self, path: str, read: set[int]) -> list[Span]:
        """Return the lines with the path of a route, without those read."""
        pattern = re.compile(rf"(?<![\w/}}.-]){re.escape(path)}(?![\w/{{-])")
        lines = enumerate(self.source.lines, 1)
        return [self.source.span(n) for n, line in lines if n not in read and pattern.search(line)]

    def headings_of(self, name: str, read: set[int]) -> list[Span]:
        """Return the headings that begin with a name, without those read."""
        lines = (n for n in self.words.get(name, ()) if n not in read)
        return [self.source.span(n) for n in lines if _HEADING.match(self.source.lines[n - 1])]

"""Losses: declarations that the last build read, this one does not, and that are still on the page.

A changed header, an invisible character or another form of a row can hide declarations from the
reader. Removed declarations are not losses: their names are no longer on the page.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.lock import (
    LostKind,
    lost_declaration,
    lost_members,
    missing_lock,
)
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.lower.locked_enums import locked_enum
from apiscribe.lower.shapes import EMPTY
from apiscribe.model.api import Api, File, Method, Service
from apiscribe.model.lock import Lock, Numbers
from apiscribe.sources.unread_lines import PageLines


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
    undeclared = {m.full_name for _, m in api.messages() if "kind" in m.provenance}
    for kind, of_members, table in tables:
        for full_name, numbers in table.items():
            lost = [name for name in numbers.live if name not in members.get(full_name, ())]
            if full_name not in members or (lost and full_name in undeclared):
                gone[full_name] = kind
            elif lost:
                fewer[full_name] = (of_members, lost)
    if not gone and not fewer:
        return
    packages = {name.rpartition(".")[0] for name in (*lock.messages, *lock.enums)}
    pages = _Pages(api, packages, paths, sources)
    claimed: set[Span] = set()
    for full_name, (of_members, names) in fewer.items():
        section = pages.read.sections[full_name]
        found = {name: lines[0] for name in names if (lines := pages.lines_of(name, section))}
        nameless = pages.nameless(section)
        found |= zip([name for name in names if name not in found], nameless, strict=False)
        is_most = len(names) >= len(members[full_name])
        if is_most and (elsewhere := pages.shown_elsewhere(section)):
            found = dict.fromkeys(names, elsewhere[0]) | found
        if found:
            message = lost_members(full_name, of_members, list(found))
            report.add(message, min(found.values()), mark=next(iter(found)))
            claimed.update(found.values())
    moved = _moved_enums(api, lock, members)
    for full_name, kind in gone.items():
        owner, _, name = full_name.rpartition(".")
        # An enum in a message was made up for a field.
        if owner in members or full_name in moved:
            continue
        live = (lock.messages if kind == "message" else lock.enums)[full_name].live
        if line := pages.heading_of(name, owner) or pages.line_with_all(live, owner, claimed):
            report.add(lost_declaration(kind, full_name), line, mark=name)


def report_lost_services(
    before: Api, api: Api, paths: Iterable[str], sources: Mapping[str, Source], report: Report
) -> None:
    """Report services, methods and routes of the last build, as `report_losses` does: a lock does
    not have them.
    """
    services = {service.full_name: service for _, service in api.services()}
    packages = {file.package for file in before.files}
    pages = _Pages(api, packages, paths, sources)
    for file, was in before.services():
        if service := services.get(was.full_name):
            lost = _LostMethods(before, was, service, pages)
            for message, lines, mark in lost.found():
                report.add(message, lines[0], mark=mark)
        elif heading := pages.heading_of(was.name, file.package):
            report.add(lost_declaration("service", was.full_name), heading, mark=was.name)


def report_missing_lock(before: Api, api: Api, lock_name: str, report: Report) -> None:
    """Report if fields have other numbers than in the last build, if its lock is missing."""
    last = {(m.full_name, f.json_name): f.number for _, m in before.messages() for f in m.fields}
    for _, message in api.messages():
        for field in message.fields:
            known = last.get((message.full_name, field.json_name), field.number)
            if known != field.number:
                name = f"{message.full_name}.{field.json_name}"
                report.add(missing_lock(name, field.number, known), Span(lock_name, 1, 1))
                return


class _LostMethods:
    """The methods and routes of a service that the last build read and this one does not."""

    def __init__(self, before: Api, was: Service, service: Service, pages: _Pages) -> None:
        self._was, self._pages = was, pages
        self._page = Span(service.span.path, 1, sys.maxsize)
        self._methods = {method.name: method for method in service.methods}
        self._messages = {message.full_name: message for _, message in before.messages()}

    def found(self) -> Iterator[tuple[Message, Sequence[Span], str]]:
        """Yield what to report, the lines that still declare it, and the text to mark."""
        routes = {
            route.path: route.span
            for before in self._was.methods
            if (method := self._methods.get(before.name))
            for route in method.routes
        }
        for before in self._was.methods:
            full_name = f"{self._was.full_name}.{before.name}"
            paths = list(dict.fromkeys(route.path for route in before.routes))
            if method := self._methods.get(before.name):
                for path in paths:
                    if lines := self._lines_of_route(path, method, routes):
                        yield lost_members(full_name, "route", [path]), lines, path
                if method.response == EMPTY and (lines := self._fields(before.response, method)):
                    yield lost_members(full_name, "response", [before.response]), lines, ""
            elif lines := self._pages.lines_of(before.name, self._page):
                yield lost_declaration("method", full_name), lines, before.name
            elif lines := [line for path in paths for line in self._declared_paths(path)]:
                yield lost_declaration("method", full_name), lines, paths[0]

    def _lines_of_route(
        self, path: str, method: Method, routes: Mapping[str, Span]
    ) -> Sequence[Span]:
        if any(route.path == path for route in method.routes):
            return ()
        # Below another heading, the route of a method is read as one of another method.
        if not method.routes and path in routes:
            return [routes[path]]
        return self._pages.paths_of(path, self._page.path)

    def _declared_paths(self, path: str) -> Sequence[Span]:
        """Return the unread lines with a path that are no running text."""
        return self._pages.paths_of(path, self._page.path, structured=True)

    def _fields(self, message: str, method: Method) -> Sequence[Span]:
        """Return the lines for the fields of a message from a method to the next one, if there are
        lines for all of them.
        """
        fields = self._messages[message].fields if message in self._messages else ()
        start, path = method.span.line, method.span.path
        others = (each.span for each in self._methods.values())
        next_lines = (span.line for span in others if span.path == path and span.line > start)
        section = Span(path, start, min(next_lines, default=sys.maxsize) - 1)
        lines = [self._pages.lines_of(f.json_name, section, unread=False) for f in fields]
        return [each[0] for each in lines] if all(lines) else ()


def _moved_enums(api: Api, lock: Lock, members: Mapping[str, Collection[str]]) -> set[str]:
    """Return the enums of the lock of which a field has all values, in an enum of another scope: in
    a package, enums with equal values cannot keep them.
    """
    moved = set()
    for _, message in api.messages():
        for field in message.fields:
            enum = locked_enum(lock, message.full_name, field.json_name)
            if enum and set(lock.enums[enum].live) <= set(members.get(field.type.name, ())):
                moved.add(enum)
    return moved


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
    """The pages of an Api, and the lines on them that were not read.

    `packages` are those of the last build: a page of another one may have been read differently.
    """

    def __init__(
        self,
        api: Api,
        packages: Collection[str],
        paths: Iterable[str],
        sources: Mapping[str, Source],
    ) -> None:
        self.read = _Read(api)
        self._pages = {path: PageLines(sources[path]) for path in paths}
        self._packages = {f.page: f.package for f in api.files if f.package in packages}

    def lines_of(self, name: str, section: Span, unread: bool = True) -> list[Span]:
        """Return the lines of a section that may declare a name; only unread ones by default."""
        page = self._pages.get(section.path)
        read = self.read.lines[section.path, name] if unread else set()
        return page.declaring(name, section, read) if page else []

    def shown_elsewhere(self, section: Span) -> list[Span]:
        """Return the lines of a section that show an image or include another file."""
        page = self._pages.get(section.path)
        return page.shown_elsewhere(section) if page else []

    def nameless(self, section: Span) -> list[Span]:
        """Return the rows of a section without a name."""
        page = self._pages.get(section.path)
        return page.nameless(section) if page else []

    def paths_of(self, path: str, page: str, structured: bool = False) -> list[Span]:
        """Return the unread lines of a page with the path of a route."""
        found = self._pages.get(page)
        return found.with_path(path, self.read.lines[page, path], structured) if found else []

    def heading_of(self, name: str, package: str) -> Span | None:
        """Return the first unread heading with a name, on a page of a package."""
        lines = (
            line
            for path, page in self._of_package(package)
            for line in page.headings(name, self.read.lines[path, name])
            if path in self._packages or not self.read.lines[path, name]
        )
        return next(lines, None)

    def line_with_all(
        self, names: Iterable[str], package: str, claimed: Collection[Span]
    ) -> Span | None:
        """Return the first unread line for one of the names, if a page has one for each; without
        the lines that other declarations claim.
        """
        for path, _ in self._of_package(package):
            page = Span(path, 1, sys.maxsize)
            lines = [
                [line for line in self.lines_of(name, page) if line not in claimed]
                for name in names
            ]
            if lines and all(lines):
                return min(each[0] for each in lines)
        return None

    def _of_package(self, package: str) -> Iterator[tuple[str, PageLines]]:
        """Yield the pages of a package, and those that the last build may have read as its."""
        for path, page in self._pages.items():
            if self._packages.get(path, package) == package:
                yield path, page

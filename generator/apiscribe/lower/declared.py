"""The declarations of all pages by full name; clashes of names are resolved here.

A name that is declared twice in a package is one declaration if both are equal. Otherwise the first
page keeps the name, and the later declaration gets its page's name as a prefix: names of messages
are not on the wire.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apiscribe.diagnostics.codes.declarations import (
    duplicate_declaration,
    renamed_message,
    repeated_declaration,
)
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.identifiers import as_identifier
from apiscribe.model.draft import EnumDraft, MessageDraft, MethodDraft, PageDraft, ServiceDraft
from apiscribe.model.names import camel, is_identifier, unique


@dataclass(frozen=True)
class Declaration:
    """A message with its full name and the page that it is declared on.

    For an `undeclared` name that no page declares, `page` is the first page that uses it.
    """

    full_name: str
    package: str
    page: PageDraft
    draft: MessageDraft
    undeclared: bool = False


@dataclass(frozen=True, eq=False)
class NamedEnum:
    """A named enum, and the page that declares it, or the first one that uses it if none does."""

    page: PageDraft
    draft: EnumDraft
    undeclared: bool = False


class Declared:
    """The messages, services and named enums of all pages.

    `on_page` maps (path of a page, package, name on the page) to the full name of a message;
    `in_package` maps (package, name on a page); `by_short_name` maps the last part of full names.
    """

    def __init__(self, pages: Sequence[PageDraft], report: Report) -> None:
        self.messages: dict[str, Declaration] = {}
        self.services: dict[str, tuple[PageDraft, ServiceDraft]] = {}
        self.enums: dict[str, NamedEnum] = {}
        self.on_page: dict[tuple[str, str, str], str] = {}
        self.enum_on_page: dict[tuple[str, str, str], NamedEnum] = {}
        self.in_package: dict[tuple[str, str], str] = {}
        self.by_short_name: dict[str, list[str]] = defaultdict(list)
        self._report = report
        self._packages = {
            ".".join(parts[:count])
            for page in pages
            for parts in [page.package.split(".")]
            for count in range(1, len(parts) + 1)
        }
        # Services first: their names are on the wire, so they keep them in a clash.
        for page in pages:
            for service in page.services:
                self._declare_service(page, service)
        for page in pages:
            # Outer messages first: a nested message follows the one around it.
            for message in sorted(page.messages, key=lambda message: message.name.count(".")):
                self._declare_message(page, message)
            for enum in page.enums:
                self._declare_enum(page, enum)

    def packages(self) -> list[str]:
        """Return every package that declares a type, sorted."""
        packages = {declaration.package for declaration in self.messages.values()}
        return sorted(packages | {named.page.package for named in self.enums.values()})

    def taken_in(self, package: str) -> set[str]:
        """Return the names of the package's messages and services."""
        names = (*self.messages, *self.services)
        return {
            short for full in names for own, _, short in [full.rpartition(".")] if own == package
        }

    def free_name(self, package: str, name: str) -> str:
        """Return a full name for a message that no service or package has: they share a scope."""
        if f"{package}.{name}" in self.services or f"{package}.{name}" in self._packages:
            name = unique(f"{name[:180]}Message", self.by_short_name)
        return f"{package}.{name}"

    def add(self, declaration: Declaration) -> None:
        """Add a message under its full name, which must be free."""
        self.messages[declaration.full_name] = declaration
        self.by_short_name[declaration.full_name.rpartition(".")[2]].append(declaration.full_name)

    def outer(self, package: str, page: PageDraft, span: Span) -> Declaration | None:
        """Return the message that the head of a full name means, or None if it is a package.

        A message has a name in upper case; if no page declares it, it is declared as incomplete.
        """
        if known := self.messages.get(package):
            return known
        head, _, name = package.rpartition(".")
        if not name[:1].isupper() or package in self._packages:
            return None
        around = self.outer(head, page, span)
        draft = MessageDraft(name=name, incomplete=True, span=span)
        inside, where = (around.package, around.page) if around else (head, page)
        declaration = Declaration(package, inside or page.package, where, draft, undeclared=True)
        self.add(declaration)
        return declaration

    def _declare_service(self, page: PageDraft, service: ServiceDraft) -> None:
        name = as_identifier(service.name, "service", service.span, self._report)
        full_name = f"{page.package}.{name}"
        if before := self.services.get(full_name):
            if are_equal(before[1], service):
                self._report_alike(full_name, service, before[1])
                self.services[full_name] = (before[0], _with_routes(before[1], service))
                return
            prefixed = f"{page.package}.{_page_prefix(page)}{name}"
            full_name = unique(prefixed, self.services)
            self._report_clash("service", full_name, service, before[1])
        self.services[full_name] = (page, service)

    def _declare_message(self, page: PageDraft, message: MessageDraft) -> None:
        outer, _, short = message.name.rpartition(".")
        if not is_identifier(short) or not all(map(_is_outer, outer.split(".") if outer else ())):
            outer, short = "", as_identifier(message.name, "message", message.span, self._report)
        scope = self._scope(page, message, outer)
        full_name = self.free_name(scope, short)
        if full_name != f"{scope}.{short}":
            short = full_name.rpartition(".")[2]
            self._report.add(
                renamed_message(message.name, short),
                message.span,
                mark=message.name,
            )
        if before := self.messages.get(full_name):
            if are_equal(before.draft, message):
                self.on_page[page.path, page.package, message.name] = full_name
                self._report_alike(full_name, message, before.draft)
                return
            full_name = unique(f"{scope}.{_page_prefix(page)}{short}", self.messages)
            self._report_clash("message", full_name, message, before.draft)
        self.add(Declaration(full_name, page.package, page, message))
        self.on_page[page.path, page.package, message.name] = full_name
        self.in_package.setdefault((page.package, message.name), full_name)

    def _scope(self, page: PageDraft, message: MessageDraft, outer: str) -> str:
        """Return the full name of the scope of a message: its package, or the message around it."""
        if not outer:
            return page.package
        known = self.on_page.get((page.path, page.package, message.name.rpartition(".")[0]))
        if known:
            return known
        full_name = f"{page.package}.{outer}"
        if full_name not in self.messages:
            around = MessageDraft(name=outer, incomplete=True, span=message.span)
            self._declare_message(page, around)
        return full_name

    def _declare_enum(self, page: PageDraft, enum: EnumDraft) -> None:
        full_name = f"{page.package}.{enum.name}"
        if before := self.enums.get(full_name):
            if are_equal(before.draft, enum):
                self._report_alike(full_name, enum, before.draft)
                return
            owner, _, short = full_name.rpartition(".")
            full_name = unique(f"{owner}.{_page_prefix(page)}{short}", self.enums)
            self._report_clash("enum", full_name, enum, before.draft)
        renamed = replace(enum, name=full_name.removeprefix(f"{page.package}."))
        self.enums[full_name] = named = NamedEnum(page, renamed)
        self.enum_on_page[page.path, page.package, enum.name] = named

    def _report_alike(
        self,
        full_name: str,
        later: MessageDraft | ServiceDraft | EnumDraft,
        first: MessageDraft | ServiceDraft | EnumDraft,
    ) -> None:
        self._report.add(
            repeated_declaration(full_name, first.span),
            later.span,
            mark=later.name,
            # A page that is a copy of another repeats all that it declares.
            cause=f"{later.span.path} {first.span.path}",
        )

    def _report_clash(
        self,
        what: str,
        full_name: str,
        later: MessageDraft | ServiceDraft | EnumDraft,
        first: MessageDraft | ServiceDraft | EnumDraft,
    ) -> None:
        self._report.add(
            duplicate_declaration(what, later.name, first.span, full_name.rpartition(".")[2]),
            later.span,
            mark=later.name,
            fix=Fix(
                table="rename",
                at=f"{full_name.rpartition('.')[0]}.{later.name}",
                keys={"to": full_name.rpartition(".")[2], "page": later.span.path},
            ),
        )


def _is_outer(name: str) -> bool:
    """Return whether a part of a name is that of a message around others, and not of a package."""
    return is_identifier(name) and name[0].isupper()


def are_equal(
    one: MessageDraft | ServiceDraft | EnumDraft, other: MessageDraft | ServiceDraft | EnumDraft
) -> bool:
    """Return whether two declarations are one: of messages, only the fields are compared, of
    services the methods, and of enums the values.
    """
    match one, other:
        case MessageDraft(), MessageDraft():
            return _shape(one) == _shape(other)
        case ServiceDraft(), ServiceDraft():
            return len(one.methods) == len(other.methods) and all(
                map(_are_equal_methods, one.methods, other.methods)
            )
        case EnumDraft(), EnumDraft():
            return _values(one) == _values(other)
        case _:
            return False


def _shape(message: MessageDraft) -> list[tuple[object, ...]]:
    return [(f.name, f.type.name, f.type.values, f.type.repeated) for f in message.fields]


def _values(enum: EnumDraft) -> list[tuple[str, int | None]]:
    return [(value.name, value.number) for value in enum.values]


def _are_equal_methods(one: MethodDraft, other: MethodDraft) -> bool:
    """Return whether two methods are one. One of two pages may leave out the routes."""
    types = [
        [(type_.name, type_.streams) if type_ else None for type_ in (m.request, m.response)]
        for m in (one, other)
    ]
    is_same = one.name == other.name and types[0] == types[1]
    return is_same and (one.routes == other.routes or not (one.routes and other.routes))


def _with_routes(one: ServiceDraft, other: ServiceDraft) -> ServiceDraft:
    """Return a service with the routes that only the equal other one has."""
    pairs = zip(one.methods, other.methods, strict=True)
    methods = (replace(m, routes=m.routes or again.routes) for m, again in pairs)
    return replace(one, methods=tuple(methods))


def _page_prefix(page: PageDraft) -> str:
    stem = page.path.rsplit("/", 1)[-1].split(".", 1)[0]
    return camel(stem)

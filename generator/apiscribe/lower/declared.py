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
from apiscribe.lower.identifiers import as_identifier
from apiscribe.model.draft import EnumDraft, MessageDraft, PageDraft, ServiceDraft
from apiscribe.model.names import camel, unique


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

    `on_page` maps (path of a page, name on the page) to the full name of a message; `in_package`
    maps (package, name on a page); `by_short_name` maps the last part of full names.
    """

    def __init__(self, pages: Sequence[PageDraft], report: Report) -> None:
        self.messages: dict[str, Declaration] = {}
        self.services: dict[str, tuple[PageDraft, ServiceDraft]] = {}
        self.enums: dict[str, NamedEnum] = {}
        self.on_page: dict[tuple[str, str], str] = {}
        self.enum_on_page: dict[tuple[str, str], NamedEnum] = {}
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
            for message in page.messages:
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

    def _declare_service(self, page: PageDraft, service: ServiceDraft) -> None:
        name = as_identifier(service.name, "service", service.span, self._report)
        full_name = f"{page.package}.{name}"
        if before := self.services.get(full_name):
            if are_equal(before[1], service):
                self._report_alike(full_name, service, before[1])
                return
            prefixed = f"{page.package}.{_page_prefix(page)}{name}"
            full_name = unique(prefixed, self.services)
            self._report_clash("service", full_name, service, before[1])
        self.services[full_name] = (page, service)

    def _declare_message(self, page: PageDraft, message: MessageDraft) -> None:
        name = as_identifier(message.name, "message", message.span, self._report)
        full_name = self.free_name(page.package, name)
        if full_name != f"{page.package}.{name}":
            name = full_name.rpartition(".")[2]
            self._report.add(
                renamed_message(message.name, name),
                message.span,
                mark=message.name,
            )
        if before := self.messages.get(full_name):
            if are_equal(before.draft, message):
                self.on_page[page.path, message.name] = full_name
                self._report_alike(full_name, message, before.draft)
                return
            full_name = unique(f"{page.package}.{_page_prefix(page)}{name}", self.messages)
            self._report_clash("message", full_name, message, before.draft)
        self.add(Declaration(full_name, page.package, page, message))
        self.on_page[page.path, message.name] = full_name
        self.in_package.setdefault((page.package, message.name), full_name)

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
        self.enum_on_page[page.path, enum.name] = named

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


def are_equal(
    one: MessageDraft | ServiceDraft | EnumDraft, other: MessageDraft | ServiceDraft | EnumDraft
) -> bool:
    """Return whether two declarations are one: of messages, only the fields are compared."""
    if isinstance(one, MessageDraft) and isinstance(other, MessageDraft):
        return _shape(one) == _shape(other)
    return one == other


def _shape(message: MessageDraft) -> list[tuple[object, ...]]:
    return [(f.name, f.type.name, f.type.values, f.type.repeated) for f in message.fields]


def _page_prefix(page: PageDraft) -> str:
    stem = page.path.rsplit("/", 1)[-1].split(".", 1)[0]
    return camel(stem)

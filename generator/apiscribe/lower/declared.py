"""The declarations of all pages by full name; clashes of names are resolved here.

A name that is declared twice in a package is one declaration if both are equal. Otherwise the first
page keeps the name, and the later declaration gets its page's name as a prefix: names of messages
are not on the wire.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from apiscribe.diagnostics.codes.declarations import (
    duplicate_declaration,
    renamed_message,
    repeated_declaration,
)
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.lower.declarations import Declaration, NamedEnum
from apiscribe.lower.equal_declarations import are_equal, with_routes
from apiscribe.lower.incumbents import AnyDraft, Incumbents, outer_first, scope_of
from apiscribe.lower.naming import Incumbent, Naming
from apiscribe.lower.taken_names import TakenNames
from apiscribe.model.draft import EnumDraft, MessageDraft, PageDraft, ServiceDraft
from apiscribe.model.lock import NameKind
from apiscribe.model.names import camel, identifier


class Declared:
    """The messages, services and named enums of all pages.

    `on_page` maps (path of a page, package, name on the page) to the full name of a message;
    `in_package` maps (package, name on a page); `by_short_name` maps the last part of full names,
    `by_documented_name` names on pages that are not the last part of their full names.
    """

    def __init__(self, pages: Sequence[PageDraft], naming: Naming, report: Report) -> None:
        self.messages: dict[str, Declaration] = {}
        self.services: dict[str, tuple[PageDraft, ServiceDraft]] = {}
        self.enums: dict[str, NamedEnum] = {}
        self.on_page: dict[tuple[str, str, str], str] = {}
        self.enum_on_page: dict[tuple[str, str, str], NamedEnum] = {}
        self.in_package: dict[tuple[str, str], str] = {}
        self.by_short_name: dict[str, list[str]] = defaultdict(list)
        self.by_documented_name: dict[str, list[str]] = defaultdict(list)
        self.enums_by_short_name: dict[str, list[str]] = defaultdict(list)
        self.naming, self._report = naming, report
        self._packages = {
            ".".join(parts[:count])
            for page in pages
            for parts in [page.package.split(".")]
            for count in range(1, len(parts) + 1)
        }
        self._incumbents: Mapping[NameKind, Incumbents] = {
            kind: Incumbents(kind, pages, naming) for kind in ("services", "messages", "enums")
        }
        self._live = {
            name: what
            for found in self._incumbents.values()
            for name, what in found.full_names().items()
        }
        self._taken = TakenNames(pages, naming)
        self._order: dict[int, int] = {}  # identity of a draft → position on the pages
        self._positions: dict[str, int] = {}
        # By the full name that they share with the first: further declarations, unlike it.
        self._unlike: defaultdict[str, dict[str, AnyDraft]] = defaultdict(dict)
        self._declare(pages)

    def _declare(self, pages: Sequence[PageDraft]) -> None:
        """Declare all, each kind in the order of the pages."""
        in_order = (
            draft
            for page in pages
            for draft in (*page.services, *outer_first(page.messages), *page.enums)
        )
        self._order |= {id(draft): position for position, draft in enumerate(in_order)}
        # Services first: their names are on the wire, so they keep them in a clash. Of each kind,
        # first those that the lock knows: no new page takes their names.
        for incumbents in self._incumbents.values():
            for page, draft in incumbents.in_order():
                match draft:
                    case ServiceDraft():
                        self._declare_service(page, draft)
                    case MessageDraft():
                        self._declare_message(page, draft)
                    case EnumDraft():
                        self._declare_enum(page, draft)
        tables: tuple[dict[str, Any], ...] = (self.services, self.messages, self.enums)
        for declared in tables:
            for name in sorted(declared, key=self._positions.__getitem__):
                declared[name] = declared.pop(name)

    def packages(self) -> list[str]:
        """Return every package that declares a type, sorted."""
        packages = {declaration.package for declaration in self.messages.values()}
        return sorted(packages | {named.page.package for named in self.enums.values()})

    def is_package(self, name: str) -> bool:
        """Return whether a name is the package of a page, or its first parts."""
        return name in self._packages

    def taken_in(self, package: str) -> set[str]:
        """Return the names of the package's messages and services."""
        names = (*self.messages, *self.services)
        return {
            short for full in names for own, _, short in [full.rpartition(".")] if own == package
        }

    def free_name(self, package: str, name: str, documented: str = "") -> str:
        """Return a full name for a message that no service or package has: they share a scope."""
        full_name = f"{package}.{name}"
        if full_name not in self.services and full_name not in self._packages:
            return full_name
        documented = documented or name
        known = self.naming.known(package, "messages", documented)
        free = f"{package}.{known}"
        if not known or free in self.services or free in self._packages:
            made_up = self._taken.free(package, f"{name[:180]}Message", self.by_short_name)
            free = f"{package}.{made_up}"
            self.naming.keep(package, "messages", documented, free.rpartition(".")[2])
        return free

    def add(self, declaration: Declaration) -> None:
        """Add a message under its full name, which must be free."""
        self.messages[declaration.full_name] = declaration
        self._taken.take(declaration.full_name)
        self.by_short_name[declaration.full_name.rpartition(".")[2]].append(declaration.full_name)

    def _identifier(
        self, kind: NameKind, page: PageDraft, scope: str, draft: MessageDraft | ServiceDraft
    ) -> str:
        """Return the identifier of a declaration in a scope: the lock's, or a new one."""
        documented = scope_of(page, draft)[1]
        name = identifier(documented)
        if known := self._incumbents[kind].of(draft):
            name = known.identifier
            self._follow(kind, page, scope, documented, known)
        elif other := self.naming.known(scope, kind, documented):
            # A declaration that is unlike this one has it.
            name = other
        else:
            own = (kind, documented)
            is_another = self._live.get(f"{scope}.{name}", own) != own
            if name != documented or is_another or name in self.naming.made_up_in(scope):
                name = self._taken.free(scope, name)
            self.naming.keep(scope, kind, documented, name)
        self.naming.report(kind, documented, name, draft.span)
        return name

    def _prefixed(
        self, kind: NameKind, page: PageDraft, scope: str, name: str, draft: AnyDraft
    ) -> str:
        """Return the name of a declaration with the name of its page before it."""
        prefixed = self._taken.free(scope, f"{_page_prefix(page)}{name}")
        documented = scope_of(page, draft)[1]
        self.naming.keep_of_page(scope, kind, page.path, documented, prefixed)
        self._unlike[f"{scope}.{name}"][f"{scope}.{prefixed}"] = draft
        return f"{scope}.{prefixed}"

    def _equal(self, full_name: str, first: AnyDraft, later: AnyDraft) -> str:
        """Return the full name of a declaration that is equal to a later one of its name, or ""."""
        declared = {full_name: first, **self._unlike[full_name]}
        return next((name for name, draft in declared.items() if are_equal(draft, later)), "")

    def _follow(
        self, kind: NameKind, page: PageDraft, scope: str, documented: str, known: Incumbent
    ) -> None:
        """Keep an identifier with the new path of its page."""
        if known.has_moved:
            self.naming.keep_of_page(
                scope, kind, page.path, documented, known.identifier, was=known.key
            )

    def _declare_service(self, page: PageDraft, service: ServiceDraft) -> None:
        name = self._identifier("services", page, page.package, service)
        full_name = f"{page.package}.{name}"
        first = self.services.get(f"{page.package}.{service.name}")
        if before := self.services.get(full_name):
            if equal := self._equal(full_name, before[1], service):
                before = self.services[equal]
                self._report_alike(equal, service, before[1])
                self.services[equal] = (before[0], with_routes(before[1], service))
                return
            full_name = self._prefixed("services", page, page.package, name, service)
            self._report_clash("service", full_name, service, before[1])
        elif first and name != service.name and not are_equal(first[1], service):
            self._report_clash("service", full_name, service, first[1])
        self.services[full_name] = (page, service)
        self._taken.take(full_name)
        self._positions[full_name] = self._order[id(service)]

    def _declare_message(self, page: PageDraft, message: MessageDraft) -> None:
        documented = scope_of(page, message)[1]
        scope = self._scope(page, message)
        name = self._identifier("messages", page, scope, message)
        wanted = f"{scope}.{name}"
        full_name = self.free_name(scope, name, documented)
        if full_name != wanted:
            # Its numbers follow it.
            self.naming.move(full_name, wanted, message.span)
        name = full_name.rpartition(".")[2]
        own = f"{scope}.{documented}"
        is_taken = own in self.services or own in self._packages
        if full_name != wanted or (is_taken and name != documented):
            self._report.add(
                renamed_message(message.name, name),
                message.span,
                mark=message.name,
            )
        first = self.messages.get(own)
        if before := self.messages.get(full_name):
            if equal := self._equal(full_name, before.draft, message):
                self.on_page[page.path, page.package, message.name] = equal
                self._report_alike(equal, message, self.messages[equal].draft)
                return
            full_name = self._prefixed("messages", page, scope, name, message)
            self._report_clash("message", full_name, message, before.draft)
        elif first and name != documented and not are_equal(first.draft, message):
            self._report_clash("message", full_name, message, first.draft)
        self.add(Declaration(full_name, page.package, page, message))
        self._positions[full_name] = self._order[id(message)]
        self.on_page[page.path, page.package, message.name] = full_name
        self.in_package.setdefault((page.package, message.name), full_name)
        if documented != name:
            self.by_documented_name[documented].append(full_name)

    def _scope(self, page: PageDraft, message: MessageDraft) -> str:
        """Return the full name of the scope of a message: its package, or the message around it."""
        scope, _ = scope_of(page, message)
        if scope == page.package:
            return scope
        outer = message.name.rpartition(".")[0]
        if known := self.on_page.get((page.path, page.package, outer)):
            return known
        if scope not in self.messages:
            around = MessageDraft(name=outer, incomplete=True, span=message.span)
            self._order[id(around)] = self._order[id(message)]
            self._declare_message(page, around)
        return scope

    def _declare_enum(self, page: PageDraft, enum: EnumDraft) -> None:
        scope, short = scope_of(page, enum)
        known = self._incumbents["enums"].of(enum)
        is_own = known is None or known.key == short
        if known:
            self._follow("enums", page, scope, short, known)
        full_name = f"{scope}.{short if is_own or known is None else known.identifier}"
        first = self.enums.get(f"{scope}.{short}")
        if before := self.enums.get(full_name):
            if equal := self._equal(full_name, before.draft, enum):
                self._report_alike(equal, enum, self.enums[equal].draft)
                self.enum_on_page[page.path, page.package, enum.name] = self.enums[equal]
                return
            full_name = self._prefixed("enums", page, scope, short, enum)
            self._report_clash("enum", full_name, enum, before.draft)
        elif first and not is_own and not are_equal(first.draft, enum):
            self._report_clash("enum", full_name, enum, first.draft)
        renamed = replace(enum, name=full_name.removeprefix(f"{page.package}."))
        self.enums[full_name] = named = NamedEnum(page, renamed)
        self.enums_by_short_name[full_name.rpartition(".")[2]].append(full_name)
        self._taken.take(full_name)
        self._positions[full_name] = self._order[id(enum)]
        self.enum_on_page[page.path, page.package, enum.name] = named

    def _report_alike(self, full_name: str, later: AnyDraft, first: AnyDraft) -> None:
        self._report.add(
            repeated_declaration(full_name, first.span),
            later.span,
            mark=later.name,
            # A page that is a copy of another repeats all that it declares.
            cause=f"{later.span.path} {first.span.path}",
        )

    def _report_clash(self, what: str, full_name: str, later: AnyDraft, first: AnyDraft) -> None:
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


def _page_prefix(page: PageDraft) -> str:
    stem = page.path.rsplit("/", 1)[-1].split(".", 1)[0]
    return camel(stem)

"""Names across the pages of an API: what is declared where, and what a name on a page means.

A name is looked for on its own page, in its own package, in the packages that the spec `uses`,
among protobuf's own messages, and at last in every other package. One that nobody declares gets
an open declaration of its own, so that a type always resolves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apiscribe.draft import (
    EnumDraft,
    FieldDraft,
    MessageDraft,
    PageDraft,
    ServiceDraft,
    TypeDraft,
)
from apiscribe.ir import SCALARS, WELL_KNOWN, TypeKind
from apiscribe.lower.identifiers import as_identifier
from apiscribe.names import camel, did_you_mean, unique
from apiscribe.report import Report

_TYPE_NAME = re.compile(r"\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)


@dataclass(frozen=True)
class Declaration:
    """A message with its full name and the page that it is declared on.

    An `open` one stands for a name that no page declares; `page` is the first that uses it.
    """

    full_name: str
    package: str
    page: PageDraft
    draft: MessageDraft
    open: bool = False


@dataclass(frozen=True)
class Meaning:
    """What a type name means, and the rule that told; no rule where the page itself says it.

    `full_name` is a scalar's name, a message's full name, or nothing for an enum.
    """

    kind: TypeKind
    full_name: str = ""
    enum: EnumDraft | None = None
    rule: str = ""


class Symbols:
    """The messages and services of all pages by full name."""

    def __init__(self, pages: Sequence[PageDraft], uses: Sequence[str], report: Report) -> None:
        self.messages: dict[str, Declaration] = {}
        self.services: dict[str, tuple[PageDraft, ServiceDraft]] = {}
        self._uses, self._report = uses, report
        self._local: dict[tuple[str, str], str] = {}
        self._short: dict[str, list[str]] = defaultdict(list)
        self._enums: dict[tuple[str, str], EnumDraft] = {}
        for page in pages:
            for service in page.services:
                self._declare_service(page, service)
        for page in pages:
            for message in page.messages:
                self._declare_message(page, message)
            for enum in page.enums:
                self._enums[page.package, enum.name] = enum
        self._declare_undeclared(pages)

    def named(self, page: PageDraft, name: str) -> str:
        """The full name of the message that a page declares under `name`."""
        return self._local[page.path, name]

    def meaning(self, type_: TypeDraft, page: PageDraft) -> Meaning:
        """What a type on a page means. A text that is no name is an error, and counts as string."""
        if type_.name in SCALARS:
            return Meaning("scalar", type_.name)
        if not _TYPE_NAME.fullmatch(type_.name):
            self._report.add(
                "malformed-type",
                f'"{type_.name}" is not the name of a type',
                type_.span,
                mark=type_.name,
                help="write a scalar type, the name of a message, or `list of` one of them",
            )
            return Meaning("scalar", "string")
        found = self._find(type_, page)
        assert found is not None, "undeclared types have been declared"
        return found

    def _declare_service(self, page: PageDraft, service: ServiceDraft) -> None:
        name = as_identifier(service.name, "service", service.span, self._report)
        full_name = f"{page.package}.{name}"
        if before := self.services.get(full_name):
            prefixed = f"{page.package}.{_page_prefix(page)}{name}"
            full_name = unique(prefixed, self.services)
            self._report_clash("service", full_name, service, before[1])
        self.services[full_name] = (page, service)

    def _declare_message(self, page: PageDraft, message: MessageDraft) -> None:
        name = as_identifier(message.name, "message", message.span, self._report)
        full_name = f"{page.package}.{name}"
        if full_name in self.services:
            # A package has one scope for both, and names of messages are not on the wire.
            name = unique(f"{name}Message", self._short)
            full_name = f"{page.package}.{name}"
            self._report.add(
                "renamed-identifier",
                f"message {message.name} is named {name}: a service has its name",
                message.span,
                mark=message.name,
            )
        if before := self.messages.get(full_name):
            if _shape(before.draft) == _shape(message):
                self._local[page.path, message.name] = full_name
                self._report.add(
                    "repeated-declaration",
                    f"{full_name} is declared alike at {before.draft.span}",
                    message.span,
                    mark=message.name,
                )
                return
            full_name = unique(f"{page.package}.{_page_prefix(page)}{name}", self.messages)
            self._report_clash("message", full_name, message, before.draft)
        self._add(Declaration(full_name, page.package, page, message))
        self._local[page.path, message.name] = full_name

    def _add(self, declaration: Declaration) -> None:
        self.messages[declaration.full_name] = declaration
        self._short[declaration.full_name.rpartition(".")[2]].append(declaration.full_name)

    def _report_clash(
        self,
        what: str,
        full_name: str,
        later: MessageDraft | ServiceDraft,
        first: MessageDraft | ServiceDraft,
    ) -> None:
        self._report.add(
            "duplicate-declaration",
            f"{what} {later.name} is declared differently at {first.span}; this one becomes"
            f" {full_name.rpartition('.')[2]}",
            later.span,
            mark=later.name,
        )

    def _find(self, type_: TypeDraft, page: PageDraft) -> Meaning | None:
        name = type_.name.lstrip(".")
        if "." in name:
            return self._message(name) or self._enum(name)
        local = self._local.get((page.path, name))
        if local:
            return Meaning("message", local)
        if found := self._message(f"{page.package}.{name}") or self._enum(f"{page.package}.{name}"):
            return found
        for package in self._uses:
            if found := self._message(f"{package}.{name}") or self._enum(f"{package}.{name}"):
                return Meaning(found.kind, found.full_name, found.enum, "uses")
        if f"google.protobuf.{name}" in WELL_KNOWN:
            return Meaning("message", f"google.protobuf.{name}", rule="well-known")
        return self._elsewhere(name, type_, page)

    def _elsewhere(self, name: str, type_: TypeDraft, page: PageDraft) -> Meaning | None:
        """The message of that name in another package; the nearest one where there are several."""
        found = sorted(self._short.get(name, ()), key=lambda full: -_common(full, page.package))
        if not found:
            return None
        if len(found) > 1:
            self._report.add(
                "ambiguous-type",
                f"{name} is declared in several packages; {found[0]} is taken, for its nearness",
                type_.span,
                mark=name,
                help=f"the others: {', '.join(found[1:])}",
            )
        return Meaning("message", found[0], rule="only-package" if len(found) == 1 else "nearest")

    def _message(self, full_name: str) -> Meaning | None:
        known = full_name in self.messages or full_name in WELL_KNOWN
        return Meaning("message", full_name) if known else None

    def _enum(self, full_name: str) -> Meaning | None:
        package, _, name = full_name.rpartition(".")
        enum = self._enums.get((package, name))
        return Meaning("enum", enum=enum) if enum else None

    def _declare_undeclared(self, pages: Sequence[PageDraft]) -> None:
        """Give every name that is used and not declared an open declaration.

        It is a message where a method takes or gives it, or where its dialect lists the values of
        enums in place, so that a bare name is none. Else it is an enum.
        """
        missing = [use for use in _uses(pages) if self._is_missing(use[1], use[0])]
        # A name in full first: a short one on another page may mean it.
        missing.sort(key=lambda use: "." not in use[1].name)
        messages = {
            (page.package, type_.name)
            for page, type_, owner in missing
            if owner is None or page.lists_values or "." in type_.name
        }
        for page, type_, _ in missing:
            if self._find(type_, page) is None:
                as_message = (page.package, type_.name) in messages
                self._declare_open(page, type_, as_message)

    def _is_missing(self, type_: TypeDraft, page: PageDraft) -> bool:
        if type_.values or type_.name in SCALARS or not _TYPE_NAME.fullmatch(type_.name):
            return False
        return self._find(type_, page) is None

    def _declare_open(self, page: PageDraft, type_: TypeDraft, as_message: bool) -> None:
        package, _, name = type_.name.lstrip(".").rpartition(".")
        kind = "message" if as_message else "enum"
        self._report.add(
            "undeclared-type",
            f"no page declares {type_.name}{did_you_mean(name, self._short)};"
            f" it is taken for {'a' if as_message else 'an'} {kind}",
            type_.span,
            mark=type_.name,
            help=f"declare {package or page.package}.{name} in overlay.toml, if no page will",
        )
        if as_message:
            full_name = f"{package or page.package}.{name}"
            draft = MessageDraft(name=name, span=type_.span)
            self._add(Declaration(full_name, package or page.package, page, draft, open=True))
        else:
            self._enums[page.package, name] = EnumDraft(name=name, values=(), span=type_.span)


def _uses(pages: Sequence[PageDraft]) -> Iterator[tuple[PageDraft, TypeDraft, FieldDraft | None]]:
    """Every use of a type: its page, itself, and the field that has it (none for a method)."""
    for page in pages:
        for service in page.services:
            for method in service.methods:
                for type_ in (method.request, method.response):
                    if type_:
                        yield page, type_, None
        for message in page.messages:
            for field in message.fields:
                yield page, field.type, field


def _shape(message: MessageDraft) -> list[tuple[object, ...]]:
    """What two declarations of one message must agree in to be one."""
    return [(f.name, f.type.name, f.type.values, f.type.repeated) for f in message.fields]


def _page_prefix(page: PageDraft) -> str:
    stem = page.path.rsplit("/", 1)[-1].split(".", 1)[0]
    return camel(stem)


def _common(full_name: str, package: str) -> int:
    """How many leading parts two names share, and whether they share their version."""
    mine, theirs = package.split("."), full_name.split(".")[:-1]
    shared = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), None)
    same_version = bool(mine and theirs and mine[-1] == theirs[-1])
    return 2 * (min(len(mine), len(theirs)) if shared is None else shared) + same_version

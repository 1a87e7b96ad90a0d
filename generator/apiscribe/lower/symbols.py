"""Resolve the names on the pages of an API to declarations.

A name is looked up on its own page, in its own package, and then by the rules in `TYPE_RULES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import takewhile
from posixpath import dirname, join, normpath
from typing import NamedTuple

from apiscribe.diagnostics.codes.types import ambiguous_type, contradictory_link, malformed_type
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.lower.declarations import NamedEnum
from apiscribe.lower.declared import Declared
from apiscribe.lower.inference import rule_name
from apiscribe.lower.naming import Naming
from apiscribe.lower.undeclared_kinds import undeclared_kind
from apiscribe.model.draft import PageDraft, TypeDraft
from apiscribe.model.types import SCALARS, WELL_KNOWN, TypeKind

_TYPE_NAME = re.compile(r"\.?[A-Za-z_]\w{0,199}(?:\.[A-Za-z_]\w{0,199}){0,19}", re.ASCII)


class Meaning(NamedTuple):
    """The meaning of a type name, and the rule that found it ("" if the page states it).

    `full_name` is the name of a scalar, the full name of a message, or "" for an enum.
    """

    kind: TypeKind
    full_name: str = ""
    enum: NamedEnum | None = None
    rule: str = ""


class Symbols:
    """Looks up names.

    `declared` has every declared name. `undeclared_enums` has the enums that no page declares, by
    the path of the page that uses them and their name; `opaque_values` the names that may be of a
    message or of an enum.
    """

    def __init__(
        self, pages: Sequence[PageDraft], uses: Sequence[str], naming: Naming, report: Report
    ) -> None:
        self.declared = Declared(pages, naming, report)
        self._uses, self._report = uses, report
        self.undeclared_enums: dict[tuple[str, str], NamedEnum] = {}
        self.opaque_values: set[tuple[str, str]] = set()
        # (Path of the page without suffix, heading in lower case) → full name of the message.
        self._headings = {
            (path.removesuffix(".md"), name.lower()): full_name
            for (path, _, name), full_name in reversed(self.declared.on_page.items())
        }

    def meaning(self, type_: TypeDraft, page: PageDraft, at: str, fact: str) -> Meaning:
        """Return the meaning of a type on a page, the `fact` of the declaration `at`.

        A text that is not a name is an error, and resolves to string.
        """
        if type_.name in SCALARS:
            return Meaning("scalar", type_.name)
        if not self.is_name(type_, page):
            self._report.add(malformed_type(type_.name), type_.span, mark=type_.name)
            return Meaning("scalar", "string")
        meaning = self.find(type_, page)
        assert meaning is not None, "undeclared types have been declared"
        self._check_link(type_, page, meaning)
        if meaning.rule == rule_name(Symbols.nearest):
            self._report_ambiguous(type_, meaning, at, fact)
        return meaning

    def find(self, type_: TypeDraft, page: PageDraft) -> Meaning | None:
        """Return the meaning of a type name; None if it is not declared."""
        for named in (
            self.declared.on_page.get((page.path, page.package, type_.name)),
            self._renamed(type_, page),
        ):
            if named:
                return Meaning("message", named)
        if declared := self.declared.enum_on_page.get((page.path, page.package, type_.name)):
            return Meaning("enum", enum=declared)
        name = type_.name.lstrip(".")
        if "." in name:
            return self._scoped(type_.name, page.package)
        if enum := self.undeclared_enums.get((page.path, name)):
            return Meaning("enum", enum=enum)
        if (page.path, name) in self.opaque_values:
            kind_rule = rule_name(undeclared_kind)
            return Meaning("message", "google.protobuf.Value", rule=kind_rule)
        if meaning := self._in(page.package, name):
            return meaning
        for rule in TYPE_RULES:
            if meaning := rule(self, type_, page):
                return meaning._replace(rule=rule_name(rule))
        return None

    def _scoped(self, name: str, package: str) -> Meaning | None:
        """Resolve a name with a dot in the innermost scope that has it; with a leading dot, in the
        outermost. Source: protobuf language guide (proto3), "Packages and Name Resolution".
        """
        scopes = [] if name.startswith(".") else package.split(".")
        name = name.lstrip(".")
        for count in range(len(scopes), -1, -1):
            if meaning := self._in(".".join(scopes[:count]), name):
                return meaning
        return None

    def linked(self, type_: TypeDraft, page: PageDraft) -> Meaning | None:
        """Short type names mean the message that they link to, if the message has that name."""
        full_name = self._link_target(type_, page)
        if not full_name or full_name not in self._short_names(type_.name):
            return None
        return Meaning("message", full_name)

    def uses(self, type_: TypeDraft, _: PageDraft) -> Meaning | None:
        """Short type names mean the declaration in a package under `uses` in spec.toml; the first
        package that has the name counts.
        """
        return next(filter(None, (self._in(package, type_.name) for package in self._uses)), None)

    def well_known(self, type_: TypeDraft, _: PageDraft) -> Meaning | None:
        """Short type names that neither the page's package nor one under `uses` declares mean
        messages of protobuf: `Struct` is google.protobuf.Struct.
        """
        full_name = f"google.protobuf.{type_.name}"
        return Meaning("message", full_name) if full_name in WELL_KNOWN else None

    def only_package(self, type_: TypeDraft, page: PageDraft) -> Meaning | None:
        """Short type names that exactly one package declares mean that declaration; on protobuf
        pages, which list all values, enums count as well.
        """
        names = self._short_names(type_.name)
        enums = self.declared.enums_by_short_name.get(type_.name, [])
        if not names and len(enums) == 1 and page.dialect == "protobuf":
            return self._enum(enums[0])
        return Meaning("message", names[0]) if len(names) == 1 else None

    def nearest(self, type_: TypeDraft, page: PageDraft) -> Meaning | None:
        """Short type names that several packages declare mean the package that shares the most
        leading parts with the page's package; of equals, the latest version.
        """
        names = self._short_names(type_.name)
        name = max(names, key=lambda n: (_common(n, page.package), _version(n)), default=None)
        return Meaning("message", name) if name else None

    def _short_names(self, name: str) -> Sequence[str]:
        """Return the full names of the messages with a short name, in the outputs or on pages."""
        declared = self.declared
        return declared.by_short_name.get(name) or declared.by_documented_name.get(name) or ()

    def _report_ambiguous(self, type_: TypeDraft, found: Meaning, at: str, fact: str) -> None:
        taken = found.full_name
        others = sorted(set(self._short_names(type_.name)) - {taken})
        self._report.add(
            ambiguous_type(type_.name, taken, others),
            type_.span,
            mark=type_.name,
            cause=f"{type_.name} {taken}",
            fix=Fix(
                table="change",
                at=at,
                keys={"was": {fact: type_.name}, "set": {fact: taken}},
                rule=found.rule,
            ),
        )

    def _in(self, package: str, name: str) -> Meaning | None:
        """Return the message or enum that a package declares under a name."""
        full_name = f"{package}.{name}" if package else name
        renamed = self._renamed_in_full(full_name)
        return self._message(renamed or full_name) or self._enum(full_name)

    def _renamed_in_full(self, full_name: str) -> str | None:
        """Return the full name of a message that the pages declare under another one."""
        dot = full_name.find(".")
        while dot != -1:
            if renamed := self.declared.in_package.get((full_name[:dot], full_name[dot + 1 :])):
                return renamed
            dot = full_name.find(".", dot + 1)
        return None

    def _link_target(self, type_: TypeDraft, page: PageDraft) -> str | None:
        """Return the full name of the message that a type links to: a heading on a page."""
        heading = _linked_heading(type_.link, page.path)
        return self._headings.get(heading) if heading else None

    def _check_link(self, type_: TypeDraft, page: PageDraft, found: Meaning) -> None:
        target = self._link_target(type_, page)
        if target and target != found.full_name:
            self._report.add(
                contradictory_link(type_.name, target, found.full_name),
                type_.span,
                mark=type_.name,
            )

    def _message(self, full_name: str) -> Meaning | None:
        known = full_name in self.declared.messages or full_name in WELL_KNOWN
        return Meaning("message", full_name) if known else None

    def _enum(self, full_name: str) -> Meaning | None:
        enum = self.declared.enums.get(full_name)
        return Meaning("enum", enum=enum) if enum else None

    def is_name(self, type_: TypeDraft, page: PageDraft) -> bool:
        """Return whether the text can be a type's name; any declared name can, even if renamed."""
        key = (page.path, page.package, type_.name)
        return bool(
            _TYPE_NAME.fullmatch(type_.name)
            or key in self.declared.on_page
            or self._renamed(type_, page)
            or self._short_names(type_.name)
            or self._renamed_in_full(type_.name.lstrip("."))
        )

    def _renamed(self, type_: TypeDraft, page: PageDraft) -> str | None:
        return self.declared.in_package.get((page.package, type_.name))


TypeRule = Callable[[Symbols, TypeDraft, PageDraft], Meaning | None]

# In order of precedence, for a name that neither its own page nor its own package declares.
TYPE_RULES: tuple[TypeRule, ...] = (
    Symbols.linked,
    Symbols.uses,
    Symbols.well_known,
    Symbols.only_package,
    Symbols.nearest,
)


@lru_cache(maxsize=10_000)
def _linked_heading(link: str, page: str) -> tuple[str, str] | None:
    """Return the page without suffix, and the heading in lower case, that a link on a page names;
    None if it names none.
    """
    path, _, fragment = link.partition("#")
    if not fragment or ":" in path:
        return None
    path = normpath(join(dirname(page), path)) if path else page
    return path.removesuffix(".md"), fragment.lower()


def _common(full_name: str, package: str) -> int:
    """Count the leading parts that two names share."""
    pairs = zip(package.split("."), full_name.split(".")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _version(full_name: str) -> list[int]:
    """Return the numbers in the package of a name: `google.v1beta2.Name` → 1, 2."""
    return [int(number) for number in re.findall(r"\d+", full_name.rpartition(".")[0])]

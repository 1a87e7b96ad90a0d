"""Names that no page declares: each becomes an incomplete type, so that every type resolves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.types import UndeclaredKind, undeclared_type, unknown_protobuf_type
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.declarations import Declaration, NamedEnum
from apiscribe.lower.examples import shape_of, shown_objects
from apiscribe.lower.inference import rule_name
from apiscribe.lower.locked_enums import locked_enum
from apiscribe.lower.requested_fields import requested_fields
from apiscribe.lower.symbols import Symbols
from apiscribe.lower.undeclared_kinds import KindEvidence, UndeclaredAs, undeclared_kind
from apiscribe.lower.undeclared_scopes import full_scope, message_around
from apiscribe.model.draft import EnumDraft, FieldDraft, MessageDraft, PageDraft, TypeDraft
from apiscribe.model.lock import Lock
from apiscribe.model.types import SCALARS

# The first counts for a name of which several places show different kinds.
_KINDS: tuple[UndeclaredAs, ...] = ("message", "enum", "value")

# A message and one of its fields.
Owner = tuple[MessageDraft, FieldDraft]


def declare_undeclared(
    pages: Sequence[PageDraft], symbols: Symbols, lock: Lock, report: Report
) -> None:
    """Declare an incomplete type for every name that the pages use and do not declare."""
    _Undeclared(symbols, lock, report).declare(pages)


class _Undeclared:
    def __init__(self, symbols: Symbols, lock: Lock, report: Report) -> None:
        self._symbols, self._lock, self._report = symbols, lock, report
        self._known = tuple(symbols.declared.by_short_name)  # before any name is added
        self._messages: dict[str, Message] = {}  # by full name
        # Objects in examples: by page, and of undeclared types by package and name.
        self._objects: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self._shown: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._enums: frozenset[str] = frozenset()  # the names of undeclared enums
        # Packages and names that the lock has several enums for: no single declaration fits.
        self._several: set[tuple[str, str]] = set()

    def declare(self, pages: Sequence[PageDraft]) -> None:
        """Declare every undeclared name on the pages."""
        missing = [use for use in _uses(pages) if self._is_missing(use[1], use[0])]
        # Full names first: a short name on another page may refer to one of them.
        missing.sort(key=lambda use: "." not in use[1].name)
        evidence = KindEvidence(pages)
        evidence.look_for_gaps(type_.name for _, type_, _ in missing)
        # A message in one place is a message in all; an enum of the lock stays an enum.
        kinds: dict[tuple[str, str], UndeclaredAs] = {}
        for page, type_, owner in missing:
            kind = self._kind(type_, page, owner, evidence)
            key = (page.package, type_.name)
            kinds[key] = min(kind, kinds.get(key, kind), key=_KINDS.index)
        locked: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for page, type_, owner in missing:
            if owner and (
                enum := locked_enum(self._lock, f"{page.package}.{owner[0].name}", owner[1].name)
            ):
                kinds[page.package, type_.name] = "enum"
                locked[page.package, type_.name].add(enum)
        self._several = {key for key, enums in locked.items() if len(enums) > 1}
        self._enums = frozenset(name for (_, name), kind in kinds.items() if kind == "enum")
        for page, type_, _ in missing:
            kind = kinds[page.package, type_.name]
            first = self._symbols.find(type_, page) is None
            self._report_use(page, type_, kind, first)
            if first:
                self._declare_incomplete(page, type_, kind)

    def _kind(
        self, type_: TypeDraft, page: PageDraft, owner: Owner | None, evidence: KindEvidence
    ) -> UndeclaredAs:
        """Return the kind of an undeclared type, and keep the objects that examples show of it."""
        objects: list[dict[str, Any]] = []
        if owner:
            message, field = owner
            if page.path not in self._objects:
                self._objects[page.path] = shown_objects(page)
            objects = self._objects[page.path].get(f"{message.name}.{field.name}", [])
        self._shown.setdefault((page.package, type_.name), []).extend(objects)
        return undeclared_kind(type_, page, owner, objects, evidence)

    def _is_missing(self, type_: TypeDraft, page: PageDraft) -> bool:
        if type_.values or type_.name in SCALARS or not self._symbols.is_name(type_, page):
            return False
        return self._symbols.find(type_, page) is None

    def _report_use(
        self, page: PageDraft, type_: TypeDraft, kind: UndeclaredAs, first: bool
    ) -> None:
        """Report the use of a type. All uses of a name in one package have one cause."""
        scope, _, name = type_.name.lstrip(".").rpartition(".")
        full_name = f"{full_scope(self._symbols.declared, scope, page)}.{name}"
        if first and full_name not in self._messages:
            treated_as: UndeclaredKind = "opaque enum" if kind == "enum" else "opaque value"
            if kind == "message":
                has_fields = self._fields(page, type_)
                treated_as = "incomplete message" if has_fields else "opaque message"
            self._messages[full_name] = undeclared_type(
                type_.name,
                full_name,
                treated_as=treated_as,
                suggestion=self._report.did_you_mean(name, self._known),
            )
        if full_name in self._messages:
            fix = Fix(
                table="declare",
                at=full_name,
                keys={"enum" if kind == "enum" else "fields": [], "incomplete": True},
                rule=rule_name(undeclared_kind),
            )
            self._report.add(
                self._messages[full_name],
                type_.span,
                mark=type_.name,
                cause=full_name,
                fix=None if (page.package, type_.name) in self._several else fix,
            )

    def _fields(self, page: PageDraft, type_: TypeDraft) -> tuple[FieldDraft, ...]:
        """Return the fields that examples and requests show of an undeclared message."""
        objects = self._shown.get((page.package, type_.name), [])
        shown = {part[0]: _field(*part, type_.span) for part in shape_of(objects)}
        requested = {f.name: f for f in requested_fields(type_.name, page, self._enums)}
        return tuple({**shown, **requested}.values())

    def _declare_incomplete(self, page: PageDraft, type_: TypeDraft, kind: UndeclaredAs) -> None:
        scope, _, name = type_.name.lstrip(".").rpartition(".")
        if scope.split(".")[0] == "google":
            self._report.add(unknown_protobuf_type(type_.name), type_.span, mark=type_.name)
        if kind == "message":
            declared = self._symbols.declared
            scope = full_scope(declared, scope, page)
            outer = message_around(declared, scope, page, type_.span)
            inside, where = (outer.package, outer.page) if outer else (scope, page)
            full_name = declared.free_name(scope, name)
            self._symbols.declared.in_package.setdefault((page.package, type_.name), full_name)
            fields = self._fields(page, type_)
            draft = MessageDraft(name=name, fields=fields, incomplete=True, span=type_.span)
            self._symbols.declared.add(
                Declaration(full_name, inside, where, draft, undeclared=True)
            )
        elif kind == "value":
            self._symbols.opaque_values.add((page.path, name))
        else:
            draft_enum = EnumDraft(name=name, values=(), incomplete=True, span=type_.span)
            self._symbols.undeclared_enums[page.path, name] = NamedEnum(
                page, draft_enum, undeclared=True
            )


def _field(name: str, type_: str, repeated: bool, span: Span) -> FieldDraft:
    """Return a field that examples show."""
    return FieldDraft(
        name=name,
        type=TypeDraft(name=type_, repeated=repeated, span=span),
        provenance=(("field", "shown"),),
        span=span,
    )


def _uses(pages: Sequence[PageDraft]) -> Iterator[tuple[PageDraft, TypeDraft, Owner | None]]:
    """Yield every use of a type: its page, the type, and the owner (None for a method)."""
    for page in pages:
        for service in page.services:
            for method in service.methods:
                for type_ in (method.request, method.response):
                    if type_:
                        yield page, type_, None
        for message in page.messages:
            for field in message.fields:
                yield page, field.type, (message, field)

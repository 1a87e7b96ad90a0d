"""Facts that references give: they fill in what pages are silent on.

A reference never outranks a page or the overlay, and gives only where the names of message, field and
type agree. Each fact says which reference told it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.inference import (
    enum_name_in_reference,
    message_in_reference,
    repeated_in_reference,
    stream_in_reference,
    values_in_reference,
)
from apiscribe.diagnostics.codes.methods import MethodPart
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.facts import with_fact
from apiscribe.lower.references import Known, KnownField, Reference
from apiscribe.lower.symbols import Symbols
from apiscribe.lower.targets import Drafts
from apiscribe.model.api import SCALARS, Enum
from apiscribe.model.draft import (
    EnumDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    TypeDraft,
    ValueDraft,
)

_PARTS: tuple[MethodPart, ...] = ("request", "response")


def apply_references(
    pages: Sequence[PageDraft], references: Sequence[Reference], uses: Sequence[str], report: Report
) -> list[PageDraft]:
    """The drafts with what references know and they do not."""
    if not references:
        return list(pages)
    giving = _Giving(Known(references), uses, report)
    given = giving.facts_of_fields(pages)
    given = giving.streams(given)
    return giving.declarations(given)


class _Giving:
    def __init__(self, known: Known, uses: Sequence[str], report: Report) -> None:
        self.known, self.uses, self.report = known, uses, report

    def facts_of_fields(self, pages: Sequence[PageDraft]) -> list[PageDraft]:
        """Labels, and the names of enums whose values a page lists without one."""
        return [
            replace(
                page,
                messages=tuple(
                    replace(
                        message,
                        fields=tuple(self.field(field, message, page) for field in message.fields),
                    )
                    for message in page.messages
                ),
            )
            for page in pages
        ]

    def field(self, field: FieldDraft, owner: MessageDraft, page: PageDraft) -> FieldDraft:
        name = f"{page.package}.{owner.name}.{field.name}"
        for known in self.known.fields.get(name, ()):
            if not _types_agree(field.type, known):
                continue
            if field.type.repeated is None and known.repeated is not None:
                if known.repeated:
                    message = repeated_in_reference(name, known.reference.name)
                    self.note(message, known.reference, "repeated", field.span, field.name)
                field = with_fact(field, "repeated", known.repeated, known.reference.origin)
            if enum := _name_of_listed(field, page, known):
                message = enum_name_in_reference(name, enum, known.reference.name)
                self.note(message, known.reference, "name", field.span, field.name)
                told = (*field.provenance, ("enum name", known.reference.origin))
                field = replace(field, type=replace(field.type, name=enum), provenance=told)
        return field

    def streams(self, pages: Sequence[PageDraft]) -> list[PageDraft]:
        """Streams, where no page of the spec has a mark for them."""
        if any(type_.streams for page in pages for _, type_ in _uses_of(page)):
            return list(pages)
        return [
            replace(
                page,
                services=tuple(
                    replace(
                        service,
                        methods=tuple(
                            self.method(method, f"{page.package}.{service.name}.{method.name}")
                            for method in service.methods
                        ),
                    )
                    for service in page.services
                ),
            )
            for page in pages
        ]

    def method(self, method: MethodDraft, name: str) -> MethodDraft:
        if name in self.known.methods:
            reference, known = self.known.methods[name]
            for part in _PARTS:
                fact = f"{part}_streams"
                if getattr(known, fact):
                    message = stream_in_reference(name, part, reference.name)
                    self.note(message, reference, fact, method.span, method.name)
                    method = with_fact(method, fact, True, reference.origin)
        return method

    def declarations(self, pages: Sequence[PageDraft]) -> list[PageDraft]:
        """Types that no page declares, and then those that these use in turn."""
        drafts = Drafts(pages)
        asked: set[tuple[str, str]] = set()
        while missing := self.missing(drafts.pages, asked):
            for page, name, type_ in missing:
                if (page.package, type_.name) in asked:
                    continue
                if self.enum(drafts, page, name, type_) or self.message(drafts, page, type_):
                    asked.add((page.package, type_.name))
            asked |= {(page.package, type_.name) for page, _, type_ in missing}
        return drafts.pages

    def missing(
        self, pages: Sequence[PageDraft], asked: set[tuple[str, str]]
    ) -> list[tuple[PageDraft, str, TypeDraft]]:
        """The uses of types that nobody declares and that have not been asked for."""
        symbols = Symbols(pages, self.uses, Report())
        return [
            (page, name, type_)
            for page in pages
            for name, type_ in _uses_of(page)
            if (page.package, type_.name) not in asked
            and not type_.values
            and type_.name not in SCALARS
            and symbols.is_name(type_, page)
            and symbols.find(type_, page) is None
        ]

    def enum(self, drafts: Drafts, page: PageDraft, name: str, type_: TypeDraft) -> bool:
        """Declare the type as the enum that a reference has for the field of that name."""
        for known in self.known.fields.get(name, ()):
            if known.enum and "." not in type_.name:
                reference = known.reference
                message = values_in_reference(type_.name, known.enum.full_name, reference.name)
                self.note(message, reference, "values", type_.span, type_.name)
                at = drafts.page_of(page.package, "reference", type_.span)
                draft = EnumDraft(
                    name=type_.name,
                    values=_values(known.enum, type_.span),
                    # Another edition may have other values.
                    incomplete=not known.reference.complete,
                    provenance=(("values", known.reference.origin),),
                    span=type_.span,
                )
                drafts.add(at, draft)
                return True
        return False

    def message(self, drafts: Drafts, page: PageDraft, type_: TypeDraft) -> bool:
        """Declare the type as the message that a reference has under the same full name."""
        short = type_.name.lstrip(".")
        full_name = short if "." in short else f"{page.package}.{short}"
        known = self.known.messages.get(full_name)
        if known is None:
            return False
        message = message_in_reference(full_name, known.reference.name)
        self.note(message, known.reference, "fields", type_.span, type_.name)
        at = drafts.page_of(full_name.rpartition(".")[0], "reference", type_.span)
        draft = MessageDraft(
            name=known.message.name,
            fields=tuple(_field(field, type_.span) for field in known.fields),
            description=known.message.description,
            provenance=(("fields", known.reference.origin),),
            span=type_.span,
        )
        drafts.add(at, draft)
        return True

    def note(
        self, message: Message, reference: Reference, fact: str, span: Span, mark: str
    ) -> None:
        self.report.add(message, span, mark=mark, cause=f"{reference.name} {fact}")


def _types_agree(type_: TypeDraft, known: KnownField) -> bool:
    """Whether a field has the type that the reference knows of it, as far as its page tells."""
    if type_.values:
        return known.field.type.kind == "enum"
    named_alike = type_.name.rpartition(".")[2] == known.field.type.name.rpartition(".")[2]
    return named_alike or (type_.name not in SCALARS and known.field.type.kind == "enum")


def _name_of_listed(field: FieldDraft, page: PageDraft, known: KnownField) -> str:
    """The name of the enum whose values a page lists without one, if the reference has the same
    values under a name.
    """
    enum = known.enum
    if enum is None or "name" in enum.provenance or field.type.name:
        return ""
    same = [v.name for v in field.type.values] == [v.json_name for v in enum.values]
    inside = enum.full_name.startswith(f"{page.package}.")
    return enum.full_name.removeprefix(f"{page.package}.") if same and inside else ""


def _values(enum: Enum, span: Span) -> tuple[ValueDraft, ...]:
    return tuple(ValueDraft(name=value.json_name, span=span) for value in enum.values)


def _field(known: KnownField, span: Span) -> FieldDraft:
    """A field as a page would have it that lists the values of enums in their place."""
    field, enum = known.field, known.enum
    return FieldDraft(
        name=field.json_name,
        type=TypeDraft(
            name=enum.name if enum else field.type.name,
            values=_values(enum, span) if enum else (),
            repeated=field.repeated,
            span=span,
        ),
        required=field.required,
        description=field.description,
        span=span,
    )


def _uses_of(page: PageDraft) -> Iterator[tuple[str, TypeDraft]]:
    """The types that a page uses, with the full names of the fields and methods that do."""
    for service in page.services:
        for method in service.methods:
            for type_ in (method.request, method.response):
                if type_:
                    yield f"{page.package}.{service.name}.{method.name}", type_
    for message in page.messages:
        for field in message.fields:
            yield f"{page.package}.{message.name}.{field.name}", field.type

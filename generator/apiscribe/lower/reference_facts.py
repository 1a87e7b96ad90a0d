"""Facts from references: they complete the facts that the pages do not state.

A reference never outranks a page or the overlay. It is used only where message, field and type have
the same names. The provenance of each fact names its reference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
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
from apiscribe.lower.naming import Naming
from apiscribe.lower.overlay_facts import with_fact
from apiscribe.lower.references import Reference, ReferenceField, ReferenceIndex
from apiscribe.lower.symbols import Symbols
from apiscribe.lower.targets import DraftIndex
from apiscribe.model.api import Enum
from apiscribe.model.draft import (
    EnumDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    TypeDraft,
    ValueDraft,
)
from apiscribe.model.lock import Lock
from apiscribe.model.types import SCALARS, EnumRef

_PARTS: tuple[MethodPart, ...] = ("request", "response")


def apply_references(
    pages: Sequence[PageDraft], references: Sequence[Reference], uses: Sequence[str], report: Report
) -> list[PageDraft]:
    """Return the drafts, completed with the facts of references."""
    if not references:
        return list(pages)
    completion = _Completion(ReferenceIndex(references), uses, report)
    completed = completion.values_of_fields(pages)
    completed = completion.facts_of_fields(completed)
    completed = completion.streams(completed)
    return completion.declarations(completed)


class _Completion:
    """Completes drafts with the facts of references."""

    def __init__(self, index: ReferenceIndex, uses: Sequence[str], report: Report) -> None:
        self.index, self.uses, self.report = index, uses, report

    def facts_of_fields(self, pages: Sequence[PageDraft]) -> list[PageDraft]:
        """Complete labels of fields, and names of enums that a page lists without a name."""
        return _with_fields(pages, self.field)

    def field(self, field: FieldDraft, owner: MessageDraft, page: PageDraft) -> FieldDraft:
        name = f"{page.package}.{owner.name}.{field.name}"
        for known in self.index.fields.get(name, ()):
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
                provenance = (*field.provenance, ("enum name", known.reference.origin))
                field = replace(field, type=replace(field.type, name=enum), provenance=provenance)
        return field

    def values_of_fields(self, pages: Sequence[PageDraft]) -> list[PageDraft]:
        """Complete the values of fields with undeclared enums that share a name, and are several in
        the reference: one declaration cannot be all of them.
        """
        enums: dict[tuple[str, str], set[tuple[tuple[str, int], ...]]] = defaultdict(set)
        for page, name, type_ in self.missing(pages, set()):
            if (known := self._known_of(name)) and (enum := known.enum):
                values = tuple((v.json_name, v.number) for v in enum.documented_values)
                enums[page.package, type_.name].add(values)
                # The declaration would have the full name of another enum.
                declared = f"{page.package}.{type_.name}"
                if declared != enum.full_name and declared in self.index.enums:
                    enums[page.package, type_.name].add(())
        several = {key for key, listed in enums.items() if len(listed) > 1}

        def with_values(field: FieldDraft, owner: MessageDraft, page: PageDraft) -> FieldDraft:
            known = self._known_of(f"{page.package}.{owner.name}.{field.name}")
            if not known or not known.enum or (page.package, field.type.name) not in several:
                return field
            reference, enum = known.reference, known.enum
            message = values_in_reference(field.type.name, enum.full_name, reference.name)
            self.note(message, reference, "values", field.type.span, field.type.name)
            return replace(
                field,
                type=replace(field.type, values=_values(enum, field.span)),
                provenance=(*field.provenance, ("enum values", reference.origin)),
            )

        return _with_fields(pages, with_values) if several else list(pages)

    def _known_of(self, field: str) -> ReferenceField | None:
        """Return a field of a reference that knows all values of the field's enum."""
        return next((known for known in self.index.fields.get(field, ()) if known.enum), None)

    def streams(self, pages: Sequence[PageDraft]) -> list[PageDraft]:
        """Complete the marks of streams if no page of the spec has any."""
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
        if name in self.index.methods:
            reference, known = self.index.methods[name]
            for part in _PARTS:
                fact = f"{part}_streams"
                if getattr(known, fact):
                    message = stream_in_reference(name, part, reference.name)
                    self.note(message, reference, fact, method.span, method.name)
                    method = with_fact(method, fact, True, reference.origin)
        return method

    def declarations(self, pages: Sequence[PageDraft]) -> list[PageDraft]:
        """Declare the types that no page declares, and then the types that these use."""
        drafts = DraftIndex(pages)
        done: set[tuple[str, str]] = set()
        while missing := self.missing(drafts.pages, done):
            for page, name, type_ in missing:
                if (page.package, type_.name) in done:
                    continue
                if self.enum(drafts, page, name, type_) or self.message(drafts, page, type_):
                    done.add((page.package, type_.name))
            done |= {(page.package, type_.name) for page, _, type_ in missing}
        return drafts.pages

    def missing(
        self, pages: Sequence[PageDraft], done: set[tuple[str, str]]
    ) -> list[tuple[PageDraft, str, TypeDraft]]:
        """Return the uses of undeclared types that are not in `done`."""
        symbols = Symbols(pages, self.uses, Naming(Lock(), Report()), Report())
        return [
            (page, name, type_)
            for page in pages
            for name, type_ in _uses_of(page)
            if (page.package, type_.name) not in done
            and not type_.values
            and type_.name not in SCALARS
            and symbols.is_name(type_, page)
            and symbols.find(type_, page) is None
        ]

    def enum(self, drafts: DraftIndex, page: PageDraft, name: str, type_: TypeDraft) -> bool:
        """Declare the type as the enum that a reference has for the field of that name."""
        for known in self.index.fields.get(name, ()):
            if known.enum and "." not in type_.name:
                reference = known.reference
                message = values_in_reference(type_.name, known.enum.full_name, reference.name)
                self.note(message, reference, "values", type_.span, type_.name)
                at = drafts.page_of(page.package, "reference", type_.span)
                draft = EnumDraft(
                    name=type_.name,
                    values=_values(known.enum, type_.span),
                    # Another version may have other values.
                    incomplete=not known.reference.complete,
                    provenance=(("values", known.reference.origin),),
                    span=type_.span,
                )
                drafts.add(at, draft)
                return True
        return False

    def message(self, drafts: DraftIndex, page: PageDraft, type_: TypeDraft) -> bool:
        """Declare the type as the message that a reference has under the same full name."""
        short = type_.name.lstrip(".")
        full_name = short if "." in short else f"{page.package}.{short}"
        known = self.index.messages.get(full_name)
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


def _with_fields(
    pages: Sequence[PageDraft], change: Callable[[FieldDraft, MessageDraft, PageDraft], FieldDraft]
) -> list[PageDraft]:
    return [
        replace(
            page,
            messages=tuple(
                replace(
                    message,
                    fields=tuple(change(field, message, page) for field in message.fields),
                )
                for message in page.messages
            ),
        )
        for page in pages
    ]


def _types_agree(type_: TypeDraft, known: ReferenceField) -> bool:
    """Return whether a field on a page can have the type that it has in the reference."""
    if type_.values:
        return isinstance(known.field.type, EnumRef)
    named_alike = type_.name.rpartition(".")[2] == known.field.type.name.rpartition(".")[2]
    return named_alike or (type_.name not in SCALARS and isinstance(known.field.type, EnumRef))


def _name_of_listed(field: FieldDraft, page: PageDraft, known: ReferenceField) -> str:
    """Return the reference's name for an enum that the page lists without a name, or "".

    The values must be the same.
    """
    enum = known.enum
    if enum is None or "name" in enum.provenance or field.type.name:
        return ""
    same = [v.name for v in field.type.values] == [v.json_name for v in enum.documented_values]
    inside = enum.full_name.startswith(f"{page.package}.")
    return enum.full_name.removeprefix(f"{page.package}.") if same and inside else ""


def _values(enum: Enum, span: Span) -> tuple[ValueDraft, ...]:
    return tuple(ValueDraft(name=value.json_name, span=span) for value in enum.documented_values)


def _field(known: ReferenceField, span: Span) -> FieldDraft:
    """Return the draft of a field, with the values of an enum in place of its name."""
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
    """Yield the types that a page uses, with the full names of the fields and methods."""
    for service in page.services:
        for method in service.methods:
            for type_ in (method.request, method.response):
                if type_:
                    yield f"{page.package}.{service.name}.{method.name}", type_
    for message in page.messages:
        for field in message.fields:
            yield f"{page.package}.{message.name}.{field.name}", field.type

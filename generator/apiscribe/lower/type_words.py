"""Type words on pages → types of protobuf: `integer` is int64, unless a page declares `integer`."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import is_
from typing import Any

from apiscribe.diagnostics.codes.inference import inferred_type
from apiscribe.diagnostics.codes.types import unsupported_map
from apiscribe.diagnostics.report import Report
from apiscribe.lower.inference import rule_name
from apiscribe.lower.references import Reference
from apiscribe.model.draft import (
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    ServiceDraft,
    TypeDraft,
)
from apiscribe.model.type_words import LIST_VALUE, is_map, type_of_word
from apiscribe.model.types import SCALARS, WELL_KNOWN

_STRUCT = "google.protobuf.Struct"
_VALUE = "google.protobuf.Value"


def type_word(name: str, declared: Container[str]) -> str:
    """Type words mean types of protobuf: `integer` is int64, `boolean` is bool, `object` is
    google.protobuf.Struct, and `array` is a list of google.protobuf.Value. A word does not count if
    a page, the overlay or a reference version declares a message or enum of exactly that name.
    """
    known = name in SCALARS or name in declared or f"google.protobuf.{name}" in WELL_KNOWN
    return "" if known else type_of_word(name)


def map_as_struct(name: str) -> str:
    """Types such as `map<string, int32>` are google.protobuf.Struct, a JSON object with any values,
    because the model has no maps yet.
    """
    return _STRUCT if is_map(name) else ""


def apply_type_words(
    pages: Sequence[PageDraft], references: Sequence[Reference], report: Report
) -> list[PageDraft]:
    """Return the drafts with types of protobuf in place of type words and maps."""
    words = _Words(frozenset(_declared(pages, references)), report)
    return [words.page(page) for page in pages]


@dataclass
class _Words:
    """Replaces type words; `declared` are the short names of all messages and enums."""

    declared: Container[str]
    report: Report

    def page(self, page: PageDraft) -> PageDraft:
        return replace(
            page,
            messages=tuple(map(self.message, page.messages)),
            services=tuple(map(self.service, page.services)),
        )

    def message(self, message: MessageDraft) -> MessageDraft:
        fields = tuple(map(self.field, message.fields))
        # Most messages have no type words, and remain shared with the drafts.
        same = all(map(is_, fields, message.fields))
        return message if same else replace(message, fields=fields)

    def service(self, service: ServiceDraft) -> ServiceDraft:
        return replace(service, methods=tuple(map(self.method, service.methods)))

    def field(self, field: FieldDraft) -> FieldDraft:
        type_, rule = self.type(field.type)
        if not rule:
            return field
        # First, so that a type of the overlay keeps its provenance.
        return replace(field, type=type_, provenance=(("type", rule), *field.provenance))

    def method(self, method: MethodDraft) -> MethodDraft:
        for part in ("request", "response"):
            stated: TypeDraft | None = getattr(method, part)
            type_, rule = self.type(stated) if stated else (None, "")
            if rule:
                changed: dict[str, Any] = {part: type_}
                provenance = ((part, rule), *method.provenance)
                method = replace(method, provenance=provenance, **changed)
        return method

    def type(self, type_: TypeDraft) -> tuple[TypeDraft, str]:
        """Return the type that the text means, and the rule that found it, or ""."""
        name = type_.name
        if type_.values or name in SCALARS:
            return type_, ""
        if full_name := type_word(name, self.declared):
            rule = rule_name(type_word)
            meaning = full_name
            if full_name == LIST_VALUE and type_.repeated is None:
                full_name, meaning = _VALUE, f"repeated {_VALUE}"
                type_ = replace(type_, repeated=True)
            message = inferred_type(name, meaning, rule)
        elif full_name := map_as_struct(name):
            rule = rule_name(map_as_struct)
            message = unsupported_map(name, rule)
        else:
            return type_, ""
        self.report.add(message, type_.span, mark=name, cause=f"{name} {full_name} {rule}")
        # A package of the spec may be named `google`: the leading dot skips it.
        absolute = full_name if full_name in SCALARS else f".{full_name}"
        return replace(type_, name=absolute), rule


def _declared(pages: Sequence[PageDraft], references: Sequence[Reference]) -> Iterator[str]:
    """Yield the short names of all messages and enums; not those of undeclared types."""
    for page in pages:
        names = [message.name for message in page.messages] + [enum.name for enum in page.enums]
        names += [f.type.name for m in page.messages for f in m.fields if f.type.values]
        yield from (name.rpartition(".")[2] for name in names)
    for reference in references:
        for _, message in reference.api.messages():
            if "kind" not in message.provenance:
                yield message.name
        for file in reference.api.files:
            yield from (enum.name for enum in file.all_enums() if "kind" not in enum.provenance)

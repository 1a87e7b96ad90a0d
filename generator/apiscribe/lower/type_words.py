"""Type words on pages → types of protobuf: `integer` is int64, unless a page declares `integer`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import is_
from typing import Any

from apiscribe.diagnostics.codes.inference import inferred_type
from apiscribe.diagnostics.codes.types import type_of_other_api, unsupported_type
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
from apiscribe.model.names import snake
from apiscribe.model.type_words import (
    FORMATS,
    LIST_VALUE,
    format_of_word,
    split_format,
    split_list,
    split_map,
    split_null,
    type_of_word,
)
from apiscribe.model.types import MAP_KEYS, SCALARS, WELL_KNOWN

_STRUCT = "google.protobuf.Struct"
_VALUE = "google.protobuf.Value"
# Folders with a name of Go behind them; a name for people may be before them.
_PATH = re.compile(r"\*?(?:[A-Z]\w* )?[\w.-]+(?:/[\w.-]+)*/[\w-]+\.[A-Z]\w*", re.ASCII)
_ID = re.compile(r"(?:^|_)ids?$")
_LONGEST_PATH = 200


def type_word(name: str, declared: Container[str]) -> str:
    """Type words mean types of protobuf: `integer` is int64, `boolean` is bool, `object` is
    google.protobuf.Struct, and `array` is a list of google.protobuf.Value. A word does not count if
    a page, the overlay or a reference version declares a message or enum of exactly that name.
    """
    known = name in SCALARS or name in declared or f"google.protobuf.{name}" in WELL_KNOWN
    return "" if known else type_of_word(name)


def whole_id(name: str, type_: str) -> bool:
    """Fields that are named `id`, `ids`, `…_id` or `…_ids` are whole numbers where pages call them
    numbers, as pages for JavaScript do.
    """
    word, _ = split_list(type_)
    is_number = type_of_word(word) == "double" and not word.endswith("64")
    return is_number and bool(_ID.search(snake(name)))


def unmappable(type_: TypeDraft) -> str:
    """Types that protobuf cannot express are JSON values: maps in a list, of lists or maps, or with
    keys that are not integers, strings or bools, are google.protobuf.Struct, and lists of lists are
    google.protobuf.ListValue.
    """
    item, in_list = split_list(type_.name)
    if in_list and (type_.repeated or split_list(item)[1]):
        return LIST_VALUE
    parts = split_map(type_.name)
    if parts is None:
        return ""
    key, value = parts
    nested = split_map(value) is not None or split_list(value)[1]
    return _STRUCT if type_.repeated or nested or key_type(key) not in MAP_KEYS else ""


def other_api(type_: TypeDraft) -> str:
    """Types of other APIs are google.protobuf.Value where pages print their path, as those of Go
    programs do: `Kubernetes meta/v1.ObjectMeta`, `k8s.io/apimachinery/pkg/api/resource.Quantity`.
    """
    return _VALUE if len(type_.name) < _LONGEST_PATH and _PATH.fullmatch(type_.name) else ""


def key_type(text: str) -> str:
    """Return the scalar that the text of a map's keys means, or ""."""
    return text if text in MAP_KEYS else type_of_word(text)


def apply_type_words(
    pages: Sequence[PageDraft], references: Sequence[Reference], report: Report
) -> list[PageDraft]:
    """Return the drafts with the types that their texts mean: scalars, lists, maps."""
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
        name, nullable = split_null(field.type.name)
        if nullable:
            field = replace(field, nullable=True, type=replace(field.type, name=name))
        name, format_ = split_format(name)
        if format_:
            field = self.with_format(field, name, format_)
        type_, rule = self.type(field.type)
        if rule == rule_name(type_word) and whole_id(field.name, field.type.name):
            type_, rule = replace(type_, name="int64"), rule_name(whole_id)
        if type_ is not field.type:
            field = self.with_word_format(field, type_)
        if not rule:
            return field
        # First, so that a type of the overlay keeps its provenance.
        return replace(field, provenance=(("type", rule), *field.provenance))

    def with_word_format(self, field: FieldDraft, type_: TypeDraft) -> FieldDraft:
        """Return the field with its type, and with the format that its type word means."""
        word, _ = split_list(field.type.name)
        format_ = format_of_word(word) if type_.name == "string" and not type_.key else ""
        if not format_ or "format" in field.constraints:
            return replace(field, type=type_)
        return replace(field, type=type_, constraints={**field.constraints, "format": format_})

    def with_format(self, field: FieldDraft, name: str, format_: str) -> FieldDraft:
        """Return the field with the type or the constraint that a format means."""
        scalar = type_of_word(format_)
        if format_ in FORMATS and type_of_word(name) == "string":
            constraints = {**field.constraints, "format": format_}
            field = replace(field, constraints=constraints)
        elif scalar in SCALARS:
            name = format_
        return replace(field, type=replace(field.type, name=name))

    def method(self, method: MethodDraft) -> MethodDraft:
        for part in ("request", "response"):
            stated: TypeDraft | None = getattr(method, part)
            type_, rule = self.type(stated) if stated else (None, "")
            if rule:
                changed: dict[str, Any] = {part: type_}
                provenance = ((part, rule), *method.provenance)
                method = replace(method, provenance=provenance, **changed)
        if method.headers or method.answers:
            headers = tuple(map(self.field, method.headers))
            answers = tuple(
                replace(answer, type=self.type(answer.type)[0]) if answer.type else answer
                for answer in method.answers
            )
            method = replace(method, headers=headers, answers=answers)
        return method

    def type(self, type_: TypeDraft) -> tuple[TypeDraft, str]:
        """Return the type that the text means, and the rule that found it, or ""."""
        name = type_.name
        if type_.values or name in SCALARS:
            return type_, ""
        if full_name := unmappable(type_):
            rule = rule_name(unmappable)
            message = unsupported_type(name, full_name, rule)
            self.report.add(message, type_.span, mark=name, cause=f"{name} {full_name} {rule}")
            return replace(type_, name=f".{full_name}"), rule
        if parts := split_map(name):
            key, value = parts
            type_ = replace(type_, key=key_type(key), name=value, repeated=False)
        elif type_.repeated is None:
            name, listed = split_list(name)
            type_ = replace(type_, name=name, repeated=True) if listed else type_
        return self.of_other_api(type_) or self.word(type_)

    def of_other_api(self, type_: TypeDraft) -> tuple[TypeDraft, str] | None:
        """Return the type of any JSON value for a type of another API; None for other types."""
        full_name = other_api(type_)
        if not full_name:
            return None
        message = type_of_other_api(type_.name)
        self.report.add(message, type_.span, mark=type_.name, cause=type_.name)
        return replace(type_, name=f".{full_name}"), rule_name(other_api)

    def word(self, type_: TypeDraft) -> tuple[TypeDraft, str]:
        """Return the type that a type word means, and its rule, or the type itself and ""."""
        name = type_.name
        full_name = type_word(name, self.declared)
        if not full_name:
            return type_, ""
        rule = rule_name(type_word)
        meaning = full_name
        if full_name == LIST_VALUE and type_.repeated is None:
            full_name, meaning = _VALUE, f"repeated {_VALUE}"
            type_ = replace(type_, repeated=True)
        message = inferred_type(name, meaning, rule)
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

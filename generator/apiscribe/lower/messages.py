"""Message drafts → Messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from apiscribe.draft import ExampleDraft, FieldDraft, MessageDraft, PageDraft
from apiscribe.ir import Enum, Example, Field, Message, TypeRef
from apiscribe.lower.enums import MessageScope
from apiscribe.lower.identifiers import as_identifier
from apiscribe.lower.labels import infer_repeated
from apiscribe.lower.symbols import Declaration, Symbols
from apiscribe.names import proto_json, unique
from apiscribe.report import Report

# Enums that several messages share: by page, and name or field and values.
_SharedEnums = dict[tuple[object, ...], Enum]

# Protobuf keeps these numbers for itself. Source: language guide, "Assigning Field Numbers".
_RESERVED_NUMBERS = range(19_000, 20_000)


def lower_messages(symbols: Symbols, report: Report) -> dict[str, Message]:
    """The messages by full name."""
    shared: _SharedEnums = {}
    return {
        full_name: _lower_message(declaration, symbols, shared, report)
        for full_name, declaration in symbols.messages.items()
    }


def lower_examples(drafts: Iterable[ExampleDraft], report: Report) -> tuple[Example, ...]:
    """The examples, read as JSON where they are JSON."""
    found = []
    for draft in drafts:
        value = None
        try:
            value = json.loads(draft.text)
        except ValueError as error:
            report.add("unread-example", f"the example is not JSON: {error}", draft.span)
        found.append(Example(role=draft.role, text=draft.text, value=value, span=draft.span))
    return tuple(found)


def _lower_message(
    declaration: Declaration, symbols: Symbols, shared: _SharedEnums, report: Report
) -> Message:
    draft, page = declaration.draft, declaration.page
    drafts = _distinct(draft, report)
    names = _field_names(drafts, report)
    scope = MessageScope(declaration.full_name, names, report)
    fields = []
    for field, name, number in zip(drafts, names, _numbers(len(drafts)), strict=True):
        type_, how = _lower_type(field, page, symbols, scope, shared, report)
        inferred = {"type": how} if how else {}
        inferred |= dict.fromkeys(field.corrected, "overlay")
        repeated = field.type.repeated
        if repeated is None and (rule := infer_repeated(field, draft, report)):
            repeated, inferred["repeated"] = True, rule
        fields.append(
            Field(
                name=name,
                json_name=field.name,
                number=number,
                type=type_,
                repeated=repeated or False,
                required=field.required,
                description=field.description,
                inferred=inferred,
                span=field.span,
            )
        )
    inferred = {"kind": "undeclared-message"} if declaration.open else {}
    return Message(
        name=declaration.full_name.rpartition(".")[2],
        full_name=declaration.full_name,
        fields=tuple(fields),
        enums=tuple(scope.enums),
        description=draft.description,
        examples=lower_examples(draft.examples, report),
        open=declaration.open,
        inferred=inferred | ({"numbers": "position"} if fields else {}),
        span=draft.span,
    )


def _distinct(message: MessageDraft, report: Report) -> list[FieldDraft]:
    """The fields without those whose name stands above already."""
    found: dict[str, FieldDraft] = {}
    for field in message.fields:
        if before := found.get(field.name):
            report.add(
                "duplicate-field",
                f"{message.name} has a field {field.name} on line {before.span.line} already",
                field.span,
                mark=field.name,
            )
        found.setdefault(field.name, field)
    return list(found.values())


def _field_names(fields: Sequence[FieldDraft], report: Report) -> list[str]:
    """The identifiers of the fields; no two may be alike, nor be alike in ProtoJSON."""
    names: list[str] = []
    json_names: set[str] = set()
    for field in fields:
        name = unique(as_identifier(field.name, "field", field.span, report), names)
        while proto_json(name).lower() in json_names:
            name = unique(f"{name}_2", names)
        names.append(name)
        json_names.add(proto_json(name).lower())
    return names


def _numbers(count: int) -> list[int]:
    numbers = range(1, count + len(_RESERVED_NUMBERS) + 1)
    return [number for number in numbers if number not in _RESERVED_NUMBERS][:count]


def _lower_type(
    field: FieldDraft,
    page: PageDraft,
    symbols: Symbols,
    scope: MessageScope,
    shared: _SharedEnums,
    report: Report,
) -> tuple[TypeRef, str]:
    """The type of a field, and the rule that told it."""
    if field.type.values:
        # One page's equal lists of values of fields of one name are one enum.
        values = tuple(value.name for value in field.type.values)
        key: tuple[object, ...] = (page.path, field.type.name or field.name, values)
        if key not in shared:
            shared[key] = scope.add_listed(field)
        return TypeRef(kind="enum", name=shared[key].full_name), ""
    meaning = symbols.meaning(field.type, page)
    if meaning.enum:
        key = ("named", id(meaning.enum))
        if key not in shared:
            shared[key] = scope.add_named(meaning.enum)
        return TypeRef(kind="enum", name=shared[key].full_name), meaning.rule
    if meaning.rule:
        report.add(
            "inferred-type",
            f"{field.type.name} is {meaning.full_name}, by the rule {meaning.rule}",
            field.type.span,
            mark=field.type.name,
        )
    return TypeRef(kind=meaning.kind, name=meaning.full_name), meaning.rule

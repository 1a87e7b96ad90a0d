"""Message drafts → Messages."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field

from apiscribe.diagnostics.codes.declarations import duplicate_field, list_in_oneof
from apiscribe.diagnostics.codes.inference import inferred_type
from apiscribe.diagnostics.report import Report
from apiscribe.lower.declarations import Declaration, NamedEnum
from apiscribe.lower.enums import EnumScope
from apiscribe.lower.examples import lower_examples
from apiscribe.lower.identifiers import json_name
from apiscribe.lower.inference import (
    field_name,
    field_position,
    infer_repeated,
    restore_line_breaks,
    rule_name,
    share_equal_enums,
    snake_of_json,
)
from apiscribe.lower.locked_enums import LockedEnums
from apiscribe.lower.member_names import field_identifiers
from apiscribe.lower.printed_numbers import prints_all_numbers
from apiscribe.lower.symbols import Symbols
from apiscribe.lower.undeclared_kinds import undeclared_kind
from apiscribe.model.api import Enum, Field, Message
from apiscribe.model.draft import EnumDraft, FieldDraft, MessageDraft, PageDraft, ValueDraft
from apiscribe.model.lock import LOCK_FILE, Lock
from apiscribe.model.names import identifier, unique
from apiscribe.model.types import EnumRef, Map, MessageRef, Scalar, Type, type_of_kind

# Identifies the draft of a page: a page may declare several packages, and several files of one.
PageKey = tuple[str, str, str]


def key_of(page: PageDraft) -> PageKey:
    """Return the draft's package, page and file."""
    return page.package, page.path, page.file


@dataclass(frozen=True)
class Lowered:
    """The messages by full name, and the enums of packages, each with the key of its page.

    `unlabelled` has the full names of the fields that neither a page nor a rule makes lists or not,
    `stated_presence` of those with a presence that a page states.
    """

    messages: Mapping[str, Message]
    enums: Sequence[tuple[PageKey, Enum]]
    unlabelled: frozenset[str]
    stated_presence: frozenset[str]


def lower_messages(symbols: Symbols, lock: Lock, report: Report) -> Lowered:
    """Lower the messages, and the enums that are not nested in a message."""
    # All scopes before any field: an enum may belong to another message (`UserInfo.State`).
    drafts = {name: _distinct(d.draft, report) for name, d in symbols.declared.messages.items()}
    naming = symbols.declared.naming
    names = {
        name: field_identifiers(name, fields, naming, symbols.declared.messages[name].page)
        for name, fields in drafts.items()
    }
    scopes = {
        name: EnumScope(name, names[name], naming, report) for name in symbols.declared.messages
    }
    scopes |= {
        package: EnumScope(package, symbols.declared.taken_in(package), naming, report)
        for package in symbols.declared.packages()
    }
    lowering = _Lowering(symbols, scopes, LockedEnums(drafts, symbols, lock), report)
    # All fields before any message: the fields of other messages add enums to a message.
    fields = {
        name: lowering.fields(declaration, drafts[name], names[name])
        for name, declaration in symbols.declared.messages.items()
    }
    for named in symbols.declared.enums.values():
        lowering.named_enum(named, None)
    messages = {
        name: _message(declaration, fields[name], scopes[name], symbols.declared.services, report)
        for name, declaration in symbols.declared.messages.items()
    }
    enums = [enum for package in symbols.declared.packages() for enum in scopes[package].enums]
    return Lowered(
        messages,
        [(lowering.pages[enum.full_name], enum) for enum in enums],
        frozenset(lowering.unlabelled),
        frozenset(lowering.stated_presence),
    )


def _message(
    declaration: Declaration,
    fields: tuple[Field, ...],
    scope: EnumScope,
    services: Container[str],
    report: Report,
) -> Message:
    draft = declaration.draft
    provenance = {"kind": rule_name(undeclared_kind)} if declaration.undeclared else {}
    provenance |= dict(draft.provenance)
    if not prints_all_numbers(declaration, report):
        provenance["numbers"] = rule_name(field_position)
    return Message(
        name=declaration.full_name.rpartition(".")[2],
        full_name=declaration.full_name,
        documented_name=draft.name if f"{declaration.package}.{draft.name}" in services else "",
        fields=fields,
        enums=tuple(scope.enums),
        reserved=draft.reserved,
        description=draft.description,
        examples=lower_examples(draft.examples, report),
        incomplete=draft.incomplete,
        provenance=provenance,
        span=draft.span,
    )


@dataclass
class _Lowering:
    """Lowers fields, and adds their enums to scopes; several fields may share an enum."""

    symbols: Symbols
    scopes: Mapping[str, EnumScope]
    locked: LockedEnums
    report: Report
    shared: dict[tuple[object, ...], Enum] = dataclass_field(default_factory=dict)
    pages: dict[str, PageKey] = dataclass_field(default_factory=dict)
    unlabelled: set[str] = dataclass_field(default_factory=set)
    stated_presence: set[str] = dataclass_field(default_factory=set)

    def fields(
        self, declaration: Declaration, drafts: Sequence[FieldDraft], names: Sequence[str]
    ) -> tuple[Field, ...]:
        result = []
        for position, (field, name) in enumerate(zip(drafts, names, strict=True), 1):
            type_, type_rule = self.type_of(field, declaration)
            provenance = {"type": type_rule} if type_rule else {}
            provenance |= dict(field.provenance)
            repeated = field.type.repeated
            if repeated is None:
                rule = infer_repeated(
                    field,
                    declaration.draft,
                    declaration.full_name,
                    declaration.page,
                    self.report,
                )
                repeated = bool(rule)
                if rule:
                    provenance["repeated"] = rule
                else:
                    self.unlabelled.add(f"{declaration.full_name}.{field.name}")
            if field.optional is not None:
                self.stated_presence.add(f"{declaration.full_name}.{field.name}")
            if declaration.page.json_names and name != field.name:
                provenance["name"] = rule_name(snake_of_json)
            oneof = self.oneof(field, names, repeated or isinstance(type_, Map))
            description = restore_line_breaks(field.description)
            if description != field.description:
                provenance |= {"description": rule_name(restore_line_breaks)}
            result.append(
                Field(
                    name=name,
                    json_name=json_name(field.name, name),
                    number=field.number or position,
                    type=type_,
                    repeated=repeated,
                    required=field.required,
                    optional=bool(field.optional) and not oneof and not repeated,
                    oneof=oneof,
                    nullable=field.nullable,
                    default=field.default,
                    constraints=field.constraints,
                    deprecated=field.deprecated,
                    location="query" if field.location == "query" else "",
                    description=description,
                    provenance=provenance,
                    span=field.span,
                )
            )
        return tuple(result)

    def type_of(self, field: FieldDraft, declaration: Declaration) -> tuple[Type, str]:
        """Return the type of a field, and its rule."""
        if field.type.values:
            return (EnumRef(name=self.listed_enum(field, declaration).full_name), "")
        meaning = self.symbols.meaning(
            field.type, declaration.page, f"{declaration.full_name}.{field.name}", "type"
        )
        if meaning.enum:
            locked = self.locked.of_named(meaning.enum.draft.name, field, declaration)
            enum = self.named_enum(meaning.enum, declaration, locked)
            return _map_of(field, EnumRef(name=enum.full_name)), meaning.rule
        # These rules have diagnostics of their own: `ambiguous-type`, `undeclared-type`.
        if meaning.rule not in ("", "nearest", rule_name(undeclared_kind)):
            self.report.add(
                inferred_type(field.type.name, meaning.full_name, meaning.rule),
                field.type.span,
                mark=field.type.name,
                cause=f"{field.type.name} {meaning.full_name} {meaning.rule}",
            )
        return _map_of(field, type_of_kind(meaning.kind, meaning.full_name)), meaning.rule

    def oneof(self, field: FieldDraft, names: Sequence[str], is_many: bool) -> str:
        """Return the identifier of the field's group, apart from the names of fields; lists and
        maps cannot be in one.
        """
        if field.oneof and is_many:
            self.report.add(list_in_oneof(field.name, field.oneof), field.span, mark=field.name)
            return ""
        return unique(identifier(field.oneof), names) if field.oneof else ""

    def named_enum(self, named: NamedEnum, user: Declaration | None, locked: str = "") -> Enum:
        """Return the enum that a field of the message `user` names (None: no field names it).

        A declared enum belongs to its package or message. An undeclared one is incomplete; it has
        the full name `locked`, or else is nested in the first message that names it.
        """
        key = ("named", id(named), locked if named.undeclared else "")
        if key not in self.shared:
            draft = named.draft
            message = draft.name.rpartition(".")[0]
            owner = ".".join(filter(None, [named.page.package, message]))
            provenance = dict(draft.provenance)
            if named.undeclared and user:
                owner = locked.rpartition(".")[0] or user.full_name
                provenance = {"kind": rule_name(undeclared_kind)}
                if values := self.locked.values(locked, draft.span):
                    draft = replace(draft, values=values, incomplete=True)
                    provenance |= {"values": LOCK_FILE}
            nearest = user.full_name if user else named.page.package
            enum = self.scope(
                f"{owner}.{draft.name.rpartition('.')[2]}", draft.values, nearest
            ).add(draft, provenance)
            self.shared[key] = enum
            self.pages[enum.full_name] = key_of(named.page)
        return self.shared[key]

    def scope(self, full_name: str, values: Sequence[ValueDraft], nearest: str) -> EnumScope:
        """Return the scope of an enum's full name if it exists and the values can keep their names
        there; else the nearest scope.
        """
        owner, _, name = full_name.rpartition(".")
        nearest_scope = self.scopes[nearest]
        scope = self.scopes.get(owner, nearest_scope)
        return nearest_scope if scope.clashes_with(name, values) else scope

    def listed_enum(self, field: FieldDraft, declaration: Declaration) -> Enum:
        """Return the enum of a field that lists values.

        A name next to the values gives the scope: the message for `Message.Enum`, the package for
        `Enum`. An enum without a name has its name in the lock, or is named after the field.
        """
        page, type_ = declaration.page, field.type
        owner_name, _, short = type_.name.rpartition(".")
        locked = self.locked.of_listed(field, declaration)
        # Fields of one enum in the lock share it, even on different pages.
        key: tuple[object, ...] = ("listed", locked) if locked else share_equal_enums(field, page)
        if key not in self.shared:
            owner, name = declaration.full_name, short or field_name(field)
            if locked:
                owner, _, name = locked.rpartition(".")
            elif short:
                owner = f"{page.package}.{owner_name}" if owner_name else page.package
            scope = self.scope(f"{owner}.{name}", type_.values, declaration.full_name)
            provenance = {} if short else {"name": rule_name(field_name)}
            # A second enum of the same name in a scope is numbered: `State_2`.
            if not re.fullmatch(rf"{re.escape(short or field_name(field))}(_\d+)?", name):
                provenance = {"name": LOCK_FILE}
            if origin := dict(field.provenance).get("enum values"):
                provenance["values"] = origin
            draft = EnumDraft(name=name, values=type_.values, span=field.span)
            is_new = not short and not locked
            self.shared[key] = scope.add(draft, provenance, is_new)
            self.pages[self.shared[key].full_name] = key_of(page)
        return self.shared[key]


def _distinct(message: MessageDraft, report: Report) -> list[FieldDraft]:
    """Return the first field of each name; report the others."""
    fields: dict[str, FieldDraft] = {}
    for field in message.fields:
        if before := fields.get(field.name):
            again = duplicate_field(message.name, field.name, before.span.line)
            report.add(again, field.span, mark=field.name)
        fields.setdefault(field.name, field)
    return list(fields.values())


def _map_of(field: FieldDraft, values: Scalar | MessageRef | EnumRef) -> Type:
    """Return the type of the field: a map with these values, if it has keys, else the values."""
    return Map(key=field.type.key, value=values) if field.type.key else values

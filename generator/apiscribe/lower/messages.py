"""Message drafts → Messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import lru_cache

from apiscribe.diagnostics.codes.declarations import duplicate_field
from apiscribe.diagnostics.codes.inference import inferred_type
from apiscribe.diagnostics.report import Report
from apiscribe.lower.declared import Declaration, NamedEnum
from apiscribe.lower.enum_scopes import EnumHomes
from apiscribe.lower.enums import EnumScope
from apiscribe.lower.examples import lower_examples
from apiscribe.lower.identifiers import as_identifier
from apiscribe.lower.inference import (
    field_name,
    glued_lines,
    infer_repeated,
    one_enum,
    rule_name,
    undeclared_kind,
)
from apiscribe.lower.symbols import Symbols
from apiscribe.model.api import Enum, Field, Message, TypeKind, TypeRef
from apiscribe.model.draft import EnumDraft, FieldDraft, MessageDraft, PageDraft, ValueDraft
from apiscribe.model.lock import LOCK_FILE, Lock
from apiscribe.model.names import is_identifier, proto_json, unique

# What tells a page from all others: an overlay stands for a page in several packages.
PageKey = tuple[str, str]


def key_of(page: PageDraft) -> PageKey:
    """The page's package and path."""
    return page.package, page.path


@dataclass(frozen=True)
class Lowered:
    """The messages by full name, and the enums of packages, each with the key of its page.

    `unlabelled` are the full names of the fields of which neither page nor rule says whether they
    are lists.
    """

    messages: Mapping[str, Message]
    enums: Sequence[tuple[PageKey, Enum]]
    unlabelled: frozenset[str]


def lower_messages(symbols: Symbols, lock: Lock, report: Report) -> Lowered:
    """The messages, and the enums that stand in none of them."""
    # All scopes before any field: an enum may be named for another message (`UserInfo.State`).
    drafts = {name: _distinct(d.draft, report) for name, d in symbols.declared.messages.items()}
    names = {name: _field_names(fields, report) for name, fields in drafts.items()}
    scopes = {name: EnumScope(name, names[name], report) for name in symbols.declared.messages}
    scopes |= {
        package: EnumScope(package, symbols.declared.taken_in(package), report)
        for package in symbols.declared.packages()
    }
    lowering = _Lowering(symbols, scopes, EnumHomes(drafts, symbols, lock), report)
    # All fields before any message is made, for a message holds the enums that others put into it.
    fields = {
        name: lowering.fields(declaration, drafts[name], names[name])
        for name, declaration in symbols.declared.messages.items()
    }
    for named in symbols.declared.enums.values():
        lowering.named_enum(named, None)
    messages = {
        name: _message(declaration, fields[name], scopes[name], report)
        for name, declaration in symbols.declared.messages.items()
    }
    enums = [enum for package in symbols.declared.packages() for enum in scopes[package].enums]
    return Lowered(
        messages,
        [(lowering.pages[enum.full_name], enum) for enum in enums],
        frozenset(lowering.unlabelled),
    )


def _message(
    declaration: Declaration, fields: tuple[Field, ...], scope: EnumScope, report: Report
) -> Message:
    draft = declaration.draft
    provenance = {"kind": rule_name(undeclared_kind)} if declaration.undeclared else {}
    provenance |= dict(draft.provenance)
    return Message(
        name=declaration.full_name.rpartition(".")[2],
        full_name=declaration.full_name,
        fields=fields,
        enums=tuple(scope.enums),
        description=draft.description,
        examples=lower_examples(draft.examples, report),
        incomplete=draft.incomplete,
        provenance=provenance,
        span=draft.span,
    )


@dataclass
class _Lowering:
    """Lowers fields; enums go into the scopes of messages, and some messages share one."""

    symbols: Symbols
    scopes: Mapping[str, EnumScope]
    homes: EnumHomes
    report: Report
    shared: dict[tuple[object, ...], Enum] = dataclass_field(default_factory=dict)
    pages: dict[str, PageKey] = dataclass_field(default_factory=dict)
    unlabelled: set[str] = dataclass_field(default_factory=set)

    def fields(
        self, declaration: Declaration, drafts: Sequence[FieldDraft], names: Sequence[str]
    ) -> tuple[Field, ...]:
        found = []
        for number, (field, name) in enumerate(zip(drafts, names, strict=True), 1):
            type_, how = self.type_of(field, declaration)
            provenance = {"type": how} if how else {}
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
            description = glued_lines(field.description)
            if description != field.description:
                provenance |= {"description": rule_name(glued_lines)}
            found.append(
                Field(
                    name=name,
                    json_name=_json_name(field.name, name),
                    number=number,
                    type=type_,
                    repeated=repeated,
                    required=field.required,
                    description=description,
                    provenance=provenance,
                    span=field.span,
                )
            )
        return tuple(found)

    def type_of(self, field: FieldDraft, declaration: Declaration) -> tuple[TypeRef, str]:
        """The type of a field, and the rule that told it."""
        if field.type.values:
            return (TypeRef(kind="enum", name=self.listed_enum(field, declaration).full_name), "")
        meaning = self.symbols.meaning(
            field.type, declaration.page, f"{declaration.full_name}.{field.name}", "type"
        )
        if meaning.enum:
            home = self.homes.of_named(meaning.enum.draft.name, field, declaration)
            enum = self.named_enum(meaning.enum, declaration, home)
            return TypeRef(kind="enum", name=enum.full_name), meaning.rule
        # Of the nearest one, `ambiguous-type` has said more.
        if meaning.rule not in ("", "nearest"):
            self.report.add(
                inferred_type(field.type.name, meaning.full_name, meaning.rule),
                field.type.span,
                mark=field.type.name,
                cause=f"{field.type.name} {meaning.full_name} {meaning.rule}",
            )
        return _type_ref(meaning.kind, meaning.full_name), meaning.rule

    def named_enum(self, named: NamedEnum, user: Declaration | None, home: str = "") -> Enum:
        """The enum that a field names, and its message the `user`, if anything uses it: of its
        package or message where one is declared, else an open one, at the `home` that the lock has
        for it, or nested in the message that names it first.
        """
        key = ("named", id(named), home if named.undeclared else "")
        if key not in self.shared:
            draft = named.draft
            message = draft.name.rpartition(".")[0]
            owner = ".".join(filter(None, [named.page.package, message]))
            provenance = dict(draft.provenance)
            if named.undeclared and user:
                owner = home.rpartition(".")[0] or user.full_name
                provenance = {"kind": rule_name(undeclared_kind)}
                if values := self.homes.values(home, draft.span):
                    draft = replace(draft, values=values, incomplete=True)
                    provenance |= {"values": LOCK_FILE}
            nearest = user.full_name if user else named.page.package
            enum = self.scope(owner, draft.values, nearest).add(draft, provenance)
            self.shared[key] = enum
            self.pages[enum.full_name] = key_of(named.page)
        return self.shared[key]

    def scope(self, owner: str, values: Sequence[ValueDraft], nearest: str) -> EnumScope:
        """The scope that an enum is named for, if there is one where its values can keep their
        names; else the nearest one: that of the message at hand.
        """
        at_hand = self.scopes[nearest]
        scope = self.scopes.get(owner, at_hand)
        return at_hand if scope.holds(values) else scope

    def listed_enum(self, field: FieldDraft, declaration: Declaration) -> Enum:
        """The enum whose values a field lists.

        A name beside the values tells whose it is: `Message.Enum` a message's, `Enum` the
        package's. Without one, it is the one that the lock has, or named for the field.
        """
        page, type_ = declaration.page, field.type
        owner_name, _, short = type_.name.rpartition(".")
        home = self.homes.of_listed(field, declaration)
        # Fields of one enum in the lock share it, whatever page they are on.
        key: tuple[object, ...] = ("listed", home) if home else one_enum(field, page)
        if key not in self.shared:
            owner, name = declaration.full_name, short or field_name(field)
            if home:
                owner, _, name = home.rpartition(".")
            elif short:
                owner = f"{page.package}.{owner_name}" if owner_name else page.package
            scope = self.scope(owner, type_.values, declaration.full_name)
            provenance = {} if short else {"name": rule_name(field_name)}
            # Another of one name in its scope is numbered: `State_2`.
            if not re.fullmatch(rf"{re.escape(short or field_name(field))}(_\d+)?", name):
                provenance = {"name": LOCK_FILE}
            draft = EnumDraft(name=name, values=type_.values, span=field.span)
            self.shared[key] = scope.add(draft, provenance)
            self.pages[self.shared[key].full_name] = key_of(page)
        return self.shared[key]


def _distinct(message: MessageDraft, report: Report) -> list[FieldDraft]:
    """The fields without those whose name stands above already."""
    found: dict[str, FieldDraft] = {}
    for field in message.fields:
        if before := found.get(field.name):
            report.add(
                duplicate_field(message.name, field.name, before.span.line),
                field.span,
                mark=field.name,
            )
        found.setdefault(field.name, field)
    return list(found.values())


@lru_cache(maxsize=1_000)
def _type_ref(kind: TypeKind, name: str) -> TypeRef:
    """One for all fields of a type."""
    return TypeRef(kind=kind, name=name)


def _field_names(fields: Sequence[FieldDraft], report: Report) -> list[str]:
    """The identifiers of the fields; no two may be alike, nor be alike in ProtoJSON.

    Documented names that are identifiers come first, and keep them.
    """
    names: dict[int, str] = {}
    taken: set[str] = set()
    json_names: set[str] = set()
    for at, field in sorted(enumerate(fields), key=lambda entry: not is_identifier(entry[1].name)):
        name = unique(as_identifier(field.name, "field", field.span, report), taken)
        while (json_name := proto_json(name).lower()) in json_names:
            name = unique(f"{name}_2", taken)
        names[at] = name
        taken.add(name)
        json_names.add(json_name)
    return [names[at] for at in range(len(fields))]


def _json_name(documented: str, identifier: str) -> str:
    """The documented name, unless protobuf refuses it: `[…]` is how ProtoJSON writes extensions."""
    return identifier if documented.startswith("[") and documented.endswith("]") else documented

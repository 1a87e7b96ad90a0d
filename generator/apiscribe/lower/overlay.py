"""overlay.toml: human corrections, laid over what the pages say.

    [[change]]     a fact of a field:   at, set, was, reason
    [[declare]]    a type that no page declares:   at, enum or fields, reason
    [[accept]]     a finding that somebody has looked at:   code, at, reason

A correction counts as documentation: inference never outranks it. `was` holds, for each fact in
`set`, what the page says; left out where the page says nothing. When the page changes, the
correction is stale, and that is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from apiscribe.diagnostic_codes import CODES
from apiscribe.draft import EnumDraft, FieldDraft, MessageDraft, PageDraft, TypeDraft, ValueDraft
from apiscribe.names import did_you_mean
from apiscribe.report import Report
from apiscribe.source import Source, Span
from apiscribe.spec import entry_line


class Facts(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Facts of a field."""

    type: str | UnsetType = UNSET
    repeated: bool | UnsetType = UNSET
    required: bool | UnsetType = UNSET
    description: str | UnsetType = UNSET


class Change(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Other facts of fields; `at` is the full name of a field, or of several."""

    at: str | tuple[str, ...]
    set: Facts
    was: Facts
    reason: str


class DeclaredField(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A field of a message that the overlay declares."""

    name: str
    type: str
    repeated: bool = False
    required: bool | None = None
    description: str = ""


class Declare(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A type that pages use and none declares; `at` is its full name."""

    at: str
    enum: tuple[str, ...] = ()
    fields: tuple[DeclaredField, ...] = ()
    reason: str


class Accept(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Findings of one code that are as they should be; `at` is a glob of file paths."""

    code: str
    at: str
    reason: str


class Overlay(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The entries of overlay.toml."""

    change: tuple[Change, ...] = ()
    declare: tuple[Declare, ...] = ()
    accept: tuple[Accept, ...] = ()


def apply_overlay(
    drafts: Sequence[PageDraft], overlay: Overlay, source: Source, report: Report
) -> list[PageDraft]:
    """The drafts with every correction made. One that does not fit is an error and is not made."""
    corrected = list(drafts)
    used_by_entries = {
        field.type.rpartition(".")[2] for declare in overlay.declare for field in declare.fields
    }
    for span, declare in _entries(overlay.declare, "declare", source):
        _declare(corrected, declare, used_by_entries, span, report)
    for span, change in _entries(overlay.change, "change", source):
        targets = (change.at,) if isinstance(change.at, str) else change.at
        if not _stated(change.set):
            report.add("malformed-overlay", "`set` states nothing", span)
        for target in targets:
            _change(corrected, target, change, span, report)
    return corrected


def accept_findings(overlay: Overlay, source: Source, report: Report) -> None:
    """Drop the findings that entries accept; an entry that accepts nothing is an error."""
    for span, accept in _entries(overlay.accept, "accept", source):
        found = [d for d in report if d.code == accept.code and fnmatchcase(d.span.path, accept.at)]
        if not found or CODES[accept.code].level == "error":
            reason = "errors cannot be accepted" if found else "it matches no finding"
            report.add("unused-accept", f'"{accept.code}" at "{accept.at}": {reason}', span)
        else:
            report.drop(found)


def _entries(entries: Sequence[Any], table: str, source: Source) -> Iterator[tuple[Span, Any]]:
    for index, entry in enumerate(entries):
        yield source.span(entry_line(source.text, table, index)), entry


def _change(
    drafts: list[PageDraft], target: str, change: Change, span: Span, report: Report
) -> None:
    places = [place for name, place in _fields(drafts) if name == target]
    if not places:
        known = {name for name, _ in _fields(drafts)}
        report.add(
            "unknown-target", f"no page has the field {target}{did_you_mean(target, known)}", span
        )
    for at, message, field in places:
        _change_field(drafts, at, message, field, change, span, report)


def _change_field(
    drafts: list[PageDraft],
    at: int,
    message: MessageDraft,
    field: FieldDraft,
    change: Change,
    span: Span,
    report: Report,
) -> None:
    """Make a change on one of the pages that declare the field (several may declare it alike)."""
    was = _stated(change.was)
    for fact in (*_stated(change.set), *was):
        have = _fact(field, fact)
        if have != was.get(fact):
            report.add(
                "stale-correction",
                f"{message.name}.{field.name}: the page says {_say(have)} for {fact},"
                f" and `was` says {_say(was.get(fact))}",
                field.span,
                help=f"look at the page again; update or delete the entry at {span}",
            )
            return
    changed = field
    for fact, value in _stated(change.set).items():
        changed = _with_fact(changed, fact, value)
    fields = tuple(changed if f is field else f for f in message.fields)
    after = replace(message, fields=fields)
    messages = tuple(after if m is message else m for m in drafts[at].messages)
    drafts[at] = replace(drafts[at], messages=messages)


def _fields(
    drafts: Sequence[PageDraft],
) -> Iterator[tuple[str, tuple[int, MessageDraft, FieldDraft]]]:
    """Full name of each field → the index of its page, its message, itself."""
    for at, page in enumerate(drafts):
        for message in page.messages:
            for field in message.fields:
                yield f"{page.package}.{message.name}.{field.name}", (at, message, field)


def _stated(facts: Facts) -> Mapping[str, Any]:
    values = ((name, getattr(facts, name)) for name in facts.__struct_fields__)
    return {name: value for name, value in values if value is not UNSET}


def _fact(field: FieldDraft, fact: str) -> Any:
    match fact:
        case "type":
            return field.type.name or None
        case "repeated":
            return field.type.repeated
        case "required":
            return field.required
        case _:
            return field.description or None


def _with_fact(field: FieldDraft, fact: str, value: Any) -> FieldDraft:
    field = replace(field, corrected=(*field.corrected, fact))
    match fact:
        case "type":
            return replace(field, type=replace(field.type, name=value, values=()))
        case "repeated":
            return replace(field, type=replace(field.type, repeated=value))
        case "required":
            return replace(field, required=value)
        case _:
            return replace(field, description=value)


def _say(value: object) -> str:
    return (
        "nothing"
        if value is None
        else str(value).lower() if value in (True, False) else f'"{value}"'
    )


def _declare(
    drafts: list[PageDraft], declare: Declare, used: set[str], span: Span, report: Report
) -> None:
    package, _, name = declare.at.rpartition(".")
    inside = [at for at, page in enumerate(drafts) if page.package == package]
    if not inside:
        known = {page.package for page in drafts}
        report.add(
            "unknown-target", f"no page is of package {package}{did_you_mean(package, known)}", span
        )
        return
    if not declare.enum and not declare.fields:
        report.add("malformed-overlay", f"{declare.at} is given neither enum nor fields", span)
        return
    for at in inside:
        declared = {message.name: message.span for message in drafts[at].messages}
        declared |= {enum.name: enum.span for enum in drafts[at].enums}
        if name in declared:
            report.add(
                "stale-correction",
                f"{declare.at} is declared at {declared[name]} already",
                declared[name],
                help=f"delete the entry at {span}",
            )
            return
    if name not in used and not any(name in _used_types(page) for page in drafts):
        report.add("stale-correction", f"nothing uses {declare.at}", span, help="delete the entry")
        return
    at = next((at for at in inside if name in _used_types(drafts[at])), inside[0])
    if declare.enum:
        values = tuple(ValueDraft(name=value, span=span) for value in declare.enum)
        enum = EnumDraft(name=name, values=values, span=span)
        drafts[at] = replace(drafts[at], enums=(*drafts[at].enums, enum))
    else:
        fields = tuple(_declared_field(field, span) for field in declare.fields)
        message = MessageDraft(name=name, fields=fields, span=span)
        drafts[at] = replace(drafts[at], messages=(*drafts[at].messages, message))


def _declared_field(field: DeclaredField, span: Span) -> FieldDraft:
    return FieldDraft(
        name=field.name,
        type=TypeDraft(name=field.type, repeated=field.repeated, span=span),
        required=field.required,
        description=field.description,
        span=span,
    )


def _used_types(page: PageDraft) -> set[str]:
    """The type names that a page uses, without their packages."""
    fields = [field.type for message in page.messages for field in message.fields]
    methods = [method for service in page.services for method in service.methods]
    types = fields + [t for m in methods for t in (m.request, m.response) if t]
    return {type_.name.rpartition(".")[2] for type_ in types}

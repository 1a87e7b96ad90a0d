"""Corrections: the entries of an overlay, applied to the drafts one by one.

A correction that does not fit is an error, and is not applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from apiscribe.diagnostics.codes import overlay as codes
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.overlay_facts import FACTS, KINDS, Declaration, new_part, with_fact
from apiscribe.lower.targets import PARTS, DraftIndex, Target, full_names, used_types
from apiscribe.model.draft import (
    EnumDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    ServiceDraft,
    TypeDraft,
    ValueDraft,
)
from apiscribe.model.overlay import DeclaredField
from apiscribe.model.type_words import values_text


class Corrections:
    """The drafts, and the corrections of an overlay to them."""

    def __init__(self, drafts: Sequence[PageDraft], report: Report) -> None:
        self._drafts, self._report = DraftIndex(drafts), report

    @cached_property
    def _users(self) -> dict[str, set[int]]:
        """Short name of a type → the indexes of the pages that use it.

        Valid while entries only declare types.
        """
        users: dict[str, set[int]] = defaultdict(set)
        for at, page in enumerate(self.pages):
            for name in used_types(page):
                users[name].add(at)
        return users

    @property
    def pages(self) -> list[PageDraft]:
        """The drafts with the corrections so far, except the renamed types."""
        return self._drafts.pages

    def finish(self) -> list[PageDraft]:
        """Return the drafts with all corrections."""
        return self._drafts.finish()

    def change(
        self, name: str, facts: Mapping[str, Any], was: Mapping[str, Any], span: Span
    ) -> None:
        """Set facts of every declaration of a name; several pages may have equal ones."""
        if not facts:
            self._report.add(codes.change_without_facts(), span)
        for target in self._found(name, "*", span):
            if self._can_set(target.draft, facts, span) and self._holds(target, facts, was, span):
                changed: Any = target.draft
                for fact, value in facts.items():
                    changed = with_fact(changed, fact, value, "overlay")
                self._drafts.put(target, changed)

    def add(self, name: str, facts: Mapping[str, Any], after: str, span: Span) -> None:
        """Add a field to a message, or a method to a service."""
        owner, _, short = name.rpartition(".")
        if self._drafts.find(name):
            self._report.add(codes.already_on_page(name), span)
            return
        for target in self._found(owner, "*", span):
            kind = FieldDraft if isinstance(target.draft, MessageDraft) else MethodDraft
            if not isinstance(target.draft, MessageDraft | ServiceDraft):
                self._report.add(codes.not_a_container(owner), span)
            elif self._can_set(new_part(kind, short, {}, span), facts, span):
                part = PARTS[kind]
                inside = list(getattr(target.draft, part))
                names = [item.name for item in inside]
                if after and after not in names:
                    suggestion = self._report.did_you_mean(after, names)
                    message = codes.unknown_predecessor(owner, after, short, suggestion)
                    self._report.add(message, span)
                    continue
                where = names.index(after) + 1 if after else len(inside)
                inside.insert(where, new_part(kind, short, dict(facts), span))
                parts: dict[str, Any] = {part: tuple(inside)}
                self._drafts.put(target, replace(target.draft, **parts))

    def remove(self, name: str, was: Mapping[str, Any], page: str, span: Span) -> None:
        """Remove the declarations of a name on the pages that match a glob."""
        for target in self._found(name, page, span):
            if self._can_set(target.draft, {}, span) and self._holds(target, {}, was, span):
                self._drafts.put(target, None)

    def rename(self, name: str, new: str, page: str, span: Span) -> None:
        """Rename declarations, and the types that refer to a renamed message or enum."""
        owner, _, short = name.rpartition(".")
        if page == "*" and self._drafts.find(f"{owner}.{new}"):
            self._report.add(codes.name_in_use(short, f"{owner}.{new}"), span)
            return
        targets = self._found(name, page, span)
        others = len(self._drafts.find(name)) - len(targets)
        for target in targets:
            # The name of an enum in a message includes the message: `Message.Enum`.
            prefix = target.draft.name.removesuffix(short)
            self._drafts.put(target, replace(target.draft, name=f"{prefix}{new}"))
            if isinstance(target.draft, EnumDraft | MessageDraft) and others:
                self._drafts.retype(target.at, {short: new, name: f"{owner}.{new}"})
        if targets and isinstance(targets[0].draft, EnumDraft | MessageDraft) and not others:
            self._drafts.rename_types(owner, short, new)

    def declare(
        self,
        name: str,
        enum: Sequence[str] | None,
        fields: Sequence[DeclaredField] | None,
        incomplete: bool,
        used_by_entries: set[str],
        span: Span,
    ) -> None:
        """Declare an enum or a message that pages use and no page declares."""
        if (enum is None) == (fields is None):
            malformed = (
                codes.declaration_without_parts if enum is None else codes.declaration_of_both
            )
            self._report.add(malformed(name), span)
            return
        home, _, short = name.rpartition(".")
        inside = [at for at, page in enumerate(self.pages) if page.package == home]
        if not inside and (owners := self._drafts.find(home)):
            # In a message: `package.Message.Name`.
            inside = [target.at for target in owners]
            home, _, owner = home.rpartition(".")
            short = f"{owner}.{short}"
        while not inside and home.rpartition(".")[2][:1].isupper():
            # In a message that no page declares.
            home, _, owner = home.rpartition(".")
            short = f"{owner}.{short}"
            inside = [at for at, page in enumerate(self.pages) if page.package == home]
        if not inside and any(name in full_names(page) for page in self.pages):
            inside = [self._drafts.page_of(home, "overlay", span)]
        if not inside:
            known = {page.package for page in self.pages}
            suggestion = self._report.did_you_mean(home, known)
            self._report.add(codes.unknown_package(home, suggestion), span)
            return
        if self._is_stale(name, short, inside, used_by_entries, span):
            return
        last = short.rpartition(".")[2]
        at = next((at for at in inside if at in self._users[last]), inside[0])
        if enum is not None:
            values = tuple(ValueDraft(name=value, span=span) for value in enum)
            draft = EnumDraft(
                name=short, values=values, incomplete=incomplete or not values, span=span
            )
            self._drafts.add(at, draft)
        else:
            drafts = tuple(_declared_field(field, span) for field in fields or ())
            message = MessageDraft(name=short, fields=drafts, incomplete=incomplete, span=span)
            self._drafts.add(at, message)
            for field in message.fields:
                self._users[values_text(field.type.name).rpartition(".")[2]].add(at)

    def _is_stale(
        self, name: str, short: str, inside: Sequence[int], used: set[str], span: Span
    ) -> bool:
        for at in inside:
            declared: tuple[MessageDraft | EnumDraft, ...] = (
                *self.pages[at].messages,
                *self.pages[at].enums,
            )
            before = next((draft.span for draft in reversed(declared) if draft.name == short), None)
            if before:
                self._report.add(codes.already_declared(name, before, span), before)
                return True
        last = short.rpartition(".")[2]
        if last not in used and not self._users[last]:
            self._report.add(codes.unused_declaration(name), span)
            return True
        return False

    def _found(self, name: str, page: str, span: Span) -> list[Target]:
        """Return the declarations of a name on the pages that match a glob; none is an error."""
        found = self._drafts.find(name, page)
        if not found:
            suggestion = self._report.did_you_mean(name, self._drafts.names())
            self._report.add(
                (
                    codes.undeclared_target(name, suggestion)
                    if page == "*"
                    else codes.undeclared_on_page(name, page, suggestion)
                ),
                span,
            )
        return found

    def _can_set(self, draft: Declaration, facts: Mapping[str, Any], span: Span) -> bool:
        known = FACTS[type(draft)]
        for fact in facts:
            if fact not in known or known[fact].put is None:
                settable = [name for name, each in known.items() if each.put]
                message = codes.unsettable_fact(fact, KINDS[type(draft)], settable)
                self._report.add(message, span)
                return False
        return True

    def _holds(
        self, target: Target, facts: Mapping[str, Any], was: Mapping[str, Any], span: Span
    ) -> bool:
        """Return whether each fact still has the value in `was` on the page."""
        known = FACTS[type(target.draft)]
        name = ".".join(part.name for part in (target.owner, target.draft) if part)
        for fact in (*facts, *was):
            have = known[fact].get(target.draft) if fact in known else None
            if have != was.get(fact):
                message = codes.changed_fact(name, fact, have, was.get(fact), span)
                self._report.add(message, target.draft.span)
                return False
        return True


def _declared_field(field: DeclaredField, span: Span) -> FieldDraft:
    return FieldDraft(
        name=field.name,
        type=TypeDraft(name=field.type, repeated=field.repeated, span=span),
        required=field.required,
        optional=field.optional or None,
        oneof=field.oneof,
        description=field.description,
        span=span,
    )

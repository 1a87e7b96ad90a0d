"""Groups of members that a label gives to another member: "Library settings parameters"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from apiscribe.dialects.http.contents import Contents, Group
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.request_drafts import plain
from apiscribe.dialects.http.type_texts import TypeText
from apiscribe.dialects.http.words import Label
from apiscribe.model.draft import TypeDraft, ValueDraft
from apiscribe.model.names import words as name_words
from apiscribe.model.plurals import singular


def attach(groups: Sequence[Group], contents: Contents) -> list[Group]:
    """Return the groups, with those that a label gives to a member in this member."""
    values: dict[str, list[str]] = {}
    for row in contents.values:
        values.setdefault(plain(row.member), []).append(row.value)
    result: list[Group] = []
    for group in groups:
        members = tuple(_with_values(member, values) for member in group.members)
        if group.label.subject and (at := _owner(group.label, result)):
            index, owner = at
            changed = tuple(
                replace(m, members=(*m.members, *members)) if m is owner else m
                for m in result[index].members
            )
            result[index] = Group(result[index].label, changed)
        else:
            result.append(Group(group.label, members))
    return result


def _owner(label: Label, groups: Sequence[Group]) -> tuple[int, Member] | None:
    """Return the member that a label names: "Library settings parameters" is `settings`."""
    words = [singular(word.strip("`'\"").lower()) for word in label.subject.split()]
    for index, group in enumerate(groups):
        if (group.label.direction == "response") != (label.direction == "response"):
            continue
        for member in group.members:
            own = [singular(word.lower()) for word in name_words(member.name) if word]
            holds = member.type is None or not member.type.type.name or _may_hold(member.type)
            if own and holds and all(word in words for word in own):
                return index, member
    return None


def _may_hold(text: TypeText) -> bool:
    name = text.type.name.lower()
    return (
        name in ("object", "array", "json", "map", "dict", "list", "hash")
        or bool(text.type.link)
        or bool(text.type.repeated)
    )


def _with_values(member: Member, values: Mapping[str, Sequence[str]]) -> Member:
    inside = tuple(_with_values(m, values) for m in member.members)
    listed = values.get(plain(member.name))
    text = member.type
    if listed and (text is None or not text.type.values):
        type_ = text.type if text else TypeDraft(name="", span=member.span)
        numbers = all(re.fullmatch(r"-?\d+(?:\.\d+)?", value) for value in listed)
        if not numbers:
            drafts = tuple(ValueDraft(name=v, span=member.span) for v in dict.fromkeys(listed))
            text = replace(
                text or TypeText(type_), type=replace(type_, name="", link="", values=drafts)
            )
            return replace(member, type=text, members=inside)
    return replace(member, members=inside) if inside != member.members else member

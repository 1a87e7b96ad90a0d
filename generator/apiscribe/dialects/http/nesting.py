"""Members below others: `data.id`, `items[].id`, `coupon[name]` and members with an indent are
fields of the member that they name or follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.type_texts import TypeText
from apiscribe.dialects.http.words import WHOLE
from apiscribe.model.draft import TypeDraft

_ANY_KEY = re.compile(r"(?P<name>[\w.]+)\[(?:<[^<>]+>|\{[^{}]+\})\]")
_PATH_STEP = re.compile(r"\.|\[\]|\[\*\]|\[(?P<key>\w+)\]|\[\d+\]")


def nest(members: Iterable[Member]) -> tuple[Member, ...]:
    """Return the members with those below others in their `members`."""
    return _fold(_by_path(_by_depth(_without_repeated_depth(members))))


def _without_repeated_depth(members: Iterable[Member]) -> list[Member]:
    """Return the members; an indent below the member that the name itself repeats counts once."""
    result: list[Member] = []
    above: list[Member] = []
    for member in members:
        above = [holder for holder in above if holder.depth < member.depth]
        named = above and re.match(rf"{re.escape(above[-1].name)}(?:\[\])?\.", member.name)
        above.append(member)
        result.append(replace(member, depth=0) if named else member)
    return result


def _by_depth(members: list[Member]) -> list[Member]:
    result: list[Member] = []
    at = 0
    while at < len(members):
        member, below = members[at], at + 1
        while below < len(members) and members[below].depth > member.depth:
            below += 1
        inside = _by_depth(members[at + 1 : below])
        result.append(replace(member, depth=0, members=(*member.members, *inside)))
        at = below
    return result


def _by_path(members: list[Member]) -> list[tuple[tuple[str, ...], Member]]:
    return [(split_path(member.name), member) for member in map(_of_any_key, members)]


def _of_any_key(member: Member) -> Member:
    """Return a member with a placeholder for its key as a map: `metadata[<key>]`."""
    match = _ANY_KEY.fullmatch(member.name)
    if match is None:
        return member
    values = member.type.type.name if member.type else ""
    of_map = TypeText(TypeDraft(name=f"map<string, {values or 'string'}>", span=member.span))
    return replace(member, name=match["name"], type=of_map)


def split_path(name: str) -> tuple[str, ...]:
    """Return the steps of a name: `data.items[].id` has `data`, `items[]` and `id`."""
    steps: list[str] = []
    at = 0
    for match in _PATH_STEP.finditer(name):
        before = name[at : match.start()]
        if before:
            steps.append(before)
        if match["key"]:
            steps.append(match["key"])
        elif match[0] != "." and steps:
            steps[-1] += "[]"
        at = match.end()
    if name[at:]:
        steps.append(name[at:])
    return tuple(step for step in steps if step != "[]") or (name,)


def _fold(entries: Sequence[tuple[tuple[str, ...], Member]]) -> tuple[Member, ...]:
    """Return the members of one level, with longer paths inside of their first step."""
    order: dict[str, list[tuple[tuple[str, ...], Member]]] = {}
    for path, member in entries:
        order.setdefault(path[0].removesuffix("[]"), []).append((path, member))
    result = []
    for name, own in order.items():
        heads = [member for path, member in own if len(path) == 1]
        inside = [(path[1:], member) for path, member in own if len(path) > 1]
        listed = any(path[0].endswith("[]") for path, _ in own)
        below = _fold(inside)
        # Only the paths of its fields name it: with a required field, it is required as well.
        needed = any(field.required for field in below) or None
        head = heads[0] if heads else Member(name=name, required=needed, span=own[0][1].span)
        if listed and not (head.type and head.type.type.repeated):
            head = replace(head, type=_as_list(head))
        members = (*nest(head.members), *below) if head.members or below else ()
        result.append(_of_choice(replace(head, name=name, members=members)))
        # A name that is listed twice is reported by `lower`.
        result += [replace(other, name=name) for other in heads[1:]]
    return tuple(result)


def _of_choice(member: Member) -> Member:
    """Return a member that may be of several types, which its members without a name state: with
    the members of these, or with the type of the only one that is not null.
    """
    if len(member.members) == 1 and member.members[0].name == "additionalProperties":
        values = member.members[0].type
        name = f"map<string, {values.type.name}>" if values and values.type.name else "object"
        of_map = TypeText(TypeDraft(name=name, span=member.span))
        return replace(member, type=of_map, members=())
    if not member.members or any(m.name.lower() not in WHOLE for m in member.members):
        return member
    inner = tuple(below for m in member.members for below in m.members)
    linked = tuple(m for m in member.members if m.type and m.type.type.link)
    if inner:
        return replace(member, members=(*linked, *inner))
    typed = {
        (m.type.type.name, m.type.type.link): m.type
        for m in member.members
        if m.type and m.type.type.name.lower() not in ("null", "any", "object", "")
    }
    if len(typed) != 1 or (member.type and member.type.type.values):
        return replace(member, members=linked if len(linked) == len(typed) > 1 else ())
    chosen = next(iter(typed.values()))
    listed = (member.type and member.type.type.repeated) or chosen.type.repeated
    type_ = replace(chosen, type=replace(chosen.type, repeated=listed))
    return replace(member, type=type_, members=())


def _as_list(member: Member) -> TypeText:
    text = member.type or TypeText(TypeDraft(name="", span=member.span))
    return replace(text, type=replace(text.type, repeated=True))

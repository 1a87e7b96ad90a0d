"""An operation and the contents of its parts → OperationDraft."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.contents import Contents, Group, Shown
from apiscribe.dialects.http.members import Member, as_field, nest
from apiscribe.dialects.http.ownership import Operation
from apiscribe.dialects.http.places import COMPONENT
from apiscribe.dialects.http.routes import RouteText
from apiscribe.dialects.http.shapes import read_shape, split_arrow
from apiscribe.dialects.http.type_texts import TypeText
from apiscribe.dialects.http.words import Label
from apiscribe.model.draft import (
    AnswerDraft,
    ExampleDraft,
    FieldDraft,
    Location,
    OperationDraft,
    RouteDraft,
    TypeDraft,
    ValueDraft,
)
from apiscribe.model.names import words as name_words

_PLACES: tuple[Location, ...] = ("path", "query", "header", "cookie")
_MOST_LETTERS = 80  # of a summary
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
# Headers that say how a message is sent, or who sends it, and that every operation has.
_TRANSPORT_HEADERS = frozenset(
    {"authorization", "content-type", "accept", "content-length", "host"}
)


def draft_operation(operation: Operation, contents: Contents, name: str) -> OperationDraft:
    """Return the draft of an operation."""
    span = operation.hits[0].span
    routes = operation.routes
    groups = attach(contents.groups, contents)
    request = _Request(routes)
    for group in groups:
        if group.label.direction not in ("response", "error"):
            for member in group.members:
                request.take(member, group.label)
    for hit in operation.hits:
        sent, got = split_arrow(hit.words)
        request.take_shape(sent, hit.span)
        if members := read_shape(got, hit.span):
            groups.append(Group(Label(direction="response"), members))
    answers = _answers(contents, [g for g in groups if g.label.direction in ("response", "error")])
    asked, answered = _split_unlabelled(contents.shown, routes)
    asked = [s for s in asked if not request.take_shape(s.text, s.span)]
    return OperationDraft(
        title=_title(operation, contents),
        name=name,
        routes=tuple(RouteDraft(verb=r.verb, path=r.path, span=span) for r in routes),
        parameters=request.parameters(span),
        body=request.body_type(),
        answers=_with_examples(answers, contents.shown, answered),
        examples=tuple(ExampleDraft(role="request", text=s.text, span=s.span) for s in asked),
        listed=operation.listed,
        deprecated=contents.deprecated,
        description="\n\n".join(contents.description[:2]) or _row_words(operation),
        span=span,
    )


def _title(operation: Operation, contents: Contents) -> str:
    """Return the summary that the page states, or the words of the heading without its number."""
    block_states = operation.hits[0].weight == COMPONENT or not operation.title
    if contents.summary and block_states and len(contents.summary) <= _MOST_LETTERS:
        return contents.summary.rstrip(".")
    if "{" in operation.title:
        return ""
    return re.sub(
        r"^\d+(?:\.\d+)*\.?(?:\s+|$)",
        "",
        operation.title.strip(" :#*`").removeprefix("(").removesuffix(")"),
    )


def _row_words(operation: Operation) -> str:
    return next((h.words for h in operation.hits if " " in h.words and "{" not in h.words), "")


class _Request:
    """Sorts the members of a request by their places."""

    def __init__(self, routes: Sequence[RouteText]) -> None:
        self.routes = routes
        self.path = {plain(name): name for route in routes for name in route.parameters}
        self.inferred = {name for route in routes for name in route.inferred}
        self.places: dict[str, list[Member]] = {}
        self.body: list[Member] = []

    def take(self, member: Member, label: Label) -> None:
        place = member.place or label.place
        if label.part == "headers":
            place = "header"
        if place in ("", "path", "body") and (known := self.path_name(member.name, place)):
            member, place = replace(member, name=known), "path"
        elif place == "path":
            place = "query"
        if not place:
            place = "query" if all(r.verb in _WITHOUT_BODY for r in self.routes) else "body"
        if place == "body":
            self.body.append(member)
        elif place != "header" or member.name.lower() not in _TRANSPORT_HEADERS:
            self.places.setdefault(place, []).append(member)

    def path_name(self, name: str, place: str) -> str:
        """Return the name that a parameter has in the path, or ""."""
        if place != "body" and (known := self.path.get(plain(name))):
            return known
        open_ = [n for n in self.inferred if n not in {m.name for m in self.places.get("path", ())}]
        if place == "path" and len(open_) == 1:
            return open_[0]
        return ""

    def take_shape(self, text: str, span: Span) -> bool:
        """Add the members of a shape such as `{ name, price?: number }`; return if it is one."""
        members = read_shape(text, span)
        place = "query" if all(r.verb in _WITHOUT_BODY for r in self.routes) else "body"
        for member in members or ():
            self.take(member, Label(place=place))
        return members is not None

    def parameters(self, span: Span) -> tuple[FieldDraft, ...]:
        fields = [
            as_field(member, place)
            for place in _PLACES
            for member in _distinct(self.places.get(place, []))
        ]
        fields = [_in_path(f) if f.location == "path" else f for f in fields]
        known = {f.name for f in fields if f.location in ("path", "query")}
        for route in self.routes:
            for name in route.parameters:
                if name not in known:
                    fields.append(self.added(name, "path", name in route.inferred, span))
                    known.add(name)
            for name in route.query:
                if name not in known:
                    fields.append(self.added(name, "query", False, span))
                    known.add(name)
        return tuple(fields)

    def added(self, name: str, place: Location, inferred: bool, span: Span) -> FieldDraft:
        """Return a parameter that only the path shows."""
        return FieldDraft(
            name=name,
            type=TypeDraft(name="string", span=span),
            required=True if place == "path" else None,
            location=place,
            provenance=(("field", "example-id"),) if inferred else (),
            span=span,
        )

    def body_type(self) -> TypeDraft | None:
        if not self.body:
            return None
        heads = [m for m in self.body if m.depth == 0]
        first = heads[0] if heads else self.body[0]
        at = first.span
        if len(heads) == 1 and first.name.lower() in ("body", "requestbody", "request_body"):
            whole = as_field(nest(self.body)[0])
            if whole.type.name or whole.type.fields:
                return whole.type
        fields = tuple(as_field(member) for member in nest(_distinct(self.body)))
        return TypeDraft(name="", fields=fields, span=at)


def _distinct(members: Iterable[Member]) -> list[Member]:
    """Return the members without those that repeat the name of another; the fuller one counts."""
    result: dict[tuple[str, int, int], Member] = {}
    owner = 0
    for member in members:
        owner = owner + 1 if member.depth == 0 else owner
        key = (member.name, member.depth, owner if member.depth else 0)
        before = result.get(key)
        if before is None or (before.type is None and member.type is not None):
            result[key] = member
    return list(result.values())


def _in_path(field: FieldDraft) -> FieldDraft:
    return replace(field, required=True)


def plain(name: str) -> str:
    """Return a name for comparison: `userId`, `user_id` and `:user-id` are one."""
    return re.sub(r"[\W_]", "", name).lower()


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
    words = [word.strip("`'\"").lower() for word in label.subject.split()]
    for index, group in enumerate(groups):
        if (group.label.direction == "response") != (label.direction == "response"):
            continue
        for member in group.members:
            own = [word.lower() for word in name_words(member.name) if word]
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


def _answers(contents: Contents, groups: Sequence[Group]) -> list[AnswerDraft]:
    """Return the answers by status; one without a status is the successful one."""
    answers: dict[str, AnswerDraft] = {}
    for stated in contents.stated:
        type_ = _usable(stated.type)
        before = answers.get(stated.status)
        if before is None:
            answers[stated.status] = AnswerDraft(
                status=stated.status, type=type_, description=stated.description, span=stated.span
            )
        elif before.type is None and type_ is not None:
            answers[stated.status] = replace(before, type=type_)
    for group in groups:
        status = group.label.status or ("default" if group.label.direction == "error" else "")
        if group.label.part == "headers" or not group.members:
            continue
        members = nest(_distinct(group.members))
        fields = tuple(as_field(member) for member in members)
        before = answers.get(status)
        known = before.type.fields if before and before.type and not before.type.name else ()
        names = {f.name for f in known}
        merged = (*known, *(f for f in fields if f.name not in names))
        type_ = TypeDraft(name="", fields=merged, span=group.members[0].span)
        if before is None:
            answers[status] = AnswerDraft(status=status, type=type_, span=type_.span)
        elif before.type is None or not before.type.name:
            answers[status] = replace(before, type=type_)
    return _joined(answers)


def _joined(answers: dict[str, AnswerDraft]) -> list[AnswerDraft]:
    """Return the answers, with the one without a status in the first successful one."""
    loose = answers.get("")
    success = next((s for s in answers if s.startswith("2")), "")
    if loose and success:
        del answers[""]
        if answers[success].type is None:
            answers[success] = replace(answers[success], type=loose.type)
    return list(answers.values())


def _usable(text: TypeText | None) -> TypeDraft | None:
    """Return the type of an answer; None for "inline", "none" and the like."""
    if text is None or text.type.name.lower() in (
        "inline",
        "none",
        "null",
        "n/a",
        "see below",
        "empty",
        "no content",
        "nothing",
        "",
    ):
        return None
    return text.type


def _split_unlabelled(
    shown: Sequence[Shown], routes: Sequence[RouteText]
) -> tuple[list[Shown], list[Shown]]:
    """Return the examples of requests and of answers.

    One without a word for either is an answer if the verb has no body, or if it follows one of a
    request.
    """
    without_body = all(route.verb in _WITHOUT_BODY for route in routes)
    labelled = any(s.label.direction in ("response", "error") for s in shown)
    asked: list[Shown] = []
    answered: list[Shown] = []
    for each in shown:
        if each.label.direction in ("response", "error"):
            continue
        stated = each.label.direction == "request" or each.label.place == "body"
        if stated:
            asked.append(each)
        elif without_body or (asked and not labelled):
            answered.append(each)
        else:
            asked.append(each)
    return asked, answered


def _with_examples(
    answers: Sequence[AnswerDraft], shown: Sequence[Shown], answered: Sequence[Shown]
) -> tuple[AnswerDraft, ...]:
    result = {answer.status: answer for answer in answers}
    labelled = [s for s in shown if s.label.direction in ("response", "error")]
    for each in (*labelled, *answered):
        error = each.label.direction == "error" and not each.label.status
        status = each.label.status or ("default" if error else "")
        if not status and "" not in result:
            status = next((s for s in result if s.startswith("2")), "")
        shape = read_shape(each.text, each.span)
        if shape:
            fields = tuple(as_field(member) for member in shape)
            type_ = TypeDraft(name="", fields=fields, span=each.span)
            known = result.get(status) or AnswerDraft(status=status, span=each.span)
            result[status] = known if known.type else replace(known, type=type_)
            continue
        example = ExampleDraft(role="response", text=each.text, span=each.span)
        before = result.get(status) or AnswerDraft(status=status, span=each.span)
        result[status] = replace(before, examples=(*before.examples, example))
    return tuple(_joined(result))

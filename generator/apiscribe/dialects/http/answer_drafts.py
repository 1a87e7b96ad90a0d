"""The answers of an operation, by status: stated, listed and shown."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.contents import Contents, Group, Shown
from apiscribe.dialects.http.members import as_field
from apiscribe.dialects.http.nesting import nest
from apiscribe.dialects.http.request_drafts import WITHOUT_BODY, distinct
from apiscribe.dialects.http.routes import RouteText
from apiscribe.dialects.http.shapes import read_shape
from apiscribe.dialects.http.type_texts import TypeText, is_type
from apiscribe.dialects.http.words import UNTYPED, WHOLE, plain
from apiscribe.model.draft import AnswerDraft, ExampleDraft, TypeDraft

_NO_ANSWER = AnswerDraft(status="", span=Span("", 1, 1))


def stated_answers(contents: Contents, groups: Sequence[Group]) -> list[AnswerDraft]:
    """Return the answers by status; one without a status is the successful one."""
    answers: dict[str, AnswerDraft] = {}
    for row in contents.stated:
        type_ = _usable(row.type)
        before = answers.get(row.status)
        if before is None:
            answers[row.status] = AnswerDraft(
                status=row.status, type=type_, description=row.description, span=row.span
            )
        elif before.type is None and type_ is not None:
            answers[row.status] = replace(before, type=type_)
    for group in groups:
        status = group.label.status or ("default" if group.label.direction == "error" else "")
        if group.label.part == "headers" or not group.members:
            continue
        members = nest(distinct(group.members))
        fields = tuple(as_field(member) for member in members)
        if whole := next((f.type for f in fields if f.name.lower() in WHOLE), None):
            # The answer is a list, or another type without members of its own.
            if whole.name and answers.get(status, _NO_ANSWER).type is None:
                stated = answers.get(status) or AnswerDraft(status=status, span=whole.span)
                answers[status] = replace(stated, type=replace(whole, fields=()))
            continue
        before = answers.get(status)
        known = before.type.fields if before and before.type and not before.type.name else ()
        names = {f.name for f in known}
        merged = (*known, *(f for f in fields if f.name not in names))
        listed = group.label.listed or None
        type_ = TypeDraft(name="", fields=merged, repeated=listed, span=group.members[0].span)
        if before is None:
            answers[status] = AnswerDraft(status=status, type=type_, span=type_.span)
        elif before.type and _is_object(before.type):
            answers[status] = replace(before, type=_with_listed(before.type, type_))
        elif before.type is None or not before.type.name:
            answers[status] = replace(before, type=type_)
    return _joined(answers)


def _joined(answers: dict[str, AnswerDraft]) -> list[AnswerDraft]:
    """Return the answers, with the one without a status in the first successful one."""
    loose = answers.get("")
    shows = loose and (loose.type or loose.examples)
    success = next((s for s in answers if s.startswith("2") and not (shows and s == "204")), "")
    if loose and success:
        del answers[""]
        stated = answers[success].type
        if stated is None or (_is_object(stated) and loose.type and loose.type.fields):
            type_ = _with_listed(stated, loose.type) if stated and loose.type else loose.type
            answers[success] = replace(answers[success], type=type_)
    return list(answers.values())


def _is_object(type_: TypeDraft) -> bool:
    """Return whether the type of an answer is an object that another place describes."""
    return bool(type_.link) or (bool(type_.name) and not is_type(type_.name))


def _with_listed(stated: TypeDraft, listed: TypeDraft) -> TypeDraft:
    """Combine the type that an answer names or links to with the fields that it lists.

    The result is the named type with these fields; or the listed object, if its only field has the
    named type.
    """
    only = listed.fields[0].type if len(listed.fields) == 1 else None
    if only and (only.link, only.repeated) == (stated.link, stated.repeated):
        return listed
    return replace(stated, fields=listed.fields) if not listed.name else stated


def _usable(text: TypeText | None) -> TypeDraft | None:
    """Return the type of an answer; None for "inline", "none" and the like."""
    if text is not None and not text.type.name and (text.type.link or text.type.fields):
        return text.type  # as in another operation, or declared
    if text is None or plain(text.type.name) in UNTYPED:
        return None
    return text.type


def split_unlabelled(
    shown: Sequence[Shown], routes: Sequence[RouteText], listed: Collection[str]
) -> tuple[list[Shown], list[Shown]]:
    """Return the examples of requests and of answers; `listed` are the names of the body's fields.

    One without a word for either is an answer if the verb has no body, if it follows one of a
    request, or if it has keys that the list of the body lacks and no other example is the answer's.
    """
    without_body = all(route.verb in WITHOUT_BODY for route in routes)
    labelled = any(s.label.direction == "response" for s in shown)
    asked: list[Shown] = []
    answered: list[Shown] = []
    for each in shown:
        if each.label.direction in ("response", "error"):
            continue
        stated = each.label.direction == "request" or each.label.place == "body"
        if stated:
            asked.append(each)
        elif without_body or (not labelled and (asked or _exceeds(each.text, listed))):
            answered.append(each)
        else:
            asked.append(each)
    return asked, answered


def _exceeds(text: str, listed: Collection[str]) -> bool:
    """Return whether an object has keys that a list of fields lacks."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and bool(listed) and not value.keys() <= {*listed}


def with_examples(
    answers: Sequence[AnswerDraft], shown: Sequence[Shown], answered: Sequence[Shown]
) -> tuple[AnswerDraft, ...]:
    """Return the answers with their examples; a shape in place of an example states a type."""
    result = {answer.status: answer for answer in answers}
    labelled = [s for s in shown if s.label.direction in ("response", "error")]
    for each in (*labelled, *answered):
        error = each.label.direction == "error" and not each.label.status
        status = each.label.status or ("default" if error else "")
        failures = [s for s in result if s[:1] in ("4", "5")]
        if status == "default" and status not in result and len(failures) == 1:
            status = failures[0]  # the only error that the page states
        if not status and "" not in result:
            # A page may only state that nothing is there: 204.
            status = next((s for s in result if s.startswith("2") and s != "204"), "")
        if shape := read_shape(each.text.strip("[]"), each.span):
            fields = tuple(as_field(member) for member in shape)
            listed = True if each.text.startswith("[") else None
            type_ = TypeDraft(name="", repeated=listed, fields=fields, span=each.span)
            known = result.get(status) or AnswerDraft(status=status, span=each.span)
            result[status] = known if known.type else replace(known, type=type_)
            continue
        example = ExampleDraft(role="response", text=each.text, span=each.span)
        before = result.get(status) or AnswerDraft(status=status, span=each.span)
        result[status] = replace(before, examples=(*before.examples, example))
    return tuple(_joined(result))

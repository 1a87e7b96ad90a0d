"""An operation and the contents of its parts → OperationDraft."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from apiscribe.dialects.http.answer_drafts import split_unlabelled, stated_answers, with_examples
from apiscribe.dialects.http.commands import take_commands
from apiscribe.dialects.http.contents import Contents, Group, Shown
from apiscribe.dialects.http.deprecation import is_deprecated, without_mark
from apiscribe.dialects.http.hits import COMPONENT, Hit
from apiscribe.dialects.http.inline_bodies import inline_bodies
from apiscribe.dialects.http.item_texts import collection_of_item, collection_of_list
from apiscribe.dialects.http.listings import Operation
from apiscribe.dialects.http.media_types import media_type_of
from apiscribe.dialects.http.nested_groups import attach
from apiscribe.dialects.http.request_drafts import Request
from apiscribe.dialects.http.routes import RouteText
from apiscribe.dialects.http.shapes import read_shape, split_arrow
from apiscribe.dialects.http.words import Label
from apiscribe.model.draft import (
    ExampleDraft,
    OperationDraft,
    RouteDraft,
    SameRequest,
)

_MOST_LETTERS = 80  # of a summary


def draft_operation(operation: Operation, contents: Contents, name: str) -> OperationDraft:
    """Return the draft of an operation."""
    span = operation.hits[0].span
    groups = attach(contents.groups, contents)
    routes = _with_listed_name(operation.routes, groups)
    groups = [_of_item(group, routes) for group in groups]
    request = Request(routes)
    for group in groups:
        if group.label.direction not in ("response", "error"):
            for member in group.members:
                request.take(member, group.label)
    for hit in operation.hits:
        contents.shown += (
            Shown(label, body, hit.span) for label, body in inline_bodies(hit.words, False)
        )
        contents.shown += _in_cells(hit)
        sent, got = split_arrow(hit.words)
        request.take_shape(sent, hit.span)
        if members := read_shape(got, hit.span):
            groups.append(Group(Label(direction="response"), members))
    contents.shown[:0] = take_commands(contents, routes, request)
    answers = stated_answers(
        contents, [g for g in groups if g.label.direction in ("response", "error")]
    )
    asked, answered = split_unlabelled(contents.shown, routes, request.names())
    asked = [s for s in asked if not request.take_shape(s.text, s.span)]
    sends = bool(request.body or asked)
    kinds = {*request.media, *(s.label.media or "json" for s in asked)}
    return OperationDraft(
        title=_title(operation, contents),
        name=name,
        routes=tuple(RouteDraft(verb=r.verb, path=r.path, span=span) for r in routes),
        parameters=request.parameters(span),
        body=request.body_type(),
        media_type=media_type_of(contents.media, kinds, request.body, routes) if sends else "",
        answers=with_examples(answers, contents.shown, answered),
        same=tuple(
            SameRequest(link=s.target, optional=s.optional, without=s.without)
            for s in contents.same
        ),
        item=next(filter(None, (collection_of_item(t, routes) for t in contents.lines)), ""),
        items=next(filter(None, (collection_of_list(t, routes) for t in contents.lines)), ""),
        anchors=operation.anchors,
        examples=tuple(ExampleDraft(role="request", text=s.text, span=s.span) for s in asked),
        listed=operation.listed,
        deprecated=is_deprecated(operation.title, [*contents.description, _row_words(operation)]),
        description="\n\n".join(contents.description[:2]) or _row_words(operation),
        span=span,
    )


def _of_item(group: Group, routes: Sequence[RouteText]) -> Group:
    """Return a group of the fields of an object as those of the answer, without a label that says
    so: what reads an item has no body, and nothing marks the fields as parameters.
    """
    label = group.label
    reads = all(route.verb == "GET" and route.path.endswith("}") for route in routes)
    if label.part != "schema" or label.direction or label.place or not reads:
        return group
    if any(m.required or m.default or m.place for m in group.members) or len(group.members) < 2:
        return group
    return Group(replace(label, direction="response"), group.members)


def _in_cells(hit: Hit) -> Iterator[Shown]:
    """Yield the bodies in the row of an operation."""
    for direction, text in (("request", hit.sent), ("response", hit.got)):
        if text:
            yield Shown(Label(direction=direction, part="example"), text, hit.span)


def _with_listed_name(routes: list[RouteText], groups: Sequence[Group]) -> list[RouteText]:
    """Return the routes with the listed name of the only parameter with an example id for it:
    `/crates/1`, and `id` as the only parameter of the path.
    """
    listed = {m.name for g in groups for m in g.members if (m.place or g.label.place) == "path"}
    routes = [replace(route, path=_with_listed_segments(route.path, listed)) for route in routes]
    names = {name for route in routes for name in route.parameters}
    open_ = {name for route in routes for name in route.inferred}
    if len(open_) != 1 or len(listed - names) != 1:
        return routes
    (old,), (new,) = open_, listed - names
    return [
        (
            replace(route, path=route.path.replace(f"{{{old}}}", f"{{{new}}}"), inferred=(new,))
            if old in route.inferred
            else route
        )
        for route in routes
    ]


def _with_listed_segments(path: str, listed: Collection[str]) -> str:
    """Return a path with a parameter for each segment that a list of its parameters names: the
    placeholder of `/kilns/kilnId` has no marks.
    """
    return "/".join(f"{{{part}}}" if part in listed else part for part in path.split("/"))


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
        re.sub(r"^\((.*)\)$", r"\1", without_mark(operation.title.strip(" :#*`"))),
    )


def _row_words(operation: Operation) -> str:
    return next((h.words for h in operation.hits if " " in h.words and "{" not in h.words), "")

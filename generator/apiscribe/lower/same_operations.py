"""Requests and answers that a page describes by a reference to another operation.

"Takes the same parameters as [Create a car](#create-a-car), all optional": the request has the
fields of the other one. "Returns the car, as in [Create a car](#create-a-car)": the link of an
answer leads to an operation and not to a message, so the answer has the type of that operation's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from posixpath import dirname, join, normpath

from apiscribe.lower.operation_types import page_key, plain
from apiscribe.model.draft import (
    AnswerDraft,
    FieldDraft,
    OperationDraft,
    PageDraft,
    SameRequest,
)

_ITEM = re.compile(r"(?P<collection>.*)/\{[^{}]*\}/?")
_DEEPEST = 3  # references that lead to references


def is_http(page: PageDraft) -> bool:
    """Return whether a page is about HTTP, by its dialect or by operations in its front matter."""
    return bool(page.operations) or page.dialect == "http"


def resolve_same(pages: Sequence[PageDraft]) -> list[PageDraft]:
    """Return the pages with what operations have of others."""
    index = _Index(pages)
    return [
        replace(page, operations=tuple(index.resolved(o, page, 0) for o in page.operations))
        for page in pages
    ]


class _Index:
    """The operations by the page and the anchor of links to them."""

    def __init__(self, pages: Sequence[PageDraft]) -> None:
        self.found: dict[tuple[str, str], list[tuple[OperationDraft, PageDraft]]] = defaultdict(
            list
        )
        self.created: dict[str, tuple[OperationDraft, PageDraft]] = {}  # by the path of a POST
        self.messages: set[tuple[str, str]] = set()
        for page in pages:
            key = page_key(page.path).lower()
            for operation in page.operations:
                for route in operation.routes:
                    if route.verb == "POST":
                        self.created.setdefault(route.path, (operation, page))
                for anchor in ("", *operation.anchors):
                    self.found[key, anchor.lower()].append((operation, page))
            for message in page.messages:
                self.messages.update((key, anchor.lower()) for anchor in message.anchors)

    def target(self, link: str, page: PageDraft) -> tuple[OperationDraft, PageDraft] | None:
        """Return the operation that a link leads to, if it is the only one there."""
        path, _, anchor = link.partition("#")
        here = page_key(page.path).lower()
        target = page_key(normpath(join(dirname(page.path), path.lstrip("/")))).lower()
        wanted = page_key(path).lstrip("./").lower()
        keys = {here} if not path else {k for k, _ in self.found if _is_page(k, target, wanted)}
        if any((key, anchor.lower()) in self.messages for key in keys if anchor):
            return None
        for name in (anchor.lower(), ""):
            found = [each for key in keys for each in self.found.get((key, name), ())]
            if len(found) == 1 and (path or name):
                return found[0]
        return None

    def creating(self, operation: OperationDraft) -> tuple[OperationDraft, PageDraft] | None:
        """Return the operation that creates what another one changes: `POST /cars` for a PATCH of
        `/cars/{id}`, or the only `POST /owners/{owner}/cars`.
        """
        paths = {
            match["collection"]
            for route in operation.routes
            if route.verb in ("PUT", "PATCH") and (match := _ITEM.fullmatch(route.path))
        }
        if len(paths) != 1:
            return None
        collection = paths.pop()
        if found := self.created.get(collection):
            return found
        word = collection.rpartition("/")[2]
        alike = [path for path in self.created if word and path.endswith(f"/{word}")]
        return self.created[alike[0]] if len(alike) == 1 else None

    def resolved(self, operation: OperationDraft, page: PageDraft, depth: int) -> OperationDraft:
        """Return an operation with its answers and its request in full."""
        if depth > _DEEPEST:
            return operation
        answers = tuple(self.answer(a, operation, page, depth) for a in operation.answers)
        operation = replace(operation, answers=answers)
        for same in operation.same:
            found = self.target(same.link, page) if same.link else self.creating(operation)
            if found and found[0] is not operation:
                other, home = found
                operation = _with_request(operation, self.resolved(other, home, depth + 1), same)
        return operation

    def answer(
        self, answer: AnswerDraft, operation: OperationDraft, page: PageDraft, depth: int
    ) -> AnswerDraft:
        """Return an answer with the type and the examples of the operation that it refers to."""
        if answer.type is None or not answer.type.link or answer.type.fields:
            return answer
        found = self.target(answer.type.link, page)
        unnamed = None if not answer.type.name else answer.type
        if found is None or operation.routes == found[0].routes:
            return replace(answer, type=unnamed)
        other = self.resolved(*found, depth + 1)
        success = next((a for a in other.answers if a.status[:1] in ("", "2")), None)
        if success is None or (success.type is None and not success.examples):
            return replace(answer, type=unnamed)
        return replace(answer, type=success.type, examples=answer.examples or success.examples)


def _is_page(key: str, target: str, wanted: str) -> bool:
    return key in (target, wanted) or key.endswith(f"/{wanted}")


def _with_request(
    operation: OperationDraft, other: OperationDraft, same: SameRequest
) -> OperationDraft:
    """Return an operation with the parameters and the body of another one, besides its own."""
    left_out = {plain(name) for name in same.without}
    known = {plain(f.name) for f in operation.parameters}
    own = operation.body.fields if operation.body else ()
    known |= {plain(f.name) for f in own}
    parameters = tuple(
        _loose(f, same)
        for f in other.parameters
        if f.location != "path" and plain(f.name) not in known | left_out
    )
    body = operation.body
    if other.body and other.body.fields and (body is None or body.fields):
        added = tuple(
            _loose(f, same) for f in other.body.fields if plain(f.name) not in known | left_out
        )
        body = replace(other.body, fields=(*own, *added), span=operation.span)
    elif body is None and other.body:
        body = other.body
    elif body is None and not other.body and not same.without:
        return replace(
            operation,
            parameters=(*operation.parameters, *parameters),
            examples=operation.examples or other.examples,
        )
    return replace(operation, parameters=(*operation.parameters, *parameters), body=body)


def _loose(field: FieldDraft, same: SameRequest) -> FieldDraft:
    """Return a field of another request as this one has it: with `optional`, it is not required,
    and it has no default, which would change what the caller leaves out.
    """
    return replace(field, required=False, default="") if same.optional else field

"""Answers that a page states by the item of their operation: "Returns the updated loom".

The item is what another operation answers: one that gets it by its id, or else the fullest answer
of those that create it, change it or list its collection. Operations with the same path before it
come first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.lower.operation_routes import shape
from apiscribe.lower.shown_types import shown_fields, shown_values
from apiscribe.model.draft import AnswerDraft, OperationDraft, PageDraft, RouteDraft, TypeDraft


def resolve_items(pages: Sequence[PageDraft]) -> list[PageDraft]:
    """Return the pages with the answers that are the item of a collection."""
    known = [operation for page in pages for operation in page.operations]
    return [
        replace(page, operations=tuple(_with_item(o, known) for o in page.operations))
        for page in pages
    ]


def _with_item(operation: OperationDraft, known: Sequence[OperationDraft]) -> OperationDraft:
    own = _success(operation)
    if not operation.item or (own and (own.type or own.examples)):
        return operation
    item = next(_items(operation, known), None)
    if item is None:
        return operation
    if own is None:
        own = AnswerDraft(status="", span=operation.span)
    answer = replace(own, type=item.type, examples=item.examples)
    others = tuple(a for a in operation.answers if a.status != own.status)
    return replace(operation, answers=(answer, *others))


def _items(operation: OperationDraft, known: Sequence[OperationDraft]) -> Iterator[AnswerDraft]:
    """Yield the answers that may show the item, the best first."""
    path = shape(operation.routes[0])[1].split("/")
    at = path.index(operation.item.lower()) if operation.item.lower() in path else 0
    before = path[: at + 1]
    found: list[tuple[tuple[bool, int, int], AnswerDraft]] = []
    for other in known:
        answer = _success(other)
        if other is operation or answer is None or not (answer.type or answer.examples):
            continue
        for rank, route in ((_rank(r, operation.item), r) for r in other.routes):
            if rank is None:
                continue
            item = _of_list(answer) if rank == _LIST else answer
            same = shape(route)[1].split("/")[: len(before)] == before
            shown = _shown(item) if item else None
            if item and shown and not shown.repeated:
                fullness = 0 if rank == _GET else -len(shown.fields)
                found.append(((not same, min(rank, 1), fullness), item))
    yield from (answer for _, answer in sorted(found, key=lambda each: each[0]))


_GET, _LIST = 0, 3


def _rank(route: RouteDraft, collection: str) -> int | None:
    """Return how well a route shows the item of a collection; None if it does not."""
    verb, path = shape(route)
    end = path.rsplit("/", 2)[1:]
    if end[-1] == collection.lower():
        return {"POST": 1, "GET": _LIST}.get(verb)
    if end == [collection.lower(), "{}"]:
        return {"GET": _GET, "PUT": 2, "PATCH": 2}.get(verb)
    return None


def _success(operation: OperationDraft) -> AnswerDraft | None:
    return next((a for a in operation.answers if a.status[:1] in ("", "2")), None)


def _shown(answer: AnswerDraft) -> TypeDraft | None:
    return answer.type or shown_fields(shown_values(answer.examples), answer.span)


def _of_list(answer: AnswerDraft) -> AnswerDraft | None:
    """Return the item of a list: the answer itself, or its only field that lists objects."""
    shown = _shown(answer)
    if shown is None:
        return None
    if not shown.repeated:
        lists = [f.type for f in shown.fields if f.type.repeated and (f.type.fields or f.type.link)]
        shown = lists[0] if len(lists) == 1 else None
    if shown is None:
        return None
    return replace(answer, type=replace(shown, repeated=None), examples=())

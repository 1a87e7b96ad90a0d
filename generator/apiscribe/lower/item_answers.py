"""Answers that a page states by the item of their operation: "Returns the updated loom".

The item is the object of the page with its name. Without one, it is what another operation
answers: one that gets it by its id, or else the fullest answer of those that create it, change it
or list its collection. Operations with the same path before it come first. The item has the types
of the ids that paths have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from apiscribe.lower.inference import rule_name
from apiscribe.lower.operation_routes import shape
from apiscribe.lower.operation_types import plain, whole_type
from apiscribe.lower.shown_objects import may_show
from apiscribe.lower.shown_types import shown_fields, shown_values
from apiscribe.model.draft import (
    AnswerDraft,
    FieldDraft,
    OperationDraft,
    PageDraft,
    RouteDraft,
    TypeDraft,
)
from apiscribe.model.names import snake
from apiscribe.model.plurals import singular
from apiscribe.model.type_words import type_of_word

# The last words of paths → the operations with these.
Known = Mapping[str, Sequence[OperationDraft]]


def resolve_items(pages: Sequence[PageDraft]) -> list[PageDraft]:
    """Return the pages with the answers that are the item of a collection."""
    known = _by_collection(pages)
    pages = [
        replace(page, operations=tuple(_with_item(o, known, page) for o in page.operations))
        for page in pages
    ]
    known = _by_collection(pages)
    messages = {plain(m.name): m.fields for page in reversed(pages) for m in page.messages}
    return [
        replace(page, operations=tuple(_with_ids(o, known, messages) for o in page.operations))
        for page in pages
    ]


def _with_ids(
    operation: OperationDraft,
    known: Known,
    messages: Mapping[str, Sequence[FieldDraft]],
) -> OperationDraft:
    """Return an operation with the types of the ids in its path."""
    parameters = tuple(
        (
            id_of_item(field, operation.routes[0], known, messages)
            if field.location == "path" and not field.type.name and not field.type.values
            else field
        )
        for field in operation.parameters
    )
    return replace(operation, parameters=parameters)


def id_of_item(
    field: FieldDraft,
    route: RouteDraft,
    known: Known,
    messages: Mapping[str, Sequence[FieldDraft]],
) -> FieldDraft:
    """Parameters in the path without a type are integers if the same field of the item that they
    select is one: the field with their name, or `id` for `id` and `loom_id`.
    """
    before, found, _ = route.path.partition(f"/{{{field.name}}}")
    collection = before.rpartition("/")[2].lower()
    if not found or not collection or "{" in collection:
        return field
    name = plain(field.name)
    for item in _items(collection, shape(replace(route, path=before))[1].split("/"), known):
        type_ = _shown(item)
        fields = messages.get(plain(type_.name), type_.fields) if type_ else ()
        inside = [f.type.fields for f in fields if f.type.fields and not f.type.repeated]
        for level in (fields, inside[0] if len(inside) == 1 else ()):
            own = {plain(f.name): f.type for f in level}
            id_ = own.get(name) or (own.get("id") if name.endswith("id") else None)
            if id_ is None:
                continue
            if id_.repeated or type_of_word(id_.name) not in ("int32", "int64"):
                return field
            return replace(
                field,
                type=replace(field.type, name=type_of_word(id_.name)),
                provenance=(*field.provenance, ("type", rule_name(id_of_item))),
            )
    return field


def _with_item(operation: OperationDraft, known: Known, page: PageDraft) -> OperationDraft:
    own = _success(operation) or AnswerDraft(status="", span=operation.span)
    if own.type:
        return operation
    if operation.items and not own.examples:
        return _with_items(operation, own, known, page)
    if not operation.item:
        return operation
    item = _object(operation.item, own, page)
    if item is None and not own.examples:
        path = shape(operation.routes[0])[1].split("/")
        at = path.index(operation.item.lower()) if operation.item.lower() in path else 0
        item = next(_items(operation.item.lower(), path[: at + 1], known, operation), None)
    if item is None:
        return operation
    answer = replace(own, type=item.type, examples=own.examples or item.examples)
    return _with_answer(operation, own, answer)


def _with_items(
    operation: OperationDraft, own: AnswerDraft, known: Known, page: PageDraft
) -> OperationDraft:
    """Return an operation with a list of the items of its collection as its answer."""
    collection = operation.items.lower()
    path = shape(operation.routes[0])[1].split("/")
    item = _object(collection, own, page) or next(_items(collection, path, known, operation), None)
    if item is None or item.type is None:
        return operation
    answer = replace(own, type=replace(item.type, repeated=True))
    return _with_answer(operation, own, answer)


def _with_answer(
    operation: OperationDraft, own: AnswerDraft, answer: AnswerDraft
) -> OperationDraft:
    rest = tuple(a for a in operation.answers if a.status != own.status)
    return replace(operation, answers=(answer, *rest))


def _object(collection: str, answer: AnswerDraft, page: PageDraft) -> AnswerDraft | None:
    """Return an answer with the object of its page that has the name of a collection's item, unless
    the examples show another one.
    """
    noun = plain(singular(snake(collection)))
    found = next((m for m in page.messages if plain(m.name) == noun), None)
    shown = _shown(answer)
    if found is None or whole_type(found):
        return None
    if shown and (shown.repeated or not may_show(shown.fields, found.fields)):
        return None
    return replace(answer, type=TypeDraft(name=found.name, span=answer.span))


def _items(
    collection: str, before: Sequence[str], known: Known, without: OperationDraft | None = None
) -> Iterator[AnswerDraft]:
    """Yield the answers that may show the item of a collection, the best first."""
    found: list[tuple[tuple[bool, int, int], AnswerDraft]] = []
    for other in known.get(collection, ()):
        answer = _success(other)
        if other is without or answer is None or not (answer.type or answer.examples):
            continue
        for rank, route in ((_rank(r, collection), r) for r in other.routes):
            if rank is None:
                continue
            item = _of_list(answer) if rank == _LIST else answer
            same = shape(route)[1].split("/")[: len(before)] == list(before)
            shown = _shown(item) if item else None
            if item and shown and not shown.repeated:
                fullness = 0 if rank == _GET else -len(shown.fields)
                found.append(((not same, min(rank, 1), fullness), item))
    yield from (answer for _, answer in sorted(found, key=lambda each: each[0]))


def _by_collection(pages: Sequence[PageDraft]) -> Known:
    """Return the operations by the last words of their paths."""
    found: defaultdict[str, dict[int, OperationDraft]] = defaultdict(dict)
    for operation in (each for page in pages for each in page.operations):
        for route in operation.routes:
            for word in shape(route)[1].split("/")[-2:]:
                found[word][id(operation)] = operation
    return {word: tuple(operations.values()) for word, operations in found.items()}


_GET, _LIST = 0, 3


def _rank(route: RouteDraft, collection: str) -> int | None:
    """Return how well a route shows the item of a collection; None if it does not."""
    verb, path = shape(route)
    end = path.split("/")[-2:]
    if end[-1] == collection:
        return {"POST": 1, "GET": _LIST}.get(verb)
    if end == [collection, "{}"]:
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

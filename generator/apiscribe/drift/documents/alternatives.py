"""Compares the alternatives of schemas: the members of `oneOf` and `anyOf`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from apiscribe.drift.change import Grade
from apiscribe.drift.documents.findings import Place
from apiscribe.drift.documents.properties import share_of_names
from apiscribe.drift.documents.schema_view import SchemaView, canonical, view_of
from apiscribe.model.openapi_document import Node

if TYPE_CHECKING:
    from apiscribe.drift.documents.schemas import SchemaWalk

_MIN_SHARED = 0.4


def compare_alternatives(walk: SchemaWalk, old: SchemaView, new: SchemaView, place: Place) -> None:
    """Report added and removed alternatives, and compare the others."""
    pairs = list(_pairs(old.alternatives, new.alternatives))
    for one, other in pairs:
        names = view_of(one).name, view_of(other).name
        if all(names) and names[0] != names[1]:
            # Callers may send the name as the value of a discriminator.
            grade: Grade | None = "json" if new.discriminator else None
            message = f"{names[0]} was renamed to {names[1]}"
            walk.findings.add("message-renamed", message, one, other, grade)
        walk.compare(one, other, place.named(place.name))
    for at, member in enumerate(old.alternatives, 1):
        if all(member is not one for one, _ in pairs):
            message = f"{_label(member, at)} is no longer an alternative of {place.name}"
            walk.findings.add(
                "alternative-removed", message, old.node, new.node, place.grade(tightens=True)
            )
    for at, member in enumerate(new.alternatives, 1):
        if all(member is not other for _, other in pairs):
            message = f"{_label(member, at)} is now an alternative of {place.name}"
            walk.findings.add(
                "alternative-added", message, old.node, new.node, place.grade(tightens=False)
            )
    if old.combined != new.combined:
        message = f"the alternatives of {place.name} are now {new.combined}, not {old.combined}"
        walk.findings.add("constraint-changed", message, old.node, new.node, "docs")


def wrapped(walk: SchemaWalk, old: SchemaView, new: SchemaView, place: Place) -> bool:
    """Compare a schema with alternatives that include it; return False if they do not."""
    plain, listed = (old, new) if new.alternatives else (new, old)
    if listed.properties or listed.types:
        return False
    own = next((m for m in listed.alternatives if canonical(m) == canonical(plain.node)), None)
    own = own or next((m for m in listed.alternatives if m.keys == plain.node.keys), None)
    if own is None:
        return False
    added = listed is new
    for at, member in enumerate(listed.alternatives, 1):
        if member is not own:
            state = "is now" if added else "is no longer"
            message = f"{_label(member, at)} {state} an alternative of {place.name}"
            kind = "alternative-added" if added else "alternative-removed"
            grade = place.grade(tightens=not added)
            walk.findings.add(kind, message, old.node, new.node, grade)
    pair = (plain.node, own) if added else (own, plain.node)
    walk.compare(*pair, place.named(place.name))
    return True


def _pairs(old: list[Node], new: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Yield the alternatives that both versions have: by name, content, title, then shape."""
    waiting, others = list(old), list(new)
    for is_pair in _EVIDENCE:
        for member in list(waiting):
            found = [other for other in others if is_pair(member, other)]
            if found and (len(found) == 1 or is_pair is _same):
                waiting.remove(member)
                others.remove(found[0])
                yield member, found[0]
    if len(waiting) == len(others) == 1 and _alike(waiting[0], others[0]):
        yield waiting[0], others[0]


def _same_name(old: Node, new: Node) -> bool:
    name = view_of(old).name
    return bool(name) and name == view_of(new).name


def _same(old: Node, new: Node) -> bool:
    return canonical(old) == canonical(new)


def _same_title(old: Node, new: Node) -> bool:
    return bool(old.text("title")) and old.text("title") == new.text("title")


def _same_shape(old: Node, new: Node) -> bool:
    """Return whether two inline schemas have the same types and names of properties."""
    views = view_of(old), view_of(new)
    named = any(view.name for view in views)
    return (
        not named
        and views[0].types == views[1].types != frozenset()
        and (views[0].properties.keys() == views[1].properties.keys())
    )


_EVIDENCE: tuple[Callable[[Node, Node], bool], ...] = (_same_name, _same, _same_title, _same_shape)


def _alike(old: Node, new: Node) -> bool:
    views = view_of(old), view_of(new)
    if views[0].types != views[1].types or (views[0].name and views[1].name):
        return False
    return share_of_names(*views) >= _MIN_SHARED and not (views[0].values or views[1].values)


def _label(member: Node, at: int) -> str:
    view = view_of(member)
    return view.name or member.text("title") or f"{view.type_text} (number {at})"

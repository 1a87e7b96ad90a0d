"""The members of a request, sorted by location: path, query, header, cookie or body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.members import Member, as_field
from apiscribe.dialects.http.nesting import nest
from apiscribe.dialects.http.routes import RouteText
from apiscribe.dialects.http.shapes import read_shape
from apiscribe.dialects.http.words import Label
from apiscribe.model.draft import FieldDraft, TypeDraft
from apiscribe.model.http import Location
from apiscribe.model.type_words import type_of_word

_PLACES: tuple[Location, ...] = ("path", "query", "header", "cookie")
WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
# Headers that say how a message is sent, or who sends it, and that every operation has.
_TRANSPORT_HEADERS = frozenset(
    {"authorization", "content-type", "accept", "content-length", "host"}
)


class Request:
    """Sorts the members of a request by their places."""

    def __init__(self, routes: Sequence[RouteText]) -> None:
        self.routes = routes
        self.path = {plain(name): name for route in routes for name in route.parameters}
        self.inferred = {name for route in routes for name in route.inferred}
        self.places: dict[str, list[Member]] = {}
        self.body: list[Member] = []
        self.listed = False  # the body is a list of what its labels list
        self.media: set[str] = set()  # the kinds of body that its labels and places name

    def take(self, member: Member, label: Label) -> None:
        """Add a member at its place, or that of its label."""
        place = member.place or label.place
        if label.part == "headers":
            place = "header"
        if place in ("", "path", "body") and (known := self.path_name(member.name, place)):
            member, place = replace(member, name=known), "path"
        elif place == "path":
            place = "query"
        if not place:
            place = "query" if all(r.verb in WITHOUT_BODY for r in self.routes) else "body"
        if place == "body":
            self.listed = self.listed or label.listed
            self.body.append(member)
            self.media |= {member.media, label.media}
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
        place = "query" if all(r.verb in WITHOUT_BODY for r in self.routes) else "body"
        for member in members or ():
            self.take(member, Label(place=place))
        return members is not None

    def parameters(self, span: Span) -> tuple[FieldDraft, ...]:
        """Return the parameters, also those that only the path shows."""
        fields = [
            as_field(member, place)
            for place in _PLACES
            for member in distinct(self.places.get(place, []))
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
            type=TypeDraft(name="" if place == "path" else "string", span=span),
            required=True if place == "path" else None,
            location=place,
            provenance=(("field", "example-id"),) if inferred else (),
            span=span,
        )

    def names(self) -> frozenset[str]:
        """Return the names of the listed fields of the body; none if it has a type of its own."""
        if self.whole_body():
            return frozenset()
        return frozenset(re.split(r"[.\[]", m.name)[0] for m in self.body if m.depth == 0)

    def whole_body(self) -> TypeDraft | None:
        """Return the type of the body if the page lists the body itself as a parameter."""
        heads = [m for m in self.body if m.depth == 0] or self.body[:1]
        if len(heads) == 1 and (
            heads[0].name.lower() in ("body", "requestbody", "request_body")
            or self.is_whole(heads[0])
        ):
            whole = as_field(nest(self.body)[0]).type
            # Below "Body:", a text named `body` is a field; with its place, it is the whole body.
            if not heads[0].place and type_of_word(whole.name) and not whole.repeated:
                return None
            return whole if whole.name or whole.fields else None
        return None

    def is_whole(self, head: Member) -> bool:
        """Return whether the only member of a body is the body itself.

        It is an object at the place `body`, or has the name of its type, as on the pages of
        generated clients.
        """
        type_ = head.type.type if head.type else None
        if type_ is None or type_of_word(type_.name):
            return False
        nested = any(m.depth and not m.place for m in self.body)
        own_page = not type_.link.startswith("#") and plain(head.name) == plain(type_.name)
        return (head.place == "body" and bool(type_.link or nested)) or (
            bool(type_.link) and own_page
        )

    def body_type(self) -> TypeDraft | None:
        """Return the type of the body, or its fields in place of a type."""
        if not self.body:
            return None
        if whole := self.whole_body():
            return whole
        at = next((m for m in self.body if m.depth == 0), self.body[0]).span
        fields = tuple(as_field(member) for member in nest(distinct(self.body)))
        return TypeDraft(name="", fields=fields, repeated=self.listed or None, span=at)


def distinct(members: Iterable[Member]) -> list[Member]:
    """Return the members without those that repeat the name of another; the fuller one counts."""
    result: dict[tuple[str, int, int], Member] = {}
    owner = 0
    for member in members:
        owner = owner + 1 if member.depth == 0 else owner
        key = (member.name, member.depth, owner if member.depth else 0)
        before = result.get(key)
        if before is None:
            result[key] = member
        elif before.type is None and member.type is not None:
            required = before.required if member.required is None else member.required
            described = member.description or before.description
            result[key] = replace(member, required=required, description=described)
    return list(result.values())


def _in_path(field: FieldDraft) -> FieldDraft:
    return replace(field, required=True)


def plain(name: str) -> str:
    """Return a name for comparison: `userId`, `user_id` and `:user-id` are one."""
    return re.sub(r"[\W_]", "", name).lower()

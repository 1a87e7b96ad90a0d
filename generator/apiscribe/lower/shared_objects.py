"""Equal objects without a name are one message: the address that two requests list in its place.

Each object in place of a type is a message named after its place. `share_objects` gives those that
are equal one short name, and keeps it in the lock: a page that comes later does not change it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from apiscribe.lower.inference import rule_name
from apiscribe.lower.naming import Naming
from apiscribe.lower.operation_names import item_name
from apiscribe.model.draft import FieldDraft, MessageDraft, MethodDraft, PageDraft, TypeDraft
from apiscribe.model.names import camel, identifier
from apiscribe.model.plurals import singular

_ITEM = re.compile(r".*/([^/{}:]+)/\{[^/{}]+\}(?:\.\w+)?")
_COLLECTION = re.compile(r".*/([^/{}:.]+)(?:\.\w+)?")
_ERROR = re.compile(r"[45](?:\d\d|XX)|default")
_BY_PLACE = ("name", rule_name(item_name))


def share_objects(pages: Sequence[PageDraft], naming: Naming) -> list[PageDraft]:
    """Return the pages with one message for equal objects.

    Answers before fields: equal answers have equal objects inside, which are then one.
    """
    objects = _Objects(pages, naming)
    if not objects.objects:
        return list(pages)
    objects.share(dict(objects.in_answers()))
    objects.share(dict(objects.in_fields()))
    objects.rename_inner()
    objects.keep_names()
    return [objects.shared(page) for page in pages]


def shared_object(alike: int, others: int, known: bool) -> bool:
    """Objects that pages list in place of a type are one message if they are equal in all that the
    pages state, and if they are most of those that would have the same short name; objects that
    only examples show are apart from others. Objects at fields would have the field's name, in the
    singular if it is a list; answers of a collection and of its items the collection's name in the
    singular; answers with an error status `Error`. A name that lock.json has for an object stays.
    """
    return known or (alike > 1 and alike > others)


@dataclass(frozen=True)
class _Place:
    owner: str
    field: FieldDraft


class _Objects:
    """The objects without a name, by full name. Those in the lock under the name of their place
    keep it.
    """

    def __init__(self, pages: Sequence[PageDraft], naming: Naming) -> None:
        self.pages, self.naming = pages, naming
        self.messages: dict[str, MessageDraft] = {}
        self.taken: set[str] = set()
        self.objects: dict[str, _Place | None] = {}
        self.by_place: set[str] = set()  # the objects, and those that the lock has
        for page in pages:
            for message in page.messages:
                name = f".{page.package}.{message.name}"
                self.messages[name] = message
                if _BY_PLACE in message.provenance:
                    self.by_place.add(name)
                    if not naming.is_locked(name[1:]):
                        self.objects[name] = None
            names = [message.name for message in page.messages]
            names += [service.name for service in page.services]
            names += [enum.name for enum in page.enums]
            self.taken |= {f".{page.package}.{name}" for name in names}
        for owner, message in self.messages.items():
            for field in message.fields:
                if field.type.name in self.objects:
                    self.objects[field.type.name] = _Place(owner, field)
        self.first: dict[str, str] = {}  # object → the first one that is equal, if it is shared
        self.names: dict[str, str] = {}  # first object → the full name that it shares

    def in_answers(self) -> Iterator[tuple[str, str]]:
        """Yield the objects that answers consist of, with the names that they would have."""
        for page in self.pages:
            for method in (method for service in page.services for method in service.methods):
                name, is_list = _collection(method)
                if name and (item := self._item(method, is_list)):
                    yield item, camel(singular(identifier(name)))
                errors = (a.type for a in method.answers if a.type and _ERROR.fullmatch(a.status))
                yield from ((type_.name, "Error") for type_ in errors if type_.name in self.objects)

    def in_fields(self) -> Iterator[tuple[str, str]]:
        """Yield the objects at fields of pages, the outer ones first."""
        whole = {
            method.response.name
            for page in self.pages
            for service in page.services
            for method in service.methods
            if method.response and any(route.response_body for route in method.routes)
        }
        for name, place in reversed(self.objects.items()):
            # The field of a body or of a whole answer has a name that no page states.
            if place and place.owner not in whole and place.field.location != "body":
                yield name, item_name("", place.field.name, bool(place.field.type.repeated))

    def share(self, wanted: Mapping[str, str]) -> None:
        """Share objects that are equal and would have one name."""
        groups: dict[tuple[bool, str], list[str]] = {}
        for name, short in wanted.items():
            key = self.messages[name].incomplete, f"{name.rpartition('.')[0]}.{short}"
            groups.setdefault(key, []).append(name)
        # Objects that pages list come before those that only examples show.
        for (_, shared), members in sorted(groups.items(), key=lambda group: group[0][0]):
            known = {name: self._known(name) for name in members}
            free = [n for n in members if n not in self.first and known[n] in ("", shared)]
            for alike in self._classes(free, shared):
                if shared_object(len(alike), len(free) - len(alike), any(map(known.get, alike))):
                    if shared not in self.taken:
                        self._unite(alike, shared)
                    break

    def _classes(self, names: Sequence[str], shared: str) -> list[list[str]]:
        """Return the classes of equal objects; first those that the lock has."""
        classes: list[list[str]] = []
        for name in names:
            alike = next((each for each in classes if self._equal(name, each[0])), None)
            if alike is None:
                classes.append(alike := [])
            alike.append(name)
        locked = self.naming.locked_fields(shared[1:]).keys()
        return sorted(
            classes,
            key=lambda alike: (
                not any(map(self._known, alike)),
                len(locked ^ {field.name for field in self.messages[alike[0]].fields}),
            ),
        )

    def _unite(self, alike: Sequence[str], shared: str) -> None:
        first, *others = sorted(alike, key=list(self.objects).index)
        self._rename(first, shared)
        for name in others:
            self._join(name, first)

    def _rename(self, name: str, shared: str) -> None:
        self.taken.add(shared)
        self.names[name] = shared
        self.first[name] = name

    def _join(self, name: str, first: str) -> None:
        """Let an object and all in it be those of the first equal one."""
        self.first[name] = first
        for type_, other in zip(self._inner(name), self._inner(first), strict=True):
            self._join(type_.name, self.first.get(other.name, other.name))

    def rename_inner(self) -> None:
        """Name the objects in shared ones after these: `CustomerAddress` in `Customer`."""
        pending = list(self.names)
        while pending:
            owner = pending.pop()
            for field in self.messages[owner].fields:
                name = field.type.name
                if name not in self.objects or name in self.first:
                    continue
                by_owner = item_name(
                    self.names[owner].rpartition(".")[2], field.name, bool(field.type.repeated)
                )
                by_owner = f"{owner.rpartition('.')[0]}.{by_owner}"
                inner = self._known(name) or by_owner
                if inner not in self.taken:
                    self._rename(name, inner)
                    pending.append(name)

    def keep_names(self) -> None:
        """Keep the shared names in the lock. An object that is not shared any more has the numbers
        of the one that it was: its fields stay compatible.
        """
        for name in self.objects:
            known, final = self._known(name), self._final(name)
            if name in self.first:
                package, _, short = name.rpartition(".")
                self.naming.keep(package[1:], "objects", short, final.rpartition(".")[2])
            elif known:
                self.naming.split[final[1:]] = known[1:]

    def _known(self, name: str) -> str:
        package, _, short = name.rpartition(".")
        known = self.naming.known(package[1:], "objects", short)
        return f"{package}.{known}" if known else ""

    def _equal(self, name: str, other: str) -> bool:
        """Return whether two messages are equal in all that pages state."""
        if name == other:
            return True
        if not {name, other} <= self.objects.keys():
            return False
        one, two = self.messages[name], self.messages[other]
        if (one.incomplete, one.description) != (two.incomplete, two.description):
            return False
        pairs = zip(one.fields, two.fields, strict=False)
        return len(one.fields) == len(two.fields) and all(
            replace(field, type=replace(field.type, name=again.type.name)) == again
            and self._equal(field.type.name, again.type.name)
            for field, again in pairs
        )

    def _item(self, method: MethodDraft, is_list: bool) -> str:
        """Return the object that a method answers, or lists in its answer; "" without one."""
        answer = method.response.name if method.response else ""
        # A message around the item has the same item when the lock has it.
        inner, item = self._inner(answer, self.by_place), answer
        if is_list:
            if len(inner) == 1 and not inner[0].repeated:
                inner = self._inner(inner[0].name, self.by_place)  # {"data": {"results": []}}
            lists = [type_.name for type_ in inner if type_.repeated]
            item = lists[0] if len(lists) == 1 else ""
        elif inner and len(self.messages[answer].fields) == 1:
            item = inner[0].name
        return item if item in self.objects else ""

    def _inner(self, name: str, known: Container[str] | None = None) -> list[TypeDraft]:
        """Return the types of the objects in a message; `known` are all objects that count."""
        message = self.messages.get(name)
        fields = message.fields if message else ()
        known = self.objects if known is None else known
        return [field.type for field in fields if field.type.name in known]

    def shared(self, page: PageDraft) -> PageDraft:
        """Return a page with the shared messages, at the place of the first of them."""
        messages = tuple(
            replace(
                message,
                name=self._final(name).rpartition(".")[2],
                fields=tuple(replace(f, type=self._type(f.type)) for f in message.fields),
                provenance=self._provenance(name, message),
            )
            for message in page.messages
            if self.first.get(name := f".{page.package}.{message.name}", name) == name
        )
        services = tuple(
            replace(service, methods=tuple(map(self._method, service.methods)))
            for service in page.services
        )
        return replace(page, messages=messages, services=services)

    def _method(self, method: MethodDraft) -> MethodDraft:
        return replace(
            method,
            request=method.request and self._type(method.request),
            response=method.response and self._type(method.response),
            answers=tuple(
                replace(answer, type=answer.type and self._type(answer.type))
                for answer in method.answers
            ),
        )

    def _type(self, type_: TypeDraft) -> TypeDraft:
        return replace(type_, name=self._final(type_.name)) if type_.name in self.objects else type_

    def _final(self, name: str) -> str:
        first = self.first.get(name, name)
        return self.names.get(first, first)

    def _provenance(self, name: str, message: MessageDraft) -> tuple[tuple[str, str], ...]:
        if name not in self.names:
            return message.provenance
        others = tuple(fact for fact in message.provenance if fact != _BY_PLACE)
        return (*others, ("name", rule_name(shared_object)))


def _collection(method: MethodDraft) -> tuple[str, bool]:
    """Return the name of the collection that a method works on, and whether it lists the items."""
    for route in method.routes:
        if route.verb in ("GET", "PUT", "PATCH") and (item := _ITEM.fullmatch(route.path)):
            return item[1], False
        name = collection[1] if (collection := _COLLECTION.fullmatch(route.path)) else ""
        if name and singular(name) != name and route.verb in ("GET", "POST"):
            return name, route.verb == "GET"
    return "", False

"""The types of HTTP pages: links and names → messages, inline fields → messages with names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from posixpath import dirname, join, normpath

from apiscribe.diagnostics.codes.types import unknown_type_word
from apiscribe.diagnostics.report import Report
from apiscribe.lower.operation_names import item_name
from apiscribe.lower.shown_types import default_type
from apiscribe.model.draft import FieldDraft, MessageDraft, PageDraft, TypeDraft
from apiscribe.model.names import camel, unique, words
from apiscribe.model.type_words import split_format, split_list, split_map, type_of_word
from apiscribe.model.types import SCALARS, WELL_KNOWN

_VALUE = ".google.protobuf.Value"
_STRUCT = ".google.protobuf.Struct"
_SUFFIX_WORDS = frozenset(
    {"string", "integer", "int", "number", "boolean", "bool", "float", "double"}
)
_LOCATION = re.compile(r"\.(?:md|mdx|markdown|html?)$")
_SUFFIX = re.compile(r"(?:object|model|schema|entity|resource|structure)s?$")


def plain(text: str) -> str:
    """Return a name for comparison: `Time Interval`, `time-interval` and `TimeInterval` are one."""
    return re.sub(r"[\W_]", "", text).lower()


def page_key(path: str) -> str:
    """Return a page's path without its suffix and without `index`."""
    path = _LOCATION.sub("", path)
    return re.sub(r"(?:^|/)(?:_?index|README)$", "", path, flags=re.IGNORECASE).strip("/")


class MessageIndex:
    """The messages of HTTP pages: by the page and the anchor of a link, and by name.

    `others` are the pages that are not about HTTP: HTTP pages may use their types by short names.
    """

    def __init__(
        self, pages: Sequence[PageDraft], others: Iterable[PageDraft], package: str, report: Report
    ) -> None:
        self.package, self.report = package, report
        self.elsewhere: dict[str, set[str]] = {}  # short name → full names
        for page in others:
            declared = [message.name for message in page.messages] + [e.name for e in page.enums]
            for name in declared:
                names = self.elsewhere.setdefault(name.rpartition(".")[2], set())
                names.add(f".{page.package or package}.{name}")
        self.names: dict[int, str] = {}  # id of a draft → name of its message
        self.taken: set[str] = set()
        self.used: set[str] = set()
        self.on_page: dict[tuple[str, str], str] = {}
        self.anchors: dict[tuple[str, str], str] = {}
        self.by_anchor: dict[str, list[tuple[str, str]]] = {}  # → pages and names
        self.by_name: dict[str, str] = {}
        self.aliases: dict[str, TypeDraft] = {}
        self.drafts: dict[str, tuple[MessageDraft, PageDraft]] = {}
        shapes: dict[str, MessageDraft] = {}
        for page in pages:
            for message in page.messages:
                name = camel(message.name)
                before = shapes.get(name)
                if before is None or _shape(before) != _shape(message):
                    name = unique(name, self.taken)
                    shapes[name] = message
                self.taken.add(name)
                self.names[id(message)] = name
                self.drafts.setdefault(name, (message, page))
                if alias := whole_type(message):
                    self.aliases[name] = alias
                self._add(page, message, name)

    def _add(self, page: PageDraft, message: MessageDraft, name: str) -> None:
        key = page_key(page.path)
        self.on_page.setdefault((key, plain(message.name)), name)
        self.by_name.setdefault(plain(message.name), name)
        for anchor in message.anchors:
            self.anchors.setdefault((key, anchor.lower()), name)
            self.by_anchor.setdefault(anchor.lower(), []).append((key.lower(), name))

    def resolve(self, type_: TypeDraft, page: PageDraft, fallback: str) -> TypeDraft:
        """Return the type with the full name of its message, or with a type word."""
        if type_.values or type_.name.startswith(".") or type_.name in SCALARS:
            return type_
        name = self.message(type_, page)
        if alias := self.aliases.get(name):
            return replace(
                self.resolve(alias, page, fallback) if alias.name else alias,
                repeated=alias.repeated or type_.repeated,
            )
        if name:
            self.used.add(name)
            return replace(type_, name=f".{self.package}.{name}", link="")
        text = type_.name
        if len(full_names := self.elsewhere.get(text, ())) == 1:
            return replace(type_, name=next(iter(full_names)), link="")
        if text in WELL_KNOWN:
            return replace(type_, name=f".{text}", link="")
        word, _ = split_format(text)
        if not type_of_word(word) and (last := type_of_suffix(text)):
            return replace(type_, name=last, link="")
        if type_of_word(word) or split_map(text) or (split_list(text)[1] and not type_.repeated):
            return replace(type_, link="")
        if text:
            self.report.add(
                unknown_type_word(text, fallback.lstrip(".")), type_.span, mark=text, cause=text
            )
        return replace(type_, name=fallback, link="")

    def message(self, type_: TypeDraft, page: PageDraft) -> str:
        """Return the name of the message that a type links to or names."""
        linked = self._linked(type_.link, page) if type_.link else ""
        if linked:
            return linked
        name = plain(type_.name)
        if not name or type_of_word(type_.name):
            return ""
        key = page_key(page.path)
        for wanted in (name, _SUFFIX.sub("", name), name.removesuffix("s")):
            if found := self.on_page.get((key, wanted)) or self.by_name.get(wanted):
                return found
        return ""

    def _linked(self, link: str, page: PageDraft) -> str:
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", path):
            return ""
        anchor = anchor.lower()
        key = page_key(page.path)
        if not path:
            return self.anchors.get((key, anchor), "") or self._unique(anchor)
        target = page_key(
            normpath(join(dirname(page.path), path.lstrip("/") if path.startswith("/") else path))
        )
        wanted = page_key(path).lstrip("./").lower()
        for here, named in self.by_anchor.get(anchor, ()):
            if here in (target.lower(), wanted) or here.endswith(f"/{wanted}"):
                return named
        return ""

    def _unique(self, anchor: str) -> str:
        names = {name for _, name in self.by_anchor.get(anchor, ())} if anchor else set[str]()
        return names.pop() if len(names) == 1 else ""


def whole_type(message: MessageDraft) -> TypeDraft | None:
    """Sections are aliases of a type if each of their fields has no name or the section's name, and
    the type has no fields.
    """
    names = ("anonymous", plain(message.name))
    if not message.fields or any(plain(field.name) not in names for field in message.fields):
        return None
    types = [field.type for field in message.fields]
    simple = [
        t
        for t in types
        if t.values or (not t.fields and (type_of_word(t.name) or type_of_suffix(t.name)))
    ]
    return next((t for t in simple if t.name.lower() not in ("any", "null")), None)


def type_of_suffix(name: str) -> str:
    """Types with a type word as their last word have its type: `PositiveInteger` is an integer."""
    parts = [word for word in words(name) if word]
    last = parts[-1].lower() if len(parts) > 1 and name.isalnum() else ""
    return last if last in _SUFFIX_WORDS else ""


def _shape(message: MessageDraft) -> list[tuple[str, str, bool]]:
    """Return what sections of one message have in common; two pages may differ in null."""
    return [(f.name, f.type.name, f.nullable) for f in message.fields]


class Flattener:
    """Makes messages of the fields that pages list in place of a type."""

    def __init__(self, index: MessageIndex) -> None:
        self.index = index
        self.added: list[MessageDraft] = []

    def message(self, draft: MessageDraft, name: str, page: PageDraft) -> MessageDraft:
        """Return a message under a name, with the types of its fields."""
        whole = self.with_included(draft.fields, page, frozenset({name}))
        fields = tuple(self.field(f, name, page, _VALUE) for f in distinct(whole))
        return replace(draft, name=name, fields=fields)

    def with_included(
        self, fields: Iterable[FieldDraft], page: PageDraft, inside: frozenset[str]
    ) -> Iterator[FieldDraft]:
        """Yield the fields; in place of one without a name, those of its type."""
        for field in fields:
            if plain(field.name) != "anonymous":
                yield field
            elif field.type.fields:
                yield from self.with_included(field.type.fields, page, inside)
            else:
                name = self.index.message(field.type, page)
                if name and name not in inside and name in self.index.drafts:
                    draft, home = self.index.drafts[name]
                    for included in self.with_included(draft.fields, home, inside | {name}):
                        yield self.at_home(included, home)

    def at_home(self, field: FieldDraft, home: PageDraft) -> FieldDraft:
        """Return a field of another page's message; its type is found from there."""
        name = self.index.message(field.type, home)
        if not name or field.type.fields or name in self.index.aliases:
            return field
        self.index.used.add(name)
        return replace(
            field, type=replace(field.type, name=f".{self.index.package}.{name}", link="")
        )

    def field(self, field: FieldDraft, owner: str, page: PageDraft, fallback: str) -> FieldDraft:
        """Return a field with its type."""
        field = default_type(field)
        type_ = self.type(
            field.type, item_name(owner, field.name, bool(field.type.repeated)), page, fallback
        )
        listed = type_.repeated if type_.repeated is not None else None
        return replace(field, type=replace(type_, repeated=bool(listed)))

    def type(self, type_: TypeDraft, name: str, page: PageDraft, fallback: str) -> TypeDraft:
        """Return a type; fields in its place become a message of the name."""
        if type_.values:
            return type_
        if not type_.fields:
            return self.index.resolve(type_, page, fallback)
        if type_.name and (known := self.index.message(type_, page)):
            self.index.used.add(known)
            if not type_.link or type_.repeated or not self.has_more(known, type_.fields):
                return replace(type_, name=f".{self.index.package}.{known}", fields=(), link="")
            whole = FieldDraft(name="anonymous", type=replace(type_, fields=()), span=type_.span)
            type_ = replace(type_, name="", link="", fields=(*type_.fields, whole))
        own = unique(name, self.index.taken)
        self.index.taken.add(own)
        draft = MessageDraft(
            name=own,
            fields=type_.fields,
            incomplete=any(("field", "shown-fields") in f.provenance for f in type_.fields),
            provenance=(("name", "item-name"),),
            span=type_.span,
        )
        self.added.append(self.message(draft, own, page))
        return TypeDraft(
            name=f".{self.index.package}.{own}", repeated=type_.repeated, span=type_.span
        )

    def has_more(self, name: str, fields: Iterable[FieldDraft]) -> bool:
        """Return whether fields beside the link to a message are none of the message's own."""
        draft, home = self.index.drafts[name]
        own = {plain(f.name) for f in self.with_included(draft.fields, home, frozenset({name}))}
        return any(plain(field.name) not in own for field in fields)

    def take(self) -> list[MessageDraft]:
        """Return the messages since the last call."""
        added, self.added = self.added, []
        return added


def distinct(fields: Iterable[FieldDraft]) -> Iterator[FieldDraft]:
    """Yield the first field of each name."""
    seen = set()
    for field in fields:
        if field.name not in seen:
            seen.add(field.name)
            yield field

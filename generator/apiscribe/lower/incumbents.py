"""Match declarations that share a name with their identifiers in the lock.

Several pages may declare one name of a package, unlike each other. The lock has the identifiers
that were made up for them, by page. The identifier without a page belongs to the declaration that
is most like its fields or values in the lock, so that a new page does not take it.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import replace

from apiscribe.lower.naming import Incumbent, Naming
from apiscribe.model.draft import EnumDraft, MessageDraft, MethodDraft, PageDraft, ServiceDraft
from apiscribe.model.lock import NameKind
from apiscribe.model.lock.field_types import read_type
from apiscribe.model.names import identifier, is_identifier

AnyDraft = MessageDraft | ServiceDraft | EnumDraft
# Declarations that are one, each with the path of its page.
_Twins = list[tuple[str, AnyDraft]]
_MOST_COMPARED = 50  # declarations of one name without a page in the lock; the others are new


class Incumbents:
    """The declarations of one kind on all pages that the lock knows."""

    def __init__(self, kind: NameKind, pages: Sequence[PageDraft], naming: Naming) -> None:
        self._kind, self._pages, self._naming = kind, pages, naming
        self._known: dict[int, Incumbent] = {}
        groups: dict[tuple[str, str], dict[Hashable, _Twins]] = {}
        for page, draft in self._drafts():
            scope, name = scope_of(page, draft)
            twins = groups.setdefault((scope, name), {})
            twins.setdefault(_content(draft), []).append((page.path, draft))
        for (scope, name), by_content in groups.items():
            self._assign(scope, name, list(by_content.values()))

    def of(self, draft: AnyDraft) -> Incumbent | None:
        """Return what the lock has for a declaration; None for a new one."""
        return self._known.get(id(draft))

    def full_names(self) -> dict[str, tuple[NameKind, str]]:
        """Return what has which full name in the lock: its kind, and its documented name."""
        named = ((*scope_of(page, draft), self.of(draft)) for page, draft in self._drafts())
        return {
            f"{scope}.{known.identifier}": (self._kind, name)
            for scope, name, known in named
            if known
        }

    def in_order(self) -> list[tuple[PageDraft, AnyDraft]]:
        """Return the declarations that have their documented names in the lock, then other known
        ones, then new ones; each in the order of the pages.
        """

        def rank(item: tuple[PageDraft, AnyDraft]) -> int:
            known = self.of(item[1])
            return 2 if known is None else known.identifier != scope_of(*item)[1]

        # A nested message follows the one around it.
        return sorted(self._drafts(), key=lambda item: (_depth(item[1]), rank(item)))

    def _drafts(self) -> Iterator[tuple[PageDraft, AnyDraft]]:
        for page in self._pages:
            match self._kind:
                case "services":
                    yield from ((page, draft) for draft in page.services)
                case "messages":
                    yield from ((page, draft) for draft in page.messages)
                case _:
                    yield from ((page, draft) for draft in page.enums)

    def _assign(self, scope: str, name: str, unlike: list[_Twins]) -> None:
        """Assign the identifiers that the lock has for a name to declarations."""
        by_page = self._naming.by_page(scope, self._kind, name)
        pages = {page for twins in unlike for page, _ in twins}
        left = unlike
        for page, incumbents in by_page.items():
            if page in pages:
                here = [twins for twins in left if any(path == page for path, _ in twins)]
                known = self._match(scope, incumbents, here)
                left = [twins for twins in left if twins not in known]
        gone = [found for page, found in by_page.items() if page not in pages]
        rest = [replace(incumbent, has_moved=True) for found in gone for incumbent in found]
        plain = self._naming.known(scope, self._kind, name)
        if not plain and self._kind == "services" and len(unlike) > 1:
            # The lock has no services that have their documented names.
            plain = identifier(name)
        if plain:
            rest.insert(0, Incumbent(identifier=plain, key=name))
        self._match(scope, rest[:_MOST_COMPARED], left[:_MOST_COMPARED])

    def _match(
        self, scope: str, incumbents: Sequence[Incumbent], unlike: Sequence[_Twins]
    ) -> list[_Twins]:
        """Give each identifier to the declaration that is most like it; return those."""
        scores = sorted(
            (-self._likeness(f"{scope}.{incumbent.identifier}", twins[0][1]), order, place)
            for order, incumbent in enumerate(incumbents)
            for place, twins in enumerate(unlike)
        )
        given: dict[int, int] = {}
        for _, order, place in scores:
            if place not in given and order not in given.values():
                given[place] = order
                self._known |= {id(draft): incumbents[order] for _, draft in unlike[place]}
        return [unlike[place] for place in given]

    def _likeness(self, full_name: str, draft: AnyDraft) -> float:
        """Return how much of a declaration the lock has under a full name."""
        match draft:
            case MessageDraft():
                locked = self._naming.locked_fields(full_name)
                types = {(name, _short(read_type(type_).name)) for name, type_ in locked.items()}
                ours = {(field.name, _short(field.type.name)) for field in draft.fields}
                names = {field.name for field in draft.fields}
                return _share(names, locked) + _share(ours, types) / 2
            case EnumDraft():
                return _share({v.name for v in draft.values}, self._naming.locked_values(full_name))
            case ServiceDraft():
                used = {t.name for m in draft.methods for t in (m.request, m.response) if t}
                package = full_name.rpartition(".")[0]
                return _share(used, {t for t in used if self._naming.is_locked(f"{package}.{t}")})


def scope_of(page: PageDraft, draft: AnyDraft) -> tuple[str, str]:
    """Return the full name of the scope of a declaration, and its name in it: a message or enum may
    be named with the message around it. Lower-case names before dots are those of a package.
    """
    if isinstance(draft, ServiceDraft):
        return page.package, draft.name
    outer, _, name = draft.name.rpartition(".")
    around = outer.split(".") if outer else ()
    is_nested = is_identifier(name) and all(map(_is_outer, around))
    if isinstance(draft, MessageDraft) and not is_nested:
        return page.package, draft.name
    return (f"{page.package}.{outer}" if outer else page.package), name


def _is_outer(name: str) -> bool:
    return is_identifier(name) and name[0].isupper()


def outer_first(messages: Sequence[MessageDraft]) -> list[MessageDraft]:
    """Return messages so that nested ones follow the ones around them."""
    return sorted(messages, key=_depth)


def _depth(draft: AnyDraft) -> int:
    return draft.name.count(".") if isinstance(draft, MessageDraft) else 0


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _share(ours: Collection[object], theirs: Collection[object]) -> float:
    both, all_ = {*ours} & {*theirs}, {*ours} | {*theirs}
    return len(both) / len(all_) if all_ else 0


def _content(draft: AnyDraft) -> Hashable:
    """Return what makes two declarations one, as `are_equal` compares them."""
    match draft:
        case MessageDraft():
            return tuple(
                (f.name, f.type.name, f.type.values, f.type.repeated) for f in draft.fields
            )
        case ServiceDraft():
            return tuple((m.name, _types(m), m.routes) for m in draft.methods)
        case EnumDraft():
            return tuple((value.name, value.number) for value in draft.values)


def _types(method: MethodDraft) -> Hashable:
    return tuple(
        (type_.name, type_.streams) if type_ else None
        for type_ in (method.request, method.response)
    )

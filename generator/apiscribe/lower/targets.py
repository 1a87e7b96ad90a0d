"""An index of the drafts of all pages: find declarations by full name, and replace them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache, partial
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.lower.equal_declarations import are_equal
from apiscribe.lower.overlay_facts import Declaration
from apiscribe.model.draft import (
    EnumDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    ServiceDraft,
    TypeDraft,
)
from apiscribe.model.type_words import values_text

# The attribute of the owner, or of the page, that holds a kind of declaration.
PARTS = {
    EnumDraft: "enums",
    FieldDraft: "fields",
    MethodDraft: "methods",
    MessageDraft: "messages",
    ServiceDraft: "services",
}


@dataclass(frozen=True)
class Target:
    """A declaration, the index of its page, and the message or service that contains it."""

    at: int
    owner: MessageDraft | ServiceDraft | None
    draft: Declaration


class DraftIndex:
    """Drafts by full name; `pages` has all changes so far, except the renamed types."""

    def __init__(self, drafts: Sequence[PageDraft]) -> None:
        self.pages = list(drafts)
        # Full name → the indexes of the pages that declare it.
        self._pages_of: dict[str, set[int]] = defaultdict(set)
        # Last part of a full name → the full names that end with it.
        self._by_short_name: dict[str, set[str]] = defaultdict(set)
        # A page or package, the new names of types there, and their new names elsewhere.
        self._renamings: list[tuple[int | str, Mapping[str, str], Mapping[str, str]]] = []
        for at in range(len(drafts)):
            self._add_names(at, _all_names(self.pages[at]))

    def names(self) -> Collection[str]:
        """Return the full names of all declarations, including those before a correction."""
        return self._pages_of.keys()

    def find(self, name: str, page: str = "*") -> list[Target]:
        """Return the declarations of a name on the pages that match a glob."""
        targets = {
            (at, id(owner or draft)): Target(at, owner, draft)
            for at in sorted(self._pages_of.get(name, ()))
            if fnmatchcase(self.pages[at].path, page)
            for owner, draft in reversed(list(_named(name, self.pages[at])))
        }
        return list(targets.values())

    def put(self, target: Target, draft: Declaration | None) -> None:
        """Replace the target with another draft, or remove it."""
        page = self.pages[target.at]
        if target.owner is None:
            page = _replaced(page, target.draft, draft)
        else:
            page = _replaced(page, target.owner, _replaced(target.owner, target.draft, draft))
        self.pages[target.at] = page
        # Only the new names are added: to index a whole page for each entry is slow.
        match draft, target.owner:
            case None, _:
                pass
            case _, None:
                self._add_names(target.at, _names_in(page.package, draft))
            case _, owner:
                self._add_names(target.at, [f"{page.package}.{owner.name}.{draft.name}"])

    def add(self, at: int, draft: EnumDraft | MessageDraft) -> None:
        """Add an enum or a message at the end of a page."""
        page = self.pages[at]
        if isinstance(draft, EnumDraft):
            self.pages[at] = replace(page, enums=(*page.enums, draft))
        else:
            self.pages[at] = replace(page, messages=(*page.messages, draft))
        self._add_names(at, _names_in(page.package, draft))

    def page_of(self, package: str, dialect: str, span: Span) -> int:
        """Return the index of the package's first page; if it has none, of a new page for the
        declarations of an overlay or reference (`dialect`).
        """
        for at, page in enumerate(self.pages):
            if page.package == package:
                return at
        page = PageDraft(
            dialect=dialect, path=span.path, package=package, lists_values=False, span=span
        )
        self.pages.append(page)
        return len(self.pages) - 1

    def rename_types(self, package: str, old: str, new: str) -> None:
        """Rename a message wherever a page uses it.

        Its full name changes everywhere, its short name in its own package, and elsewhere if no
        other package has the name.
        """
        full = {f"{package}.{old}": f"{package}.{new}", f".{package}.{old}": f"{package}.{new}"}
        others = self._by_short_name[old] - {f"{package}.{old}"}
        outside = full if others else {**full, old: f"{package}.{new}"}
        self._renamings.append((package, {**full, old: new}, outside))

    def retype(self, at: int, names: Mapping[str, str]) -> None:
        """Rename the types on a page."""
        self._renamings.append((at, names, {}))

    def finish(self) -> list[PageDraft]:
        """Return the pages with renamed types.

        All renamings are applied here at once, in order, because there are many of them and many
        types.
        """
        if not self._renamings:
            return list(self.pages)
        renames = [self._rename_on(at, page.package) for at, page in enumerate(self.pages)]
        first: dict[tuple[type, str], tuple[int, MessageDraft | ServiceDraft]] = {}

        def change_of(
            at: int, owner: MessageDraft | ServiceDraft
        ) -> Callable[[TypeDraft], TypeDraft]:
            # Equal declarations of several pages are one declaration, with the types of the first.
            key = (type(owner), f"{self.pages[at].package}.{owner.name}")
            first_at, first_owner = first.setdefault(key, (at, owner))
            rename = renames[first_at if are_equal(first_owner, owner) else at]
            return lambda type_: replace(type_, name=rename(type_.name))

        return [_with_types(page, partial(change_of, at)) for at, page in enumerate(self.pages)]

    def _rename_on(self, at: int, package: str) -> Callable[[str], str]:
        """Return the function from a type's name on a page to its final name."""
        chain = [
            inside if where in (at, package) else outside
            for where, inside, outside in self._renamings
        ]

        @cache
        def rename(text: str) -> str:
            before, old, after = text.rpartition(values_text(text))
            name = old
            for names in chain:
                name = names.get(name, name)
            return f"{before}{name}{after}"

        return rename

    def _add_names(self, at: int, names: Iterable[str]) -> None:
        for name in names:
            self._pages_of[name].add(at)
            self._by_short_name[name.rpartition(".")[2]].add(name)


def used_types(page: PageDraft) -> set[str]:
    """Return the type names that a page uses, without their packages."""
    return {name.rpartition(".")[2] for name in full_names(page)}


def full_names(page: PageDraft) -> set[str]:
    """Return the type names that a page uses, as written but without a leading dot."""
    fields = [field.type for message in page.messages for field in message.fields]
    methods = [method for service in page.services for method in service.methods]
    types = fields + [t for m in methods for t in (m.request, m.response) if t]
    return {values_text(type_.name).lstrip(".") for type_ in types}


def _with_types(
    page: PageDraft,
    change_of: Callable[[MessageDraft | ServiceDraft], Callable[[TypeDraft], TypeDraft]],
) -> PageDraft:
    """Return the page with changed types; `change_of` finds the change for an owner of types."""

    def message(draft: MessageDraft) -> MessageDraft:
        change = change_of(draft)
        return replace(draft, fields=tuple(replace(f, type=change(f.type)) for f in draft.fields))

    def service(draft: ServiceDraft) -> ServiceDraft:
        change = change_of(draft)
        methods = (
            replace(
                method,
                request=method.request and change(method.request),
                response=method.response and change(method.response),
            )
            for method in draft.methods
        )
        return replace(draft, methods=tuple(methods))

    return replace(
        page,
        services=tuple(map(service, page.services)),
        messages=tuple(map(message, page.messages)),
    )


def _named(
    name: str, page: PageDraft
) -> Iterator[tuple[MessageDraft | ServiceDraft | None, Declaration]]:
    """Yield the owner and the draft of each declaration of a full name on a page."""
    if not name.startswith(f"{page.package}."):
        return
    local = name[len(page.package) + 1 :]
    yield from ((None, enum) for enum in page.enums if enum.name == local)
    owners: Iterable[MessageDraft | ServiceDraft] = (*page.messages, *page.services)
    for owner in owners:
        if owner.name == local:
            yield None, owner
        if local.startswith(owner.name) and local[len(owner.name) :].startswith("."):
            part_name = local[len(owner.name) + 1 :]
            for part in _parts(owner):
                if part.name == part_name:
                    yield owner, part


def _all_names(page: PageDraft) -> Iterator[str]:
    """Yield the full names of all declarations on a page."""
    declared: Iterable[Declaration] = (*page.messages, *page.services, *page.enums)
    for owner in declared:
        yield from _names_in(page.package, owner)


def _names_in(package: str, owner: Declaration) -> Iterator[str]:
    """Yield the full names of a message, service or enum and of its parts."""
    name = f"{package}.{owner.name}"
    yield name
    for part in _parts(owner):
        yield f"{name}.{part.name}"


def _parts(owner: Declaration) -> Sequence[FieldDraft | MethodDraft]:
    match owner:
        case MessageDraft():
            return owner.fields
        case ServiceDraft():
            return owner.methods
        case _:
            return ()


def _replaced(holder: Any, draft: Declaration, other: Declaration | None) -> Any:
    """Return the page, message or service with a draft replaced by another, or removed."""
    part = PARTS[type(draft)]
    others = () if other is None else (other,)
    parts = getattr(holder, part)
    at = next((n for n, item in enumerate(parts) if item is draft), None)
    if at is None:  # an earlier entry has replaced it
        return holder
    return replace(holder, **{part: (*parts[:at], *others, *parts[at + 1 :])})

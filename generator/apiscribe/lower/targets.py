"""The drafts of all pages as a table of declarations: found by full name, put back changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache, partial
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.lower.declared import alike
from apiscribe.lower.facts import Declaration
from apiscribe.model.draft import (
    EnumDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    ServiceDraft,
    TypeDraft,
)

# Which tuple of its owner, or of its page, holds a declaration.
PARTS = {
    EnumDraft: "enums",
    FieldDraft: "fields",
    MethodDraft: "methods",
    MessageDraft: "messages",
    ServiceDraft: "services",
}


@dataclass(frozen=True)
class Target:
    """A declaration, the index of its page, and the message or service that it is a part of."""

    at: int
    owner: MessageDraft | ServiceDraft | None
    draft: Declaration


class Drafts:
    """The drafts; `pages` is what has come of them so far, but for other names of types."""

    def __init__(self, drafts: Sequence[PageDraft]) -> None:
        self.pages = list(drafts)
        # Full name → the indexes of the pages that declare it.
        self._where: dict[str, set[int]] = defaultdict(set)
        # Last part of a full name → the full names that end with it.
        self._ending: dict[str, set[str]] = defaultdict(set)
        # The page or package that they are for, other names for types there, and elsewhere.
        self._renamings: list[tuple[int | str, Mapping[str, str], Mapping[str, str]]] = []
        for at in range(len(drafts)):
            self._note(at, _declarations(self.pages[at]))

    def names(self) -> Collection[str]:
        """The full name of everything that is declared, or was before a correction."""
        return self._where.keys()

    def find(self, name: str, page: str = "*") -> list[Target]:
        """The declarations of a name on the pages that a glob tells; several may have it."""
        found = {
            (at, id(owner or draft)): Target(at, owner, draft)
            for at in sorted(self._where.get(name, ()))
            if fnmatchcase(self.pages[at].path, page)
            for owner, draft in reversed(list(_named(name, self.pages[at])))
        }
        return list(found.values())

    def put(self, target: Target, draft: Declaration | None) -> None:
        """Put a draft in the place of the target, or nothing."""
        page = self.pages[target.at]
        if target.owner is None:
            page = _replaced(page, target.draft, draft)
        else:
            page = _replaced(page, target.owner, _replaced(target.owner, target.draft, draft))
        self.pages[target.at] = page
        # The new names alone: entries are many, and so are the declarations of a page.
        match draft, target.owner:
            case None, _:
                pass
            case _, None:
                self._note(target.at, _of_owner(page.package, draft))
            case _, owner:
                self._note(target.at, [f"{page.package}.{owner.name}.{draft.name}"])

    def add(self, at: int, draft: EnumDraft | MessageDraft) -> None:
        """Declare an enum or a message at the end of a page."""
        page = self.pages[at]
        if isinstance(draft, EnumDraft):
            self.pages[at] = replace(page, enums=(*page.enums, draft))
        else:
            self.pages[at] = replace(page, messages=(*page.messages, draft))
        self._note(at, _of_owner(page.package, draft))

    def page_of(self, package: str, dialect: str, span: Span) -> int:
        """The index of the package's first page; of a new one where it has none, which stands for
        what somebody else declares.
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
        """Rename a message wherever a page names it: in short in its own package, and where no
        other package has the name; in full everywhere.
        """
        full = {f"{package}.{old}": f"{package}.{new}", f".{package}.{old}": f"{package}.{new}"}
        elsewhere = self._ending[old] - {f"{package}.{old}"}
        outside = full if elsewhere else {**full, old: f"{package}.{new}"}
        self._renamings.append((package, {**full, old: new}, outside))

    def retype(self, at: int, names: Mapping[str, str]) -> None:
        """Give the types on a page other names."""
        self._renamings.append((at, names, {}))

    def settled(self) -> list[PageDraft]:
        """The pages once the types on them have the names that they were given, in that order. It
        is done at last and at once: renamings are many, and so are types.
        """
        if not self._renamings:
            return list(self.pages)
        renamed = [self._renamed(at, page.package) for at, page in enumerate(self.pages)]
        first: dict[tuple[type, str], tuple[int, MessageDraft | ServiceDraft]] = {}

        def changed(
            at: int, owner: MessageDraft | ServiceDraft
        ) -> Callable[[TypeDraft], TypeDraft]:
            # What pages declare alike is one declaration, and its types are those of the first.
            key = (type(owner), f"{self.pages[at].package}.{owner.name}")
            where, before = first.setdefault(key, (at, owner))
            rename = renamed[where if alike(before, owner) else at]
            return lambda type_: replace(type_, name=rename(type_.name))

        return [_with_types(page, partial(changed, at)) for at, page in enumerate(self.pages)]

    def _renamed(self, at: int, package: str) -> Callable[[str], str]:
        """What gives a type on a page the name that it has at last."""
        chain = [
            inside if where in (at, package) else outside
            for where, inside, outside in self._renamings
        ]

        @cache
        def renamed(name: str) -> str:
            for names in chain:
                name = names.get(name, name)
            return name

        return renamed

    def _note(self, at: int, names: Iterable[str]) -> None:
        for name in names:
            self._where[name].add(at)
            self._ending[name.rpartition(".")[2]].add(name)


def used_types(page: PageDraft) -> set[str]:
    """The type names that a page uses, without their packages."""
    return {name.rpartition(".")[2] for name in full_names(page)}


def full_names(page: PageDraft) -> set[str]:
    """The type names that a page uses, as it writes them, but for a leading dot."""
    fields = [field.type for message in page.messages for field in message.fields]
    methods = [method for service in page.services for method in service.methods]
    types = fields + [t for m in methods for t in (m.request, m.response) if t]
    return {type_.name.lstrip(".") for type_ in types}


def _with_types(
    page: PageDraft,
    changed: Callable[[MessageDraft | ServiceDraft], Callable[[TypeDraft], TypeDraft]],
) -> PageDraft:
    """The page with other types, as what is given for a message or service makes them."""

    def message(each: MessageDraft) -> MessageDraft:
        change = changed(each)
        return replace(each, fields=tuple(replace(f, type=change(f.type)) for f in each.fields))

    def service(each: ServiceDraft) -> ServiceDraft:
        change = changed(each)
        methods = (
            replace(
                method,
                request=method.request and change(method.request),
                response=method.response and change(method.response),
            )
            for method in each.methods
        )
        return replace(each, methods=tuple(methods))

    return replace(
        page,
        services=tuple(map(service, page.services)),
        messages=tuple(map(message, page.messages)),
    )


def _named(
    name: str, page: PageDraft
) -> Iterator[tuple[MessageDraft | ServiceDraft | None, Declaration]]:
    """The owner and the draft of what a page declares under a full name."""
    if not name.startswith(f"{page.package}."):
        return
    here = name[len(page.package) + 1 :]
    yield from ((None, enum) for enum in page.enums if enum.name == here)
    owners: Iterable[MessageDraft | ServiceDraft] = (*page.messages, *page.services)
    for owner in owners:
        if owner.name == here:
            yield None, owner
        if here.startswith(owner.name) and here[len(owner.name) :].startswith("."):
            part_name = here[len(owner.name) + 1 :]
            for part in _parts(owner):
                if part.name == part_name:
                    yield owner, part


def _declarations(page: PageDraft) -> Iterator[str]:
    """The full name of everything that a page declares."""
    declared: Iterable[Declaration] = (*page.messages, *page.services, *page.enums)
    for owner in declared:
        yield from _of_owner(page.package, owner)


def _of_owner(package: str, owner: Declaration) -> Iterator[str]:
    """The full names of a message or service and of its parts."""
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
    """The page, message or service with another draft in the place of one, or with none."""
    part = PARTS[type(draft)]
    others = () if other is None else (other,)
    parts = getattr(holder, part)
    at = next((n for n, each in enumerate(parts) if each is draft), None)
    if at is None:  # an entry has put another in its place
        return holder
    return replace(holder, **{part: (*parts[:at], *others, *parts[at + 1 :])})

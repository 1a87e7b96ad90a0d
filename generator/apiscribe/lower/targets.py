"""The drafts of all pages as a table of declarations: found by full name, put back changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from apiscribe.draft import (
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    ServiceDraft,
    TypeDraft,
)
from apiscribe.lower.facts import Declaration
from apiscribe.source import Span

# Which tuple of its owner, or of its page, holds a declaration.
PARTS = {
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
    """The drafts; `pages` is what has come of them so far."""

    def __init__(self, drafts: Sequence[PageDraft]) -> None:
        self.pages = list(drafts)
        # Full name → the indexes of the pages that declare it.
        self._where: dict[str, set[int]] = defaultdict(set)
        for at in range(len(drafts)):
            self._note(at)

    def names(self) -> set[str]:
        """The full name of everything that is declared, or was before a correction."""
        return set(self._where)

    def find(self, name: str, page: str = "*") -> list[Target]:
        """The declarations of a name on the pages that a glob tells; several may have it."""
        found = {
            (at, id(owner or draft)): Target(at, owner, draft)
            for at in sorted(self._where.get(name, ()))
            if fnmatchcase(self.pages[at].path, page)
            for full_name, owner, draft in reversed(list(_declarations(self.pages[at])))
            if full_name == name
        }
        return list(found.values())

    def put(self, target: Target, draft: Declaration | None) -> None:
        """Put a draft in the place of the target, or nothing."""
        part = PARTS[type(target.draft)]
        page = self.pages[target.at]
        holder: Any = target.owner or page
        parts = [
            draft if each is target.draft else each
            for each in getattr(holder, part)
            if draft is not None or each is not target.draft
        ]
        holder = replace(holder, **{part: tuple(parts)})
        if target.owner is None:
            self.put_page(target.at, holder)
        else:
            self.put(Target(target.at, None, target.owner), holder)

    def put_page(self, at: int, page: PageDraft) -> None:
        """Put a whole page in the place of another."""
        self.pages[at] = page
        self._note(at)

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
        elsewhere = any(
            name != f"{package}.{old}" and name.endswith(f".{old}") for name in self._where
        )
        for at, page in enumerate(self.pages):
            if page.package == package:
                self.retype(at, {**full, old: new})
            else:
                self.retype(at, full if elsewhere else {**full, old: f"{package}.{new}"})

    def retype(self, at: int, names: Mapping[str, str]) -> None:
        """Give the types on a page other names."""

        def renamed(type_: TypeDraft) -> TypeDraft:
            return replace(type_, name=names.get(type_.name, type_.name))

        self.pages[at] = _with_types(self.pages[at], renamed)

    def _note(self, at: int) -> None:
        for name, _, _ in _declarations(self.pages[at]):
            self._where[name].add(at)


def used_types(page: PageDraft) -> set[str]:
    """The type names that a page uses, without their packages."""
    return {name.rpartition(".")[2] for name in full_names(page)}


def full_names(page: PageDraft) -> set[str]:
    """The type names that a page uses, as it writes them, but for a leading dot."""
    fields = [field.type for message in page.messages for field in message.fields]
    methods = [method for service in page.services for method in service.methods]
    types = fields + [t for m in methods for t in (m.request, m.response) if t]
    return {type_.name.lstrip(".") for type_ in types}


def _with_types(page: PageDraft, change: Callable[[TypeDraft], TypeDraft]) -> PageDraft:
    def method(each: MethodDraft) -> MethodDraft:
        request = change(each.request) if each.request else None
        response = change(each.response) if each.response else None
        return replace(each, request=request, response=response)

    return replace(
        page,
        services=tuple(replace(s, methods=tuple(map(method, s.methods))) for s in page.services),
        messages=tuple(
            replace(m, fields=tuple(replace(f, type=change(f.type)) for f in m.fields))
            for m in page.messages
        ),
    )


def _declarations(
    page: PageDraft,
) -> Iterator[tuple[str, MessageDraft | ServiceDraft | None, Declaration]]:
    """The full name, owner and draft of everything that a page declares."""
    owners: Iterable[MessageDraft | ServiceDraft] = (*page.messages, *page.services)
    for owner in owners:
        name = f"{page.package}.{owner.name}"
        yield name, None, owner
        parts = owner.fields if isinstance(owner, MessageDraft) else owner.methods
        for part in parts:
            yield f"{name}.{part.name}", owner, part

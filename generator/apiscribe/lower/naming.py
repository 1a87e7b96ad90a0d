"""The identifiers of declarations: the lock's for known names, new ones for others.

A name on a page may be no identifier, or clash with another one in its scope. Then an identifier is
made up, and the lock keeps it: a new row or page, or another order, never gives it to another name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from apiscribe.diagnostics.codes.declarations import http_name, renamed_enum, renamed_identifier
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.renames import Renamed
from apiscribe.model.lock import Lock, NameKind, Names
from apiscribe.model.names import identifier, is_http_name, is_identifier, unique

# What a diagnostic calls a name.
_WORDS: Mapping[NameKind, str] = {
    "fields": "field",
    "values": "enum value",
    "messages": "message",
    "enums": "enum",
    "services": "service",
    "objects": "object",
    "methods": "method",
}


@dataclass(frozen=True, kw_only=True)
class Incumbent:
    """The identifier that the lock has for a declaration, and its key there.

    `has_moved`: the page in the key is gone.
    """

    identifier: str
    key: str
    has_moved: bool = False


class Naming:
    """Finds the identifiers in a lock, and collects those of the next lock.

    `moved` are declarations that have another full name than in the lock; `split` are messages
    with the numbers that another message has there.
    """

    def __init__(self, lock: Lock, report: Report) -> None:
        self.moved: list[Renamed] = []
        self.split: dict[str, str] = {}
        self._lock, self._report = lock, report
        self._names = {
            owner: {kind: dict(names) for kind, names in kinds.items()}
            for owner, kinds in lock.names.items()
        }

    def rename(self, rename: Renamed) -> None:
        """Move the names of a renamed declaration, and free the identifier of its old name."""
        owner = rename.at.rpartition(".")[0]
        was = rename.was if rename.was.startswith(f"{owner}.") else f"{owner}.{rename.was}"
        short = was.removeprefix(f"{owner}.")
        for kind in self._names.get(owner, {}):
            self.forget(owner, kind, short)
        for scope in list(self._names):
            if scope == was or scope.startswith(f"{was}."):
                now = rename.at + scope.removeprefix(was)
                self._names[now] = {**self._names.pop(scope), **self._names.get(now, {})}

    def names(self) -> Names:
        """Return the made-up names for the lock. Names that are gone from the pages stay in it."""
        kept = {
            owner: {kind: names for kind, names in kinds.items() if names}
            for owner, kinds in self._names.items()
        }
        return {owner: kinds for owner, kinds in kept.items() if kinds}

    def known(self, owner: str, kind: NameKind, documented: str) -> str:
        """Return the identifier that the lock has for a name, or ""."""
        made_up = self._names.get(owner, {}).get(kind, {}).get(documented, "")
        is_locked = is_identifier(documented) and documented in self._numbered(owner, kind)
        return made_up or (documented if is_locked else "")

    def claimed(self, scope: str, besides: str = "") -> Collection[str]:
        """Return the identifiers that the lock has in the scope of a message, package or service.

        Those of the values of the enum `besides` are left out.
        """
        claims = self._claims.get(scope, {})
        return [used for used, owner in claims.items() if owner != besides] if besides else claims

    def made_up_in(self, scope: str) -> Collection[str]:
        """Return the made-up identifiers that the lock has in the scope of a package."""
        return self._made_up.get(scope, ())

    def made_up(
        self, owner: str, kind: NameKind, documented: str, wanted: str, taken: Collection[str]
    ) -> str:
        """Return the identifier of a name that is not written so, and keep it for the lock.

        It is the lock's, or else `wanted` or the next free one. `documented` is whatever identifies
        the declaration on the pages, such as the verb and the path of an HTTP operation.
        """
        name = self.known(owner, kind, documented)
        if not name or name in taken:
            name = unique(identifier(wanted), {*taken, *self.claimed(owner)})
        self.keep(owner, kind, documented, name)
        return name

    def keep(self, owner: str, kind: NameKind, documented: str, used: str) -> None:
        """Keep an identifier for the lock, if it is not the documented name."""
        if used != documented:
            self._names.setdefault(owner, {}).setdefault(kind, {})[documented] = used
        else:
            self.forget(owner, kind, documented)

    def forget(self, owner: str, kind: NameKind, documented: str) -> None:
        """Forget the identifier of a name."""
        self._names.get(owner, {}).get(kind, {}).pop(documented, None)

    def report(
        self, kind: NameKind, documented: str, used: str, span: Span, *, in_http: bool = False
    ) -> None:
        """Report a documented name that is not an identifier; `in_http` if it is one of HTTP."""
        if not is_identifier(documented):
            renamed = http_name if in_http and is_http_name(documented) else renamed_identifier
            self._report.add(renamed(_WORDS[kind], documented, used), span, mark=documented)

    def report_taken(self, enum: str, used: str, span: Span) -> None:
        """Report an enum that has another name because a declaration has its own."""
        self._report.add(renamed_enum(enum, used), span, mark=enum)

    def move(self, full_name: str, was: str, span: Span) -> None:
        """Let a message or enum have the numbers that the lock has under another full name."""
        if was in self._lock.messages or was in self._lock.enums:
            renamed = Renamed(at=full_name, was=was, certain=False, span=span)
            self.moved.append(renamed)
            self.rename(renamed)

    def locked_fields(self, full_name: str) -> Mapping[str, str]:
        """Return the types of the fields that the lock has for a message, by documented name."""
        numbers = self._lock.messages.get(full_name)
        return {name: e.type for name, e in numbers.named().items()} if numbers else {}

    def locked_values(self, full_name: str) -> Collection[str]:
        """Return the values that the lock has for an enum, by documented name."""
        numbers = self._lock.enums.get(full_name)
        return numbers.named() if numbers else ()

    def by_page(
        self, package: str, kind: NameKind, documented: str
    ) -> Mapping[str, Sequence[Incumbent]]:
        """Return the declarations that share a documented name, by page."""
        return self._by_page.get((package, kind, documented), {})

    def keep_of_page(
        self, package: str, kind: NameKind, page: str, documented: str, used: str, was: str = ""
    ) -> None:
        """Keep the identifier of one of several declarations that share a documented name.

        `was` is its key in the lock, which may have another page.
        """
        own = key = f"{page}#{documented}"
        names = self._names.get(package, {}).get(kind, {})
        if was:
            if was not in names:
                return  # another page declares the same
            self.forget(package, kind, was)
        while names.get(key, used) != used:
            key = f"{own}#{int(key.removeprefix(own).strip('#') or 1) + 1}"
        self.keep(package, kind, key, used)

    def is_locked(self, full_name: str) -> bool:
        """Return whether the lock has numbers of a message or enum."""
        return full_name in self._lock.messages or full_name in self._lock.enums

    @cached_property
    def _by_page(self) -> Mapping[tuple[str, NameKind, str], dict[str, list[Incumbent]]]:
        """The declarations in the lock with a page: `pages/loan.md#Book`, or the second one of a
        page, `pages/loan.md#Book#2`.
        """
        result: dict[tuple[str, NameKind, str], dict[str, list[Incumbent]]] = {}
        for package, kinds in self._lock.names.items():
            for kind, names in kinds.items():
                for key in sorted(names):
                    page, mark, documented = key.partition("#")
                    documented = re.sub(r"(?<=.)#\d+$", "", documented)
                    if mark and kind in ("messages", "enums", "services"):
                        pages = result.setdefault((package, kind, documented), {})
                        incumbent = Incumbent(identifier=names[key], key=key)
                        pages.setdefault(page, []).append(incumbent)
        return result

    @cached_property
    def _claims(self) -> Mapping[str, Mapping[str, str]]:
        """By scope, the identifiers in the lock; those of values have the name of their enum."""
        claims: dict[str, dict[str, str]] = defaultdict(dict)
        for full_name, numbers in self._lock.messages.items():
            scope, _, name = full_name.rpartition(".")
            claims[scope][name] = ""
            for field in numbers.named():
                if used := self.known(full_name, "fields", field):
                    claims[full_name][used] = ""
        for full_name, numbers in self._lock.enums.items():
            scope, _, name = full_name.rpartition(".")
            claims[scope][name] = ""
            for value in numbers.named():
                if used := self.known(full_name, "values", value):
                    claims[scope].setdefault(used, full_name)
        for owner, kinds in self._lock.names.items():
            for kind, names in kinds.items():
                if kind != "values":
                    claims[owner].update(dict.fromkeys(names.values(), ""))
        return claims

    def _numbered(self, owner: str, kind: NameKind) -> Collection[str]:
        """Return the documented names that have numbers in the lock."""
        match kind:
            case "fields" if owner in self._lock.messages:
                return self._lock.messages[owner].named()
            case "values" if owner in self._lock.enums:
                return self._lock.enums[owner].named()
            case "messages" | "enums":
                return self._declared[kind].get(owner, ())
            case "methods":
                # A name that the lock has for a route is that of its method.
                names = self._names.get(owner, {}).get(kind, {})
                return [used for key, used in names.items() if " /" in key]
            case _:
                return ()

    @cached_property
    def _made_up(self) -> Mapping[str, set[str]]:
        return {
            scope: {
                used
                for kind in kinds
                if kind not in ("values", "objects")
                for used in kinds[kind].values()
            }
            for scope, kinds in self._lock.names.items()
        }

    @cached_property
    def _declared(self) -> Mapping[str, Mapping[str, set[str]]]:
        """The documented names of the messages and enums in the lock, by their scope; of those
        that have them as identifiers.
        """
        result: dict[str, dict[str, set[str]]] = {"messages": {}, "enums": {}}
        for kind, table in (("messages", self._lock.messages), ("enums", self._lock.enums)):
            for full_name in table:
                scope, _, name = full_name.rpartition(".")
                if name not in self.made_up_in(scope):
                    result[kind].setdefault(scope, set()).add(name)
        return result

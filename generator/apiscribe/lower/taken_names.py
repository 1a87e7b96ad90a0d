"""The names that a made-up name cannot have: those on the pages, those so far, and the lock's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence

from apiscribe.lower.naming import Naming
from apiscribe.model.draft import PageDraft
from apiscribe.model.names import unique


class TakenNames:
    """The taken names by scope."""

    def __init__(self, pages: Sequence[PageDraft], naming: Naming) -> None:
        self._naming = naming
        self._names: dict[str, set[str]] = defaultdict(set)
        for page in pages:
            self._names[page.package] |= {message.name for message in page.messages}

    def take(self, full_name: str) -> None:
        """Take a full name."""
        scope, _, name = full_name.rpartition(".")
        self._names[scope].add(name)

    def free(self, scope: str, name: str, *others: Container[str]) -> str:
        """Return the name or the next free one; `others` has more that are taken."""
        return unique(name, _AnyOf(self._names[scope], self._naming.claimed(scope), *others))


class _AnyOf(Container[str]):
    """What is in any of several containers."""

    def __init__(self, *containers: Container[str]) -> None:
        self._containers = containers

    def __contains__(self, name: object) -> bool:
        return any(name in container for container in self._containers)

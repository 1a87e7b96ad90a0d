"""What is new, or gone, together: a method and its messages are one cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set

from apiscribe.drift.declarations import Declarations


def gathered(edition: Declarations, alone: Set[str]) -> Mapping[str, str]:
    """Full name of a type that the edition `alone` has → the method or type that it goes with, for
    nothing that both editions have uses it. `alone` holds full names of methods and types.
    """
    users: dict[str, list[str]] = defaultdict(list)
    for service in edition.services.values():
        for method in service.methods:
            for name in (method.request, method.response):
                users[name].append(f"{service.full_name}.{method.name}")
    for message in edition.messages.values():
        for field in message.fields:
            if field.type.name != message.full_name:
                users[field.type.name].append(message.full_name)
    goes_with = {
        name: users[name][0]
        for name in alone
        if users.get(name) and all(user in alone for user in users[name])
    }
    return {name: _root(name, goes_with) for name in goes_with}


def _root(name: str, goes_with: Mapping[str, str]) -> str:
    """What stands for itself at the end of the way; of a ring of types, the first name."""
    seen = [name]
    while name in goes_with:
        name = goes_with[name]
        if name in seen:
            return min(seen)
        seen.append(name)
    return name

"""Groups added or removed types with the method or type that uses them: one cause, one entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set

from apiscribe.drift.declarations import Declarations


def group_with_users(declarations: Declarations, unpaired: Set[str]) -> Mapping[str, str]:
    """Return the full name of each unpaired type that only unpaired declarations use → the method
    or type that it is reported with.

    `unpaired` are the full names of the methods and types that the other version lacks.
    """
    users: dict[str, list[str]] = defaultdict(list)
    for service in declarations.services.values():
        for method in service.methods:
            for name in (method.request, method.response):
                users[name].append(f"{service.full_name}.{method.name}")
    for message in declarations.messages.values():
        for name in message.type_names():
            if name != message.full_name:
                users[name].append(message.full_name)
    first_users = {
        name: users[name][0]
        for name in unpaired
        if users.get(name) and all(user in unpaired for user in users[name])
    }
    return {name: _root(name, first_users) for name in first_users}


def _root(name: str, first_users: Mapping[str, str]) -> str:
    """Follow the users up to the last one; in a cycle of types take the first name."""
    seen = [name]
    while name in first_users:
        name = first_users[name]
        if name in seen:
            return min(seen)
        seen.append(name)
    return name

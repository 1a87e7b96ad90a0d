"""The names of types as a `.proto` writes them, in the scope of a message or service."""

from __future__ import annotations

from collections.abc import Set

from apiscribe.emit.encoders import Encoded, name
from apiscribe.model.api import Api, Message, Service
from apiscribe.model.types import SCALARS

# Keywords that may not start a type name.
_KEYWORDS = frozenset(
    "edition enum export extend extensions group import local map max message oneof option optional"
    " package public repeated required reserved returns rpc service stream syntax to weak".split()
)


class TypeNames:
    """The names of types in the files of a package.

    `scopes` are the full names that a lookup may stop at, from packages to enum values.
    """

    def __init__(self, package: str, scopes: Set[str]) -> None:
        self.package, self.scopes = package, scopes

    def reference(
        self, full_name: str, scope: Message | Service | None, inside: Set[str] = frozenset()
    ) -> Encoded:
        """Return the shortest unambiguous name of a type in a message or service; `inside` are the
        names declared there.

        protoc looks up the first part of a name in the innermost scope first, and stops at the
        first match (language guide, "Packages and Name Resolution"). If that is another
        declaration, return the full name with a leading dot.
        """
        if full_name in SCALARS:
            return name(full_name)
        short = full_name.removeprefix(f"{scope.full_name}.") if scope else full_name
        if short != full_name and short not in _KEYWORDS:
            return name(short)
        short = full_name.removeprefix(f"{self.package}.")
        first = short.split(".")[0]
        hidden = first in _KEYWORDS or first in inside
        if short == full_name:
            parts = self.package.split(".")
            around = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
            hidden = hidden or any(f"{outer}.{first}" in self.scopes for outer in around)
        return name(f".{full_name}" if hidden else short)


def names_inside(scope: Message | Service) -> set[str]:
    """Return the names that a message or service declares."""
    if isinstance(scope, Service):
        return {method.name for method in scope.methods}
    values = {value.name for enum in scope.enums for value in enum.values}
    return values | {enum.name for enum in scope.enums} | {field.name for field in scope.fields}


def all_scopes(api: Api) -> set[str]:
    """Return the full names that a lookup may stop at, from packages to enum values."""
    packages = {file.package for file in api.files} | {"google.api", "google.protobuf"}
    names = {".".join(p.split(".")[:n]) for p in packages for n in range(1, p.count(".") + 2)}
    names |= {message.full_name for _, message in api.messages()}
    names |= {service.full_name for _, service in api.services()}
    for file in api.files:
        names |= {enum.full_name for enum in file.enums}
        names |= {f"{file.package}.{v.name}" for enum in file.enums for v in enum.values}
    return names

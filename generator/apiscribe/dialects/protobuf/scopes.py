"""Short names of types → the declarations inside the messages around a field."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace

from apiscribe.model.draft import MessageDraft, TypeDraft


def with_scopes(
    messages: Iterable[MessageDraft], declared: Container[str], *, outer_first: bool = False
) -> list[MessageDraft]:
    """Return the messages with the types of their fields resolved to names in their package.

    A name means the declaration in the innermost message around the field. With `outer_first`, a
    declaration with exactly this name in the package takes precedence.
    """

    def change(type_: TypeDraft, scope: str) -> TypeDraft:
        before, _, name = type_.name.rpartition(" ")  # of a map, its values
        name = name.rstrip(">")
        if outer_first and name in declared:
            return type_
        while scope:
            if f"{scope}.{name}" in declared:
                spelled = f"{before} {scope}.{name}>" if before else f"{scope}.{name}"
                return replace(type_, name=spelled)
            scope = scope.rpartition(".")[0]
        return type_

    return [
        replace(
            message,
            fields=tuple(replace(f, type=change(f.type, message.name)) for f in message.fields),
        )
        for message in messages
    ]

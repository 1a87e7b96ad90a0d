"""Types in the reference: links to the messages and enums that it shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, assert_never

from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.model.types import WELL_KNOWN, EnumRef, Map, MessageRef, Scalar, Type


@dataclass(frozen=True)
class TypeView:
    """A type: the words before its name (`repeated`, `map of string to`), its short name, and its
    full name if the reference shows it, else None.
    """

    before: Encoded
    name: Encoded
    link: Encoded | None


@dataclass(frozen=True)
class TypeLinks:
    """Views of types; `known` are the full names of the messages and enums that are shown."""

    known: Collection[str]

    def of(self, part: Any) -> TypeView:
        """Return the view of the type of a field, a parameter or an answer."""
        return self.view(part.type, "list of " * part.repeated)

    def view(self, type_: Type, before: str = "") -> TypeView:
        """Return the view of a type."""
        match type_:
            case Scalar(name=name):
                return TypeView(html_text(before), html_text(name), None)
            case MessageRef(name=name) | EnumRef(name=name):
                return self.named(name, before)
            case Map(key=key, value=value):
                return self.view(value, f"{before}map of {key} to ")
            case _:
                assert_never(type_)

    def named(self, full_name: str, before: str = "") -> TypeView:
        """Return the view of a message or an enum."""
        short = full_name.rpartition(".")[2]
        is_known = full_name in self.known
        link = html_text(full_name) if is_known else None
        shown = short if is_known or full_name in WELL_KNOWN else full_name
        return TypeView(html_text(before), html_text(shown), link)

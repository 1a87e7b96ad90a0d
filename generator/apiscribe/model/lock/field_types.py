"""The types of fields in lock.json: `string`, `repeated shop.v1.Book`, `map<string, shop.v1.Book>`.

This module alone writes and reads the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from apiscribe.model.api import Field
from apiscribe.model.types import Map, Type, values_type

_REPEATED = "repeated "
_MAP = re.compile(r"map<\s*(\w+)\s*,\s*(.+?)\s*>", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """The type of a field.

    `name` is a scalar type, or the full name of a message or enum; of a map, it is the type of the
    values, and `key` the type of the keys.
    """

    name: str
    repeated: bool = False
    key: str = ""

    @property
    def text(self) -> str:
        """The type as in a `.proto`."""
        name = f"map<{self.key}, {self.name}>" if self.key else self.name
        return f"{_REPEATED}{name}" if self.repeated else name

    def renamed(self, new_name: Callable[[str], str]) -> FieldType:
        """Return the type with another name."""
        return replace(self, name=new_name(self.name))


def type_of(field: Field) -> FieldType:
    """Return the type of a field of an Api."""
    return _field_type(field.type, field.repeated)


# An API has far fewer types than fields.
@lru_cache(maxsize=1_000)
def _field_type(type_: Type, repeated: bool) -> FieldType:
    key = type_.key if isinstance(type_, Map) else ""
    return FieldType(name=values_type(type_).name, repeated=repeated, key=key)


@lru_cache(maxsize=1_000)
def read_type(text: str) -> FieldType:
    """Return the type that a lock has; the name is "" if it has none."""
    repeated, name = text.startswith(_REPEATED), text.removeprefix(_REPEATED)
    if match := _MAP.fullmatch(name):
        return FieldType(name=match[2], repeated=repeated, key=match[1])
    return FieldType(name=name, repeated=repeated)

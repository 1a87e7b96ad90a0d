"""Places in the rows of a resource: dotted keys, and what the resource's message tells of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as _Kinds
from sqlalchemy import case
from sqlalchemy.sql.selectable import FromClause

from . import json_sql
from . import sql_dialects as functions
from .codec import Descriptor, FieldDescriptor, documented_fields
from .errors import query_failed
from .json_sql import Condition, Elements, Expression
from .registry import Resource

_DEPTH = 16  # parts of a dotted key
_TEXTS = (_Kinds.CPPTYPE_STRING, _Kinds.CPPTYPE_ENUM)
_LONG = (_Kinds.CPPTYPE_INT64, _Kinds.CPPTYPE_UINT64)


class FieldPath:
    """A dotted key in the rows of a resource, or (without one) in what a stage gives.

    `within`: the key of what the document stands for, where it is no whole row. Raises ApiError
    where no row can have the key; with `declared` false only where it is no key.
    `has_servers_times`: every row has a time here as servers write it, or none.
    """

    def __init__(
        self,
        document: Expression,
        key: str,
        resource: Resource | None,
        declared: bool = True,
        within: str = "",
        has_servers_times: bool = False,
    ) -> None:
        self.key, self._document = key, document
        self.has_servers_times = has_servers_times
        parts = key.split(".")
        if not all(parts) or len(parts) > _DEPTH:
            raise query_failed(f"{key[:99]!r} is no key")
        self._parts = parts[len(within.split(".")) :] if within else parts
        self._field, is_single = _found(parts, resource) if resource else (None, False)
        self._single = is_single and not within
        if declared and resource and not _may_have(parts, resource):
            raise query_failed(f"{key} is no field of {resource.model.__name__}")

    @property
    def value(self) -> Expression:
        """The JSON value; of the lists on the way, none is entered. Names that are all the pages'
        own are no parameters: an index has them in its words.
        """
        found = self._document
        for part in self._parts:
            found = json_sql.at(found, part, own=self._single)
        return self._plain(found)

    def each(self, source: FromClause) -> Elements:
        """The values, of the lists on the way and at the end each element, joined to `source`."""
        one, _ = json_sql.each_at(self._document, self._parts, source)
        return replace(one, value=self._plain(one.value))

    def any(self, meets: Callable[[Expression], Condition]) -> Condition:
        """Whether a value here meets a condition: NULL may say no. An index has the condition only
        where nothing stands around it.
        """
        if self._single:
            return meets(self.value)
        return json_sql.any_at(self._document, self._parts, lambda found: meets(self._plain(found)))

    def present(self) -> Condition:
        """Whether a row has the key."""
        return json_sql.present(self._document, self._parts)

    def comparable(self, value: Any) -> Any:
        """The value of a request as rows hold it: 64-bit integers may be given as text."""
        if self._is_long and isinstance(value, str):
            with suppress(ValueError):
                return int(value)
        return value

    @property
    def is_text(self) -> bool:
        """Whether rows hold one text here, if anything: of an enum and of a time too."""
        field = self._field
        if field is None or not self._single:
            return False
        return field.cpp_type in _TEXTS or _is_time(field.message_type)

    @property
    def _is_long(self) -> bool:
        return self._field is not None and self._field.cpp_type in _LONG

    def _plain(self, value: Expression) -> Expression:
        """JSON writes 64-bit integers as text; here they are numbers."""
        if not self._is_long:
            return value
        written = functions.long(functions.text(value))
        return case((functions.kind(value) == "text", written), else_=value)


def _may_have(parts: list[str], resource: Resource) -> bool:
    """Whether a row of the resource can have something at a key."""
    descriptor: Descriptor = resource.proto.DESCRIPTOR
    for part in parts:
        if descriptor is None:
            return False
        if _is_google(descriptor) or not descriptor.fields:
            return True  # a Struct, or a message whose fields no page lists
        field = _field(descriptor, part)
        if field is None:
            return False
        descriptor = field.message_type
    return True


def _found(parts: list[str], resource: Resource) -> tuple[FieldDescriptor | None, bool]:
    """The field that a key leads to, where messages declare it, and whether every field on the
    way holds one value.
    """
    descriptor: Descriptor = resource.proto.DESCRIPTOR
    field, single = None, True
    for part in parts:
        is_message = descriptor is not None and not _is_google(descriptor)
        field = _field(descriptor, part) if is_message else None
        if field is None:
            return None, False
        single = single and not field.is_repeated
        descriptor = field.message_type
    return field, single and not _is_google(descriptor)


def _field(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    return documented_fields(descriptor).get(name)


def _is_google(descriptor: Descriptor) -> bool:
    """Whether it is no message of the API, such as a Struct, which holds any key. A time is a
    text in rows.
    """
    if descriptor is None or _is_time(descriptor):
        return False
    return bool(descriptor.full_name.startswith("google.protobuf."))


def _is_time(descriptor: Descriptor) -> bool:
    return descriptor is not None and descriptor.full_name == "google.protobuf.Timestamp"

"""Field paths of queries: dotted keys, and the declared fields at them."""

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
from .descriptors import (
    Descriptor,
    FieldDescriptor,
    documented_fields,
    is_map,
    is_zero,
)
from .errors import query_failed
from .json_sql import Condition, Elements, Expression
from .registry import Resource

_DEPTH = 16  # parts of a dotted key
_TEXTS = (_Kinds.CPPTYPE_STRING, _Kinds.CPPTYPE_ENUM)
_LONG = (_Kinds.CPPTYPE_INT64, _Kinds.CPPTYPE_UINT64)


class FieldPath:
    """A dotted key in the rows of a resource, or without a resource in the output of a stage.

    `within`: the key of the document, if the document is a part of a row. Raises ApiError if no row
    can have the key, or with `declared` false only if the key is malformed. `has_servers_times`:
    each time at this path has the servers' format.
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
            raise query_failed(f"{key[:99]!r} is not a key")
        self._parts = parts[len(within.split(".")) :] if within else parts
        self._field, is_single = _resolve(parts, resource) if resource else (None, False)
        self._single = is_single and not within
        if declared and resource and not _may_have(parts, resource):
            raise query_failed(f"{key} is not a field of {resource.model.__name__}")

    @property
    def value(self) -> Expression:
        """The JSON value, without entering lists on the way. The key of a declared field is a
        constant, not a parameter, so that the SQL equals the expression of an index.
        """
        value = self._document
        for part in self._parts:
            value = json_sql.at(value, part, constant=self._single)
        return self._plain(value)

    def elements(self, source: FromClause) -> Elements:
        """Return the values joined to `source`; a list on the path stands for its elements."""
        elements, _ = json_sql.each_at(self._document, self._parts, source)
        return replace(elements, value=self._plain(elements.value))

    def any(self, meets: Callable[[Expression], Condition]) -> Condition:
        """Return whether a value at the path meets a condition; NULL counts as false. A single
        value is compared directly: an index matches only the bare condition.
        """
        if self._single:
            return meets(self.value)
        return json_sql.any_at(self._document, self._parts, lambda value: meets(self._plain(value)))

    def present(self) -> Condition:
        """Return whether a row has the key."""
        return json_sql.present(self._document, self._parts)

    def is_zero(self, value: Any) -> bool:
        """Return whether a value is the zero of a field without presence: a row that lacks the
        field has it.
        """
        return self._single and self._field is not None and is_zero(self._field, value)

    def comparable(self, value: Any) -> Any:
        """Return a value of a request as rows store it: a 64-bit integer may be sent as text."""
        if self._is_long and isinstance(value, str):
            with suppress(ValueError):
                return int(value)
        return value

    @property
    def is_text(self) -> bool:
        """Whether rows store a single text here, or nothing. Enums and times are texts too."""
        field = self._field
        if field is None or not self._single:
            return False
        return field.cpp_type in _TEXTS or _is_time(field.message_type)

    @property
    def _is_long(self) -> bool:
        return self._field is not None and self._field.cpp_type in _LONG

    def _plain(self, value: Expression) -> Expression:
        """Return the value with a 64-bit integer, which JSON writes as text, as a number."""
        if not self._is_long:
            return value
        number = functions.long(functions.text(value))
        return case((functions.kind(value) == "text", number), else_=value)


def _may_have(parts: list[str], resource: Resource) -> bool:
    """Return whether a row of the resource can have a value at a key."""
    if parts[0] in resource.parents:
        return True
    descriptor: Descriptor = resource.proto.DESCRIPTOR
    for part in parts:
        if descriptor is None:
            return False
        if _is_google(descriptor) or not descriptor.fields:
            return True  # a Struct, or a message without fields on any page
        field = _field(descriptor, part)
        if field is None:
            return False
        if is_map(field):
            return True  # of any key
        descriptor = field.message_type
    return True


def _resolve(parts: list[str], resource: Resource) -> tuple[FieldDescriptor | None, bool]:
    """Return the declared field of a key, if any, and whether no field on the path is repeated."""
    descriptor: Descriptor = resource.proto.DESCRIPTOR
    field, single = None, True
    for part in parts:
        is_message = descriptor is not None and not _is_google(descriptor)
        field = _field(descriptor, part) if is_message else None
        if field is None or is_map(field):
            return None, False
        single = single and not field.is_repeated
        descriptor = field.message_type
    return field, single and not _is_google(descriptor)


def _field(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    return documented_fields(descriptor).get(name)


def _is_google(descriptor: Descriptor) -> bool:
    """Return whether the message is protobuf's own, such as a Struct, which holds any key; a
    Timestamp is a text in rows.
    """
    if descriptor is None or _is_time(descriptor):
        return False
    return bool(descriptor.full_name.startswith("google.protobuf."))


def _is_time(descriptor: Descriptor) -> bool:
    return descriptor is not None and descriptor.full_name == "google.protobuf.Timestamp"

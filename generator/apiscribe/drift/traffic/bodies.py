"""Compares JSON bodies with the messages of an Api, and counts the fields that answers have.

What a rule made up contradicts nothing: the label of a list that no page states, the size of a
number in an example. A null is compared only where an API writes its own JSON: in that of protobuf
it means no value.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.drift.addition import field_of_json
from apiscribe.drift.declarations import Declarations
from apiscribe.drift.shown_keys import keys_of_message
from apiscribe.drift.traffic.differences import (
    Difference,
    absent_required,
    outside_limit,
    undocumented_value,
)
from apiscribe.drift.traffic.exchange import Side
from apiscribe.drift.traffic.limits import broken_limit
from apiscribe.drift.traffic.masks import MASK, masked
from apiscribe.drift.traffic.undocumented_paths import is_identifier
from apiscribe.lower.json_conformance import is_value_of, json_kind
from apiscribe.model.api import Enum, Field, Message
from apiscribe.model.types import Map, Type

_NUMBERS = ("double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64")
_FIXED = ("fixed32", "fixed64", "sfixed32", "sfixed64")
_INTEGERS = frozenset({*_NUMBERS[2:], *_FIXED})
_TIME = "google.protobuf.Timestamp"
# Words of pages such as "integer": a rule reads them, and pages state the type all the same.
_TYPE_WORD = "type-word"


@dataclass
class Sightings:
    """How often answers had the fields of each message, by its full name."""

    answers: Counter[str] = field(default_factory=Counter)
    fields: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(frozen=True)
class Context:
    """What holds for a whole body. `plain`: its numbers are no texts, and its nulls are values;
    `requires`: it has the fields that are required; `states_nulls`: pages say which values may be
    null; `shown` are the keys in examples of the operation.
    """

    side: Side
    plain: bool
    requires: bool
    states_nulls: bool
    shown: frozenset[str] = frozenset()
    sightings: Sightings | None = None


class Bodies:
    """Compares bodies with the messages of a version."""

    def __init__(self, declarations: Declarations) -> None:
        self._messages = declarations.messages
        self._enums = declarations.enums
        self._in_requests = declarations.request_messages
        self._shown: dict[str, frozenset[str]] = {}

    def value(
        self, value: Any, type_: Type, name: str, context: Context, repeated: bool = False
    ) -> Iterator[Difference]:
        """Yield the differences between a JSON value and a type, or a list of it. `name` is that of
        the body.
        """
        if repeated:
            if not isinstance(value, list):
                yield _contradiction(name, "a list", value, None)
                return
            for item in value:
                yield from self._single(item, type_, name, context, None)
        else:
            yield from self._single(value, type_, name, context, None)

    def fields(
        self,
        value: Any,
        message: Message,
        name: str,
        context: Context,
        only: Collection[str] | None = None,
        span: Span | None = None,
    ) -> Iterator[Difference]:
        """Yield the differences between a JSON value and a message. `only` are the names of the
        fields that the body may have; other fields of the message are elsewhere in the request.
        `span` is that of the field with the value.
        """
        if not isinstance(value, dict):
            yield _contradiction(name, f"an object ({message.name})", value, span or message.span)
            return
        fields = {one.json_name: one for one in message.fields}
        fields |= {one.name: one for one in message.fields if one.name not in fields}
        for key, entry in value.items():
            if one := fields.get(key):
                if only is None or one.json_name in only:
                    symbol = f"{message.full_name}.{one.json_name}"
                    yield from self._field(entry, one, symbol, context)
            elif not message.incomplete and not self._is_shown(key, message, context):
                yield self._undocumented(key, entry, message, context)
        if context.sightings and context.side == "answer":
            context.sightings.answers[message.full_name] += 1
            present = {fields[key].json_name for key in value if key in fields}
            context.sightings.fields[message.full_name].update(present)
        if context.requires:
            yield from self._missing(value, message)

    def _is_shown(self, key: str, message: Message, context: Context) -> bool:
        """Return whether an example has a key that the list of fields lacks."""
        if message.full_name not in self._shown:
            self._shown[message.full_name] = keys_of_message(message)
        return key in context.shown or key in self._shown[message.full_name]

    def _undocumented(self, key: str, value: Any, message: Message, context: Context) -> Difference:
        shown = "{key}" if is_identifier(key) or masked(key) == MASK else key
        return Difference(
            kind="undocumented-field",
            symbol=f"{message.full_name}.{shown}",
            message=f"no page documents {shown}, which {context.side}s have",
            span=message.span,
            addition=field_of_json(message.full_name, key, value) if shown == key else None,
        )

    def _missing(self, value: dict[str, Any], message: Message) -> Iterator[Difference]:
        # A mark in a list that requests share says what they must have.
        if message.full_name in self._in_requests:
            return
        for one in absent_required(message.fields, value):
            yield Difference(
                kind="missing-field",
                symbol=f"{message.full_name}.{one.json_name}",
                message=f"{one.json_name} is required, and answers lack it",
                span=one.span,
            )

    def _field(self, value: Any, one: Field, symbol: str, context: Context) -> Iterator[Difference]:
        if value is None:
            if context.plain and not one.nullable and _has_no_null(one):
                stated = f"{one.json_name} is null in {context.side}s, which its page rules out"
                unstated = f"{context.side}s have null, which the pages mention nowhere"
                yield Difference(
                    kind="contradicting-null",
                    symbol=symbol,
                    message=stated if context.states_nulls else unstated,
                    span=one.span,
                )
        elif one.repeated and isinstance(value, list):
            if limit := broken_limit(value, one):
                yield outside_limit(symbol, one, limit)
            for item in value:
                if item is not None:
                    yield from self._single(item, one.type, symbol, context, one)
        elif one.repeated:
            if "repeated" not in one.provenance:
                yield _contradiction(symbol, "a list", value, one.span)
        elif isinstance(value, list) and "repeated" in one.provenance:
            return
        else:
            yield from self._single(value, one.type, symbol, context, one)

    def _single(
        self, value: Any, type_: Type, symbol: str, context: Context, one: Field | None
    ) -> Iterator[Difference]:
        span = one.span if one else None
        if isinstance(type_, Map):
            if not isinstance(value, dict):
                yield _contradiction(symbol, "an object", value, span)
                return
            for entry in value.values():
                if entry is not None:
                    yield from self._single(entry, type_.value, symbol, context, one)
        elif message := self._messages.get(type_.name):
            yield from self.fields(value, message, symbol, context, span=span)
        elif enum := self._enums.get(type_.name):
            yield from self._enum(value, enum, symbol, context, one)
        else:
            wanted, accepts = json_kind(type_.name)
            is_wrong = not accepts(value) or (context.plain and _is_quoted(value, type_))
            if is_wrong and not _is_lenient(value, type_, one):
                yield _contradiction(symbol, wanted, value, span)
            elif one and type_ == one.type and (limit := broken_limit(value, one)):
                yield outside_limit(symbol, one, limit)

    def _enum(
        self, value: Any, enum: Enum, symbol: str, context: Context, one: Field | None
    ) -> Iterator[Difference]:
        if context.plain:
            # The numbers of values are protobuf's; a page may list numbers as values.
            is_value = _text(value) in {each.json_name for each in enum.documented_values}
        else:
            is_value = is_value_of(value, enum)
        if is_value:
            return
        if not isinstance(value, str):
            yield _contradiction(
                symbol, f"a value of {enum.name}", value, one.span if one else None
            )
        elif not enum.incomplete and enum.documented_values:
            where = f"{symbol.rpartition('.')[2]} in {context.side}s"
            yield undocumented_value(value, enum, one.json_name if one else "", where)


def _contradiction(symbol: str, wanted: str, value: Any, span: Span | None) -> Difference:
    name = symbol.rpartition(".")[2] or symbol
    return Difference(
        kind="contradicting-type",
        symbol=symbol,
        message=f"{name} is documented as {wanted}, and has another type",
        detail=_kind_of(value),
        span=span,
    )


def _kind_of(value: Any) -> str:
    """Return the kind of a JSON value: a report does not need the value."""
    match value:
        case bool():
            return "true or false"
        case int():
            return "an integer"
        case float():
            return "a number with a fraction"
        case str():
            return "a string"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "null"


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | int | float) else str(value)


def _is_quoted(value: Any, type_: Type) -> bool:
    return isinstance(value, str) and type_.name in _NUMBERS + _FIXED


def _has_no_null(one: Field) -> bool:
    """Return whether a field has a type without null, which a page states."""
    return one.type.name != "google.protobuf.Value" and "field" not in one.provenance


def _is_lenient(value: Any, type_: Type, one: Field | None) -> bool:
    """Return whether a rule chose the type, and the value is of the same kind of JSON."""
    if one is None:
        return False
    source = one.provenance.get("type", "")
    if type_.name == _TIME and source:
        return isinstance(value, str)
    if type_.name == "bytes":
        return isinstance(value, str)
    shown = "field" in one.provenance or source not in ("", _TYPE_WORD)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return shown and is_number and type_.name in _INTEGERS

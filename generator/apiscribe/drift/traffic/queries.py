"""Compares the query strings of requests with the documented parameters."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from apiscribe.drift.addition import parameter_of_text
from apiscribe.drift.declarations import Declarations
from apiscribe.drift.traffic.differences import Difference, outside_limit, undocumented_value
from apiscribe.drift.traffic.exchange import Exchange
from apiscribe.drift.traffic.limits import broken_limit_of_text
from apiscribe.drift.traffic.masks import masked
from apiscribe.drift.traffic.operations import Operation
from apiscribe.model.api import Field

_BASE = re.compile(r"[^.\[\]]+")
_INTEGER = re.compile(r"[+-]?\d+(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_BOOLS = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off", "True", "False"})

_WORDS = tomllib.loads(Path(__file__).with_name("ignored.toml").read_text("utf-8"))
_IGNORED = re.compile("|".join(_WORDS["parameters"]))


def _is_bool(text: str) -> bool:
    return text in _BOOLS


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


# Type → a description of its texts, and a check for them; other types accept any text.
_KINDS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "bool": ("true or false", _is_bool),
    **dict.fromkeys(("double", "float"), ("a number", _is_number)),
    **dict.fromkeys(
        ("int32", "int64", "uint32", "uint64", "sint32", "sint64"), ("an integer", _is_integer)
    ),
}


class Queries:
    """Compares query strings with the requests of a version."""

    def __init__(self, declarations: Declarations) -> None:
        self._enums = declarations.enums
        schemes = declarations.version.api.facts.schemes
        self._keys = {scheme.parameter for scheme in schemes if scheme.location == "query"}

    def differences(self, operation: Operation, exchange: Exchange) -> Iterator[Difference]:
        """Yield the differences of an accepted request."""
        request = operation.request
        if request is None:
            return
        fields = {one.json_name: one for one in operation.places.query}
        fields |= {one.name: one for one in operation.places.query if one.name not in fields}
        in_path = {parameter.field for parameter in operation.template.parameters}
        # Servers that follow google.api.http take fields of the body in the query, too.
        others = {name for one in request.fields for name in (one.name, one.json_name)} - in_path
        stated = {one.json_name for one in request.fields if one.location}
        for name, text in exchange.query:
            base = _BASE.match(name)
            one = fields.get(name) or (fields.get(base[0]) if base else None)
            if one:
                if name in (one.json_name, one.name, f"{one.json_name}[]"):
                    yield from self._value(one, text, operation)
            elif name in self._keys or _IGNORED.fullmatch(name) or request.incomplete:
                continue
            elif not base or base[0] not in others or base[0] in stated:
                addition = parameter_of_text(request.full_name, name, text)
                yield Difference(
                    kind="undocumented-parameter",
                    symbol=f"{operation.text} query.{masked(name)}",
                    message=f"no page documents the query parameter {masked(name)}",
                    span=operation.route.span,
                    addition=addition if base and base[0] == masked(name) else None,
                )

    def _value(self, one: Field, text: str, operation: Operation) -> Iterator[Difference]:
        """Yield the differences of a value; one that a comma separates is a list."""
        values = text.split(",") if one.repeated or "," in text else [text]
        for value in filter(None, values):
            if enum := self._enums.get(one.type.name):
                names = {each.json_name for each in enum.documented_values}
                if value not in names and names and not enum.incomplete:
                    where = f"{one.json_name} in requests"
                    yield undocumented_value(value, enum, one.json_name, where)
            else:
                wanted, accepts = _KINDS.get(one.type.name, ("", bool))
                if not accepts(value):
                    yield Difference(
                        kind="contradicting-type",
                        symbol=f"{operation.text} query.{one.json_name}",
                        message=f"{one.json_name} is documented as {wanted}, and has another type",
                        detail="a text",
                        span=one.span,
                    )
                elif limit := broken_limit_of_text(value, one):
                    yield outside_limit(f"{operation.text} query.{one.json_name}", one, limit)

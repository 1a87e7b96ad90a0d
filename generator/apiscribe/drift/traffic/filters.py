"""Finds query parameters that a server ignores: answers have what the parameter rules out.

A parameter with the name of a field selects by it: `status=open`, `min_amount=100`. Only values
that match as a whole are compared: a text may be searched for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apiscribe.drift.declarations import Declarations
from apiscribe.drift.traffic.differences import Difference
from apiscribe.drift.traffic.exchange import Exchange
from apiscribe.drift.traffic.listed_values import listed_values, values_of
from apiscribe.drift.traffic.operations import Operation
from apiscribe.drift.traffic.undocumented_paths import is_identifier
from apiscribe.model.api import Field

_WORDS = tomllib.loads(Path(__file__).with_name("identifiers.toml").read_text("utf-8"))
_LOWEST, _HIGHEST = tuple(_WORDS["lowest"]), tuple(_WORDS["highest"])


def bound_of(name: str) -> tuple[str, bool] | None:
    """Return the field that a parameter sets a bound for, and whether it is the lowest value."""
    for words, is_lowest in ((_LOWEST, True), (_HIGHEST, False)):
        for word in words:
            if name.startswith(word) and len(name) > len(word):
                return name.removeprefix(word), is_lowest
    return None


def ignored_parameters(
    operation: Operation, exchange: Exchange, declarations: Declarations
) -> Iterator[Difference]:
    """Yield the documented parameters of an accepted request that its answer does not follow."""
    items = list(_items(exchange.answer.value))
    fields = {one.json_name: one for one in operation.places.query}
    listed = listed_values(operation, declarations)
    for name, text in exchange.query if items else ():
        one = fields.get(name)
        if one is None or one.repeated or sum(pair[0] == name for pair in exchange.query) > 1:
            continue
        entry = listed.get(("query", name))
        is_whole = text in values_of(entry[1]) if entry else is_identifier(text)
        if any(_is_ruled_out(item, one, text, is_whole) for item in items):
            yield Difference(
                kind="ignored-parameter",
                symbol=f"{operation.text} query.{name}",
                message=f"answers have items that the parameter {name} rules out",
                span=one.span,
            )


def _items(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects that an answer lists."""
    lists = [value] if isinstance(value, list) else []
    if isinstance(value, dict):
        lists = [entry for entry in value.values() if isinstance(entry, list)]
    if len(lists) == 1:
        yield from (item for item in lists[0] if isinstance(item, dict))


def _is_ruled_out(item: dict[str, Any], one: Field, text: str, is_whole: bool) -> bool:
    if bound := bound_of(one.json_name):
        name, is_lowest = bound
        value = item.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        try:
            limit = float(text)
        except ValueError:
            return False
        return value < limit if is_lowest else value > limit
    value = item.get(one.json_name)
    return is_whole and isinstance(value, str | int) and _text(value) != text.lower()


def _text(value: str | int) -> str:
    return str(value).lower()

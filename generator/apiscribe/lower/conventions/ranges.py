"""The parameters of lists that are bounds of a field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from apiscribe.lower.conventions.list_shape import WORDS, ListShape
from apiscribe.model.api import Field
from apiscribe.model.names import snake
from apiscribe.model.types import MessageRef, Scalar

_TIME_FORMATS = ("date", "date-time")
_WORDS: Mapping[str, tuple[str, ...]] = WORDS["range"]
_ENDS = tuple(f"_{word}" for word in _WORDS["times"])
_BEFORE = re.compile(rf"(?P<word>{'|'.join(_WORDS['first'])})_(?P<stem>.+)")
_BEHIND = re.compile(r"(?P<stem>.+?)_+(?P<word>[a-z]+)")


def range_filters(shape: ListShape) -> Mapping[str, tuple[str, str]]:
    """Parameters of lists are bounds of a field if they have its name and a word for a bound:
    `created_after` of `created_at`, `due_before` of `due_date`, `min_amount` of `amount`,
    `price_lte` of `price`. The field is a time or a number, and not the key, and the parameter has
    a type that fits. `after` and `before` leave the bound itself out.
    """
    result = {}
    for name, parameter in shape.parameters.items():
        for stem, word in _readings(snake(name)):
            operator = next((o for o in ("gt", "gte", "lt", "lte") if word in _WORDS[o]), "")
            field = _bounded(stem, shape, parameter) if operator else ""
            if field:
                result[name] = field, operator
                break
    return result


def _readings(name: str) -> Iterator[tuple[str, str]]:
    for pattern in (_BEHIND, _BEFORE):
        if match := pattern.fullmatch(name):
            yield match["stem"], match["word"]


def _bounded(stem: str, shape: ListShape, parameter: Field) -> str:
    """Return the field that a parameter bounds, or ""."""
    names = {snake(name): name for name in shape.rows}
    for known in (stem, *(f"{stem}_{word}" for word in _WORDS["times"])):
        field = shape.rows.get(names.get(known, ""))
        if field and field is not shape.key and _fits(parameter, field):
            return names[known]
    return ""


def _fits(parameter: Field, field: Field) -> bool:
    """Return whether a parameter may be a bound of a field."""
    kinds = _kind(parameter), _kind(field)
    if parameter.repeated or field.repeated or "" in kinds:
        return False
    # Parameters without a documented type are texts.
    return kinds[0] == kinds[1] != "text" or kinds == ("text", "time")


def _kind(field: Field) -> str:
    if isinstance(field.type, MessageRef):
        return "time" if field.type.name == "google.protobuf.Timestamp" else ""
    if not isinstance(field.type, Scalar) or field.type.name in ("bool", "bytes"):
        return ""
    if field.type.name != "string":
        return "number"
    is_time = field.constraints.get("format") in _TIME_FORMATS
    return "time" if is_time or snake(field.json_name).endswith(_ENDS) else "text"

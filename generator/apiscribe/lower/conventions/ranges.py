"""The parameters of lists that are bounds of a field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from apiscribe.lower.conventions.list_shape import WORDS, ListShape
from apiscribe.model.api import Field
from apiscribe.model.names import snake
from apiscribe.model.types import EnumRef, MessageRef, Scalar

_TIME_FORMATS = ("date", "date-time")
_WORDS: Mapping[str, tuple[str, ...]] = WORDS["range"]
_ENDS = tuple(f"_{word}" for word in _WORDS["times"])
_BEFORE = re.compile(rf"(?P<word>{'|'.join(_WORDS['first'])})_(?P<stem>.+)")
_BEHIND = re.compile(r"(?P<stem>.+?)_+(?P<word>[a-z]+)")


def range_filters(shape: ListShape) -> Mapping[str, tuple[str, str]]:
    """Parameters of lists are bounds of a field if they have its name and a word for a bound:
    `created_after` of `created_at`, `due_before` of `due_date`, `min_amount` of `amount`,
    `price[lte]` of `price`. The field is a time or a number, and not the key, and the parameter has
    a type that fits. `after` and `before` leave the bound itself out.
    """
    found = {name: bound_of(snake(name), p, shape) for name, p in shape.parameters.items()}
    return {name: bound for name, bound in found.items() if bound}


def bound_of(name: str, parameter: Field, shape: ListShape) -> tuple[str, str] | None:
    """Return the field that a parameter bounds, and the operator, by its name in snake case."""
    for stem, word in _readings(name):
        operator = bound_operator(word)
        field = _bounded(stem, shape, parameter) if operator else ""
        if field:
            return field, operator
    return None


def bound_operator(word: str) -> str:
    """Return the operator that a word such as `after` states, or ""."""
    return next((o for o in ("gt", "gte", "lt", "lte") if word in _WORDS[o]), "")


def _readings(name: str) -> Iterator[tuple[str, str]]:
    for pattern in (_BEHIND, _BEFORE):
        if match := pattern.fullmatch(name):
            yield match["stem"], match["word"]


def _bounded(stem: str, shape: ListShape, parameter: Field) -> str:
    """Return the field that a parameter bounds, or ""."""
    for known in (stem, *(f"{stem}_{word}" for word in _WORDS["times"])):
        name = shape.field(known)
        field = shape.rows.get(name)
        if field and field is not shape.key and kind_of(field) in ("number", "time"):
            is_single = not parameter.repeated and not field.repeated
            if is_single and fits(parameter, field):
                return name
    return ""


def fits(parameter: Field, field: Field) -> bool:
    """Return whether the values of a parameter may be values of a field. Pages write the types of
    parameters, which are texts in an address, less carefully than those of fields.
    """
    kinds = kind_of(parameter), kind_of(field)
    return "" not in kinds and kinds[0] in (kinds[1], "text")


def is_time(field: Field) -> bool:
    """Return whether the values of a field are times."""
    return kind_of(field) == "time"


def kind_of(field: Field) -> str:
    """Return whether the values of a field are a `flag`, a `time`, a `number`, or another `text`;
    "" for values of other types.
    """
    if isinstance(field.type, MessageRef):
        return "time" if field.type.name == "google.protobuf.Timestamp" else ""
    if isinstance(field.type, EnumRef):
        return "text"
    if not isinstance(field.type, Scalar) or field.type.name == "bytes":
        return ""
    if field.type.name == "bool":
        return "flag"
    if field.type.name != "string":
        return "number"
    has_format = field.constraints.get("format") in _TIME_FORMATS
    return "time" if has_format or snake(field.json_name).endswith(_ENDS) else "text"

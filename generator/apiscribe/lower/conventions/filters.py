"""The parameters of lists with conditions on the rows, besides those that are named as a field."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from apiscribe.lower.conventions.list_shape import WORDS, ListShape, is_text
from apiscribe.lower.conventions.ranges import (
    bound_of,
    bound_operator,
    fits,
    is_time,
    kind_of,
    range_filters,
)
from apiscribe.lower.roles import plurals
from apiscribe.model.api import Field
from apiscribe.model.names import snake, words

Filter = tuple[str, str]  # field and operator
NO_FILTER: Filter = ("", "")  # in spec.toml
FilterRule = Callable[[ListShape], Mapping[str, Filter]]
_WORDS: Mapping[str, tuple[str, ...]] = WORDS["filter"]
_CONTAINER = re.compile(rf"(?:{'|'.join(_WORDS['containers'])})(?=[\[.])", re.IGNORECASE)
_OPERATOR = re.compile(r"(?P<stem>.+?)_+(?P<word>[a-z]+)")
_WORD = re.compile(r"[a-z]+")
_OPERATORS = ("eq", "not", "in", "contain")


def operator_filters(shape: ListShape) -> Mapping[str, Filter]:
    """Parameters of lists are conditions on a field if they have its name and an operator:
    `status[in]`, `status[ne]`, `name__contains`; also within `filter`: `filter[status]`,
    `filter[total][gte]`.
    """
    return {
        name: found
        for name, parameter in shape.parameters.items()
        if (found := _condition(name, parameter, shape))
    }


def _condition(name: str, parameter: Field, shape: ListShape) -> Filter | None:
    inner = snake(_CONTAINER.sub("", name, count=1))
    if inner != snake(name):
        if field := shape.field(inner):
            return (field, _equality(parameter)) if fits(parameter, shape.rows[field]) else None
        if bound := bound_of(inner, parameter, shape):
            return bound
    match = _OPERATOR.fullmatch(inner)
    operator = next((o for o in _OPERATORS if match and match["word"] in _WORDS[o]), "")
    field = shape.field(match["stem"]) if match and operator else ""
    if not field or shape.rows[field].repeated:
        return None
    row = shape.rows[field]
    if operator == "contain":
        return (field, operator) if is_text(row) and is_text(parameter) else None
    return (field, operator) if fits(parameter, row) else None


def _equality(parameter: Field) -> str:
    return "in" if _has_several(parameter) else "eq"


def _has_several(parameter: Field) -> bool:
    """Return whether the values of a parameter are several, as a list or with commas."""
    is_listed = bool(set(_WORD.findall(parameter.description.lower())) & set(_WORDS["commas"]))
    return parameter.repeated or (is_text(parameter) and is_listed)


def listed_values(shape: ListShape) -> Mapping[str, Filter]:
    """Parameters of lists are several values of a field, repeated or with commas between them, if
    their name is its plural, such as `ids` or `customer_ids`, or if they have its name and are a
    list, or if a description speaks of commas.
    """
    result = {}
    for name, parameter in shape.parameters.items():
        for field, row in shape.rows.items():
            is_plural = snake(name) in plurals(snake(field)) and not row.repeated
            if is_plural and (parameter.repeated or is_text(parameter)) and kind_of(row):
                result[name] = field, "in"
    for name, parameter in shape.named_as_fields.items():
        if _has_several(parameter) and not shape.rows[name].repeated and kind_of(shape.rows[name]):
            result[name] = name, "in"
    return result


def time_bounds(shape: ListShape) -> Mapping[str, Filter]:
    """Parameters of lists such as `since`, `until`, `from` and `to` are bounds of the time of
    creation, if they are a time, or a text with a description that speaks of one. If that speaks
    of updates, they are bounds of the time of the last update.
    """
    result = {}
    for name, parameter in shape.parameters.items():
        operator = bound_operator(snake(name))
        described = set(words(parameter.description.lower()))
        is_update = bool(described & set(_WORDS["updates"]))
        field = shape.updated if is_update else shape.created
        speaks = is_text(parameter) and bool(described & set(_WORDS["moments"]))
        if operator and field and (is_time(parameter) or speaks):
            result[name] = field, operator
    return result


def text_search(shape: ListShape) -> Mapping[str, Filter]:
    """Parameters of lists such as `search` or `q` are a text to look for in the texts of the rows,
    in any case of letters; one of a list. They are not if their descriptions speak of a language
    of queries.
    """
    for word in _WORDS["search"]:
        for name, parameter in shape.parameters.items():
            speaks = set(words(parameter.description.lower())) & set(_WORDS["languages"])
            if snake(name) == word and is_text(parameter) and not speaks:
                return {name: ("", "search")}
    return {}


def selected_fields(parameters: Mapping[str, Field], is_get: bool) -> str:
    """Parameters of lists and gets such as `fields` or `select` have the names of the fields to
    return, with commas between them or as a list, and so does `only` of a get, or if it is a list.
    """
    for name, field in parameters.items():
        is_list = field.repeated and field.type.name == "string"
        known = _WORDS["selected_list"] if is_list or is_get else _WORDS["selected"]
        if snake(name) in known and (is_list or is_text(field)):
            return name
    return ""


# Fact → rule, in this order: a parameter has the condition of the first rule that knows it.
FILTER_RULES: Mapping[str, FilterRule] = {
    "ranges": range_filters,
    "operators": operator_filters,
    "lists": listed_values,
    "times": time_bounds,
    "search": text_search,
}


def filters_of(
    shape: ListShape, others: Collection[str]
) -> Iterator[tuple[str, Mapping[str, Filter]]]:
    """Yield the filters of a list, by fact; `others` are parameters with another meaning."""
    known = set(others)
    for fact, rule in FILTER_RULES.items():
        found = {name: one for name, one in rule(shape).items() if name not in known}
        if found:
            known |= found.keys()
            yield fact, found

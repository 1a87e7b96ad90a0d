"""Infer the types of bodies from JSON examples, where no list describes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.lower.inference import rule_name
from apiscribe.lower.lenient_json import is_placeholder, parse_example
from apiscribe.lower.listed_bodies import ListedBodies, as_listed
from apiscribe.lower.open_objects import HOLDERS, described_keys
from apiscribe.lower.shown_objects import PageObjects, shown_object
from apiscribe.model.draft import (
    AnswerDraft,
    ExampleDraft,
    FieldDraft,
    TypeDraft,
)
from apiscribe.model.type_words import split_list, split_map, type_of_word

_VALUE = ".google.protobuf.Value"
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_INT64 = range(-(2**63), 2**63)
# Keys that do not name a field: ids, dates, and the like are keys of a map.
_KEY = re.compile(r"[^\W\d][\w.$@-]*")
_MOST_KEYS = 200


def shown_values(examples: Iterable[ExampleDraft]) -> list[Any]:
    """Return the values of the examples that are JSON."""
    values = []
    for example in examples:
        parsed = parse_example(example.text)
        if parsed.problem is None and parsed.value is not None:
            values.append(parsed.value)
    return values


def shown_fields(values: Iterable[Any], span: Span) -> TypeDraft | None:
    """Where no list describes a body, it has the fields in its examples, and may have others.
    `null` does not determine a type, integers are int64, and an object with keys that are not
    names is google.protobuf.Struct. Where a list describes part of a body, the examples add the
    rest.
    """
    usable = [value for value in values if isinstance(value, dict | list)]
    if not usable:
        return None
    type_ = _type_of(usable, span)
    return type_ if type_.fields or type_.repeated else None


def _type_of(values: list[Any], span: Span) -> TypeDraft:
    """Return the type of all values together."""
    present = [v for v in values if v is not None]
    lists = [v for v in present if isinstance(v, list)]
    if lists and len(lists) == len(present):
        items = [item for each in lists for item in each]
        if any(isinstance(item, list) for item in items):
            return TypeDraft(name=".google.protobuf.ListValue", repeated=True, span=span)
        inside = _type_of(items, span)
        return TypeDraft(name=inside.name, fields=inside.fields, repeated=True, span=span)
    objects = [v for v in present if isinstance(v, dict)]
    if objects and len(objects) == len(present):
        return _object(objects, span)
    kinds = {type(v) for v in present}
    if kinds <= {int, float} and kinds:
        whole = kinds == {int} and all(v in _INT64 for v in present)
        return TypeDraft(name="int64" if whole else "double", span=span)
    if kinds == {bool}:
        return TypeDraft(name="bool", span=span)
    if kinds == {str}:
        return TypeDraft(name="string", span=span)
    return TypeDraft(name=_VALUE, span=span)


def _object(objects: list[dict[str, Any]], span: Span) -> TypeDraft:
    columns: dict[str, list[Any]] = {}
    for each in objects:
        for key, value in each.items():
            columns.setdefault(key, []).append(value)
    names = [key for key in columns if not is_placeholder(key)]
    if not columns:
        return TypeDraft(name=_VALUE, span=span)  # `{}` stands for any value
    if not names or len(names) > _MOST_KEYS or not all(map(_KEY.fullmatch, names)):
        return TypeDraft(name=".google.protobuf.Struct", span=span)
    fields = tuple(_field(name, columns[name], span) for name in names)
    return TypeDraft(name="", fields=fields, span=span)


def _field(name: str, values: list[Any], span: Span) -> FieldDraft:
    type_ = _type_of(values, span)
    return FieldDraft(
        name=name,
        type=type_,
        nullable=None in values,
        constraints=_format(values) if type_.name == "string" else {},
        provenance=(("field", "shown-fields"),),
        span=span,
    )


def _format(values: list[Any]) -> Mapping[str, Any]:
    """Return the format that all texts have."""
    texts = [v for v in values if isinstance(v, str)]
    for name, pattern in (("date-time", _DATE_TIME), ("date", _DATE), ("uuid", _UUID)):
        if texts and all(pattern.fullmatch(text) for text in texts):
            return {"format": name}
    return {}


def default_type(field: FieldDraft) -> FieldDraft:
    """Fields without a type have that of their default if it is true, false or a number."""
    type_ = field.type
    if not field.default or type_.name or type_.link or type_.values or type_.fields:
        return field
    value = parse_example(field.default).value
    if not isinstance(value, bool | int | float) or type_.repeated:
        return field
    known = replace(type_, name=_type_of([value], field.span).name)
    return replace(
        field, type=known, provenance=(*field.provenance, ("type", rule_name(default_type)))
    )


def shown_body(shown: TypeDraft | None, parameters: Iterable[FieldDraft]) -> TypeDraft | None:
    """Return the body of a GET or DELETE that examples show, None if it has only parameters that
    the page lists: commands send them as `--data`, too.
    """
    listed = {parameter.name for parameter in parameters}
    is_listed = (
        shown is not None and bool(shown.fields) and {f.name for f in shown.fields} <= listed
    )
    return None if is_listed else shown


def shown_answer(
    answer: AnswerDraft, listed: ListedBodies, objects: PageObjects
) -> TypeDraft | None:
    """Return the type that the examples of an answer show: objects of the page, and fields with
    the listed types where the examples have null.
    """
    shown = shown_fields(shown_values(answer.examples), answer.span)
    if shown is None:
        return None
    return shown_object(replace(shown, fields=as_listed(shown.fields, listed)), objects)


Declares = Callable[[TypeDraft], bool]  # whether a type is a message of the pages


def completed(
    type_: TypeDraft, shown: TypeDraft | None, is_answer: bool, declares: Declares
) -> TypeDraft:
    """Return listed fields, completed from the examples of the same body.

    Examples supply the types that the list does not state or that no page declares, and missing
    fields of an answer. Listed fields that the examples have only inside one object are fields of
    that object. A request has only its listed fields; others in its examples are reported.
    """
    if shown is None or not shown.fields or not type_.fields or type_.name:
        return type_
    shown_by_name = {field.name: field for field in shown.fields}
    fields = _moved(type_.fields, shown_by_name)
    known = {field.name for field in fields}
    if known.isdisjoint(shown_by_name) or bool(type_.repeated) != bool(shown.repeated):
        return type_
    merged = tuple(
        (
            _completed_field(field, shown_by_name[field.name], is_answer, declares)
            if field.name in shown_by_name
            else field
        )
        for field in fields
    )
    added = tuple(f for f in shown.fields if f.name not in known) if is_answer else ()
    return replace(type_, fields=(*merged, *added))


def _moved(
    fields: tuple[FieldDraft, ...], shown: Mapping[str, FieldDraft]
) -> tuple[FieldDraft, ...]:
    """Return the fields, with those that only one object of the examples has inside of it."""
    inside: dict[str, list[FieldDraft]] = {}
    kept: list[FieldDraft] = []
    for field in fields:
        owners = [
            name
            for name, outer in shown.items()
            if any(inner.name == field.name for inner in outer.type.fields)
        ]
        if field.name in shown or len(owners) != 1:
            kept.append(field)
        else:
            inside.setdefault(owners[0], []).append(field)
    if any(field.name in inside for field in kept) or (kept and not _all_shown(kept, shown)):
        return fields
    for name, moved in inside.items():
        outer = shown[name]
        needed = True if any(field.required for field in moved) else None
        type_ = replace(outer.type, fields=tuple(moved))
        kept.append(replace(outer, type=type_, required=needed))
    return tuple(kept)


def _all_shown(fields: Iterable[FieldDraft], shown: Mapping[str, FieldDraft]) -> bool:
    return all(field.name in shown for field in fields)


def _completed_field(
    field: FieldDraft, shown: FieldDraft, is_answer: bool, declares: Declares
) -> FieldDraft:
    """Return a listed field with the type that examples show, if the list does not state one."""
    if (described := described_keys(field)) is not field:
        return described
    listed, example = field.type, shown.type
    if listed.fields:
        inside = replace(example, repeated=listed.repeated)
        open_ = listed.name.lower() in HOLDERS and not listed.link
        listed = replace(listed, name="") if open_ else listed
        return replace(field, type=completed(listed, inside, is_answer, declares))
    stated = listed.name or listed.values or listed.link
    known = type_of_word(listed.name) or split_map(listed.name) or split_list(listed.name)[1]
    unknown = listed.name and not known and not declares(listed)
    holds = unknown or (listed.name.lower() in HOLDERS and not listed.link)
    if (stated and not (holds and example.fields)) or example.name == _VALUE:
        return field
    provenance = (("type", "shown-fields"), *field.provenance)
    return replace(field, type=example, provenance=provenance)

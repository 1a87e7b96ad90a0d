"""Find the objects of a page in its JSON examples: `{"id": 7, "name": "Anna"}` shows a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from apiscribe.lower.inference import rule_name
from apiscribe.model.draft import FieldDraft, MessageDraft, TypeDraft
from apiscribe.model.type_words import split_list, type_of_word

_FEWEST = 2  # fields that an example has of an object
# Kinds of JSON values, by type. Names that are no type words may be objects, or enums.
_KINDS = {
    "bool": "boolean",
    "bytes": "text",
    "double": "number",
    "float": "number",
    "int32": "integer",
    "int64": "integer",
    "string": "text",
    "uint32": "integer",
    "uint64": "integer",
    "google.protobuf.Duration": "text",
    "google.protobuf.Struct": "object",
    "google.protobuf.Timestamp": "text",
}
_ANY = "any"


class PageObjects:
    """The objects that a page describes, by their fields."""

    def __init__(self, objects: Iterable[MessageDraft] = ()) -> None:
        self._with_field: dict[str, list[MessageDraft]] = {}
        for message in objects:
            for name in dict.fromkeys(field.name for field in message.fields):
                self._with_field.setdefault(name, []).append(message)

    def shown_by(self, fields: Sequence[FieldDraft]) -> list[MessageDraft]:
        """Return the objects that an example with some fields may show."""
        if len(fields) < _FEWEST:
            return []
        near = min((self._with_field.get(field.name, []) for field in fields), key=len)
        return [message for message in near if _is_whole(fields, message)]


def shown_object(type_: TypeDraft, objects: PageObjects) -> TypeDraft:
    """Objects that only examples show are an object that their page describes, if it has all of
    their fields, with types that fit, and if the examples show two of its fields and at least half
    of them. If several objects of the page fit, none is used.
    """
    if not type_.fields or type_.name:
        return type_
    fitting = objects.shown_by(type_.fields)
    if len(fitting) == 1:
        return TypeDraft(name=fitting[0].name, repeated=type_.repeated, span=type_.span)
    return replace(type_, fields=tuple(_field(field, objects) for field in type_.fields))


def may_show(fields: Iterable[FieldDraft], listed: Iterable[FieldDraft]) -> bool:
    """Return whether an example with some fields may show an object with the listed fields."""
    known = {field.name: field.type for field in listed}
    return all(field.name in known and _fits(field.type, known[field.name]) for field in fields)


def may_hold(shown: TypeDraft, listed: str) -> bool:
    """Return whether a value in an example may have a type with a name."""
    return _fits(shown, TypeDraft(name=listed, span=shown.span))


def _field(field: FieldDraft, objects: PageObjects) -> FieldDraft:
    type_ = shown_object(field.type, objects)
    if type_.name == field.type.name:
        return replace(field, type=type_)
    provenance = (*field.provenance, ("type", rule_name(shown_object)))
    return replace(field, type=type_, provenance=provenance)


def _is_whole(fields: Sequence[FieldDraft], message: MessageDraft) -> bool:
    is_enough = 2 * len(fields) >= len(message.fields)
    return is_enough and not type_of_word(message.name) and may_show(fields, message.fields)


def _fits(shown: TypeDraft, listed: TypeDraft) -> bool:
    """Return whether a value in an example may have a listed type."""
    name, is_list = split_list(listed.name)
    kinds = _kind(shown), _kind(replace(listed, name=name))
    if _ANY in kinds and not shown.repeated:
        return True
    if bool(shown.repeated) != (bool(listed.repeated) or is_list):
        return False
    if shown.fields and listed.fields:
        return may_show(shown.fields, listed.fields)
    return _ANY in kinds or kinds[0] == kinds[1] or kinds == ("integer", "number")


def _kind(type_: TypeDraft) -> str:
    if type_.fields:
        return "object"
    if type_.values:
        return "text"
    return _KINDS.get(type_of_word(type_.name) or type_.name.lstrip("."), _ANY)

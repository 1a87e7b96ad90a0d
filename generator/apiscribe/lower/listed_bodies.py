"""What the bodies on a page list of fields that examples only show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from apiscribe.lower.inference import rule_name
from apiscribe.lower.open_objects import described_keys, listed_keys
from apiscribe.model.draft import FieldDraft, OperationDraft, TypeDraft
from apiscribe.model.type_words import type_of_word

_VALUE = ".google.protobuf.Value"
_FEWEST = 2  # fields that an object in an example shares with a body


class ListedBodies:
    """The types of the fields that the bodies of the operations on a page list."""

    def __init__(self, operations: Iterable[OperationDraft] = ()) -> None:
        bodies = (operation.body for operation in operations if operation.body)
        self._bodies = [
            {field.name: described_keys(field).type for field in body.fields} for body in bodies
        ]
        # By name, and the names of all fields of an object.
        self._beside: dict[tuple[str, frozenset[str]], TypeDraft | None] = {}
        self.types = _alike(self._bodies)  # that all bodies list alike

    def type_beside(self, name: str, names: frozenset[str]) -> TypeDraft | None:
        """Return the type of a field if all bodies list it alike that have half of the names of an
        object.
        """
        if (name, names) not in self._beside:
            fewest = max(_FEWEST, len(names) / 2)
            near = (b for b in self._bodies if name in b and len(names & b.keys()) >= fewest)
            self._beside[name, names] = _alike(near).get(name)
        return self._beside[name, names]


def _alike(bodies: Iterable[Mapping[str, TypeDraft]]) -> Mapping[str, TypeDraft]:
    found: dict[str, TypeDraft] = {}
    unlike: set[str] = set()
    for body in bodies:
        for name, type_ in body.items():
            before = found.setdefault(name, type_)
            if (before.name, before.repeated) != (type_.name, type_.repeated):
                unlike.add(name)
    return {name: type_ for name, type_ in found.items() if name not in unlike}


def as_listed(fields: Sequence[FieldDraft], listed: ListedBodies) -> tuple[FieldDraft, ...]:
    """Return the fields of an object in an example with what bodies on the page list of them."""
    names = frozenset(field.name for field in fields)
    result = []
    for field in fields:
        if field.type.fields:
            field = listed_keys(field, listed.type_beside(field.name, names))
        if field.type.fields:
            type_ = replace(field.type, fields=as_listed(field.type.fields, listed))
            result.append(replace(field, type=type_))
        else:
            result.append(listed_null(field, listed.types))
    return tuple(result)


def listed_null(field: FieldDraft, listed: Mapping[str, TypeDraft]) -> FieldDraft:
    """Fields of which examples show only null have the type of the field with the same name that
    the bodies on the page list.
    """
    type_ = listed.get(field.name)
    if not field.nullable or field.type.name != _VALUE or not type_ or type_.repeated:
        return field
    if not type_of_word(type_.name):
        return field
    known = replace(field.type, name=type_.name)
    return replace(
        field, type=known, provenance=(*field.provenance, ("type", rule_name(listed_null)))
    )

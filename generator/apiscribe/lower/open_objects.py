"""Find the objects that may have any keys, such as `metadata`: keys in examples are no fields."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

from apiscribe.lower.inference import rule_name
from apiscribe.lower.shown_objects import may_hold
from apiscribe.model.draft import FieldDraft, TypeDraft
from apiscribe.model.type_words import split_map, type_of_word

# Types of listed fields that may have fields of their own.
HOLDERS = frozenset({"", "object", "array", "list"})
_STRUCT = "google.protobuf.Struct"
_WORDS = tomllib.loads(Path(__file__).with_name("object_words.toml").read_text("utf-8"))["open"]
_OPEN = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _WORDS))})", re.IGNORECASE)


def described_keys(field: FieldDraft) -> FieldDraft:
    """Objects without listed fields that are described as key-value pairs, or as arbitrary, have
    any keys: what examples show in them are no fields.
    """
    type_ = field.type
    if type_.fields or type_.link or type_.name.lower() != "object":
        return field
    if not _OPEN.search(field.description):
        return field
    known = replace(type_, name=f".{_STRUCT}")
    provenance = (*field.provenance, ("type", rule_name(described_keys)))
    return replace(field, type=known, provenance=provenance)


def listed_keys(field: FieldDraft, type_: TypeDraft | None) -> FieldDraft:
    """Objects in examples have any keys if a body on the page with half of the fields beside them
    lists the field of that name as an object of any keys, or as a map of values that fit.
    """
    shown = field.type
    if not shown.fields or shown.name or type_ is None:
        return field
    if type_.fields or bool(type_.repeated) != bool(shown.repeated):
        return field
    if parts := split_map(type_.name):
        if not all(may_hold(each.type, parts[1]) for each in shown.fields):
            return field
    elif type_.name.lower() in HOLDERS or not _is_open(type_):
        return field
    provenance = (*field.provenance, ("type", rule_name(listed_keys)))
    return replace(field, type=replace(shown, name=type_.name, fields=()), provenance=provenance)


def _is_open(type_: TypeDraft) -> bool:
    return (type_of_word(type_.name) or type_.name).lstrip(".") == _STRUCT

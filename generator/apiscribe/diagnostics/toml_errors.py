"""Errors of msgspec in the words of a TOML file, with the nearest key for one that is unknown."""

from __future__ import annotations

import re

import msgspec
from msgspec import inspect

from apiscribe.diagnostics.did_you_mean import did_you_mean

_KEY = re.compile(r"Object (contains unknown|missing required) field `([^`]*)`(?: - at `\$(.*)`)?")
_STEP = re.compile(r"\.(\w+)|\[(?:\d+|\.\.\.)\]")


def toml_reason(error: str, kind: type[msgspec.Struct]) -> str:
    """Return why a text has no value of a type: an error of msgspec, or of the parser as it is."""
    if not (match := _KEY.fullmatch(error)):
        return error
    problem, key, path = match[1], match[2], match[3] or ""
    table, keys = _table_at(path, inspect.type_info(kind))
    if problem == "missing required":
        return f"the key {key} is missing{table}"
    return f"the key {key} is unknown{table}{did_you_mean(key, keys)}"


def _table_at(path: str, type_: inspect.Type) -> tuple[str, list[str]]:
    """Return the table at a path of msgspec, such as ` in [[change]]`, and the keys that it has."""
    names = []
    brackets = "[{}]"
    for step in _STEP.finditer(path):
        found = _content(type_)
        if isinstance(found, inspect.StructType):
            names.append(step[1])
            type_ = next(field.type for field in found.fields if field.encode_name == step[1])
        elif isinstance(found, inspect.DictType):
            names.append("…")
            type_ = found.value_type
        elif isinstance(found, inspect.VarTupleType | inspect.ListType):
            brackets = "[[{}]]"
            type_ = found.item_type
    found = _content(type_)
    keys = [each.encode_name for each in getattr(found, "fields", ())]
    return f" in {brackets.format('.'.join(names))}" if names else "", keys


def _content(type_: inspect.Type) -> inspect.Type:
    """Return a type without its metadata; of several, the table or the list of tables."""
    if isinstance(type_, inspect.Metadata):
        return _content(type_.type)
    if isinstance(type_, inspect.UnionType):
        kinds = (inspect.StructType, inspect.DictType, inspect.VarTupleType, inspect.ListType)
        types = [_content(each) for each in type_.types]
        return next((each for each in types if isinstance(each, kinds)), types[0])
    return type_

"""Bodies of forms → JSON objects: the fields of a form have the names and types of the request's.

`a[b]` and `a.b` are the field `b` of `a`, `a[]` and repeated names are items of a list, and
`a[0][b]` is a field of an item. A field of the form that is a whole message or an item of a list of
messages is JSON. Other values are read as parameters of a query string are.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from .descriptors import (
    Descriptor,
    FieldDescriptor,
    documented_fields,
    is_map,
    is_well_known,
    lower_camel_names,
)
from .errors import ApiError, invalid_parameter
from .form_bodies import FORM, parse_files, parse_form
from .strict_json import check_depth, read_json, too_deep

JsonObject = dict[str, Any]
# The steps of a field's name below a message or a list, and its value.
Entry: TypeAlias = tuple[tuple[str, ...], str | bytes]

_NAME = re.compile(r"[^\[\]]+(?:\[[^\[\]]*\])*")
_STEP = re.compile(r"\[([^\[\]]*)\]|([^\[\]]+)")
# Messages of any JSON.
_UNTYPED = ("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue")


def read_form(
    body: bytes, content_type: str, kind: str, descriptor: Descriptor, max_depth: int
) -> JsonObject:
    """Return the JSON of a form; `kind` is the media type of `content_type`.

    Raises ApiError for a form that is malformed, and for fields that the message lacks.
    """
    pairs = parse_form(body) if kind == FORM else parse_files(body, content_type)
    entries = [(_steps(name, descriptor, max_depth), value) for name, value in pairs]
    result = _Form(max_depth).message("", entries, descriptor)
    check_depth(result, max_depth)
    return result


def _steps(name: str, descriptor: Descriptor, max_depth: int) -> tuple[str, ...]:
    """Return the steps of a name: `a[b][]` has `a`, `b` and an empty one."""
    if name in documented_fields(descriptor):  # it may have dots or brackets itself
        return (name,)
    if not _NAME.fullmatch(name):
        raise invalid_parameter(name, "no name of a field, such as a, a[b] or a[]")
    steps: list[str] = []
    for match in _STEP.finditer(name):
        steps += match[2].split(".") if match[2] else [match[1]]
    if len(steps) > max_depth:
        raise too_deep(max_depth)
    return tuple(steps)


class _Form:
    """Makes JSON of the fields of a form. Keys of errors are paths as `a[b]`."""

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth

    def message(self, key: str, entries: Sequence[Entry], descriptor: Descriptor) -> JsonObject:
        """Return the fields of a message."""
        camel, fields = lower_camel_names(descriptor), documented_fields(descriptor)
        by_name: dict[str, list[Entry]] = {}
        for (name, *rest), value in entries:
            by_name.setdefault(camel.get(name, name), []).append((tuple(rest), value))
        return {
            name: self.field(_inside(key, name), own, fields.get(name))
            for name, own in by_name.items()
        }

    def field(self, key: str, entries: Sequence[Entry], field: FieldDescriptor | None) -> Any:
        """Return the value of a field; None is a field that the message lacks."""
        if field is None:
            return self.any(key, entries)
        if is_map(field):
            return self.map(key, entries, field)
        if field.is_repeated:
            first = entries[0]
            if field.message_type and not first[0] and len(entries) == 1:
                value = self.json(key, first[1])
                return value if isinstance(value, list) else [value]
            return [self.one(key, item, field) for item in _items(key, entries)]
        return self.one(key, entries, field)

    def one(self, key: str, entries: Sequence[Entry], field: FieldDescriptor) -> Any:
        """Return the value of a single field, or of an item of a list."""
        kind = field.message_type
        if kind is not None and kind.full_name in _UNTYPED:
            return self.any(key, entries)
        if kind is not None and not is_well_known(kind):
            return self.nested(key, entries, kind)
        if any(steps for steps, _ in entries):
            raise invalid_parameter(key, "it has no fields")
        first, *others = (_scalar(key, value, field) for _, value in entries)
        if any(other != first for other in others):
            raise invalid_parameter(key, "it has two different values")
        return first

    def nested(self, key: str, entries: Sequence[Entry], kind: Descriptor) -> Any:
        """Return a message: of its fields, or of one field that has it as JSON."""
        whole = [value for steps, value in entries if not steps]
        if not whole:
            return self.message(key, entries, kind)
        if len(entries) > 1:
            raise invalid_parameter(key, "it has two different values")
        return self.json(key, whole[0])

    def map(self, key: str, entries: Sequence[Entry], field: FieldDescriptor) -> Any:
        """Return a map: of its keys in brackets, or of one field that has it as JSON."""
        if any(not steps for steps, _ in entries):
            return self.nested(key, entries, field.message_type)
        values = field.message_type.fields_by_name["value"]
        by_key: dict[str, list[Entry]] = {}
        for (name, *rest), value in entries:
            by_key.setdefault(name, []).append((tuple(rest), value))
        return {n: self.field(_inside(key, n), own, values) for n, own in by_key.items()}

    def any(self, key: str, entries: Sequence[Entry]) -> Any:
        """Return JSON of any type: texts, lists of repeated names, objects of names in brackets."""
        if all(steps in ((), ("",)) for steps, _ in entries):
            values = [_text(key, value) for _, value in entries]
            is_list = len(values) > 1 or any(steps for steps, _ in entries)
            return values if is_list else self.json_or_text(values[0])
        by_name: dict[str, list[Entry]] = {}
        for steps, value in entries:
            if not steps or not steps[0]:
                raise invalid_parameter(key, "it has two different values")
            by_name.setdefault(steps[0], []).append((steps[1:], value))
        return {name: self.any(_inside(key, name), own) for name, own in by_name.items()}

    def json_or_text(self, text: str) -> Any:
        """Return an object or a list that a text is the JSON of; another text as it is."""
        if not text.lstrip().startswith(("{", "[")):
            return text
        try:
            return read_json(text.encode(), self.max_depth)
        except ApiError:
            return text

    def json(self, key: str, value: str | bytes) -> Any:
        """Return the JSON of a field of the form."""
        try:
            content = value.encode() if isinstance(value, str) else value
            return read_json(content, self.max_depth)
        except ApiError as error:
            reason = f"a message is JSON, or its fields are {key}[NAME]"
            raise invalid_parameter(key, reason) from error


def _items(key: str, entries: Sequence[Entry]) -> Iterable[Sequence[Entry]]:
    """Return the entries of each item of a list. With numbers in brackets, they are the order.
    Without, `a[][b]` begins an item when it repeats the name of a field.
    """
    unnumbered: list[list[Entry]] = []
    numbered: dict[int, list[Entry]] = {}
    for steps, value in entries:
        rest = steps[1:]
        if steps and steps[0].isascii() and steps[0].isdecimal() and len(steps[0]) < 6:
            numbered.setdefault(int(steps[0]), []).append((rest, value))
        elif steps and steps[0]:
            raise invalid_parameter(key, f"it is a list: {key}[] or {key}[0]")
        elif rest and unnumbered and not _is_known(rest, unnumbered[-1]):
            unnumbered[-1].append((rest, value))
        else:
            unnumbered.append([(rest, value)])
    return (*unnumbered, *(numbered[number] for number in sorted(numbered)))


def _is_known(steps: tuple[str, ...], item: Sequence[Entry]) -> bool:
    """Return whether an item has the field, or is a value without fields."""
    return any(not own or (own == steps and own[-1] != "") for own, _ in item)


def _scalar(key: str, value: str | bytes, field: FieldDescriptor) -> Any:
    if field.type == field.TYPE_BYTES:
        return b64encode(value).decode() if isinstance(value, bytes) else value
    text = _text(key, value)
    if field.type == field.TYPE_BOOL:
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _text(key: str, value: str | bytes) -> str:
    if isinstance(value, str):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise invalid_parameter(key, "a file, and no text in UTF-8") from error


def _inside(key: str, name: str) -> str:
    return f"{key}[{name}]" if key else name

"""The keys of new rows, in the form that the registry states."""

from __future__ import annotations

import string
from secrets import choice, randbelow, token_hex
from typing import Any
from uuid import uuid4

from google.protobuf.descriptor import FieldDescriptor as _Kinds

from .descriptors import documented_fields
from .errors import ApiError
from .registry import Resource
from .rows import Rows

JsonObject = dict[str, Any]

_SMALL = (_Kinds.CPPTYPE_INT32, _Kinds.CPPTYPE_UINT32)
_LARGE = (_Kinds.CPPTYPE_INT64, _Kinds.CPPTYPE_UINT64)
_MAX_SMALL, _MAX_LARGE = 2**31 - 1, 2**53 - 1
_SEQUENCE = "sequence"
_ALPHABETS = {
    "digits": string.digits,
    "hex": "0123456789abcdef",
    "lower": string.digits + string.ascii_lowercase,
    "upper": string.digits + string.ascii_uppercase,
    "mixed": string.digits + string.ascii_letters,
}
_RANDOM_BYTES = 12  # two of 10 ** 11 keys are equal once in ten million times
_TRIES = 20  # for a key that no row has


async def add_with_new_key(rows: Rows, row: JsonObject) -> None:
    """Store a row with a new key. Another row may have the key already, so try several."""
    resource = rows.resource
    for remaining in reversed(range(_TRIES)):
        number = await rows.last_number() + 1 if _is_sequence(resource) else 0
        row[resource.key] = new_key(resource, number)
        try:
            await rows.add([row])
            return
        except ApiError as error:
            if error.code != "ERROR_NOT_UNIQUE" or not remaining:
                raise


def _is_sequence(resource: Resource) -> bool:
    """Return whether keys are numbers of a sequence."""
    field = documented_fields(resource.proto.DESCRIPTOR).get(resource.key)
    is_number = field is not None and field.cpp_type in (*_SMALL, *_LARGE)
    return resource.form == _SEQUENCE and is_number


def new_key(resource: Resource, number: int) -> str | int:
    """Return a new key: the next `number` of a sequence, unless it is 0. Other numbers are
    random.
    """
    field = documented_fields(resource.proto.DESCRIPTOR).get(resource.key)
    if field is not None and field.cpp_type in _SMALL:
        return number or 1 + randbelow(_MAX_SMALL)
    if field is not None and field.cpp_type in _LARGE:
        return str(number or 1 + randbelow(_MAX_LARGE))
    prefix = resource.prefix
    if prefix is None:
        prefix = resource.key.removesuffix("_id").replace("_", "-")  # `job_task_id` → `job-task`
        prefix = "" if prefix in ("id", "-id") else prefix
    if not prefix:
        return _rest(resource.form) or str(uuid4())
    hyphen = "-" if prefix[-1].isalnum() else ""
    return f"{prefix}{hyphen}{_rest(resource.form) or token_hex(_RANDOM_BYTES)}"


def _rest(form: str) -> str:
    """Return a new key without its prefix; empty without letters and a length."""
    if form in ("", _SEQUENCE):
        return ""
    name = form.rstrip(string.digits)
    length = form.removeprefix(name)
    return "".join(choice(_ALPHABETS[name]) for _ in range(int(length)))

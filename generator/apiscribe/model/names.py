"""Names: from the text of a page to identifiers of protobuf and Python.

Names on pages are untrusted. Every name in an output passes `identifier`, the only allow-list, or
is derived from such a name by the functions here.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Container
from functools import lru_cache

# Names that are kept with what they become: those of a large API, as each is looked at many times.
_kept = lru_cache(maxsize=20_000)

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}", re.ASCII)
_HTTP_NAME = re.compile(r"[@$]?[A-Za-z]\w*+(?:[-.:]\w++|\[\w*+\])*", re.ASCII)
_JOINTS = re.compile(r"[^A-Za-z0-9]+")
_NEXT_WORD = re.compile(r"_+(.?)")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# Attributes of pydantic.BaseModel and its metaclass that a field must not hide. A fixed list, not
# read from the installed pydantic: the output must not depend on its version.
_MODEL_ATTRIBUTES = frozenset(
    "checked construct copy dict from_orm from_response json mro parse_file parse_obj parse_raw"
    " register schema schema_json to_json update_forward_refs validate".split()
)
# Builtins in annotations: a field with such a name would hide them in its class.
ANNOTATIONS = frozenset("bool bytes dict float int list str".split())


@_kept
def is_identifier(text: str) -> bool:
    """Return whether the text is an identifier of protobuf."""
    return IDENTIFIER.fullmatch(text) is not None


def is_http_name(text: str) -> bool:
    """Return whether the text is a usual name over HTTP: ASCII letters and digits, in parts as in
    `Idempotency-Key`, `@type`, `price[gte]` or `user.name`.
    """
    return _HTTP_NAME.fullmatch(text) is not None


@_kept
def identifier(text: str) -> str:
    """Return the text if it is an identifier, else the nearest one, in the letters of ASCII:
    `2nd-try` → `n2nd_try`, `Größe` → `Grosse`.
    """
    if is_identifier(text):
        return text
    plain = text if text.isascii() else _transliterated(text)
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", plain).strip("_")[:180] or "unnamed"
    return plain if plain[0].isalpha() else f"n{plain}"


def _transliterated(text: str) -> str:
    # Imported here, because most APIs have names in ASCII alone.
    from anyascii import anyascii

    return anyascii(text)


def words(text: str) -> list[str]:
    """Return the words of a name: those of `JobTask`, `Job_task` and `job-task` are the same."""
    return [word for part in _JOINTS.split(text) for word in _WORD_START.split(part)]


@_kept
def snake(text: str) -> str:
    """Convert a name to snake case: `JobTask`, `Job_task`, `job-task` → `job_task`."""
    return identifier("_".join(word.lower() for word in words(identifier(text)) if word))


@_kept
def camel(text: str) -> str:
    """Convert a name to upper camel case, keeping capitals: `job_status` → `JobStatus`, `mfaType` →
    `MfaType`.
    """
    return identifier("".join(w[0].upper() + w[1:] for w in words(identifier(text)) if w))


def screaming(text: str) -> str:
    """Convert a name to upper snake case: `JobStatus` → `JOB_STATUS`."""
    return snake(text).upper()


@_kept
def proto_json(text: str) -> str:
    """Return the default JSON name of a field in protoc: `job_id` → `jobId`.

    Source: protobuf language guide, "ProtoJSON"; protoc drops `_` and capitalizes the next letter.
    """
    return _NEXT_WORD.sub(lambda m: m.group(1).upper(), text) if "_" in text else text


def python_attribute(name: str) -> str:
    """Return the attribute of a Pydantic model for a field, never a keyword or a model's own
    attribute.

    A name with a capital gets a trailing `_` too: it could be the name of a type in the module.
    """
    attribute = name.lstrip("_") or "field"
    if attribute[0].isdigit():
        attribute = f"n{attribute}"
    hides = attribute in _MODEL_ATTRIBUTES | ANNOTATIONS or attribute.startswith("model_")
    if hides or keyword.iskeyword(attribute) or attribute != attribute.lower():
        attribute += "_"
    return attribute


def python_module(name: str) -> str:
    """Return the name of a Python module or package; a keyword gets a trailing `_`."""
    return f"{name}_" if keyword.iskeyword(name) else name


def python_member(name: str) -> str:
    """Return the member of a Python enum for a value, in capitals: `None` → `None_`."""
    member = name.lstrip("_") or "unnamed"
    if member[0].isdigit():
        member = f"n{member}"
    if member.islower():
        member = member.upper()
    return f"{member}_" if keyword.iskeyword(member) else member


def unique(name: str, taken: Container[str]) -> str:
    """Return the name, or a free one of `name_2`, `name_3` …: the first, if the taken ones were
    assigned in this order. The search is binary: it takes ten steps for a thousand names.
    """
    if name not in taken:
        return name
    last_taken, free = 1, 2
    while f"{name}_{free}" in taken:
        last_taken, free = free, 2 * free
    while free - last_taken > 1:
        middle = (last_taken + free) // 2
        if f"{name}_{middle}" in taken:
            last_taken = middle
        else:
            free = middle
    return f"{name}_{free}"


def entry_name(field: str) -> str:
    """Return the name that protoc gives the entries of a map field: `job_tags` → `JobTagsEntry`."""
    return "".join(part[:1].upper() + part[1:] for part in field.split("_")) + "Entry"

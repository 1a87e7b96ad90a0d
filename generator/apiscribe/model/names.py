"""Names: from the words of a page to identifiers of protobuf and Python.

A page is not trusted to hold identifiers. Every name that reaches an output passes `identifier`,
the one allow-list, or is made by the functions here from a name that did.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}", re.ASCII)
_JOINTS = re.compile(r"[^A-Za-z0-9]+")
_NEXT_WORD = re.compile(r"_+(.?)")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# Attributes of pydantic.BaseModel that a field must not hide. Kept as a list, not read from the
# installed pydantic: the output may not depend on its version.
_MODEL_ATTRIBUTES = frozenset(
    "construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json"
    " to_json update_forward_refs validate".split()
)
# Builtins that annotations name: a field of that name would hide them in its class.
ANNOTATIONS = frozenset("bool bytes dict float int list str".split())


def is_identifier(text: str) -> bool:
    """Whether protobuf takes the text as a name as it stands."""
    return IDENTIFIER.fullmatch(text) is not None


def identifier(text: str) -> str:
    """The text if it is an identifier, else the nearest one: `2nd-try` gives `n2nd_try`."""
    if is_identifier(text):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", plain).strip("_")[:180] or "unnamed"
    return plain if plain[0].isalpha() else f"n{plain}"


def words(text: str) -> list[str]:
    """The words of a name however it joins them: `JobTask`, `Job_task` and `job-task` are alike."""
    return [word for part in _JOINTS.split(text) for word in _WORD_START.split(part)]


def snake(text: str) -> str:
    """`JobTask`, `Job_task`, `job-task` → `job_task`."""
    return identifier("_".join(word.lower() for word in words(identifier(text)) if word))


def camel(text: str) -> str:
    """`job_status` → `JobStatus`; capitals inside a word stay: `mfaType` → `MfaType`."""
    return identifier("".join(w[0].upper() + w[1:] for w in words(identifier(text)) if w))


def screaming(text: str) -> str:
    """`JobStatus` → `JOB_STATUS`."""
    return snake(text).upper()


def proto_json(text: str) -> str:
    """The JSON name that protoc gives to a field that states none: `job_id` → `jobId`.

    Source: protobuf language guide, "ProtoJSON"; protoc drops `_` and raises the next letter.
    """
    return _NEXT_WORD.sub(lambda m: m.group(1).upper(), text) if "_" in text else text


def python_attribute(name: str) -> str:
    """The attribute of a Pydantic model for a field: never a keyword, never one of the model's own.

    A field with a capital gets a trailing `_` too: it could be the name of a type in its module.
    """
    attribute = name.lstrip("_") or "field"
    if attribute[0].isdigit():
        attribute = f"n{attribute}"
    hides = attribute in _MODEL_ATTRIBUTES | ANNOTATIONS or attribute.startswith("model_")
    if hides or keyword.iskeyword(attribute) or attribute != attribute.lower():
        attribute += "_"
    return attribute


def python_module(name: str) -> str:
    """The name of a Python module or package folder: a keyword gets a trailing `_`."""
    return f"{name}_" if keyword.iskeyword(name) else name


def python_member(name: str) -> str:
    """The member of a Python enum for a value, in capitals as Python has it: `None` → `None_`."""
    member = name.lstrip("_") or "unnamed"
    if member[0].isdigit():
        member = f"n{member}"
    if member.islower():
        member = member.upper()
    return f"{member}_" if keyword.iskeyword(member) else member


def unique(name: str, taken: Collection[str]) -> str:
    """The name, or one of `name_2`, `name_3` … that is not taken: the first, where those that are
    taken have been given in this order. A thousandth of one name is found in ten steps.
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

"""The keys of resources: which field identifies a row, and how new keys look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from apiscribe.lower.inference import rule_name
from apiscribe.lower.roles import Roles
from apiscribe.lower.shapes import Messages
from apiscribe.model.api import Field, Message, Method, Service
from apiscribe.model.names import snake
from apiscribe.model.resources import StandardKind
from apiscribe.model.types import MAP_KEYS, Scalar

_HEXADECIMAL = re.compile("([a-z][a-z0-9_-]*)-[0-9a-f]{12}")
# A prefix of words, and a part that is no word: it has a digit.
_PREFIXED = re.compile(r"((?:[A-Za-z]+[_:.-])+)(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]+")
_UUID = re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# The smallest alphabet first.
_ALPHABETS = {
    "digits": re.compile("[0-9]+"),
    "hex": re.compile("[0-9a-f]+"),
    "lower": re.compile("[0-9a-z]+"),
    "upper": re.compile("[0-9A-Z]+"),
    "mixed": re.compile("[0-9a-zA-Z]+"),
}
_SHORTEST = 6  # characters: shorter keys would soon be taken
_USUAL_FORM = "hex12"
_MANY_ROWS = 10**6  # larger numbers are no sequence
_UNPREFIXED = re.compile(r"(?=[A-Za-z-]*[0-9])[A-Za-z0-9-]{4,}")


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """A service with its message and roles, for which the key is in question."""

    service: Service
    message: Message
    roles: Roles
    messages: Messages
    tenant: str

    def fields(self, kind: StandardKind) -> tuple[Field, ...]:
        """Return the fields of the request of a method, by its kind."""
        method = self.roles.method(self.service, kind)
        request = self.messages.get(method.request) if method else None
        return request.fields if request else ()

    def required(self, *kinds: StandardKind) -> Iterator[Field]:
        """Yield the fields, except the tenant's, that methods require."""
        for kind in kinds:
            yield from (
                field
                for field in self.fields(kind)
                if field.required and field.json_name != self.tenant and is_text_or_number(field)
            )

    def has(self, name: str) -> bool:
        """Return whether the message has a field with a documented name."""
        return any(field.json_name == name for field in self.message.fields)


def own_id(keyed: Keyed) -> str:
    """`<service>_id` is the key, unless `get` requires other fields instead."""
    own = f"{snake(keyed.service.name)}_id"
    get = keyed.fields("get")
    is_optional = any(field.name == own and not field.required for field in get)
    if is_optional and any(keyed.required("get")):
        return ""
    fields = (*keyed.message.fields, *(() if _id_field(keyed) else get))
    return next((field.json_name for field in fields if field.name == own), "")


def item_parameter(keyed: Keyed) -> str:
    """Parameters at the end of an item's route (`/books/{isbn}`) are keys, if the request of `get`
    has them, and if the message has them too, or has no field `id`.
    """
    parameter = keyed.roles.parameter
    for field in keyed.fields("get"):
        is_row_field = keyed.has(field.json_name) or not _id_field(keyed)
        if field.name == parameter and is_row_field and is_text_or_number(field):
            return field.json_name
    return ""


def plain_id(keyed: Keyed) -> str:
    """`id` is the key of a message with this field, if `get` takes it by this name, by that of the
    path parameter, or as `<service>_id` or `<message>_id`; or if there is no `get`.
    """
    field = _id_field(keyed)
    method = keyed.roles.method(keyed.service, "get")
    if field is None or (method and not key_parameter(method, field.json_name, keyed)):
        return ""
    return field.json_name


def required_field(keyed: Keyed) -> str:
    """Fields that `get` requires are keys: the first one, else the first that `delete` requires,
    else the first that `update` requires. The tenant field does not count.
    """
    return next((f.json_name for f in keyed.required("get", "delete", "update")), "")


def first_id(keyed: Keyed) -> str:
    """Fields with names that end in `_id` are keys: the first one of the message. It is a guess."""
    return next((f.json_name for f in keyed.message.fields if f.name.endswith("_id")), "")


# The strongest evidence first; `first_id` is a guess, which is reported.
KEY_RULES: tuple[Callable[[Keyed], str], ...] = (
    own_id,
    item_parameter,
    plain_id,
    required_field,
    first_id,
)


def resource_key(keyed: Keyed) -> tuple[str, str]:
    """Return the documented name of the key field, and its rule."""
    for rule in KEY_RULES:
        if name := rule(keyed):
            return name, rule_name(rule)
    return "", ""


def key_parameter(method: Method, key: str, keyed: Keyed) -> str:
    """Return the documented name of the field with the key in the request of a method, or "".

    It has the name of the key; or it is the last parameter of the path, and no other field of the
    message; or it names the message or service before `_id`, if the key is `id`.
    """
    request = keyed.messages.get(method.request)
    role = keyed.roles.methods.get(method.name)
    above = {name for name, _ in role.parents} if role else set()
    fields = request.fields if request else ()
    names = [field.json_name for field in fields if field.json_name not in above]
    parameter = role.parameter if role and not keyed.has(role.parameter) else ""
    nouns = (keyed.roles.noun, snake(keyed.service.name), snake(keyed.message.name))
    ids = {f"{noun}_id" for noun in nouns if noun and key == "id"}
    found = [
        *(name for name in names if name == key),
        *(name for name in names if name == parameter),
        *(name for name in names if snake(name) in ids and not keyed.has(name)),
    ]
    return found[0] if found else ""


def _id_field(keyed: Keyed) -> Field | None:
    """Return the field `id` of the message, if it may be a key."""
    fields = (field for field in keyed.message.fields if field.name.lower() in ("id", "_id"))
    return next((field for field in fields if is_text_or_number(field)), None)


def is_text_or_number(field: Field) -> bool:
    """Return whether a field has values that can identify rows."""
    is_key = isinstance(field.type, Scalar) and field.type.name in MAP_KEYS - {"bool"}
    return is_key and not field.repeated


def shown_id(keys: Sequence[str | int]) -> str | None:
    """Keys of new rows begin as most keys in examples do: with the words before a hyphen and 12
    hexadecimal digits, or with the words and the separator before a part with a digit (`cus_8f2k`).
    If examples show keys without such a prefix, new keys are UUIDs.
    """
    starts: Counter[str] = Counter()
    for key in (key for key in keys if isinstance(key, str)):
        if match := _HEXADECIMAL.fullmatch(key) or _PREFIXED.fullmatch(key):
            starts[match[1].removesuffix("-")] += 1
        elif _UNPREFIXED.fullmatch(key):
            starts[""] += 1
    return starts.most_common(1)[0][0] if starts else None


def shown_form(keys: Sequence[str | int]) -> str:
    """Keys of new rows have the length and the letters of the keys in examples, if these have six
    characters or more after the prefix: `hex24`, `digits8`, `lower10`, `upper10`, `mixed14`. Keys
    that are numbers below a million continue a sequence.
    """
    numbers = [key for key in keys if isinstance(key, int)]
    if numbers:
        return "sequence" if max(numbers) < _MANY_ROWS else ""
    forms: Counter[str] = Counter()
    for key in keys:
        text = str(key)
        match = _PREFIXED.fullmatch(text)
        if _UUID.fullmatch(text) or not (match or _UNPREFIXED.fullmatch(text)):
            continue
        rest = text[match.end(1) :] if match else text
        alphabet = next(
            (name for name, letters in _ALPHABETS.items() if letters.fullmatch(rest)), ""
        )
        forms[f"{alphabet}{len(rest)}" if alphabet and len(rest) >= _SHORTEST else ""] += 1
    form = forms.most_common(1)[0][0] if forms else ""
    return "" if form == _USUAL_FORM else form


def keys_in_examples(keyed: Keyed, key: str) -> list[str | int]:
    """Return the values that examples show as keys: the message's own examples, those of responses
    with a row, and the values of the field itself in lists of rows.
    """
    methods = keyed.service.methods
    shown = [example.value for example in keyed.message.examples]
    shown += [e.value for m in methods for e in m.examples if e.role == "response"]
    return [text for value in shown for text in _keys(value, key, keyed.message)]


def _keys(value: object, key: str, message: Message) -> Iterator[str | int]:
    """Yield the keys of the rows in an example: objects with the key, and most of their fields in
    the message.
    """
    if isinstance(value, list):
        for item in value:
            yield from _keys(item, key, message)
    elif isinstance(value, dict):
        names = {field.json_name for field in message.fields}
        shown = value.get(key)
        is_row = 2 * len(names & value.keys()) > len(value)
        if isinstance(shown, str | int) and not isinstance(shown, bool) and is_row:
            yield shown
        else:
            yield from (t for part in value.values() for t in _keys(part, key, message))

"""Infer the fields of an undeclared message from requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from apiscribe.lower.inference import LABEL_RULES, rule_name
from apiscribe.model.draft import FieldDraft, MessageDraft, MethodDraft, PageDraft
from apiscribe.model.names import snake
from apiscribe.model.types import SCALARS

# The requests that may name fields of a row; the first one has the key, mostly in the first place.
_METHODS = ("get", "list", "create", "update", "delete")


def requested_fields(name: str, page: PageDraft, enums: frozenset[str]) -> tuple[FieldDraft, ...]:
    """Messages that a service lists or gets, and no page declares, have these fields of its
    requests: the key `<service>_id`; other `…_id` that `get`, `list` and `delete` have; further
    scalars that `list` and another request have; enums of `list`. The messages may have more
    fields. `enums` are the names of types that are enums.
    """
    messages = {message.name: message for message in page.messages}
    fields: dict[str, FieldDraft] = {}
    for service in page.services:
        methods = {method.name: method for method in service.methods}
        if not _returns(name, methods, messages):
            continue
        users: dict[str, set[str]] = {}
        for verb, field in _requested(methods, messages, page, enums):
            users.setdefault(field.name, set()).add(verb)
            fields.setdefault(field.name, field)
        key = f"{snake(service.name)}_id"
        for field in list(fields.values()):
            is_enum = bool(field.type.values) or field.type.name in enums
            if field.name != key and not _is_of_row(
                field.name, users.get(field.name, set()), is_enum
            ):
                del fields[field.name]
    origin = ("field", rule_name(requested_fields))
    return tuple(
        replace(field, required=None, description="", provenance=(*field.provenance, origin))
        for field in fields.values()
    )


def _is_of_row(name: str, users: Set[str], is_enum: bool) -> bool:
    """Return whether a field that some methods request is one of the row; by the corpus, of ids
    98 of 100, of others 99.
    """
    if name.endswith("_id"):
        return users >= {"get", "list", "delete"}
    return "list" in users and (is_enum or len(users) > 1)


def _returns(
    name: str, methods: Mapping[str, MethodDraft], messages: Mapping[str, MessageDraft]
) -> bool:
    """Return whether `get` returns the message, or `list` a message with a field of it."""
    get, listed = methods.get("get"), methods.get("list")
    if get and get.response and get.response.name == name:
        return True
    response = messages.get(listed.response.name) if listed and listed.response else None
    return response is not None and any(field.type.name == name for field in response.fields)


def _requested(
    methods: Mapping[str, MethodDraft],
    messages: Mapping[str, MessageDraft],
    page: PageDraft,
    enums: frozenset[str],
) -> Iterator[tuple[str, FieldDraft]]:
    """Yield the scalars and enums in the requests of the methods, with the method's name."""
    for verb in _METHODS:
        method = methods.get(verb)
        request = messages.get(method.request.name) if method and method.request else None
        if request is None:
            continue
        for field in request.fields:
            type_ = field.type
            is_list = type_.repeated or any(rule(field, request, page) for rule in LABEL_RULES)
            plain = type_.name in SCALARS or type_.name in enums or bool(type_.values)
            if plain and not is_list and not type_.key:
                yield verb, field

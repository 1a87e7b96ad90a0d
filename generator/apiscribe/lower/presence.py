"""Presence: which fields are required in requests, and which zeros are values.

`.proto` files, models, JSON Schema, the server and drift use what is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from operator import is_

from apiscribe.lower.inference import rule_name
from apiscribe.lower.operation_names import item_name
from apiscribe.model.api import Api, Field, Message, Service
from apiscribe.model.types import EnumRef, Scalar


def enforced_marks(message: Message, is_request: bool, in_responses: bool) -> bool:
    """Callers must set the required fields of a request. In a message inside a request, the marks
    are enforced only if some fields lack them, because some templates mark every field. A message
    that a request lists in place of a type belongs to the list of the request. In messages of
    responses, they are not enforced: a server may omit fields, as `list` with `only` does.
    """
    if is_request:
        return True
    in_place = message.provenance.get("name") == rule_name(item_name)
    return not in_responses and (in_place or not all(field.required for field in message.fields))


def explicit_presence(field: Field, enforced: bool) -> bool:
    """Scalars and enums in requests have explicit presence (`optional` in the `.proto`), unless
    they are required or the page states their presence: `false`, `0`, `""` and the first value of
    an enum then differ from an unset field. The encoding stays the same. Nullable fields have
    explicit presence everywhere.
    """
    single = isinstance(field.type, Scalar | EnumRef) and not field.repeated and not field.oneof
    return single and not (field.required and enforced)


def decide_presence(
    messages: Mapping[str, Message],
    services: Mapping[str, Service],
    stated: frozenset[str],
) -> dict[str, Message]:
    """Return the messages with enforced marks and explicit presence.

    `stated` are the full names of the fields with a presence that the pages or the overlay state.
    """
    methods = [method for service in services.values() for method in service.methods]
    requests = {method.request for method in methods}
    in_requests = reachable(requests, messages)
    in_responses = reachable({method.response for method in methods}, messages)
    return {
        name: _decided(message, name in requests, name in in_requests, name in in_responses, stated)
        for name, message in messages.items()
    }


def _decided(
    message: Message,
    is_request: bool,
    in_requests: bool,
    in_responses: bool,
    stated: frozenset[str],
) -> Message:
    has_required = any(field.required for field in message.fields)
    enforced = in_requests and has_required and enforced_marks(message, is_request, in_responses)
    fields = tuple(
        (
            _with_presence(field)
            if (in_requests or field.nullable)
            and f"{message.full_name}.{field.json_name}" not in stated
            and explicit_presence(field, enforced)
            else field
        )
        for field in message.fields
    )
    if enforced == message.enforces_required and all(map(is_, fields, message.fields)):
        return message
    return replace(message, fields=fields, enforces_required=enforced)


def _with_presence(field: Field) -> Field:
    provenance = {**field.provenance, "optional": rule_name(explicit_presence)}
    return replace(field, optional=True, provenance=provenance)


def only_in_responses(api: Api) -> frozenset[str]:
    """Return the full names of the messages that responses consist of, and no request."""
    messages = {message.full_name: message for _, message in api.messages()}
    methods = [method for _, service in api.services() for method in service.methods]
    in_requests = reachable({method.request for method in methods}, messages)
    return reachable({method.response for method in methods}, messages) - in_requests


def reachable(roots: Iterable[str], messages: Mapping[str, Message]) -> frozenset[str]:
    """Return the full names of the messages that consist of the roots and all in them."""
    result: set[str] = set()
    pending = [name for name in roots if name in messages]
    while pending:
        current = pending.pop()
        if current not in result:
            result.add(current)
            pending += [name for name in messages[current].type_names() if name in messages]
    return frozenset(result)

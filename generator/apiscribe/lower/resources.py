"""Resources: what a service keeps, told from its methods and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apiscribe.ir import Message, Resource, Service
from apiscribe.names import snake
from apiscribe.report import Report
from apiscribe.source import Span
from apiscribe.spec import Settings


def derive_resources(
    services: Mapping[str, Service],
    messages: Mapping[str, Message],
    settings: Settings,
    report: Report,
) -> dict[str, Service]:
    """The services with the resources that they keep; spec.toml can state the key."""
    for stated in settings.resources:
        if stated not in services:
            report.add(
                "malformed-spec",
                f"[resources] names {stated}, and no page has such a service"
                f"{report.did_you_mean(stated, services)}",
                Span("spec.toml", 1, 1),
            )
    return {
        name: replace(
            service, resource=_derive(service, messages, settings.resources.get(name, ""))
        )
        for name, service in services.items()
    }


def _derive(service: Service, messages: Mapping[str, Message], stated: str) -> Resource | None:
    message, message_rule = resource_message(service, messages)
    if message is None:
        return None
    key, key_rule = (stated, "") if stated else resource_key(service, message, messages)
    if not key:
        return None
    rules = {"message": message_rule, **({"key": key_rule} if key_rule else {})}
    parts = resource_parts(message, key)
    return Resource(message=message.full_name, key=key, inferred=rules, **parts)


def resource_message(
    service: Service, messages: Mapping[str, Message]
) -> tuple[Message | None, str]:
    """What the answer of `list` repeats (`listed`); without `list`, what `get` gives (`got`)."""
    methods = {method.name: method for method in service.methods}
    if "list" in methods and (answer := messages.get(methods["list"].response)):
        for field in answer.fields:
            if field.repeated and field.type.name in messages:
                return messages[field.type.name], "listed"
    return (messages.get(methods["get"].response), "got") if "get" in methods else (None, "")


def resource_key(
    service: Service, message: Message, messages: Mapping[str, Message]
) -> tuple[str, str]:
    """The documented name of the key field, and the rule that told it.

    The field `<service>_id`, of the message or of the request of `get` (`own-id`); else the first
    field that `get` requires (`asked-for`); else the message's first `…_id` (`first-id`).
    """
    methods = {method.name: method for method in service.methods}
    get = messages.get(methods["get"].request) if "get" in methods else None
    asked = get.fields if get else ()
    own = f"{snake(service.name)}_id"
    candidates = [
        *((field, "own-id") for field in (*message.fields, *asked) if field.name == own),
        *((field, "asked-for") for field in asked if field.required),
        *((field, "first-id") for field in message.fields if field.name.endswith("_id")),
    ]
    return (candidates[0][0].json_name, candidates[0][1]) if candidates else ("", "")


def resource_parts(message: Message, key: str) -> dict[str, Any]:
    """The fields of a resource that a server must know, by their names.

    The state is an enum or a text called `state`, else `status`; the times are `created_at` and
    `updated_at`; what tells one row from another is the key, `name`, and the
    state: they are what `minimal` gives and `keyword` looks into.
    """
    names = {field.name: field.json_name for field in message.fields if not field.repeated}
    state = names.get("state") or names.get("status") or ""
    return {
        "state": state,
        "created": names.get("created_at", ""),
        "updated": names.get("updated_at", ""),
        "identifying": tuple(filter(None, (key, names.get("name"), state))),
    }

"""Resources: what a service keeps, told from its methods and messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from msgspec.structs import asdict

from apiscribe.diagnostics.codes.settings import unknown_resource_field, unknown_resource_service
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.model.api import Field, Message, Resource, Service
from apiscribe.model.names import snake
from apiscribe.model.settings import ResourceSettings, Settings

_ID = re.compile("([a-z][a-z0-9_-]*)-[0-9a-f]{12}")

# The rules by which a resource is told from messages; `explain` prints them.
RESOURCE_RULES: Mapping[str, str] = {
    "listed": "What the answer of `list` repeats is what the service keeps.",
    "got": "Without `list`, what `get` gives is what the service keeps.",
    "own-id": "`<service>_id` is the key, unless `get` requires other fields and not it.",
    "asked-for": "The first field but the tenant's that `get` requires, or `delete`, or `update`,"
    " is the key.",
    "first-id": "The first field of the message whose name ends in `_id` is the key.",
    "shown-id": "What stands before 12 hexadecimal digits in examples of the key begins new keys.",
    "shared-id": "The `…_id` that most of what services keep has in common tells whose a row is.",
}


def derive_resources(
    services: Mapping[str, Service],
    messages: Mapping[str, Message],
    settings: Settings,
    report: Report,
) -> dict[str, Service]:
    """The services with the resources that they keep; spec.toml can state what they are."""
    for stated in settings.resources:
        if stated not in services:
            report.add(
                unknown_resource_service(stated, report.did_you_mean(stated, services)),
                Span("spec.toml", 1, 1),
            )
    tenant = shared_id(services.values(), messages) if settings.tenant is None else settings.tenant
    return {
        name: replace(service, resource=_derive(service, messages, tenant, settings, report))
        for name, service in services.items()
    }


def _derive(
    service: Service,
    messages: Mapping[str, Message],
    tenant: str,
    settings: Settings,
    report: Report,
) -> Resource | None:
    message, message_rule = resource_message(service, messages)
    if message is None:
        return None
    stated = _stated(settings.resources.get(service.full_name, ""))
    rules = {"message": message_rule}
    if "key" not in stated:
        stated["key"], rules["key"] = resource_key(service, message, messages, tenant)
    if tenant and settings.tenant is None and "tenant" not in stated:
        rules["tenant"] = "shared-id"
    if not stated["key"]:
        return None
    _check_names(service, message, messages, stated, report)
    if "prefix" not in stated and (prefix := shown_prefix(service, message, stated["key"])):
        stated["prefix"], rules["prefix"] = prefix, "shown-id"
    parts = {"tenant": tenant, **resource_parts(message, stated["key"]), **stated}
    return Resource(message=message.full_name, provenance=rules, **parts)


def _check_names(
    service: Service,
    message: Message,
    messages: Mapping[str, Message],
    stated: Mapping[str, Any],
    report: Report,
) -> None:
    """Every field that spec.toml names stands in the message, or in a request."""
    requests = [found for m in service.methods if (found := messages.get(m.request))]
    known = {field.json_name for each in (message, *requests) for field in each.fields}
    for part, value in stated.items():
        if part == "prefix":
            continue
        for name in (value,) if isinstance(value, str) else value:
            if name and name not in known:
                suggestion = report.did_you_mean(name, known)
                report.add(
                    unknown_resource_field(name, part, service.full_name, message.name, suggestion),
                    Span("spec.toml", 1, 1),
                )


def _stated(entry: str | ResourceSettings) -> dict[str, Any]:
    """What spec.toml states of a resource, by the names of the parts; a text alone is the key."""
    if isinstance(entry, str):
        return {"key": entry} if entry else {}
    return {name: value for name, value in asdict(entry).items() if value is not None}


def shared_id(services: Iterable[Service], messages: Mapping[str, Message]) -> str:
    """The documented name of the field that tells whose a row is: the `…_id` that the most of
    the messages that services keep have, if it is more than half of them, and either three or
    more, or all, and `get` requires it behind another field.
    """
    counts: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    kept = 0
    for service in services:
        message, _ = resource_message(service, messages)
        if message is None:
            continue
        kept += 1
        own = f"{snake(service.name)}_id"
        counts.update(f.json_name for f in message.fields if _is_id(f) and f.name != own)
        get = next((messages.get(m.request) for m in service.methods if m.name == "get"), None)
        asked.update([f.json_name for f in (get.fields if get else ()) if f.required][1:])
    name, count = min(counts.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return name if 2 * count > kept and (count >= 3 or asked[name] == kept) else ""


def _is_id(field: Field) -> bool:
    return field.name.endswith("_id") and not field.repeated and field.type.name == "string"


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
    service: Service, message: Message, messages: Mapping[str, Message], tenant: str
) -> tuple[str, str]:
    """The documented name of the key field, and the rule that told it.

    The field `<service>_id`, of the message or of the request of `get` (`own-id`), unless `get`
    requires others and not it; else the first field but the tenant's that `get` requires, or
    `delete`, or `update` (`asked-for`); else the message's first `…_id` (`first-id`).
    """
    requests = {m.name: found for m in service.methods if (found := messages.get(m.request))}
    asked = requests["get"].fields if "get" in requests else ()
    own = f"{snake(service.name)}_id"
    required = [
        (name, field)
        for name in ("get", "delete", "update")
        for field in (requests[name].fields if name in requests else ())
        if field.required and field.json_name != tenant
    ]
    instead = [field for name, field in required if name == "get"]
    if not any(field.name == own and not field.required for field in asked):
        instead = []
    candidates = [
        *((field, "asked-for") for field in instead),
        *((field, "own-id") for field in (*message.fields, *asked) if field.name == own),
        *((field, "asked-for") for _, field in required),
        *((field, "first-id") for field in message.fields if field.name.endswith("_id")),
    ]
    return (candidates[0][0].json_name, candidates[0][1]) if candidates else ("", "")


def shown_prefix(service: Service, message: Message, key: str) -> str:
    """What the key begins with in the most examples of the resource: its own, and those of
    methods that give it; "" where none shows such a key.
    """
    answers = [e for m in service.methods if m.response == message.full_name for e in m.examples]
    examples = [*message.examples, *(e for e in answers if e.role == "response")]
    shown = [example.value.get(key) for example in examples if isinstance(example.value, dict)]
    found = Counter(m[1] for text in shown if isinstance(text, str) and (m := _ID.fullmatch(text)))
    return found.most_common(1)[0][0] if found else ""


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
        "identifying": tuple(dict.fromkeys(filter(None, (key, names.get("name"), state)))),
    }

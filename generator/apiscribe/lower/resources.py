"""Resources: the rows that a service stores, inferred from its methods and messages."""

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

# The rules for the parts of a resource; `apiscribe explain` prints them.
RESOURCE_RULES: Mapping[str, str] = {
    "listed": "The service stores the items in the response of `list`.",
    "got": "Without `list`, the service stores the response of `get`.",
    "own-id": "`<service>_id` is the key, unless `get` requires other fields instead.",
    "required-field": "The key is the first field that `get` requires, else the first that `delete`"
    " requires, else the first that `update` requires. The tenant field does not count.",
    "first-id": "The key is the first field of the message with a name that ends in `_id`.",
    "shown-id": "New keys have the prefix that the key has before 12 hexadecimal digits in"
    " examples.",
    "shared-id": "The tenant of a row is in the `…_id` field that most resources have in common.",
}


def derive_resources(
    services: Mapping[str, Service],
    messages: Mapping[str, Message],
    settings: Settings,
    report: Report,
) -> dict[str, Service]:
    """Return the services with their resources; facts in spec.toml outrank the rules."""
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
    """Report the fields in spec.toml that neither the message nor a request has."""
    requests = [request for m in service.methods if (request := messages.get(m.request))]
    known = {field.json_name for owner in (message, *requests) for field in owner.fields}
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
    """Return the parts of a resource that spec.toml states, by name; a plain text is the key."""
    if isinstance(entry, str):
        return {"key": entry} if entry else {}
    return {name: value for name, value in asdict(entry).items() if value is not None}


def shared_id(services: Iterable[Service], messages: Mapping[str, Message]) -> str:
    """Return the documented name of the tenant field, or "".

    It is the `…_id` field that the most resources have, if more than half of them have it, and if
    either three or more have it, or every `get` requires it after another field.
    """
    counts: Counter[str] = Counter()
    required: Counter[str] = Counter()  # by `get`, after another field
    total = 0
    for service in services:
        message, _ = resource_message(service, messages)
        if message is None:
            continue
        total += 1
        own = f"{snake(service.name)}_id"
        counts.update(f.json_name for f in message.fields if _is_id(f) and f.name != own)
        get = next((messages.get(m.request) for m in service.methods if m.name == "get"), None)
        required.update([f.json_name for f in (get.fields if get else ()) if f.required][1:])
    name, count = min(counts.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return name if 2 * count > total and (count >= 3 or required[name] == total) else ""


def _is_id(field: Field) -> bool:
    return field.name.endswith("_id") and not field.repeated and field.type.name == "string"


def resource_message(
    service: Service, messages: Mapping[str, Message]
) -> tuple[Message | None, str]:
    """Return the message of the rows, and its rule: `listed`, or `got` without `list`."""
    methods = {method.name: method for method in service.methods}
    if "list" in methods and (response := messages.get(methods["list"].response)):
        for field in response.fields:
            if field.repeated and field.type.name in messages:
                return messages[field.type.name], "listed"
    return (messages.get(methods["get"].response), "got") if "get" in methods else (None, "")


def resource_key(
    service: Service, message: Message, messages: Mapping[str, Message], tenant: str
) -> tuple[str, str]:
    """Return the documented name of the key field, and its rule.

    The key is `<service>_id` of the message or of the request of `get` (`own-id`), unless `get` has
    it as an optional field and requires others. Else it is the first field, except the tenant's,
    that `get`, `delete` or `update` requires (`required-field`). Else it is the message's first
    `…_id` (`first-id`).
    """
    requests = {m.name: request for m in service.methods if (request := messages.get(m.request))}
    get_fields = requests["get"].fields if "get" in requests else ()
    own = f"{snake(service.name)}_id"
    required = [
        (name, field)
        for name in ("get", "delete", "update")
        for field in (requests[name].fields if name in requests else ())
        if field.required and field.json_name != tenant
    ]
    instead = [field for name, field in required if name == "get"]
    if not any(field.name == own and not field.required for field in get_fields):
        instead = []
    candidates = [
        *((field, "required-field") for field in instead),
        *((field, "own-id") for field in (*message.fields, *get_fields) if field.name == own),
        *((field, "required-field") for _, field in required),
        *((field, "first-id") for field in message.fields if field.name.endswith("_id")),
    ]
    return (candidates[0][0].json_name, candidates[0][1]) if candidates else ("", "")


def shown_prefix(service: Service, message: Message, key: str) -> str:
    """Return the most frequent prefix of keys in the examples of the resource; "" if none has one.

    The examples are the message's own, and those of responses with this message.
    """
    own = [e for m in service.methods if m.response == message.full_name for e in m.examples]
    examples = [*message.examples, *(e for e in own if e.role == "response")]
    shown = [example.value.get(key) for example in examples if isinstance(example.value, dict)]
    counts = Counter(m[1] for text in shown if isinstance(text, str) and (m := _ID.fullmatch(text)))
    return counts.most_common(1)[0][0] if counts else ""


def resource_parts(message: Message, key: str) -> dict[str, Any]:
    """Return the fields of a resource that a server needs, by part.

    The state is the field `state`, else `status`; the times are `created_at` and `updated_at`. The
    identifying fields are the key, `name` and the state: `minimal` returns them, and `keyword`
    searches them.
    """
    names = {field.name: field.json_name for field in message.fields if not field.repeated}
    state = names.get("state") or names.get("status") or ""
    return {
        "state": state,
        "created": names.get("created_at", ""),
        "updated": names.get("updated_at", ""),
        "identifying": tuple(dict.fromkeys(filter(None, (key, names.get("name"), state)))),
    }

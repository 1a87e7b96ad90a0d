"""Resources: the rows that a service stores, inferred from its methods and messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from msgspec.structs import asdict

from apiscribe.diagnostics.codes.inference import guessed_key
from apiscribe.diagnostics.codes.settings import unknown_resource_field, unknown_resource_service
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.conventions.list_shape import WORDS
from apiscribe.lower.conventions.ranges import is_time
from apiscribe.lower.inference import rule_name
from apiscribe.lower.resource_keys import (
    Keyed,
    first_id,
    keys_in_examples,
    resource_key,
    shown_form,
    shown_id,
)
from apiscribe.lower.roles import Roles, only_creates
from apiscribe.lower.rows_above import rows_above
from apiscribe.lower.shapes import Messages, in_message, is_part_of, lists_in
from apiscribe.model.api import Field, Message, Service
from apiscribe.model.names import snake
from apiscribe.model.resources import Resource, StandardKind
from apiscribe.model.settings import ResourceSettings, Settings

MessageRule = Callable[[Service, Roles, Messages], Message | None]


class Tenant(NamedTuple):
    """The documented name of the tenant field of an API, and the rule that found it; both may be
    empty. If spec.toml states tenants of services only, it is the most frequent one.
    """

    name: str
    rule: str


def derive_resources(
    services: Mapping[str, Service],
    roles: Mapping[str, Roles],
    messages: Messages,
    settings: Settings,
    report: Report,
) -> tuple[dict[str, Service], Tenant]:
    """Return the services with their resources, and the tenant field of the API; facts in spec.toml
    outrank the rules.
    """
    for name in settings.resources:
        if name not in services:
            report.add(
                unknown_resource_service(name, report.did_you_mean(name, services)),
                Span("spec.toml", 1, 1),
            )
    stored = {
        name: resource_message(service, roles[name], messages) for name, service in services.items()
    }
    tenant = settings.tenant
    if tenant is None:
        tenant = shared_id(services, roles, stored, messages)
    result = {}
    for name, service in services.items():
        message, rule = stored[name]
        resource = None
        if message is not None:
            keyed = Keyed(
                service=service,
                message=message,
                roles=roles[name],
                messages=messages,
                tenant=tenant,
            )
            resource = _derive(keyed, rule, settings, report)
        result[name] = replace(service, resource=resource)
    if tenant:
        return result, Tenant(tenant, rule_name(shared_id) if settings.tenant is None else "")
    stated = Counter(s.resource.tenant for s in result.values() if s.resource)
    return result, Tenant(next((name for name, _ in stated.most_common(1)), ""), "")


def _derive(keyed: Keyed, message_rule: str, settings: Settings, report: Report) -> Resource | None:
    service, message = keyed.service, keyed.message
    stated = _stated(settings.resources.get(service.full_name, ""))
    rules = {"message": message_rule}
    if "key" not in stated:
        stated["key"], rules["key"] = resource_key(keyed)
    if keyed.tenant and settings.tenant is None and "tenant" not in stated:
        rules["tenant"] = rule_name(shared_id)
    is_guess = rules.get("key") == rule_name(first_id)
    # The id in an answer may be that of something else: a payment of `customer_id`.
    if not stated["key"] or (is_guess and only_creates(keyed.roles.methods)):
        return None
    if is_guess:
        report.add(
            guessed_key(service.full_name, stated["key"], rules["key"]),
            service.span,
            mark=service.name,
        )
    _check_names(service, message, keyed.messages, stated, report)
    if "prefix" not in stated:
        prefix = shown_id(keys_in_examples(keyed, stated["key"]))
        if prefix is not None:
            stated["prefix"], rules["prefix"] = prefix, rule_name(shown_id)
    if "form" not in stated and (form := shown_form(keys_in_examples(keyed, stated["key"]))):
        stated["form"], rules["form"] = form, rule_name(shown_form)
    if "parents" not in stated:
        stated["parents"] = rows_above(keyed.roles, message, stated["key"], keyed.tenant)
        rules |= {"parents": rule_name(rows_above)} if stated["parents"] else {}
    parts = {"tenant": keyed.tenant, **resource_parts(message, stated["key"]), **stated}
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
        if part in ("prefix", "form", "parents"):
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


def shared_id(
    services: Mapping[str, Service],
    roles: Mapping[str, Roles],
    stored: Mapping[str, tuple[Message | None, str]],
    messages: Messages,
) -> str:
    """Tenants of rows are in the `…_id` field that the most resources have, if more than half of
    them have it, and if either three or more have it, or every `get` requires it after another
    field.
    """
    counts: Counter[str] = Counter()
    required: Counter[str] = Counter()  # by `get`, after another field
    total = 0
    for name, service in services.items():
        message, _ = stored[name]
        if message is None:
            continue
        total += 1
        own = {f"{snake(service.name)}_id", f"{roles[name].noun}_id"}
        counts.update(f.json_name for f in message.fields if _is_id(f) and f.name not in own)
        get = roles[name].method(service, "get")
        request = messages.get(get.request) if get else None
        required.update(
            [f.json_name for f in (request.fields if request else ()) if f.required][1:]
        )
    name, count = min(counts.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return name if 2 * count > total and (count >= 3 or required[name] == total) else ""


def _is_id(field: Field) -> bool:
    return field.name.endswith("_id") and not field.repeated and field.type.name == "string"


def listed(service: Service, roles: Roles, messages: Messages) -> Message | None:
    """Items in the response of `list` are the rows of a service."""
    method = roles.method(service, "list")
    response = messages.get(method.response) if method else None
    lists = lists_in(response, messages)
    return next((messages[f.type.name] for _, f in lists if f.type.name in messages), None)


def got(service: Service, roles: Roles, messages: Messages) -> Message | None:
    """Responses of `get` are the rows of a service, if it has no `list`, or if the response has all
    fields of the items of `list` and more. If the only field of a response is a message, that
    message is the row.
    """
    return _response(service, roles, messages, "get")


def created(service: Service, roles: Roles, messages: Messages) -> Message | None:
    """Responses of `create` are the rows of a service, if `list` and `get` return none, or if the
    response has all fields of those rows and more.
    """
    return _response(service, roles, messages, "create")


# In this order; a later one counts if it has all fields of an earlier one and more.
MESSAGE_RULES: tuple[MessageRule, ...] = (listed, got, created)


def resource_message(
    service: Service, roles: Roles, messages: Messages
) -> tuple[Message | None, str]:
    """Return the message of the rows, and its rule."""
    result, name = None, ""
    for rule in MESSAGE_RULES:
        message = rule(service, roles, messages)
        if message is None:
            continue
        if result is None or (
            len(message.fields) > len(result.fields) and is_part_of(result, message)
        ):
            result, name = message, rule_name(rule)
    return result, name


def _response(
    service: Service, roles: Roles, messages: Messages, kind: StandardKind
) -> Message | None:
    method = roles.method(service, kind)
    response = messages.get(method.response) if method else None
    return response and (in_message(response, messages) or response)


def resource_parts(message: Message, key: str) -> dict[str, Any]:
    """Return the fields of a resource that a server needs, by part.

    The state is the field `state`, else `status`; the times are `created_at` and `updated_at`, or
    fields such as `created` and `modified_on` if they are times. The identifying fields are the
    key, `name` and the state: `minimal` returns them, and `keyword` searches them.
    """
    names = {field.name: field.json_name for field in message.fields if not field.repeated}
    times = {field.name: field.json_name for field in message.fields if is_time(field)}
    state = names.get("state") or names.get("status") or ""
    return {
        "state": state,
        "created": names.get("created_at") or _first(WORDS["row"]["created"], times),
        "updated": names.get("updated_at") or _first(WORDS["row"]["updated"], times),
        "identifying": tuple(dict.fromkeys(filter(None, (key, names.get("name"), state)))),
    }


def _first(names: Iterable[str], fields: Mapping[str, str]) -> str:
    return next((fields[name] for name in names if name in fields), "")

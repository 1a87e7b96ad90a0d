"""The files next to the pages: spec.toml, lock.json, and overlay.toml for facts that pages cannot
express.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import tomlkit

from apiscribe.emit.output import Output
from apiscribe.emit.pages.references import References
from apiscribe.lower.api_lock import lock_of
from apiscribe.lower.inference import inferred_lists
from apiscribe.lower.resources import resource_parts
from apiscribe.model.api import Api, Message
from apiscribe.model.lock import LOCK_FILE, lock_text
from apiscribe.model.resources import Resource


def spec_toml(api: Api, form: str) -> Output:
    """Return spec.toml: the API's name, the dialect of its pages, and stated resource parts."""
    text = tomlkit.document()
    text["name"] = api.name
    text["dialects"] = {"*": "protobuf" if form == "protoc-gen-doc" else form}
    messages = {message.full_name: message for _, message in api.messages()}
    if "tenant" not in api.provenance and any(s.resource for _, s in api.services()):
        text["tenant"] = api.tenant
    stated = {
        service.full_name: entry
        for _, service in api.services()
        if service.resource
        and (entry := _stated(service.resource, messages[service.resource.message], api.tenant))
    }
    if stated:
        text["resources"] = stated
    return Output.text("spec.toml", tomlkit.dumps(text))


def _stated(resource: Resource, message: Message, tenant: str) -> dict[str, Any]:
    """Return the parts of a resource that cannot be derived from the pages."""
    derived = resource_parts(message, resource.key)
    parts = {name: value for name in derived if (value := getattr(resource, name)) != derived[name]}
    if resource.tenant != tenant:
        parts["tenant"] = resource.tenant
    if "key" not in resource.provenance:
        parts["key"] = resource.key
    if "prefix" not in resource.provenance and resource.prefix is not None:
        parts["prefix"] = resource.prefix
    if "form" not in resource.provenance and resource.form:
        parts["form"] = resource.form
    return parts


def lock_json(api: Api) -> Output:
    """Return lock.json: the numbers of fields and values, which no page states."""
    return Output.text(LOCK_FILE, lock_text(lock_of(api)))


def overlay_toml(api: Api, references: References, form: str) -> Iterator[Output]:
    """Yield overlay.toml, if there are facts that the pages of a form cannot express."""
    entries: list[_Entry]
    if form == "protoc-gen-doc":
        entries = [
            _Entry([name], facts, "protoc-gen-doc prints no such fact.")
            for name, facts in _facts_without_column(api)
        ]
    else:
        reason = "A rule infers a list, and pages have no mark for a single value."
        single = list(_single_fields(api, references, form))
        entries = [_Entry(single, {"repeated": False}, reason)] if single else []
    if entries:
        text = tomlkit.document()
        text["change"] = tomlkit.aot()
        for one in entries:
            entry = tomlkit.table()
            entry["at"] = one.at
            entry["was"] = tomlkit.inline_table()
            entry["set"] = tomlkit.inline_table()
            entry["set"].update(one.facts)
            entry["reason"] = one.reason
            text["change"].append(entry)
        yield Output.text("overlay.toml", tomlkit.dumps(text))


@dataclass(frozen=True)
class _Entry:
    """An entry of overlay.toml for facts that the pages do not state."""

    at: list[str]
    facts: dict[str, Any]
    reason: str


def _single_fields(api: Api, references: References, form: str) -> Iterator[str]:
    """Yield the fields that a rule would wrongly infer to be lists: no form of GitBook or Hugo has
    a mark for single values.
    """
    for file in api.files:
        if form == "hugo" and any(f.repeated for m in file.messages for f in m.fields):
            continue  # A Hugo page that marks one list marks them all.
        for message in file.messages:
            named = [
                (f.json_name, references.name(f.type.name, file.package)) for f in message.fields
            ]
            lists = inferred_lists(named)
            for field in message.fields:
                if not field.repeated and field.json_name in lists:
                    yield f"{message.full_name}.{field.json_name}"


def _facts_without_column(api: Api) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the facts of fields and methods that protoc-gen-doc has no column for."""
    for _, message in api.messages():
        for field in message.fields:
            facts: dict[str, Any] = {
                name: value
                for name in ("oneof", "nullable", "default")
                if (value := getattr(field, name))
            }
            if field.required is not None and (field.repeated or not field.required):
                facts["required"] = field.required
            if facts:
                yield f"{message.full_name}.{field.json_name}", facts
    for _, service in api.services():
        for method in service.methods:
            facts = {"deprecated": True} if method.deprecated else {}
            if method.routes:
                facts["routes"] = [f"{route.verb} {route.path}" for route in method.routes]
            if facts:
                yield f"{service.full_name}.{method.name}", facts

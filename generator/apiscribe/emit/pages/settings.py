"""What stands beside the pages: spec.toml, lock.json, and overlay.toml where pages cannot say it
all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tomlkit

from apiscribe.emit.output import Output
from apiscribe.emit.pages.references import References
from apiscribe.lower.inference import inferred_lists
from apiscribe.lower.numbers import lock_of
from apiscribe.lower.resources import resource_parts, shared_id
from apiscribe.model.api import Api, Message, Resource
from apiscribe.model.lock import LOCK_FILE, lock_text


def spec_toml(api: Api, form: str) -> Output:
    """The API's name, the dialect of its pages, and what of the resources no rule told."""
    text = tomlkit.document()
    text["name"] = api.name
    text["dialects"] = {"*": form}
    messages = {message.full_name: message for _, message in api.messages()}
    tenant = shared_id([service for _, service in api.services()], messages)
    stated = {
        service.full_name: entry
        for _, service in api.services()
        if service.resource
        and (entry := _stated(service.resource, messages[service.resource.message], tenant))
    }
    if stated:
        text["resources"] = stated
    return Output.text("spec.toml", tomlkit.dumps(text))


def _stated(resource: Resource, message: Message, tenant: str) -> dict[str, Any]:
    """The parts of a resource that a reader of the pages would not derive."""
    derived = resource_parts(message, resource.key)
    found = {name: value for name in derived if (value := getattr(resource, name)) != derived[name]}
    if "tenant" not in resource.provenance and (resource.tenant or tenant):
        found["tenant"] = resource.tenant
    if "key" not in resource.provenance:
        found["key"] = resource.key
    return found


def numbers_json(api: Api) -> Output:
    """The numbers of fields and values, which no page tells."""
    return Output.text(LOCK_FILE, lock_text(lock_of(api)))


def overlay_toml(api: Api, references: References, form: str) -> Iterator[Output]:
    """The fields that are no lists, though a rule would make lists of them: no form has a mark for
    what is none. Nothing where there are no such fields.
    """
    denied = [
        f"{message.full_name}.{field.json_name}"
        for file in api.files
        # A Hugo page that marks one list marks them all.
        if form != "hugo" or not any(f.repeated for m in file.messages for f in m.fields)
        for message in file.messages
        for field in message.fields
        if not field.repeated
        and field.json_name
        in inferred_lists(
            [(f.json_name, references.name(f.type.name, file.package)) for f in message.fields]
        )
    ]
    if denied:
        entry = tomlkit.table()
        entry["at"] = denied
        entry["was"] = tomlkit.inline_table()
        entry["set"] = tomlkit.inline_table()
        entry["set"]["repeated"] = False
        entry["reason"] = "A rule would make a list of it, and pages have no mark for what is none."
        text = tomlkit.document()
        text["change"] = tomlkit.aot()
        text["change"].append(entry)
        yield Output.text("overlay.toml", tomlkit.dumps(text))

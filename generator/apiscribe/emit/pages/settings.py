"""The files next to the pages: spec.toml, lock.json, and overlay.toml for facts that pages cannot
express.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    text["dialects"] = {"*": form}
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
    return parts


def lock_json(api: Api) -> Output:
    """Return lock.json: the numbers of fields and values, which no page states."""
    return Output.text(LOCK_FILE, lock_text(lock_of(api)))


def overlay_toml(api: Api, references: References, form: str) -> Iterator[Output]:
    """Yield overlay.toml, if there are fields that a rule would wrongly infer to be lists: no form
    has a mark for single values.
    """
    single = [
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
    if single:
        entry = tomlkit.table()
        entry["at"] = single
        entry["was"] = tomlkit.inline_table()
        entry["set"] = tomlkit.inline_table()
        entry["set"]["repeated"] = False
        entry["reason"] = "A rule infers a list, and pages have no mark for a single value."
        text = tomlkit.document()
        text["change"] = tomlkit.aot()
        text["change"].append(entry)
        yield Output.text("overlay.toml", tomlkit.dumps(text))

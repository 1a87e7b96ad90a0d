"""What `apiscribe lint --suggest` writes: overlay entries for all that is open or contradictory.

Each entry states what would settle a finding, with its evidence above it. What is used most comes
first. The text is TOML: it can be put at the end of overlay.toml as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import tomlkit

from apiscribe.diagnostics.report import Diagnostic, Fix, Report, visible
from apiscribe.lower.examples import shape_of, shown
from apiscribe.lower.lenient_json import is_placeholder
from apiscribe.model.api import Api

# Contradictions that no other entry settles: somebody looks at them and accepts them.
_TO_ACCEPT = frozenset({"contradictory-link", "contradictory-required", "contradictory-table"})
_SHOWN_PLACES = 3
# A contradiction on more pages than these is one of their template.
_PAGES_OF_A_TEMPLATE = 5


@dataclass
class _Entry:
    """An entry, and the findings that it settles."""

    fix: Fix
    evidence: list[Diagnostic] = field(default_factory=list)


def suggested_overlay(api: Api, report: Report) -> str:
    """The entries as TOML; nothing where nothing is open."""
    used = _uses(api)
    accepted = _accepted_pages(report)
    shapes = _shapes(api)
    entries: dict[tuple[str, str, str], _Entry] = {}
    for found in report:
        if fix := found.fix or accepted.get((found.code, found.span.path)):
            if fix.table == "declare":
                fix = replace(fix, keys={**fix.keys, **shapes.get(fix.at, {})})
            key = (fix.table, fix.at, repr(fix.keys))
            entries.setdefault(key, _Entry(fix)).evidence.append(found)
    ordered = sorted(entries.values(), key=lambda entry: -_weight(entry, used))
    return "\n".join(_written(entry, _weight(entry, used)) for entry in ordered)


def _accepted_pages(report: Report) -> dict[tuple[str, str], Fix]:
    """The entry that accepts the contradictions of a code on a page: one for all pages where a
    template makes them.
    """
    pages: dict[str, set[str]] = {}
    for found in report:
        if found.code in _TO_ACCEPT:
            pages.setdefault(found.code, set()).add(found.span.path)
    return {
        (code, path): Fix(
            table="accept",
            at=path if len(paths) <= _PAGES_OF_A_TEMPLATE else "*",
            keys={"code": code},
        )
        for code, paths in pages.items()
        for path in paths
    }


def _shapes(api: Api) -> dict[str, dict[str, Any]]:
    """Name of an open type, as an entry has it → what examples show of it."""
    values = shown(
        {message.full_name: message for _, message in api.messages()},
        [service for _, service in api.services()],
    )
    packages = {m.full_name: file.package for file, m in api.messages()}
    enums = {enum.full_name: enum for file in api.files for enum in file.all_enums()}
    messages = {message.full_name: message for _, message in api.messages()}
    enum_values: dict[str, dict[str, None]] = {}
    objects: dict[str, list[dict[str, Any]]] = {}
    for _, message in api.messages():
        for field_ in message.fields:
            seen = [s.value for s in values.get(f"{message.full_name}.{field_.json_name}", ())]
            flat = [
                one for value in seen for one in (value if isinstance(value, list) else [value])
            ]
            enum, target = enums.get(field_.type.name), messages.get(field_.type.name)
            if enum and enum.incomplete:
                name = f"{packages[message.full_name]}.{enum.name}"
                texts = (value for value in flat if isinstance(value, str))
                enum_values.setdefault(name, {}).update(dict.fromkeys(texts))
            elif target and target.incomplete:
                found = [value for value in flat if isinstance(value, dict)]
                objects.setdefault(target.full_name, []).extend(found)
    shapes: dict[str, dict[str, Any]] = {
        name: {"enum": [v for v in found if not is_placeholder(v)]}
        for name, found in enum_values.items()
    }
    return shapes | {name: {"fields": _fields(found)} for name, found in objects.items()}


def _fields(objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields that objects show, as an entry has them."""
    return [
        {"name": name, "type": type_} | ({"repeated": True} if repeated else {})
        for name, type_, repeated in shape_of(objects)
    ]


def _written(entry: _Entry, weight: int) -> str:
    places = [f"{found.span}: {found.message}" for found in entry.evidence[:_SHOWN_PLACES]]
    more = len(entry.evidence) - len(places)
    places += [f"and {more} more" for _ in range(more > 0)]
    comments = [*places, f"used {weight} time{'s'[: weight != 1]}"]
    document = tomlkit.document()
    for comment in comments:
        document.add(tomlkit.comment(visible(comment)))
    table = tomlkit.table()
    table.add("at", entry.fix.at)
    for key, value in entry.fix.keys.items():
        table.add(key, _inline(value))
    table.add("reason", _reason(entry.fix))
    array = tomlkit.aot()
    array.append(table)
    document.append(entry.fix.table, array)
    return tomlkit.dumps(document)


def _reason(fix: Fix) -> str:
    by = f" by the rule {fix.rule}" if fix.rule else ""
    return f"Suggested{by}; look at the page, and say here why it is so."


def _inline(value: Any) -> Any:
    """The value with tables written in braces, on one line."""
    match value:
        case dict():
            table = tomlkit.inline_table()
            table.update({key: _inline(entry) for key, entry in value.items()})
            return table
        case list() | tuple():
            array = tomlkit.array()
            array.extend([_inline(entry) for entry in value])
            return array.multiline(any(isinstance(entry, dict) for entry in value))
        case _:
            return value


def _weight(entry: _Entry, used: Counter[str]) -> int:
    """How often what the entry is about is used: its own uses, those of the message that it is a
    part of, or the places of its findings.
    """
    owner = entry.fix.at.rpartition(".")[0]
    return max(used[entry.fix.at], used[owner], len(entry.evidence))


def _uses(api: Api) -> Counter[str]:
    """Full name of each type → how many fields and methods use it."""
    fields: Iterable[str] = (f.type.name for _, m in api.messages() for f in m.fields)
    methods: Sequence[str] = [
        name for _, s in api.services() for m in s.methods for name in (m.request, m.response)
    ]
    return Counter([*fields, *methods])

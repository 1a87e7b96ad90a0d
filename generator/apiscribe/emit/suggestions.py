"""Suggests overlay entries for incomplete and contradictory facts: `apiscribe lint --suggest`.

Each entry resolves diagnostics, which are its evidence and precede it as comments. The most used
declarations come first. The text is TOML that can be appended to overlay.toml.
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

# Contradictions that no other entry resolves: people check and accept them.
_TO_ACCEPT = frozenset({"contradictory-link", "contradictory-required", "contradictory-table"})
_MAX_EVIDENCE = 3
# A contradiction on more pages than these comes from their template.
_MAX_PAGES = 5


@dataclass
class _Entry:
    """An entry, and the diagnostics that it resolves."""

    fix: Fix
    evidence: list[Diagnostic] = field(default_factory=list)


def suggested_overlay(api: Api, report: Report) -> str:
    """Return the entries as TOML; empty if no fact is open."""
    uses = _count_uses(api)
    accepted = _accepted_pages(report)
    shapes = _shapes(api)
    entries: dict[tuple[str, str, str], _Entry] = {}
    for diagnostic in report:
        if fix := diagnostic.fix or accepted.get((diagnostic.code, diagnostic.span.path)):
            if fix.table == "declare":
                fix = replace(fix, keys={**fix.keys, **shapes.get(fix.at, {})})
            key = (fix.table, fix.at, repr(fix.keys))
            entries.setdefault(key, _Entry(fix)).evidence.append(diagnostic)
    ordered = sorted(entries.values(), key=lambda entry: -_weight(entry, uses))
    return "\n".join(_toml(entry, _weight(entry, uses)) for entry in ordered)


def _accepted_pages(report: Report) -> dict[tuple[str, str], Fix]:
    """Return (code, page) → the entry that accepts its contradictions: one entry for all pages if
    they come from a template.
    """
    pages: dict[str, set[str]] = {}
    for diagnostic in report:
        if diagnostic.code in _TO_ACCEPT:
            pages.setdefault(diagnostic.code, set()).add(diagnostic.span.path)
    return {
        (code, path): Fix(
            table="accept",
            at=path if len(paths) <= _MAX_PAGES else "*",
            keys={"code": code},
        )
        for code, paths in pages.items()
        for path in paths
    }


def _shapes(api: Api) -> dict[str, dict[str, Any]]:
    """Return incomplete types, by name in an entry → the values or fields in their examples."""
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
                item for value in seen for item in (value if isinstance(value, list) else [value])
            ]
            enum, target = enums.get(field_.type.name), messages.get(field_.type.name)
            if enum and enum.incomplete:
                name = f"{packages[message.full_name]}.{enum.name}"
                texts = (value for value in flat if isinstance(value, str))
                enum_values.setdefault(name, {}).update(dict.fromkeys(texts))
            elif target and target.incomplete:
                dicts = [value for value in flat if isinstance(value, dict)]
                objects.setdefault(target.full_name, []).extend(dicts)
    shapes: dict[str, dict[str, Any]] = {
        name: {"enum": [value for value in texts if not is_placeholder(value)]}
        for name, texts in enum_values.items()
    }
    return shapes | {name: {"fields": _fields(examples)} for name, examples in objects.items()}


def _fields(objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the fields in example objects, in the format of an entry."""
    return [
        {"name": name, "type": type_} | ({"repeated": True} if repeated else {})
        for name, type_, repeated in shape_of(objects)
    ]


def _toml(entry: _Entry, weight: int) -> str:
    evidence = [
        f"{diagnostic.span}: {diagnostic.message}" for diagnostic in entry.evidence[:_MAX_EVIDENCE]
    ]
    more = len(entry.evidence) - len(evidence)
    evidence += [f"and {more} more" for _ in range(more > 0)]
    comments = [*evidence, f"used {weight} time{'s'[: weight != 1]}"]
    return entry_text(entry.fix, comments)


def entry_text(fix: Fix, comments: Iterable[str]) -> str:
    """Return an entry of overlay.toml below its comments."""
    document = tomlkit.document()
    for comment in comments:
        document.add(tomlkit.comment(visible(comment)))
    table = tomlkit.table()
    table.add("at", fix.at)
    for key, value in fix.keys.items():
        table.add(key, _inline(value))
    table.add("reason", _reason(fix))
    array = tomlkit.aot()
    array.append(table)
    document.append(fix.table, array)
    return tomlkit.dumps(document)


def _reason(fix: Fix) -> str:
    by = f" by the rule {fix.rule}" if fix.rule else ""
    return f"Suggested{by}; check the page, and state the reason here."


def _inline(value: Any) -> Any:
    """Return the value with inline tables."""
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


def _weight(entry: _Entry, uses: Counter[str]) -> int:
    """Return the number of uses of an entry's declaration, of its message, or of its diagnostics,
    whichever is greatest.
    """
    owner = entry.fix.at.rpartition(".")[0]
    return max(uses[entry.fix.at], uses[owner], len(entry.evidence))


def _count_uses(api: Api) -> Counter[str]:
    """Return the full name of each type → the number of fields and methods that use it."""
    fields: Iterable[str] = (f.type.name for _, m in api.messages() for f in m.fields)
    methods: Sequence[str] = [
        name for _, s in api.services() for m in s.methods for name in (m.request, m.response)
    ]
    return Counter([*fields, *methods])

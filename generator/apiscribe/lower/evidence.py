"""What examples tell of fields whose page does not say whether they are lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apiscribe.diagnostics.codes.inference import shown_repeated
from apiscribe.diagnostics.report import Diagnostic, Report
from apiscribe.lower.examples import Shown, shown
from apiscribe.lower.inference import rule_name, shown_as_list
from apiscribe.lower.messages import Lowered
from apiscribe.model.api import Field, Message, Service


def infer_shown_lists(
    lowered: Lowered, services: Mapping[str, Service], report: Report
) -> dict[str, Message]:
    """The messages, with the fields as lists that only examples tell to be lists."""
    values = shown(lowered.messages, services.values())
    suggested = _suggested_lists(report)
    return {
        name: replace(
            message,
            fields=tuple(
                _labelled(field, f"{name}.{field.json_name}", lowered, values, suggested, report)
                for field in message.fields
            ),
        )
        for name, message in lowered.messages.items()
    }


def _labelled(
    field: Field,
    name: str,
    lowered: Lowered,
    values: Mapping[str, list[Shown]],
    suggested: Mapping[str, list[Diagnostic]],
    report: Report,
) -> Field:
    seen = values.get(name, [])
    if name not in lowered.unlabelled or not shown_as_list(field, [each.value for each in seen]):
        return field
    # What another rule only suggested is settled now.
    report.drop(suggested.get(name, ()))
    rule = rule_name(shown_as_list)
    report.add(
        shown_repeated(name, rule, seen[0].span),
        field.span,
        mark=field.json_name,
        cause=name,
    )
    return replace(field, repeated=True, provenance={**field.provenance, "repeated": rule})


def _suggested_lists(report: Report) -> dict[str, list[Diagnostic]]:
    """Full name of a field → the findings that suggest it is a list."""
    found: dict[str, list[Diagnostic]] = {}
    for each in report:
        if each.fix and "repeated" in each.fix.keys.get("set", ()):
            found.setdefault(each.fix.at, []).append(each)
    return found

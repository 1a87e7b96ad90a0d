"""Infer from examples which fields are lists, where no page says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import is_

from apiscribe.diagnostics.codes.inference import shown_repeated
from apiscribe.diagnostics.report import Diagnostic, Report
from apiscribe.lower.examples import Shown, shown
from apiscribe.lower.inference import rule_name, shown_as_list
from apiscribe.lower.messages import Lowered
from apiscribe.model.api import Field, Message, Service


def infer_shown_lists(
    lowered: Lowered, services: Mapping[str, Service], report: Report
) -> dict[str, Message]:
    """Return the messages, with unmarked fields as lists if examples show them as lists."""
    values = shown(lowered.messages, services.values())
    suggested = _suggested_lists(report)
    messages = dict(lowered.messages)
    for name, message in lowered.messages.items():
        fields = tuple(
            _labelled(field, f"{name}.{field.json_name}", lowered, values, suggested, report)
            for field in message.fields
        )
        if not all(map(is_, fields, message.fields)):
            messages[name] = replace(message, fields=fields)
    return messages


def _labelled(
    field: Field,
    name: str,
    lowered: Lowered,
    values: Mapping[str, list[Shown]],
    suggested: Mapping[str, list[Diagnostic]],
    report: Report,
) -> Field:
    seen = values.get(name, [])
    if name not in lowered.unlabelled or not shown_as_list(field, [item.value for item in seen]):
        return field
    # The suggestion of another rule is obsolete.
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
    """Return the suggestions that a field is a list, by the field's full name."""
    suggestions: dict[str, list[Diagnostic]] = {}
    for diagnostic in report:
        if diagnostic.fix and "repeated" in diagnostic.fix.keys.get("set", ()):
            suggestions.setdefault(diagnostic.fix.at, []).append(diagnostic)
    return suggestions

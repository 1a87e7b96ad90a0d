"""Which fields are lists, where the page has no mark for lists.

Each rule is a function: its name stands in `inferred` and in the report, its docstring is what
`apiscribe explain` prints. Only rules that are as good as certain are applied.
"""

from __future__ import annotations

from collections.abc import Callable

from apiscribe.draft import FieldDraft, MessageDraft
from apiscribe.report import Report

LabelRule = Callable[[FieldDraft, MessageDraft], bool]


def paged_results(field: FieldDraft, message: MessageDraft) -> bool:
    """`results` beside `total_count` is the page of results that a list method answers with."""
    return field.name == "results" and any(other.name == "total_count" for other in message.fields)


def field_selection(field: FieldDraft, _: MessageDraft) -> bool:
    """`only`, a string, is the list of the names of the fields to return."""
    return field.name == "only" and field.type.name == "string"


LABEL_RULES: tuple[LabelRule, ...] = (paged_results, field_selection)


def rule_name(rule: Callable[..., object]) -> str:
    """The word for a rule in reports and in the model: `paged_results` → `paged-results`."""
    return rule.__name__.replace("_", "-")


def infer_repeated(field: FieldDraft, message: MessageDraft, report: Report) -> str:
    """The name of the rule that makes the field a list, or nothing. Ask only where the page does
    not say.
    """
    for rule in LABEL_RULES:
        if rule(field, message):
            report.add(
                "inferred-repeated",
                f"{message.name}.{field.name} is a list, by the rule {rule_name(rule)}",
                field.span,
                mark=field.name,
                cause=f"{rule_name(rule)} {field.name}",
            )
            return rule_name(rule)
    return ""

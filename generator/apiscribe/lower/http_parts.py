"""Headers and answers of HTTP operations: drafts → the parts of a method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from apiscribe.diagnostics.report import Report
from apiscribe.lower.examples import lower_examples
from apiscribe.model.draft import AnswerDraft, FieldDraft, MethodDraft, TypeDraft
from apiscribe.model.http import Answer, Parameter
from apiscribe.model.types import Type

# Resolves a type on the page of a method.
Resolve = Callable[[TypeDraft], Type]


def lower_headers(draft: MethodDraft, resolve: Resolve) -> tuple[Parameter, ...]:
    """Return the headers and cookies of a method."""
    return tuple(_parameter(field, resolve) for field in draft.headers)


def lower_answers(draft: MethodDraft, resolve: Resolve, report: Report) -> tuple[Answer, ...]:
    """Return the answers of a method; one without a status on the page is 200."""
    return tuple(_answer(answer, resolve, report) for answer in draft.answers)


def _parameter(field: FieldDraft, resolve: Resolve) -> Parameter:
    return Parameter(
        name=field.name,
        type=resolve(field.type),
        location=field.location,
        repeated=bool(field.type.repeated),
        required=field.required,
        default=field.default,
        constraints=field.constraints,
        deprecated=field.deprecated,
        description=field.description,
        span=field.span,
    )


def _answer(answer: AnswerDraft, resolve: Resolve, report: Report) -> Answer:
    return Answer(
        status=answer.status or "200",
        type=resolve(answer.type) if answer.type else None,
        repeated=bool(answer.type and answer.type.repeated),
        description=answer.description,
        examples=lower_examples(answer.examples, report),
        span=answer.span,
    )


def without_enum(field: FieldDraft) -> FieldDraft:
    """Return a header with its values as a constraint: a header has no message for an enum."""
    if not field.type.values:
        return field
    values = [value.name for value in field.type.values]
    type_ = replace(field.type, name="string", values=())
    return replace(field, type=type_, constraints={**field.constraints, "enum": values})

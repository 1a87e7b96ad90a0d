"""Check examples against their messages."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.examples import missing_field, unknown_field, wrong_type
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.json_conformance import Conformance, Violation
from apiscribe.model.api import Api
from apiscribe.model.http import Example

_PARAMETER = re.compile(r"\{([^{}=]+)")


def check_examples(api: Api, report: Report) -> None:
    """Report the values in examples that their own messages do not allow."""
    conformance = Conformance(api)
    for _, message in api.messages():
        for example in message.examples:
            if example.value is not None:
                violations = conformance.message_violations(example.value, message.full_name)
                _report(violations, example, message.name, report)
    for file, service in api.services():
        for method in service.methods:
            # On pages about HTTP, the example of a request shows its body.
            paths = [route.path for route in method.routes if file.dialect == "http"]
            in_path = {name for path in paths for name in _PARAMETER.findall(path)}
            for example in method.examples:
                if example.value is None:
                    continue
                if example.role == "request":
                    found = conformance.request_violations(example.value, method.request)
                    violations = [v for v in found if not _is_missing(v, in_path)]
                else:
                    violations = conformance.message_violations(example.value, method.response)
                _report(violations, example, f"{method.name} {example.role}", report)


def _is_missing(violation: Violation, names: Container[str]) -> bool:
    return violation.kind == "missing field" and violation.key in names


def _report(violations: Iterable[Violation], example: Example, what: str, report: Report) -> None:
    seen: set[tuple[str, str]] = set()
    for violation in violations:
        if (violation.kind, violation.place) not in seen:
            seen.add((violation.kind, violation.place))
            report.add(
                _message(violation, what, report),
                _line_of(violation.key, example),
                mark=violation.key,
                # Every example of a page leaves out what callers need not send.
                cause=(
                    f"{example.span.path} {violation.key}"
                    if violation.kind == "missing field"
                    else ""
                ),
            )


def _message(violation: Violation, example: str, report: Report) -> Message:
    match violation.kind:
        case "unknown field":
            suggestion = report.did_you_mean(violation.key, violation.known)
            return unknown_field(
                example, violation.path, violation.owner, violation.key, suggestion
            )
        case "wrong type":
            return wrong_type(example, violation.path, violation.expected, violation.actual)
        case "missing field":
            return missing_field(example, violation.key)


def _line_of(key: str, example: Example) -> Span:
    """Return the first line of the example with the key, or the example's first line."""
    lines = example.text.split("\n")
    at = next((n for n, line in enumerate(lines, 1) if f'"{key}"' in line), 0)
    line = min(example.span.line + at, example.span.end_line)
    return Span(example.span.path, line, line)

"""Check examples against their messages."""

from __future__ import annotations

from collections.abc import Iterable

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.example_check import Conformance, Violation, ViolationKind
from apiscribe.model.api import Api, Example

_CODES: dict[ViolationKind, str] = {
    "unknown field": "example-unknown-field",
    "wrong type": "example-wrong-type",
    "missing field": "example-missing-field",
}


def check_examples(api: Api, report: Report) -> None:
    """Report the values in examples that their own messages do not allow."""
    conformance = Conformance(api)
    for _, message in api.messages():
        for example in message.examples:
            if example.value is not None:
                faults = conformance.message_violations(example.value, message.full_name)
                _report(faults, example, message.name, report)
    for _, service in api.services():
        for method in service.methods:
            for example in method.examples:
                if example.value is None:
                    continue
                if example.role == "request":
                    faults = conformance.request_violations(example.value, method.request)
                else:
                    faults = conformance.message_violations(example.value, method.response)
                _report(faults, example, f"{method.name} {example.role}", report)


def _report(faults: Iterable[Violation], example: Example, what: str, report: Report) -> None:
    seen: set[tuple[str, str]] = set()
    for fault in faults:
        if (fault.kind, fault.place) not in seen:
            seen.add((fault.kind, fault.place))
            report.add(
                _CODES[fault.kind],
                f"{what}: {fault.path}: {fault.text}{report.did_you_mean(fault.key, fault.known)}",
                _line_of(fault.key, example),
                mark=fault.key,
                # Every example of a page leaves out what callers need not send.
                cause=f"{example.span.path} {fault.text}" if fault.kind == "missing field" else "",
            )


def _line_of(key: str, example: Example) -> Span:
    """Return the first line of the example with the key, or the example's first line."""
    lines = example.text.split("\n")
    at = next((n for n, line in enumerate(lines, 1) if f'"{key}"' in line), 0)
    line = min(example.span.line + at, example.span.end_line)
    return Span(example.span.path, line, line)

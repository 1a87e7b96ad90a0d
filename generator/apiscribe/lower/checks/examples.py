"""Examples against the messages that they are examples of."""

from __future__ import annotations

from collections.abc import Iterable

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.examples import missing_field, unknown_field, wrong_type
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.example_check import Conformance, Fault
from apiscribe.model.api import Api, Example


def check_examples(api: Api, report: Report) -> None:
    """An example must not show what its own message refuses."""
    conformance = Conformance(api)
    for _, message in api.messages():
        for example in message.examples:
            if example.value is not None:
                faults = conformance.message_faults(example.value, message.full_name)
                _report(faults, example, message.name, report)
    for _, service in api.services():
        for method in service.methods:
            for example in method.examples:
                if example.value is None:
                    continue
                if example.role == "request":
                    faults = conformance.request_faults(example.value, method.request)
                else:
                    faults = conformance.message_faults(example.value, method.response)
                _report(faults, example, f"{method.name} {example.role}", report)


def _report(faults: Iterable[Fault], example: Example, what: str, report: Report) -> None:
    seen: set[tuple[str, str]] = set()
    for fault in faults:
        if (fault.kind, fault.place) not in seen:
            seen.add((fault.kind, fault.place))
            report.add(
                _message(fault, what, report),
                _line_of(fault.key, example),
                mark=fault.key,
                # Every example of a page leaves out what callers need not send.
                cause=f"{example.span.path} {fault.key}" if fault.kind == "missing field" else "",
            )


def _message(fault: Fault, example: str, report: Report) -> Message:
    match fault.kind:
        case "unknown field":
            suggestion = report.did_you_mean(fault.key, fault.known)
            return unknown_field(example, fault.path, fault.owner, fault.key, suggestion)
        case "wrong type":
            return wrong_type(example, fault.path, fault.expected, fault.actual)
        case "missing field":
            return missing_field(example, fault.key)


def _line_of(key: str, example: Example) -> Span:
    """The first line of the example that has the key; the example's first if none has."""
    lines = example.text.split("\n")
    at = next((n for n, line in enumerate(lines, 1) if f'"{key}"' in line), 0)
    line = min(example.span.line + at, example.span.end_line)
    return Span(example.span.path, line, line)

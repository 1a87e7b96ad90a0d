"""Example drafts → Examples, and what they show of the fields of messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from apiscribe.diagnostics.codes.examples import lenient_example
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.lenient_json import Problem, Slip, parse_example
from apiscribe.model.api import Example, Message, Method, Service
from apiscribe.model.draft import ExampleDraft, PageDraft

# The types of protobuf that JSON values may have.
_JSON_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "bool",
    int: "int32",
    float: "double",
    dict: "google.protobuf.Struct",
}


@dataclass(frozen=True)
class Shown:
    """A value that an example shows of a field, and the example's place."""

    value: Any
    span: Span


def lower_examples(drafts: Iterable[ExampleDraft], report: Report) -> tuple[Example, ...]:
    """The examples, read as JSON where they are JSON, or nearly."""
    found = []
    for draft in drafts:
        parsed = parse_example(draft.text)
        if parsed.problem:
            report.add(parsed.problem.message, _place(parsed.problem, draft.span))
        elif parsed.forgiven:
            slips = list(dict.fromkeys(slip.what for slip in parsed.forgiven))
            report.add(lenient_example(slips), _place(parsed.forgiven[0], draft.span))
        found.append(Example(role=draft.role, text=draft.text, value=parsed.value, span=draft.span))
    return tuple(found)


def shown(
    messages: Mapping[str, Message], services: Iterable[Service]
) -> Mapping[str, list[Shown]]:
    """Full name of each field that an example shows → the values shown of it.

    The example of a request shows the message that the method takes, that of a response the one
    that it gives; an object in it shows the message that its field has the type of.
    """
    found: dict[str, list[Shown]] = defaultdict(list)
    for message, example in _examples(messages, services):
        _show(example.value, message, messages, example.span, found)
    return found


def _examples(
    messages: Mapping[str, Message], services: Iterable[Service]
) -> Iterator[tuple[Message, Example]]:
    for message in messages.values():
        yield from ((message, example) for example in message.examples)
    for service in services:
        for method in service.methods:
            for example in method.examples:
                if example_message := messages.get(message_of(example, method)):
                    yield example_message, example


def shape_of(objects: Iterable[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """The keys that objects show, with the types of their values, and whether they are lists."""
    found: dict[str, tuple[str, str, bool]] = {}
    for each in objects:
        for key, value in each.items():
            listed = isinstance(value, list)
            first = value[0] if listed and value else value
            found.setdefault(
                key, (key, _JSON_TYPES.get(type(first), "google.protobuf.Value"), listed)
            )
    return list(found.values())


def shown_objects(page: PageDraft) -> dict[str, list[dict[str, Any]]]:
    """`Message.field` → the objects that the page's examples show of it, also in lists."""
    examples = [
        (message.name, example) for message in page.messages for example in message.examples
    ]
    for service in page.services:
        for method in service.methods:
            for example in method.examples:
                type_ = method.request if example.role == "request" else method.response
                examples.append((type_.name.rpartition(".")[2] if type_ else "", example))
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for message, example in examples:
        value = parse_example(example.text).value
        for key, entry in value.items() if isinstance(value, dict) else ():
            entries = entry if isinstance(entry, list) else [entry]
            found[f"{message}.{key}"] += [each for each in entries if isinstance(each, dict)]
    return found


def message_of(example: Example, method: Method) -> str:
    """The full name of the message that a method's example is one of."""
    return method.request if example.role == "request" else method.response


def _show(
    value: Any,
    message: Message,
    messages: Mapping[str, Message],
    span: Span,
    found: dict[str, list[Shown]],
) -> None:
    if not isinstance(value, dict):
        return
    fields = {field.json_name: field for field in message.fields}
    for key, entry in value.items():
        field = fields.get(key)
        if field is None or entry is None:
            continue
        found[f"{message.full_name}.{key}"].append(Shown(entry, span))
        if inner := messages.get(field.type.name):
            for item in entry if isinstance(entry, list) else [entry]:
                _show(item, inner, messages, span, found)


def _place(slip: Slip | Problem, span: Span) -> Span:
    """The line and column of the page: the first line of an example's span is its fence."""
    line = min(span.line + slip.line, span.end_line)
    return replace(span, line=line, end_line=line, column=slip.column)

"""Example drafts → Examples, and the values that they show for fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from apiscribe.diagnostics.codes.examples import lenient_example
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.lenient_json import Problem, Slip, parse_example
from apiscribe.model.api import Message, Method, Service
from apiscribe.model.draft import ExampleDraft, PageDraft
from apiscribe.model.http import Example

# The type of a field for a JSON value.
_JSON_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "bool",
    int: "int32",
    float: "double",
    dict: "google.protobuf.Struct",
}


class Shown(NamedTuple):
    """A value that an example shows for a field, and the location of the example."""

    value: Any
    span: Span


def lower_examples(drafts: Iterable[ExampleDraft], report: Report) -> tuple[Example, ...]:
    """Parse the examples as lenient JSON; the value of any other text is None."""
    result = []
    for draft in drafts:
        parsed = parse_example(draft.text)
        if parsed.problem:
            report.add(parsed.problem.message, _place(parsed.problem, draft.span))
        elif parsed.forgiven:
            slips = list(dict.fromkeys(slip.what for slip in parsed.forgiven))
            report.add(lenient_example(slips), _place(parsed.forgiven[0], draft.span))
        result.append(
            Example(role=draft.role, text=draft.text, value=parsed.value, span=draft.span)
        )
    return tuple(result)


def shown(
    messages: Mapping[str, Message], services: Iterable[Service]
) -> Mapping[str, list[Shown]]:
    """Return the values that examples show for fields, by the full name of the field.

    An example of a request shows the method's request message, an example of a response its
    response message. A nested object shows the message that is its field's type.
    """
    result: dict[str, list[Shown]] = defaultdict(list)
    for message, example in _examples(messages, services):
        _collect(example.value, message, messages, example.span, result)
    return result


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
    """Return the (key, type, whether it is a list) of each key in the objects."""
    shape: dict[str, tuple[str, str, bool]] = {}
    for item in objects:
        for key, value in item.items():
            listed = isinstance(value, list)
            first = value[0] if listed and value else value
            shape.setdefault(
                key, (key, _JSON_TYPES.get(type(first), "google.protobuf.Value"), listed)
            )
    return list(shape.values())


def shown_objects(page: PageDraft) -> dict[str, list[dict[str, Any]]]:
    """Return the objects in the page's examples, also those in lists, by `Message.field`."""
    examples = [
        (message.name, example) for message in page.messages for example in message.examples
    ]
    for service in page.services:
        for method in service.methods:
            for example in method.examples:
                type_ = method.request if example.role == "request" else method.response
                examples.append((type_.name.rpartition(".")[2] if type_ else "", example))
    objects: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for message, example in examples:
        value = parse_example(example.text).value
        for key, entry in value.items() if isinstance(value, dict) else ():
            entries = entry if isinstance(entry, list) else [entry]
            objects[f"{message}.{key}"] += [item for item in entries if isinstance(item, dict)]
    return objects


def message_of(example: Example, method: Method) -> str:
    """Return the full name of the message that a method's example shows."""
    return method.request if example.role == "request" else method.response


def _collect(
    value: Any,
    message: Message,
    messages: Mapping[str, Message],
    span: Span,
    result: dict[str, list[Shown]],
) -> None:
    if not isinstance(value, dict):
        return
    fields = {field.json_name: field for field in message.fields}
    for key, entry in value.items():
        field = fields.get(key)
        if field is None or entry is None:
            continue
        result[f"{message.full_name}.{key}"].append(Shown(entry, span))
        if inner := messages.get(field.type.name):
            for item in entry if isinstance(entry, list) else [entry]:
                _collect(item, inner, messages, span, result)


def _place(slip: Slip | Problem, span: Span) -> Span:
    """Return the position of a mistake on the page; the first line of `span` is the fence."""
    line = min(span.line + slip.line, span.end_line)
    return replace(span, line=line, end_line=line, column=slip.column)

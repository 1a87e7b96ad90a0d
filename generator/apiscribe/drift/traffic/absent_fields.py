"""Finds the fields that answers lack, though each example on the pages shows them.

A field that callers may leave out is often absent. One that no request has comes from the server.
"""

from __future__ import annotations

from collections.abc import Iterator

from apiscribe.drift.declarations import Declarations
from apiscribe.drift.traffic.bodies import Bodies, Context, Sightings
from apiscribe.drift.traffic.differences import Difference
from apiscribe.model.types import MessageRef

_MIN_EXAMPLES = 2
_MIN_ANSWERS = 3


def sightings_of_examples(declarations: Declarations) -> Sightings:
    """Return how often the examples of answers have the fields of each message."""
    bodies, sightings = Bodies(declarations), Sightings()
    context = Context(
        side="answer", plain=True, requires=False, states_nulls=True, sightings=sightings
    )
    for service in declarations.services.values():
        for method in service.methods:
            listed = {e.span: e for e in method.examples if e.role == "response"}
            for answer in method.answers:
                if not answer.status or answer.status.startswith("2"):
                    listed |= {example.span: example for example in answer.examples}
            for example in listed.values():
                if example.value is not None:
                    type_ = MessageRef(name=method.response)
                    for _ in bodies.value(example.value, type_, method.name, context):
                        pass
    return sightings


def absent_fields(
    declarations: Declarations, sightings: Sightings
) -> Iterator[tuple[str, Difference]]:
    """Yield the fields that no answer has and each example shows, with their messages."""
    shown = sightings_of_examples(declarations)
    in_requests = {
        one.json_name
        for name in declarations.request_messages
        for one in declarations.messages[name].fields
    }
    for name, count in sightings.answers.items():
        examples, seen = shown.answers[name], sightings.fields[name]
        # Answers of another kind have none of the fields.
        is_of_kind = count >= _MIN_ANSWERS and max(seen.values(), default=0) == count
        message = declarations.messages.get(name)
        if not message or not is_of_kind or examples < _MIN_EXAMPLES:
            continue
        for one in message.fields:
            is_shown = shown.fields[name][one.json_name] == examples
            if is_shown and not seen[one.json_name] and one.json_name not in in_requests:
                yield (
                    name,
                    Difference(
                        kind="missing-field",
                        symbol=f"{name}.{one.json_name}",
                        message=f"each example has {one.json_name}, and no answer has it",
                        detail=f"{examples} examples, {count} answers",
                        span=one.span,
                    ),
                )

"""Codes for the JSON examples of messages and methods."""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.diagnostics.codes.code import Code, Message

LENIENT_EXAMPLE = Code(
    word="lenient-example",
    level="note",
    summary="An example is not strict JSON, but its meaning is clear. It was read.",
    action="Correct the example, so that readers can copy it.",
)


def lenient_example(slips: Sequence[str]) -> Message:
    """Report what strict JSON does not allow, such as `a comment`."""
    return LENIENT_EXAMPLE(f"the example is read despite {', '.join(slips)}")


UNREAD_EXAMPLE = Code(
    word="unread-example",
    level="warning",
    summary="An example is not JSON. It is kept as text and not used.",
    action="Correct the example.",
)


def not_json(reason: str = "") -> Message:
    """Report an example that cannot be parsed; `reason` is the parser's, if it has one."""
    return UNREAD_EXAMPLE(f"the example is not JSON{f': {reason}' if reason else ''}")


def nested_too_deeply(limit: int) -> Message:
    """Report an example with more levels than JSON parsers accept."""
    return UNREAD_EXAMPLE(f"the example is nested deeper than {limit} levels")


def unpaired_surrogate() -> Message:
    """Report an example with an escape for half of a character."""
    return UNREAD_EXAMPLE("the example contains an unpaired surrogate, half of a character")


EXAMPLE_UNKNOWN_FIELD = Code(
    word="example-unknown-field",
    level="warning",
    summary="An example has a field that its message does not have.",
    action="Correct the example, or add the field to the message.",
)


def unknown_field(example: str, path: str, message: str, field: str, suggestion: str) -> Message:
    """Report a field of an example; `example` is such as `BookInfo` or `get response`."""
    return EXAMPLE_UNKNOWN_FIELD(
        f"the {example} example has {path}, but {message} has no field {field}{suggestion}"
    )


EXAMPLE_WRONG_TYPE = Code(
    word="example-wrong-type",
    level="warning",
    summary="An example has a value that does not match its field's type.",
    action="Correct the example, or the field's type.",
)


def wrong_type(example: str, path: str, expected: str, actual: str) -> Message:
    """Report a value of an example, such as `a list` where a string is expected."""
    return EXAMPLE_WRONG_TYPE(f"{path} of the {example} example is {actual}; expected {expected}")


EXAMPLE_MISSING_FIELD = Code(
    word="example-missing-field",
    level="note",
    summary="The example of a request lacks a required field.",
    action="Complete the example, or correct the field's mark.",
)


def missing_field(example: str, field: str) -> Message:
    """Report a required field that a request's example lacks."""
    return EXAMPLE_MISSING_FIELD(f"the {example} example lacks the required field {field}")

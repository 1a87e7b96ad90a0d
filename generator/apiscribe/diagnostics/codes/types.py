"""Codes for the types of fields and methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from apiscribe.diagnostics.codes.code import Code, Message
from apiscribe.diagnostics.source import Span

UndeclaredKind = Literal["opaque message", "incomplete message", "opaque enum", "opaque value"]

MALFORMED_TYPE = Code(
    word="malformed-type",
    level="error",
    summary="A type is not a valid type name.",
    action="Write a scalar type, the name of a message or an enum, or `list of` one of them.",
)


def malformed_type(text: str) -> Message:
    """Report text that cannot be the name of a type."""
    return MALFORMED_TYPE(f'"{text}" is not a valid type name')


def unknown_protobuf_type(name: str) -> Message:
    """Report a type in a `google` package that protobuf does not have."""
    return MALFORMED_TYPE(
        f"{name} is not a type that protobuf provides", help="Correct the name of the type."
    )


UNSUPPORTED_TYPE = Code(
    word="unsupported-type",
    level="warning",
    summary="protobuf cannot express the type: it has no lists of lists or maps, no maps of lists"
    " or maps, and keys of maps are integers, strings or bools.",
    action="Declare a message in overlay.toml and set it as the type. Or, if any JSON value is"
    " valid, replace the type on the page with the one that this diagnostic names.",
)


def unsupported_type(text: str, treated_as: str, rule: str) -> Message:
    """Report a type that a rule treats as a message of protobuf."""
    return UNSUPPORTED_TYPE(
        f"protobuf cannot express {text}; it is treated as {treated_as} by the rule `{rule}`"
    )


TYPE_OF_OTHER_API = Code(
    word="type-of-other-api",
    level="note",
    summary="A type has the path of another API before its name. The pages of that API declare it.",
    action="No action is needed. If its fields matter, declare a message in overlay.toml and set it"
    " as the type.",
)


def type_of_other_api(text: str) -> Message:
    """Report a type of another API, which is treated as any JSON value."""
    return TYPE_OF_OTHER_API(f'"{text}" is a type of another API; it is treated as any JSON value')


UNKNOWN_TYPE_WORD = Code(
    word="unknown-type-word",
    level="note",
    summary="On a page about HTTP, a type is neither a known word nor the name of an object.",
    action="If the type is an object, link to its section. Otherwise, no action is needed.",
)


def unknown_type_word(text: str, treated_as: str) -> Message:
    """Report a type that is treated as a string or any JSON value."""
    return UNKNOWN_TYPE_WORD(f'"{text}" is not a known type; it is treated as {treated_as}')


UNUSED_OBJECT = Code(
    word="unused-object",
    level="warning",
    summary="On a page about HTTP, a section lists typed fields, but its heading does not call it"
    " an object and nothing refers to it. Nothing is generated from it.",
    action="Add the word `object` to the heading, or link to the section where it is used.",
)


def unused_object(names: Sequence[str]) -> Message:
    """Report the sections of a page that may be objects."""
    listed = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    return UNUSED_OBJECT(f"nothing refers to the fields of {listed}; not read")


UNDECLARED_TYPE = Code(
    word="undeclared-type",
    level="warning",
    summary="A type is not declared on any page, so its fields or values are not known.",
    action="Declare the type on a page, add its package to `uses` in spec.toml,"
    " or declare it in overlay.toml.",
)


def undeclared_type(
    name: str,
    full_name: str,
    *,
    treated_as: UndeclaredKind,
    suggestion: str,
) -> Message:
    """Report a type that no page declares; an incomplete message has the fields in examples."""
    return UNDECLARED_TYPE(
        f"{name} is not declared on any page{suggestion}; it is treated as an {treated_as}",
        help=f"Declare {full_name} on a page or in overlay.toml.",
    )


AMBIGUOUS_TYPE = Code(
    word="ambiguous-type",
    level="warning",
    summary="Several packages declare a type that a page names without its package.",
    action="Write the full name of the type, or add its package to `uses` in spec.toml.",
)


def ambiguous_type(name: str, used: str, others: Sequence[str]) -> Message:
    """Report a short name that several packages declare."""
    return AMBIGUOUS_TYPE(
        f"{name} is declared in several packages; {used} is used, from the closest package",
        help="Write the full name of the type, or add its package to `uses` in spec.toml."
        f" Other declarations: {', '.join(others)}.",
    )


CONTRADICTORY_LINK = Code(
    word="contradictory-link",
    level="warning",
    summary="The text of a type and its link name different messages. The name in the text is"
    " used.",
    action="Correct the link.",
)


def contradictory_link(name: str, target: str, used: str) -> Message:
    """Report a type with a link to another message; `used` is empty for an enum."""
    return CONTRADICTORY_LINK(
        f"the link of {name} leads to {target}, but the type is {used or 'an enum'}"
    )


PACKAGE_CYCLE = Code(
    word="package-cycle",
    level="error",
    summary="Messages of two packages have each other as fields, but their files cannot import each"
    " other.",
    action="Declare both messages in one package, or write google.protobuf.Struct for one of the"
    " types.",
)


def package_cycle(message: str, other: str, at: Span) -> Message:
    """Report two messages that have each other as fields; `at` is the field of the other one."""
    return PACKAGE_CYCLE(f"{message} has a field of {other}, which has a field of {message} ({at})")

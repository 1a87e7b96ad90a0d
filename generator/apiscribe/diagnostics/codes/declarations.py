"""Codes for the names of declarations."""

from __future__ import annotations

from apiscribe.diagnostics.codes.code import Code, Message
from apiscribe.diagnostics.source import Span

RENAMED_IDENTIFIER = Code(
    word="renamed-identifier",
    level="warning",
    summary="A name is not a valid identifier, so the outputs use another one.",
    action="Correct the page if the name is a typo. JSON keeps the documented name.",
)


def renamed_identifier(kind: str, name: str, used: str) -> Message:
    """Report a documented name that is not an identifier; `kind` is such as `enum value`."""
    return RENAMED_IDENTIFIER(
        f'the {kind} name "{name}" is not a valid identifier; the outputs use {used}'
    )


HTTP_NAME = Code(
    word="http-name",
    level="note",
    summary="HTTP and JSON allow a name that is not an identifier of programming languages, so the"
    " outputs use another one.",
    action="No action is needed: requests and responses keep the documented name.",
)


def http_name(kind: str, name: str, used: str) -> Message:
    """Report a name such as `Idempotency-Key` or `price[gte]`, which is usual over HTTP."""
    return HTTP_NAME(f'the {kind} "{name}" is {used} in code')


def renamed_package(name: str, used: str) -> Message:
    """Report a package with a name that protobuf does not accept."""
    return RENAMED_IDENTIFIER(f'"{name}" is not a valid package name; the outputs use {used}')


def renamed_enum(name: str, used: str) -> Message:
    """Report an enum with the same name as another declaration."""
    return RENAMED_IDENTIFIER(
        f"the enum {name} has the same name as another declaration; the outputs use {used}"
    )


ASSUMED_PACKAGE = Code(
    word="assumed-package",
    level="warning",
    summary="A page does not state the package of its declarations, so they are in a package with"
    " the name of the API.",
    action="Set `package` in spec.toml, or state it on the page: `Package: name.of.package`.",
)


def assumed_package(name: str) -> Message:
    """Report a page that states no package."""
    return ASSUMED_PACKAGE(f"no package is stated for these declarations; {name} is assumed")


def renamed_message(name: str, used: str) -> Message:
    """Report a message with the same name as a service or a package."""
    return RENAMED_IDENTIFIER(
        f"the message {name} has the same name as a service or a package; the outputs use {used}"
    )


CONTRADICTORY_PACKAGE = Code(
    word="contradictory-package",
    level="warning",
    summary="The front matter of a page names two packages: one is the other with its first part"
    " twice, as in `shop.shop.v1`. The shorter one is used.",
    action="Correct the entry of the front matter.",
)


def contradictory_package(doubled: str, used: str) -> Message:
    """Report a package with its first part twice."""
    return CONTRADICTORY_PACKAGE(
        f"the front matter has the package as {doubled} and as {used}; {used} is used"
    )


DUPLICATE_DECLARATION = Code(
    word="duplicate-declaration",
    level="warning",
    summary="A package has two different declarations with the same name. The later one gets the"
    " name of its page as a prefix.",
    action="Rename or remove one of the declarations, on the page or in overlay.toml.",
)


def duplicate_declaration(kind: str, name: str, first: Span, used: str) -> Message:
    """Report a declaration that differs from an earlier one with the same name."""
    return DUPLICATE_DECLARATION(
        f"the {kind} {name} is declared differently at {first}; this one is renamed to {used}"
    )


REPEATED_DECLARATION = Code(
    word="repeated-declaration",
    level="note",
    summary="A package has two identical declarations with the same name. The outputs have one.",
    action="No action is needed.",
)


def repeated_declaration(full_name: str, first: Span) -> Message:
    """Report a declaration that is identical to an earlier one."""
    return REPEATED_DECLARATION(f"{full_name} is declared identically at {first}")


DUPLICATE_FIELD = Code(
    word="duplicate-field",
    level="warning",
    summary="Names must be unique within a message, an enum or a service. The first declaration is"
    " used.",
    action="Remove or rename one of the two.",
)


def duplicate_field(message: str, field: str, line: int) -> Message:
    """Report a field with the name of an earlier one."""
    return DUPLICATE_FIELD(f'{message} already has a field "{field}" on line {line}')


def duplicate_value(enum: str, value: str) -> Message:
    """Report an enum value with the name of an earlier one."""
    return DUPLICATE_FIELD(f'the enum {enum} already has a value "{value}"')


def duplicate_method(method: str, line: int) -> Message:
    """Report a method with the name of an earlier one in the same table."""
    return DUPLICATE_FIELD(f'the table already has a method "{method}" on line {line}')


LIST_IN_ONEOF = Code(
    word="list-in-oneof",
    level="warning",
    summary="A list or map is in a oneof. protobuf does not allow this, so the field is generated"
    " outside the oneof.",
    action="Correct the label or the oneof on the page or in overlay.toml.",
)


def list_in_oneof(field: str, oneof: str) -> Message:
    """Report a list or map in a oneof."""
    return LIST_IN_ONEOF(f"{field} is a list or a map, and cannot be in the oneof {oneof}")

"""Codes for methods: their tables, sections, types and routes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from apiscribe.diagnostics.codes.code import Code, Message
from apiscribe.diagnostics.source import Span

MethodPart = Literal["request", "response"]

REPEATED_TABLE = Code(
    word="repeated-table",
    level="note",
    summary="A page has the same method table twice.",
    action="Remove one of the tables.",
)


def repeated_table() -> Message:
    """Report a method table that repeats an earlier one."""
    return REPEATED_TABLE("the table repeats the methods of an earlier table")


CONTRADICTORY_TABLE = Code(
    word="contradictory-table",
    level="warning",
    summary="Two parts of a page describe a method or a message differently. For a method the"
    " later table is used, for a message its own section.",
    action="Correct one of them, or state the fact in overlay.toml.",
)


def contradictory_method_row(method: str, line: int) -> Message:
    """Report a row of a method table that differs from an earlier one."""
    return CONTRADICTORY_TABLE(f"the method {method} differs from its row on line {line}")


def contradictory_method_type(
    method: str, part: MethodPart, above: str, line: int, here: str
) -> Message:
    """Report a method's section with another type than its method table."""
    return CONTRADICTORY_TABLE(
        f"the {part} of {method} is {above} on line {line}, but {here} here; {here} is used"
    )


def contradictory_tab(message: str, field: str, type_: str) -> Message:
    """Report a tab that lists a field which the message's section does not have."""
    return CONTRADICTORY_TABLE(
        f'the tab lists a field "{field}" ({type_}), but the section {message} does not'
    )


MALFORMED_ROUTE = Code(
    word="malformed-route",
    level="warning",
    summary="A route is not written as `**GET** /path`.",
    action="Write GET, POST, PUT, PATCH or DELETE, and a path that starts with `/`.",
)


def blanks_in_path(path: str) -> Message:
    """Report a path that is used without its blanks."""
    return MALFORMED_ROUTE(f"the path {path} contains blanks; they are removed")


def malformed_route(verb: str, path: str) -> Message:
    """Report a route with an unknown HTTP method or a relative path."""
    return MALFORMED_ROUTE(
        f"{verb} {path} is not a route; expected an HTTP method and a path that starts with /"
    )


def misspelt_verb(word: str, verb: str, path: str) -> Message:
    """Report a word before a path that is nearly an HTTP method."""
    return MALFORMED_ROUTE(
        f'{word} (did you mean "{verb}"?) is not an HTTP method; {path} is not read as an operation'
    )


def colon_parameter(path: str, segment: str) -> Message:
    """Report a path with a segment that other routers take for a parameter."""
    return MALFORMED_ROUTE(
        f"{segment} in {path} is not a parameter",
        help=f"If it is one, write {{{segment[1:]}}}.",
    )


def malformed_path(path: str) -> Message:
    """Report a path that neither protobuf nor an HTTP server accepts."""
    return MALFORMED_ROUTE(
        f"{path} is not a valid path; expected plain segments and {{field}} parameters",
        help="Correct the path; until then the method does not have this route.",
    )


UNLISTED_METHOD = Code(
    word="unlisted-method",
    level="note",
    summary="A method has a section but no row in the page's method table.",
    action="Add the row.",
)


def unlisted_method(method: str) -> Message:
    """Report a method that only has a section."""
    return UNLISTED_METHOD(f"{method} is not in the method table")


INCOMPLETE_METHOD = Code(
    word="incomplete-method",
    level="error",
    summary="A method needs a request type and a response type.",
    action="Add a row for the method to a table with the columns method, request and response.",
)


def incomplete_method(method: str) -> Message:
    """Report a method without a request or response type."""
    return INCOMPLETE_METHOD(f'no table states both request and response type of "{method}"')


UNUSABLE_TYPE = Code(
    word="unusable-type",
    level="error",
    summary="A method's request or response is a scalar or an enum; gRPC requires a message.",
    action="Correct the type, or declare a message with this name in overlay.toml.",
)


def unusable_type(method: str, part: MethodPart, type_: str) -> Message:
    """Report a request or response that is not a message."""
    return UNUSABLE_TYPE(f"the {part} of {method} is {type_}; expected a message")


DUPLICATE_ROUTE = Code(
    word="duplicate-route",
    level="warning",
    summary="Two methods have the same HTTP method and path. The server calls the first one.",
    action="Change one of the routes.",
)


def duplicate_route(method: str, verb: str, path: str, other: str, at: Span) -> Message:
    """Report a route that matches the same requests as an earlier one."""
    return DUPLICATE_ROUTE(f"{verb} {path} of {method} is already the route of {other} ({at})")


REPEATED_OPERATION = Code(
    word="repeated-operation",
    level="warning",
    summary="Two places describe the operation with the same HTTP method and path, and have other"
    " members. The longer description is used.",
    action="Add the members to one description and remove the other, or correct the route.",
)


def repeated_operation(verb: str, path: str, used: Span, members: Sequence[str]) -> Message:
    """Report members of an operation that are only in a description that is not used."""
    return REPEATED_OPERATION(
        f"{verb} {path} is described again; the outputs follow {used} and lack {', '.join(members)}"
    )


UNKNOWN_PATH_PARAMETER = Code(
    word="unknown-path-parameter",
    level="warning",
    summary="A `{parameter}` in a path is not a field of the request.",
    action="Correct the parameter's name, or add the field to the request.",
)


def unknown_path_parameter(parameter: str, message: str, suggestion: str) -> Message:
    """Report a path parameter without a field in the request."""
    return UNKNOWN_PATH_PARAMETER(
        f"the path parameter {parameter} is not a field of {message}{suggestion}"
    )

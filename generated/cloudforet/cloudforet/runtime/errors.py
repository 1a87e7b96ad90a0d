"""The errors that a service answers with, one for both doors.

Over gRPC the status message is `CODE: message`; over HTTP the body is
`{"detail": {"code": …, "message": …}}`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import grpc
from pydantic import ValidationError


class ApiError(Exception):
    """An answer that is no success: a code for programs, a message for people."""

    def __init__(self, code: str, message: str, status: grpc.StatusCode, http: int) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.http = code, message, status, http

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @property
    def body(self) -> dict[str, Any]:
        """The body of the HTTP answer."""
        return {"detail": {"code": self.code, "message": self.message}}


def required_parameter(key: str) -> ApiError:
    """A required field was not given."""
    return _invalid("ERROR_REQUIRED_PARAMETER", f"Required parameter. (key = {key})")


def invalid_parameter_type(key: str, type_: str) -> ApiError:
    """A field has a value of another type."""
    return _invalid(
        "ERROR_INVALID_PARAMETER_TYPE", f"Parameter type is invalid. (key = {key}, type = {type_})"
    )


def invalid_parameter(key: str, reason: str) -> ApiError:
    """A field has a value that it cannot have."""
    return _invalid(
        "ERROR_INVALID_PARAMETER", f"Parameter is invalid. (key = {key}, reason = {reason})"
    )


def query_failed(reason: str) -> ApiError:
    """A query asks for something that cannot be done."""
    return _invalid("ERROR_DB_QUERY", f"Database query failed. (reason = {reason})")


def number_out_of_range() -> ApiError:
    """A query calculates a number that no double holds."""
    return query_failed("a number is out of range")


def operator_value_type(operator: str, wanted: str, key: str) -> ApiError:
    """A filter compares with a value of a type that its operator does not take."""
    codes = {
        "list": "ERROR_OPERATOR_LIST_VALUE_TYPE",
        "object": "ERROR_OPERATOR_DICT_VALUE_TYPE",
        "boolean": "ERROR_OPERATOR_BOOLEAN_TYPE",
    }
    return _invalid(
        codes.get(wanted, "ERROR_OPERATOR_VALUE_TYPE"),
        f"The operator {operator} takes another value. (key = {key}, type = {wanted})",
    )


def not_found(key: str, value: object) -> ApiError:
    """No stored row has the key."""
    message = f"Resource cannot be found or access is denied. ({key} = {value})"
    return ApiError("ERROR_NOT_FOUND", message, grpc.StatusCode.NOT_FOUND, 404)


def not_unique(key: str, value: object) -> ApiError:
    """A stored row has the key already."""
    message = f"Tried to save duplicate unique key. ({key} = {value})"
    return ApiError("ERROR_NOT_UNIQUE", message, grpc.StatusCode.ALREADY_EXISTS, 409)


def authenticate_failure(message: str) -> ApiError:
    """Nothing tells who calls."""
    text = f"Authenticate failure. (message = {message})"
    return ApiError("ERROR_AUTHENTICATE_FAILURE", text, grpc.StatusCode.UNAUTHENTICATED, 401)


def permission_denied() -> ApiError:
    """The caller asks for what is another tenant's."""
    status = grpc.StatusCode.PERMISSION_DENIED
    return ApiError("ERROR_PERMISSION_DENIED", "Permission denied.", status, 403)


def too_large(limit: int) -> ApiError:
    """A request is longer than the server reads."""
    message = f"The request is too large. (limit = {limit} bytes)"
    return ApiError("ERROR_REQUEST_TOO_LARGE", message, grpc.StatusCode.RESOURCE_EXHAUSTED, 413)


def not_utf8() -> ApiError:
    """A text of a request is none."""
    return invalid_parameter("request", "a text is not UTF-8")


def not_json(stated: str) -> ApiError:
    """A body is of another kind. A browser sends JSON for another site's page only if asked to."""
    message = f"The body must be application/json in UTF-8. (content-type = {stated})"
    return ApiError("ERROR_HTTP_415", message, grpc.StatusCode.INVALID_ARGUMENT, 415)


def too_slow(limit: float) -> ApiError:
    """An answer took longer than the server allows."""
    message = f"The request took too long. (limit = {limit:g} seconds)"
    return ApiError("ERROR_TIMEOUT", message, grpc.StatusCode.DEADLINE_EXCEEDED, 504)


def not_implemented(method: str) -> ApiError:
    """Nothing tells what the method does; a handler can."""
    message = f'Not implemented. (write a handler: @implements("{method}"), and serve with --handlers FILE.py)'
    return ApiError("ERROR_NOT_IMPLEMENTED", message, grpc.StatusCode.UNIMPLEMENTED, 501)


def no_such_method() -> ApiError:
    """GRPC was asked for a method that the API lacks."""
    message = "Not implemented. (no service here has such a method)"
    return ApiError("ERROR_NOT_IMPLEMENTED", message, grpc.StatusCode.UNIMPLEMENTED, 501)


def cut_off() -> ApiError:
    """The server ended before the answer was there."""
    message = "The server has stopped. Ask again."
    return ApiError("ERROR_UNAVAILABLE", message, grpc.StatusCode.UNAVAILABLE, 503)


def database_unavailable() -> ApiError:
    """Return the error for a database that ends connections, or accepts none."""
    message = "The database is unavailable. Try again later."
    return ApiError("ERROR_UNAVAILABLE", message, grpc.StatusCode.UNAVAILABLE, 503)


def cannot_carry(key: str, type_: str) -> ApiError:
    """Protobuf has no place for a value of an open type; JSON has."""
    message = (
        f"gRPC cannot carry the value. (key = {key}, type = {type_} is not documented;"
        f' declare it in overlay.toml: [[declare]] at = "{type_}")'
    )
    return ApiError("ERROR_UNDECLARED_TYPE", message, grpc.StatusCode.FAILED_PRECONDITION, 409)


def internal() -> ApiError:
    """The fault is the server's; what happened is in its log."""
    return ApiError("ERROR_UNKNOWN", "Internal error.", grpc.StatusCode.INTERNAL, 500)


def from_validation(error: ValidationError) -> ApiError:
    """The first thing that a model found wrong with a request."""
    found = error.errors(include_url=False, include_context=False)[0]
    key = path_text(found["loc"])
    match found["type"]:
        case "missing":
            return required_parameter(key)
        case "extra_forbidden":
            return invalid_parameter(key, "no such field")
        case "enum":
            return invalid_parameter(key, found["msg"][0].lower() + found["msg"][1:])
        case kind if kind.startswith("datetime"):
            return invalid_parameter_type(key, "datetime")
        case kind if kind.endswith(("_type", "_parsing")):
            return invalid_parameter_type(key, kind.rpartition("_")[0])
        case _:
            return invalid_parameter(key, found["msg"][0].lower() + found["msg"][1:])


def path_text(path: Iterable[str | int]) -> str:
    """`("results", 0, "name")` → `results[0].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _invalid(code: str, message: str) -> ApiError:
    return ApiError(code, message, grpc.StatusCode.INVALID_ARGUMENT, 400)

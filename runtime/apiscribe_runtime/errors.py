"""The errors of a service, equal over gRPC and HTTP.

The gRPC status message is `CODE: message`. The HTTP body is
`{"detail": {"code": …, "message": …}}`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import grpc
from pydantic import ValidationError


class ApiError(Exception):
    """An error response: a code for programs, a message for people."""

    def __init__(self, code: str, message: str, status: grpc.StatusCode, http: int) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.http = code, message, status, http

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @property
    def body(self) -> dict[str, Any]:
        """The body of the HTTP response."""
        return {"detail": {"code": self.code, "message": self.message}}


def required_parameter(key: str) -> ApiError:
    """Return the error for a missing required field."""
    return _invalid_argument("ERROR_REQUIRED_PARAMETER", f"Required parameter. (key = {key})")


def invalid_parameter_type(key: str, type_: str) -> ApiError:
    """Return the error for a value of a wrong type."""
    return _invalid_argument(
        "ERROR_INVALID_PARAMETER_TYPE", f"Parameter type is invalid. (key = {key}, type = {type_})"
    )


def invalid_parameter(key: str, reason: str) -> ApiError:
    """Return the error for an invalid value."""
    return _invalid_argument(
        "ERROR_INVALID_PARAMETER", f"Parameter is invalid. (key = {key}, reason = {reason})"
    )


def query_failed(reason: str) -> ApiError:
    """Return the error for a query that cannot run."""
    return _invalid_argument("ERROR_DB_QUERY", f"Database query failed. (reason = {reason})")


def number_out_of_range() -> ApiError:
    """Return the error for a calculated number that does not fit into a double."""
    return query_failed("a number is out of range")


def operator_value_type(operator: str, wanted: str, key: str) -> ApiError:
    """Return the error for a filter value of a type that its operator does not accept."""
    codes = {
        "list": "ERROR_OPERATOR_LIST_VALUE_TYPE",
        "object": "ERROR_OPERATOR_DICT_VALUE_TYPE",
        "boolean": "ERROR_OPERATOR_BOOLEAN_TYPE",
    }
    return _invalid_argument(
        codes.get(wanted, "ERROR_OPERATOR_VALUE_TYPE"),
        f"The operator {operator} takes another value. (key = {key}, type = {wanted})",
    )


def not_found(key: str, value: object) -> ApiError:
    """Return the error for a key without a stored row."""
    message = f"Resource cannot be found or access is denied. ({key} = {value})"
    return ApiError("ERROR_NOT_FOUND", message, grpc.StatusCode.NOT_FOUND, 404)


def not_unique(key: str, value: object) -> ApiError:
    """Return the error for a key that a stored row has already."""
    message = f"Tried to save duplicate unique key. ({key} = {value})"
    return ApiError("ERROR_NOT_UNIQUE", message, grpc.StatusCode.ALREADY_EXISTS, 409)


def authenticate_failure(message: str) -> ApiError:
    """Return the error for an unidentified caller."""
    text = f"Authenticate failure. (message = {message})"
    return ApiError("ERROR_AUTHENTICATE_FAILURE", text, grpc.StatusCode.UNAUTHENTICATED, 401)


def permission_denied() -> ApiError:
    """Return the error for access to another tenant."""
    return _forbidden("Permission denied.")


def foreign_host(host: str) -> ApiError:
    """Return the error for a Host that is not this server's: DNS leads any name to it."""
    return _forbidden(f"The server has another name. (host = {host}; --allowed-host adds one)")


def foreign_page(header: str, value: str) -> ApiError:
    """Return the error for a request that a browser sends for a page of another server."""
    return _forbidden(
        "Without --auth, a page of another server may not send requests."
        f" ({header} = {value}; --allowed-host adds a server)"
    )


def too_large(limit: int) -> ApiError:
    """Return the error for a request of more than `limit` bytes."""
    message = f"The request is too large. (limit = {limit} bytes)"
    return ApiError("ERROR_REQUEST_TOO_LARGE", message, grpc.StatusCode.RESOURCE_EXHAUSTED, 413)


def query_too_large() -> ApiError:
    """Return the error for a query with results between its stages that are too large."""
    message = "The query takes too much. (limit = 256 MiB between stages; filter its rows)"
    return _exhausted("ERROR_QUERY_TOO_LARGE", message)


def answer_too_large(limit: int) -> ApiError:
    """Return the error for rows that do not fit into a response."""
    message = f"The response is too large. (limit = {limit} bytes; ask for a page, or fewer fields)"
    return _exhausted("ERROR_RESPONSE_TOO_LARGE", message)


def too_many_bytes() -> ApiError:
    """Return the error for a request that is too large beside those in progress."""
    message = "The server holds too many bytes of requests. Try again later."
    return _exhausted("ERROR_TOO_MANY_REQUESTS", message)


def too_many_connections() -> ApiError:
    """Return the error for a connection beyond the maximum number."""
    message = "The server has too many connections. Try again later."
    return ApiError("ERROR_UNAVAILABLE", message, grpc.StatusCode.UNAVAILABLE, 503)


def request_too_slow(limit: float) -> ApiError:
    """Return the error for a request that does not arrive in time."""
    message = f"The request did not arrive in time. (limit = {limit:g} seconds)"
    return ApiError("ERROR_TIMEOUT", message, grpc.StatusCode.DEADLINE_EXCEEDED, 408)


def _exhausted(code: str, message: str) -> ApiError:
    return ApiError(code, message, grpc.StatusCode.RESOURCE_EXHAUSTED, 429)


def not_utf8() -> ApiError:
    """Return the error for a string that is not UTF-8."""
    return invalid_parameter("request", "a text is not UTF-8")


def wrong_media_type(content_type: str, takes_forms: bool) -> ApiError:
    """Return the error for a body that is neither JSON nor a documented form. Browsers send JSON to
    other sites only after a CORS preflight, so this stops cross-site requests.
    """
    forms = "application/x-www-form-urlencoded, multipart/form-data or " if takes_forms else ""
    message = f"The body must be {forms}application/json in UTF-8. (content-type = {content_type})"
    return ApiError("ERROR_HTTP_415", message, grpc.StatusCode.INVALID_ARGUMENT, 415)


def encoded_body(coding: str) -> ApiError:
    """Return the error for a body that is compressed."""
    message = f"The body must not be compressed. (content-encoding = {coding})"
    return ApiError("ERROR_HTTP_415", message, grpc.StatusCode.INVALID_ARGUMENT, 415)


def too_slow(limit: float) -> ApiError:
    """Return the error for a response that took more than `limit` seconds."""
    message = f"The request took too long. (limit = {limit:g} seconds)"
    return ApiError("ERROR_TIMEOUT", message, grpc.StatusCode.DEADLINE_EXCEEDED, 504)


def not_implemented(method: str) -> ApiError:
    """Return the error for a method without an implementation."""
    message = (
        f'Not implemented. (write a handler: @implements("{method}"), and serve with'
        " --handlers FILE.py)"
    )
    return ApiError("ERROR_NOT_IMPLEMENTED", message, grpc.StatusCode.UNIMPLEMENTED, 501)


def parameter_not_implemented(key: str, method: str) -> ApiError:
    """Return the error for a parameter that would change which rows are in the answer, and that the
    server does not act on.
    """
    message = (
        f"The parameter is not implemented. (key = {key}; write a handler:"
        f' @implements("{method}"), and serve with --handlers FILE.py)'
    )
    return ApiError("ERROR_NOT_IMPLEMENTED", message, grpc.StatusCode.UNIMPLEMENTED, 501)


def unknown_method() -> ApiError:
    """Return the error for a gRPC method that the API lacks."""
    message = "Not implemented. (unknown method)"
    return ApiError("ERROR_NOT_IMPLEMENTED", message, grpc.StatusCode.UNIMPLEMENTED, 501)


def server_stopped() -> ApiError:
    """Return the error for a request that the end of the server interrupted."""
    message = "The server has stopped. Try again."
    return ApiError("ERROR_UNAVAILABLE", message, grpc.StatusCode.UNAVAILABLE, 503)


def database_unavailable() -> ApiError:
    """Return the error for a database that ends connections, or accepts none."""
    message = "The database is unavailable. Try again later."
    return ApiError("ERROR_UNAVAILABLE", message, grpc.StatusCode.UNAVAILABLE, 503)


def undeclared_type(key: str, type_: str) -> ApiError:
    """Return the error for a value of an opaque type: JSON can encode it, protobuf cannot."""
    message = (
        f"gRPC cannot encode the value. (key = {key}, type = {type_} is not documented;"
        f' declare it in overlay.toml: [[declare]] at = "{type_}")'
    )
    return ApiError("ERROR_UNDECLARED_TYPE", message, grpc.StatusCode.FAILED_PRECONDITION, 409)


def documented_error(http: int) -> ApiError:
    """Return a documented error that the caller prefers, and that the pages show no example of."""
    message = f"A documented answer. (status = {http})"
    return ApiError(f"ERROR_HTTP_{http}", message, grpc.StatusCode.UNKNOWN, http)


def internal() -> ApiError:
    """Return the error for a bug; the log has its traceback."""
    return ApiError("ERROR_UNKNOWN", "Internal error.", grpc.StatusCode.INTERNAL, 500)


def from_validation(error: ValidationError) -> ApiError:
    """Return the error for the first problem that a model found in a request."""
    first = error.errors(include_url=False, include_context=False)[0]
    key, reason = path_text(first["loc"]), first["msg"][0].lower() + first["msg"][1:]
    match first["type"]:
        case "missing":
            return required_parameter(key)
        case "extra_forbidden":
            return invalid_parameter(key, "no such field")
        case kind if kind.startswith("datetime"):
            return invalid_parameter_type(key, "datetime")
        case kind if kind.endswith(("_type", "_parsing")):
            return invalid_parameter_type(key, kind.rpartition("_")[0])
        case _:
            return invalid_parameter(key, reason)


def path_text(path: Iterable[str | int]) -> str:
    """Return the text of a path: `("results", 0, "name")` → `results[0].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _forbidden(message: str) -> ApiError:
    return ApiError("ERROR_PERMISSION_DENIED", message, grpc.StatusCode.PERMISSION_DENIED, 403)


def _invalid_argument(code: str, message: str) -> ApiError:
    return ApiError(code, message, grpc.StatusCode.INVALID_ARGUMENT, 400)

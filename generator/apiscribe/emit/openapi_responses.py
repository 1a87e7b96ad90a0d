"""The responses of OpenAPI operations, by status."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from apiscribe.emit.encoders import markdown
from apiscribe.emit.openapi_schemas import Schemas
from apiscribe.emit.openapi_values import Schema
from apiscribe.model.api import Method, Route
from apiscribe.model.http import Answer, Example
from apiscribe.model.types import MessageRef

MEDIA_TYPE = "application/json"
_LINK = "Addresses of the next and the previous page (RFC 8288)"

_STATUS = re.compile(r"([1-5](?:\d\d|XX)|DEFAULT)\b")
# OpenAPI requires a description. Source: RFC 9110, section 15.
_CLASSES = {
    "1XX": "Informational",
    "2XX": "Successful",
    "3XX": "Redirection",
    "4XX": "Client error",
    "5XX": "Server error",
}
_EMPTY = "google.protobuf.Empty"


def responses(method: Method, route: Route, schemas: Schemas) -> Schema:
    """Return the responses of a route by status; 200 if the pages list no successful one."""
    by_status: dict[str, list[Answer]] = {}
    for answer in method.answers:
        by_status.setdefault(_status(answer.status), []).append(answer)
    successes = [status for status in by_status if status.startswith("2")]
    typed = (s for s in successes if any(answer.type for answer in by_status[s]))
    # The status with the method's response.
    first = next(typed, successes[0] if successes else "200")
    by_status = by_status if successes else {first: [], **by_status}
    shown = [example for example in method.examples if example.role == "response"]
    headers = _headers(method, route)
    return {
        status: _response(
            status,
            answers,
            _success_schema(answers, method, route, schemas) if status == first else None,
            shown if status == first else (),
            method.response_streams and status == first,
            schemas,
        )
        | (headers if status == first else {})
        for status, answers in sorted(by_status.items())
    }


def _headers(method: Method, route: Route) -> Schema:
    """Return the headers of the successful response. Addresses of pages are those of a GET."""
    if route.verb != "GET" or method.standard is None or not method.standard.link_header:
        return {}
    return {"headers": {"Link": {"description": _LINK, "schema": {"type": "string"}}}}


def media(schema: Schema, examples: Sequence[Any]) -> Schema:
    """Return a media type: its schema and examples."""
    result: Schema = {"schema": schema}
    if examples:
        result["examples"] = {str(n): {"value": value} for n, value in enumerate(examples, 1)}
    return result


def _response(
    status: str,
    answers: Sequence[Answer],
    success: Schema | None,
    shown: Iterable[Example],
    streams: bool,
    schemas: Schemas,
) -> Schema:
    descriptions = dict.fromkeys(markdown(answer.description) for answer in answers)
    text = "\n\n".join(filter(None, descriptions)) or _phrase(status)
    result: Schema = {"description": text}
    types = [schemas.type(a.type, a.repeated) for a in answers if a.type] or []
    alternatives = [success] if success is not None else _distinct(types)
    if not alternatives:
        return result
    schema = alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}
    listed = [example for answer in answers for example in answer.examples]
    examples = schemas.examples([*listed, *shown], schema)
    media_type = "application/x-ndjson" if streams else MEDIA_TYPE
    result["content"] = {media_type: media(schema, examples)}
    return result


def _success_schema(
    answers: Sequence[Answer], method: Method, route: Route, schemas: Schemas
) -> Schema | None:
    """Return the schema of the method's response; None if the response is empty."""
    if any(answer.type for answer in answers):
        return None  # the pages list its type
    if route.response_body and (message := schemas.messages.get(method.response)):
        for field in message.fields:
            if route.response_body in (field.name, field.json_name):
                schema = schemas.field(field)
                schema.pop("description", None)
                return schema
    if method.response == _EMPTY:
        return None
    return schemas.type(MessageRef(name=method.response))


def _distinct(listed: Iterable[Schema]) -> list[Schema]:
    result: list[Schema] = []
    for schema in listed:
        if schema not in result:
            result.append(schema)
    return result


def _status(text: str) -> str:
    """Return a status as OpenAPI writes it; one that no page states is that of success."""
    if not text.strip():
        return "200"
    match = _STATUS.match(text.strip().upper())
    return match[1].replace("DEFAULT", "default") if match else "default"


def _phrase(status: str) -> str:
    if status.isdigit() and status in {str(known.value) for known in HTTPStatus}:
        return HTTPStatus(int(status)).phrase
    return _CLASSES.get(f"{status[0]}XX", "Any other response")

"""The places of a request's fields over HTTP: in the path, the query, the body or a header."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from apiscribe.model.api import Field, Message, Route

WITH_BODY = ("POST", "PUT", "PATCH")


@dataclass
class Places:
    """The fields of a request by their place, without those of the path."""

    query: list[Field] = field(default_factory=list)
    headers: list[Field] = field(default_factory=list)
    body: list[Field] = field(default_factory=list)


def request_places(route: Route, request: Message | None, in_path: Collection[str]) -> Places:
    """Return the places of the fields, by google.api.http and by what pages state. `in_path` has
    the names of the fields in the path.
    """
    places = Places()
    fields = request.fields if request else ()
    named = {field.name for field in fields if route.body in (field.name, field.json_name)}
    takes_rest = route.body == "*" or (not named and route.verb in WITH_BODY)
    for one in fields:
        if one.name in in_path or one.json_name in in_path:
            continue
        if one.location in ("header", "cookie"):
            places.headers.append(one)
        elif one.name in named or (not named and _is_in_body(one, takes_rest)):
            places.body.append(one)
        else:
            places.query.append(one)
    return places


def _is_in_body(field: Field, takes_rest: bool) -> bool:
    return field.location == "body" or (takes_rest and field.location != "query")

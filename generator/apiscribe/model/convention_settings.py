"""[conventions] of spec.toml: what the rules for conventions would otherwise derive."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=0)]
PageFact = Literal["total", "more", "next", "pages", "size", "position", "next_url", "previous_url"]
ErrorFact = Literal["message", "code", "status"]
_CONDITION = r"^((\S.*\s)?(eq|not|gt|gte|lt|lte|in|contain)|search|)$"


class ConventionSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The conventions of a method, or of all methods of a service. The entries of a method outrank
    those of its service.

    An entry that is left out is derived. Names are documented names of the request's fields, and
    paths those of the response's; an empty one means that there is no such field.
    """

    status: Annotated[
        Annotated[int, Meta(ge=200, lt=300)] | None,
        Meta(description="HTTP status of a successful response."),
    ] = None
    media_type: Annotated[
        Literal["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
        | None,
        Meta(description="Media type of the body of a request."),
    ] = None
    paging: Annotated[
        Literal["offset", "page", "after", "token", "none"] | None,
        Meta(
            description="What the position of a page is: the number of rows before it (`offset`),"
            " the number of the page (`page`), the key of the row before it (`after`), or a token"
            " from the previous response (`token`); `none` for lists without pages."
        ),
    ] = None
    size: Annotated[str | None, Meta(description="Field with the number of rows in a page.")] = None
    position: Annotated[str | None, Meta(description="Field with the position of a page.")] = None
    default: Annotated[
        Count | None, Meta(description="Rows in a page without a size; 0 for all rows.")
    ] = None
    maximum: Annotated[
        Count | None, Meta(description="Most rows in a page; 0 without a limit.")
    ] = None
    first: Annotated[
        Annotated[int, Meta(ge=0, le=1)] | None, Meta(description="Number of the first page.")
    ] = None
    sort: Annotated[str | None, Meta(description="Field with the names to sort by.")] = None
    order: Annotated[str | None, Meta(description="Field with `asc` or `desc`.")] = None
    filters: Annotated[
        dict[str, Annotated[str, Meta(pattern=_CONDITION)]] | None,
        Meta(
            description="Field of the request → the condition on the rows: a field of them and an"
            " operator (`eq`, `not`, `gt`, `gte`, `lt`, `lte`, `in`, `contain`), as in `since ="
            ' "created_at gte"`; `search` for a part of any text; empty for none.'
        ),
    ] = None
    fields: Annotated[
        str | None, Meta(description="Field with the names of the fields to return.")
    ] = None
    rows: Annotated[str | None, Meta(description="Path of the rows in the response of a list.")] = (
        None
    )
    row: Annotated[
        str | None,
        Meta(description="Path of the row in the response of a method on one row, such as `data`."),
    ] = None
    facts: Annotated[
        dict[PageFact, str] | None,
        Meta(
            description="Fact on a page of a list → its path in the response: the number of all"
            " rows (`total`), whether there are more (`more`), the position of the next page"
            " (`next`), the number of pages (`pages`), the `size` and the `position` of the page,"
            " and the addresses of the pages beside it (`next_url`, `previous_url`)."
        ),
    ] = None
    link_header: Annotated[
        bool | None,
        Meta(description="Whether a `Link` header has the addresses of the pages beside a page."),
    ] = None
    values: Annotated[
        dict[str, Any] | None,
        Meta(description="Field of a row → its value after a method that creates or changes it."),
    ] = None
    plain_numbers: Annotated[
        bool | None,
        Meta(description="Whether 64-bit integers are JSON numbers over HTTP. For services only."),
    ] = None
    errors: Annotated[
        dict[str, ErrorFact] | None,
        Meta(
            description="Path in the body of an error → `message`, `code` or `status`, as in"
            ' `{ "error.text" = "message" }`; without an entry, the body of the server. For'
            " services only."
        ),
    ] = None
    invalid: Annotated[
        Annotated[int, Meta(ge=400, lt=500)] | None,
        Meta(description="HTTP status of an invalid request. For services only."),
    ] = None

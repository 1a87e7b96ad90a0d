"""The resources of services: the rows that a server stores, and the standard methods on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from apiscribe.model.conventions import Paging, Sorting

StandardKind = Literal[
    "list",
    "get",
    "create",
    "update",
    "replace",
    "set",
    "delete",
    "enable",
    "disable",
    "stat",
    "analyze",
    "add_element",
    "remove_element",
    "update_element",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """The resource of a service: a message, and the documented names of some of its fields.

    `key` identifies a row; `tenant` is its owner, a field of the message or only of requests;
    enable and disable set `state`; `created` and `updated` are times; `identifying` fields
    distinguish rows for people; `parents` are the keys of rows above a row that the message lacks.
    A name is empty if the message has no such field. New keys begin
    with `prefix`, and with a hyphen after its last letter or digit; it is empty if keys in examples
    have no prefix, and None if no example shows a key. `form` is that of the rest of new keys: an
    alphabet and a length (`hex24`, `digits8`, `lower10`, `upper10`, `mixed14`), or `sequence` for
    numbers from 1; empty for 12 hexadecimal digits after a prefix, and a UUID without one.
    """

    message: str
    key: str
    tenant: str = ""
    state: str = ""
    created: str = ""
    updated: str = ""
    identifying: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    prefix: str | None = None
    form: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StandardMethod:
    """What a standard method (AIP-130 ff.) does, and the documented names of the fields for it.

    In the request, `key` is the key of the row, `keys` a list of keys, `parents` are the keys of
    rows above, with the fields of the stored row for them, `query` is a message with `filter` and
    `page`, `row` the fields of the row, which otherwise are fields of the request, and
    `mask` the names of the fields to change. In the response, `results` are the rows, and
    `returned` is the row; without them, the response itself is a row, or empty; either may be a
    field path. In the resource, `elements` is the list that the method changes.

    A list has conventions: `page_facts` are facts on a page (`total`, `more`, `next` …) and the
    paths of the response's fields for them; `filters` are the parameters with conditions on the
    rows, which they map to a field and an operator (`eq`, `not`, `gt`, `gte`, `lt`, `lte`,
    `contain`; `in` for one of several values; `search` without a field: a text contains the value).
    `selection` has the names of the fields to return, also in a get. With `link_header`, a `Link`
    header has the addresses of the pages beside this one. A method that creates or changes a row
    sets `values` in it; a new row has those of the request instead.
    Request fields without an effect are `unused`, and `refused` if a request with them is an error.
    """

    kind: StandardKind
    key: str = ""
    keys: str = ""
    parents: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    row: str = ""
    mask: str = ""
    results: str = ""
    returned: str = ""
    elements: str = ""
    paging: Paging | None = None
    sorting: Sorting | None = None
    page_facts: Mapping[str, str] = field(default_factory=dict)
    link_header: bool = False
    filters: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    selection: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

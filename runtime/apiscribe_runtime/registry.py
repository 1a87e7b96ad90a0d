"""The services, methods and resources that a server serves.

The modules in a generated package's registry/ declare them. They compare by identity, so functions
of them can be cached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message as ProtoMessage

from .descriptors import (
    documented_name,
)
from .messages import Message
from .pool import Pool


@dataclass(frozen=True, kw_only=True)
class Route:
    """An HTTP route of a method. `body` is the documented name of the field that is the body of
    requests, `response_body` of the one that is the body of responses; without them, the body is
    the whole message.
    """

    verb: str
    path: str
    body: str = ""
    response_body: str = ""


@dataclass(frozen=True, kw_only=True)
class Paging:
    """The paging of a list, by fields of the request.

    `size` is the number of rows in a page; `default` is the size without it, 0 for all rows, and
    `maximum` the largest one, 0 without a limit. `position` is where the page begins, in the form
    `style`: the number of rows before it (`offset`), the number of the page, from `first` (`page`),
    the key of the row before it (`after`), or a token from the answer before (`token`).
    """

    style: str
    size: str = ""
    position: str = ""
    default: int = 0
    maximum: int = 0
    first: int = 1


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """The order of a list, by fields of the request. `by` has names of fields, `order` is `asc` or
    `desc` for all of them; either may be empty.
    """

    by: str = ""
    order: str = ""


@dataclass(frozen=True, kw_only=True)
class StandardMethod:
    """What a standard method does, and the documented names of the fields for it.

    In the request, `key` is the key of the row, `keys` a list of keys, `parents` are the keys of
    rows above, with the fields of the stored row for them, `query` is a Query, `row` the fields of
    the row, which otherwise are fields of the request, and `mask` the names of the fields to
    change. In the response, `results` are the rows, and `returned` is the row; without them, the
    response itself is a row, or empty; either may be a field path. In the resource, `elements` is
    the list that the method changes.

    A list has conventions: `page_facts` are facts on a page (`total`, `more`, `next` …) and the
    paths of the response's fields for them; `filters` are the parameters with conditions on the
    rows, which they map to a field and an operator (`eq`, `not`, `gt`, `gte`, `lt`, `lte`,
    `contain`; `in` for one of several values; `search` without a field: a text contains the value).
    `selection` has the names of the fields to return, also in a get. With `link_header`, a `Link`
    header has the addresses of the pages beside this one. A method that creates or changes a row
    sets `values` in it; a new row has those of the request instead.
    Request fields without an effect are `unused`, and `refused` if a request with them is an error.
    """

    kind: str
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Method:
    """A method: its models, their protobuf classes, and its routes.

    `response` is None for google.protobuf.Struct: the response is a JSON object. `status` is the
    status of success over HTTP. `standard` is None for a custom method. `answers`: the status and
    the body of each documented answer, None for a body without an example. `form` is the media type
    of requests that are documented as a form, else empty.
    """

    name: str
    request: type[Message]
    response: type[Message] | None
    request_proto: type[ProtoMessage]
    response_proto: type[ProtoMessage]
    routes: tuple[Route, ...] = ()
    request_streams: bool = False
    response_streams: bool = False
    form: str = ""
    status: int = 200
    standard: StandardMethod | None = None
    description: str = ""
    request_examples: tuple[Any, ...] = ()
    response_examples: tuple[Any, ...] = ()
    answers: tuple[tuple[int, Any], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """The resource of a service. Its rows are JSON objects of `model`, identified by `key`.

    The other attributes are documented names of fields, or empty: the tenant (requests may have it
    although the message lacks it), the state, the times of creation and of the last update, and the
    identifying fields; `parents` are the keys of rows above a row, which are stored and not
    returned. New keys begin with `prefix`; if it is empty, they are UUIDs; if it is None,
    the name of the key is the prefix. `form` is that of the rest of new keys: an alphabet and a
    length (`hex24`), or `sequence` for 1, 2, 3 … if keys are numbers; empty for 12 hexadecimal
    digits after a prefix, and a UUID without one.
    """

    model: type[Message]
    proto: type[ProtoMessage]
    key: str
    tenant: str = ""
    state: str = ""
    created: str = ""
    updated: str = ""
    identifying: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    prefix: str | None = None
    form: str = ""

    @cached_property
    def hidden_key(self) -> str:
        """The key if requests have it and the message lacks it; else empty."""
        names = {documented_name(field) for field in self.proto.DESCRIPTOR.fields}
        is_opaque = self.model.model_config.get("extra") == "allow"
        return "" if is_opaque or self.key in names else self.key


@dataclass(frozen=True, kw_only=True)
class ErrorShape:
    """The body of errors over HTTP. `fields`: path → `message`, `code` or `status`; `[]` in a path
    is a list of one item. `invalid` is the status for an invalid request.
    """

    fields: Mapping[str, str]
    invalid: int = 400


@dataclass(frozen=True, kw_only=True, eq=False)
class Service:
    """A service. Over HTTP, `errors` is the body of errors, None for that of the server, and with
    `plain_numbers`, 64-bit integers are numbers and not texts.
    """

    full_name: str
    methods: tuple[Method, ...]
    resource: Resource | None = None
    plain_numbers: bool = False
    errors: ErrorShape | None = None

    @property
    def name(self) -> str:
        """The name without the package."""
        return self.full_name.rpartition(".")[2]

    @property
    def package(self) -> str:
        """The package of the service."""
        return self.full_name.rpartition(".")[0]


@dataclass(frozen=True, kw_only=True)
class PageServices:
    """The services of one page, and the entries that the page adds to an `Api`."""

    services: tuple[Service, ...] = ()
    value_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    opaque_types: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Api:
    """An API.

    `module`: the name of the module that declares it as `API`. `tenant`: the field of requests with
    the tenant of rows, empty without one. `value_names`: full name of an enum → documented name of
    a value → its protobuf name, if the two differ.
    `opaque_types`: full name of an undocumented type → its name for `[[declare]]` in overlay.toml.
    `examples`: full name of a message → examples in the pages.
    `base_paths`: the paths of documented base addresses, which paths of requests may begin with.
    """

    name: str
    module: str
    tenant: str
    services: tuple[Service, ...]
    pool: DescriptorPool
    value_names: Mapping[str, Mapping[str, str]]
    opaque_types: Mapping[str, str]
    examples: Mapping[str, tuple[Any, ...]]
    base_paths: tuple[str, ...] = ()

    def of_package(self, package: str) -> Api:
        """Return the API with only the services of a package and its subpackages.

        Raises ValueError for an unknown package.
        """
        services = [s for s in self.services if f"{s.package}.".startswith(f"{package}.")]
        if not services:
            known = ", ".join(sorted({service.package for service in self.services}))
            raise ValueError(f"--package-port: unknown package {package} (packages: {known})")
        return replace(self, services=tuple(services))


def merge(
    name: str,
    module: str,
    pool: Pool,
    *pages: PageServices,
    tenant: str = "",
    base_paths: tuple[str, ...] = (),
) -> Api:
    """Return the API of all pages, in their order."""
    return Api(
        name=name,
        module=module,
        tenant=tenant,
        services=tuple(service for page in pages for service in page.services),
        pool=pool.descriptors,
        value_names=dict(item for page in pages for item in page.value_names.items()),
        opaque_types=dict(item for page in pages for item in page.opaque_types.items()),
        examples=dict(item for page in pages for item in page.examples.items()),
        base_paths=base_paths,
    )

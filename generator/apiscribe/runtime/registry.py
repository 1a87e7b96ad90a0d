"""What a generated package tells the server of its API: the tables in its registry/.

A service, a method and a resource are the same where they are one object: what is found out about
them is found out once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message as ProtoMessage

from .codec import documented_name
from .messages import Message


@dataclass(frozen=True, kw_only=True)
class Route:
    """An HTTP route of a method."""

    verb: str
    path: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Method:
    """A method: its models, their protobuf twins, and its routes.

    `response` is None where the answer is a google.protobuf.Struct: a JSON object.
    """

    name: str
    request: type[Message]
    response: type[Message] | None
    request_proto: type[ProtoMessage]
    response_proto: type[ProtoMessage]
    routes: tuple[Route, ...] = ()
    request_streams: bool = False
    response_streams: bool = False
    description: str = ""
    request_examples: tuple[Any, ...] = ()
    response_examples: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """What a service keeps: its rows are JSON objects that `model` takes; `key` names each.

    The others are documented names of fields, empty where there is none: whose it is (requests may
    tell that where the message does not), its state, the times of its making and of its last
    change, and the fields that tell one from another. `prefix`: what new keys begin with.
    """

    model: type[Message]
    proto: type[ProtoMessage]
    key: str
    tenant: str = ""
    state: str = ""
    created: str = ""
    updated: str = ""
    identifying: tuple[str, ...] = ()
    prefix: str = ""

    @cached_property
    def hidden_key(self) -> str:
        """The key, where only requests have it and the resource does not show it; else empty."""
        names = {documented_name(field) for field in self.proto.DESCRIPTOR.fields}
        is_open = self.model.model_config.get("extra") == "allow"
        return "" if is_open or self.key in names else self.key


@dataclass(frozen=True, kw_only=True, eq=False)
class Service:
    """A service."""

    full_name: str
    methods: tuple[Method, ...]
    resource: Resource | None = None

    @property
    def name(self) -> str:
        """The name without its package."""
        return self.full_name.rpartition(".")[2]

    @property
    def package(self) -> str:
        """The name of its package."""
        return self.full_name.rpartition(".")[0]


@dataclass(frozen=True, kw_only=True)
class PageServices:
    """What one page adds to an `Api`."""

    services: tuple[Service, ...] = ()
    value_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    opaque_types: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Api:
    """An API. `value_names`: full name of an enum → documented name of a value → its protobuf
    name, where the two differ. `opaque_types`: full name of each type that no page documents →
    the name by which overlay.toml would declare it.
    """

    name: str
    services: tuple[Service, ...]
    pool: DescriptorPool
    value_names: Mapping[str, Mapping[str, str]]
    opaque_types: Mapping[str, str]
    examples: Mapping[str, tuple[Any, ...]]

    @property
    def tenant(self) -> str:
        """The field that tells whose a row is, of most resources; empty where none has one."""
        counts = Counter(s.resource.tenant for s in self.services if s.resource)
        return counts.most_common(1)[0][0] if counts else ""

    def of_package(self, package: str) -> Api:
        """The same with the services of one package, or of all whose names begin with it.

        Raises ValueError where there is none.
        """
        found = [s for s in self.services if f"{s.package}.".startswith(f"{package}.")]
        if not found:
            known = ", ".join(sorted({service.package for service in self.services}))
            raise ValueError(f"--package-port: no package is {package} (there are {known})")
        return replace(self, services=tuple(found))


def merge(name: str, pool: DescriptorPool, *parts: PageServices) -> Api:
    """The API of all its pages, in their order."""
    return Api(
        name=name,
        services=tuple(service for part in parts for service in part.services),
        pool=pool,
        value_names=dict(item for part in parts for item in part.value_names.items()),
        opaque_types=dict(item for part in parts for item in part.opaque_types.items()),
        examples=dict(item for part in parts for item in part.examples.items()),
    )

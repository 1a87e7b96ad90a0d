"""The documented operations, and the paths of requests that they match."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from apiscribe.drift.traffic.exchange import normal_path
from apiscribe.emit.openapi_paths import Path, openapi_path
from apiscribe.emit.request_places import Places, request_places
from apiscribe.model.api import Api, File, Message, Method, Route, Service

_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Operation:
    """A route of a method, with its request."""

    file: File
    service: Service
    method: Method
    route: Route
    request: Message | None

    @cached_property
    def template(self) -> Path:
        """The path as OpenAPI writes it, with its parameters."""
        return openapi_path("/" + self.route.path.strip("/"))

    @property
    def text(self) -> str:
        """The operation as reports name it: `GET /books/{book_id}`."""
        return f"{self.route.verb} {self.template.text}"

    @cached_property
    def places(self) -> Places:
        """The fields of the request by their place."""
        in_path = {parameter.field for parameter in self.template.parameters}
        return request_places(self.route, self.request, in_path)

    @cached_property
    def literals(self) -> int:
        """The number of characters of the path that are no parameters, without slashes."""
        return len(_PARAMETER.sub("", self.template.text).replace("/", ""))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of the paths, with a group for each parameter."""
        slashes = {p.name for p in self.template.parameters if p.pattern == "**"}
        text, end = "", 0
        for found in _PARAMETER.finditer(self.template.text):
            text += re.escape(self.template.text[end : found.start()])
            end = found.end()
            # `/v1/{name}:cancel`: a verb of its own follows the parameter.
            one = "[^/:]" if self.template.text[end : end + 1] == ":" else "[^/]"
            text += "(.+)" if found[1] in slashes else f"({one}+)"
        return re.compile(text + re.escape(self.template.text[end:]))


@dataclass(frozen=True)
class Match:
    """An operation that a request matches, with the values of the path's parameters."""

    operation: Operation
    values: tuple[str, ...]


class Operations:
    """The documented operations of an API."""

    def __init__(self, api: Api) -> None:
        messages = {message.full_name: message for _, message in api.messages()}
        self.all = [
            Operation(file, service, method, route, messages.get(method.request))
            for file, service in api.services()
            for method in service.methods
            for route in method.routes
        ]
        # The most specific first: `/books/search` before `/books/{id}`.
        self._by_verb: dict[str, list[Operation]] = {}
        for operation in sorted(self.all, key=lambda o: (-o.literals, len(o.template.parameters))):
            self._by_verb.setdefault(operation.route.verb.upper(), []).append(operation)
        addresses = [server.text for server in api.facts.servers]
        addresses += [server for file in api.files for server in file.servers]
        urls = [urlsplit(address) for address in addresses]
        self.hosts = {url.netloc.rpartition("@")[2].lower() for url in urls if url.netloc}
        self.bases = sorted({normal_path(url.path).rstrip("/") for url in urls}, key=len)[::-1]

    def match(self, verb: str, path: str) -> Match | None:
        """Return the most specific operation that a request matches."""
        for operation in self._by_verb.get(verb, ()):
            if found := operation.pattern.fullmatch(path):
                return Match(operation, found.groups())
        return None

    def has_verb(self, verb: str) -> bool:
        """Return whether an operation has this verb."""
        return verb in self._by_verb

    def parameter_at(self, segments: Sequence[str]) -> str:
        """Return the parameter that the path of an operation has in place of the last segment, with
        braces; empty if none has.
        """
        for operation in self.all:
            parts = operation.template.text.strip("/").split("/")
            if len(parts) >= len(segments) and parts[: len(segments) - 1] == [*segments[:-1]]:
                part = parts[len(segments) - 1]
                if _PARAMETER.fullmatch(part):
                    return part
        return ""


def values_of_parameters(match: Match) -> Iterator[tuple[str, str]]:
    """Yield each parameter's value, after the template before it."""
    parts = match.operation.template.text.strip("/").split("/")
    values = iter(match.values)
    for at, part in enumerate(parts):
        if _PARAMETER.fullmatch(part):
            yield "/".join(parts[:at]), next(values)
        elif _PARAMETER.search(part):
            next(values)

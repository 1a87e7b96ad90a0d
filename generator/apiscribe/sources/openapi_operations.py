"""The operations of an OpenAPI document: the methods of which services they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.model.names import identifier
from apiscribe.sources.openapi_document import Document, Json

_VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Our own documents give `pkg.Service.method` to the first route of a method, and then
# `pkg.Service.method.2`.
_FURTHER = re.compile(r"(?P<name>.*)\.(?P<index>[0-9]{1,3})")


@dataclass(frozen=True)
class Operation:
    """An operation, which is a route of a method. `service` is a full name; the parameters are
    those of the path, too; `index` is 1 for the first route of a method.
    """

    verb: str
    path: str
    content: Json
    parameters: tuple[Json, ...]
    service: str
    method: str
    index: int

    @property
    def package(self) -> str:
        """The package of the service, if its name has one."""
        return self.service.rpartition(".")[0]

    @property
    def is_ours(self) -> bool:
        """Whether it is named as our own documents name operations: for its tag, which is the full
        name of the service.
        """
        named = str(self.content.get("operationId")).startswith(f"{self.service}.{self.method}")
        return named and bool(self.package) and self.content.get("tags") == [self.service]


def operations(document: Document) -> list[Operation]:
    """All operations, in the order of the document; the routes of a method in their own."""
    found = [
        _operation(document, verb, path, item)
        for path, item in _items(document)
        for verb in _VERBS
        if verb in item
    ]
    return sorted(found, key=lambda operation: operation.index)


def body(document: Document, operation: Operation) -> Json | None:
    """The schema of what a request holds, if it holds anything."""
    content = document.followed(operation.content.get("requestBody") or {})
    return _schema(document, content)


def answer(document: Document, operation: Operation) -> Json | None:
    """The schema of the answer to a request that succeeds, if it holds anything."""
    responses = document.table(operation.content, "responses")
    success = sorted((key for key in responses if str(key).startswith("2")), key=str)
    for key in (*success, *(key for key in responses if key == "default")):
        return _schema(document, document.followed(responses[key]))
    return None


def failures(document: Document, operation: Operation) -> list[Json]:
    """The responses to requests that fail."""
    responses = document.table(operation.content, "responses")
    return [
        document.followed(response)
        for key, response in responses.items()
        if not str(key).startswith("2") and (key != "default" or len(responses) > 1)
    ]


def _items(document: Document) -> Iterator[tuple[str, Json]]:
    for path, item in document.table(document.content, "paths").items():
        yield str(path), document.followed(item)


def _operation(document: Document, verb: str, path: str, item: Json) -> Operation:
    content = document.table(item, verb)
    # An operation's own parameter replaces one of the path item. Source: OpenAPI, "Operation".
    parameters = {
        (str(entry.get("in")), str(entry.get("name"))): entry
        for part in (item, content)
        for entry in document.objects(part, "parameters")
    }
    service, method, index = _names(document, content, f"{verb}{path}")
    return Operation(
        verb.upper(), path, content, tuple(parameters.values()), service, method, index
    )


def _names(document: Document, content: Json, otherwise: str) -> tuple[str, str, int]:
    name, index = str(content.get("operationId") or otherwise), 1
    if content.get("operationId") and (further := _FURTHER.fullmatch(name)):
        name, index = further["name"], int(further["index"])
    scope, _, method = name.rpartition(".") if content.get("operationId") else ("", "", name)
    tags = content.get("tags")
    tag = str(tags[0]) if isinstance(tags, list) and tags else ""
    title = str(document.table(document.content, "info").get("title") or "Api")
    service = tag if not scope or tag.endswith(f".{scope}") else scope
    parts = [identifier(part) for part in (service or title).split(".") if part]
    return ".".join(parts) or "Api", identifier(method), index


def _schema(document: Document, content: Json) -> Json | None:
    """The schema of a body: that of its JSON, or of the first other form of it."""
    forms = document.table(content, "content")
    wanted = sorted(forms, key=lambda form: "json" not in form)
    for form in wanted:
        media = document.followed(forms[form])
        if "schema" in media:
            return document.table(media, "schema") or None
    return None

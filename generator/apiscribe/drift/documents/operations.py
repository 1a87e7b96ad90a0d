"""The operations of a document, and the pairs of operations of two documents.

Operations pair by verb and path, in which the names of parameters make no difference. An operation
with another path is the same one if it has the same id, everything else in common, or a parameter
that accepts a fixed part of the old path: requests to the old path are requests to it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from apiscribe.drift.documents.schema_view import canonical, text_of, view_of
from apiscribe.model.openapi_document import Document, Node

VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation; `path` is the name of a webhook or callback if servers call it. `parameters`
    include those of the path.
    """

    verb: str
    path: str
    node: Node
    parameters: tuple[Node, ...]
    is_called_back: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """The verb, and the path with `*` for its parameters."""
        return self.verb, self.path if self.is_called_back else _PARAMETER.sub("*", self.path)

    @property
    def text(self) -> str:
        """The operation in a message."""
        head = "the call " if self.is_called_back else ""
        return f"{head}{self.verb.upper()} {self.path}"

    @property
    def id(self) -> str:
        """The operation's id; empty without one."""
        return self.node.text("operationId")

    @cached_property
    def path_parameters(self) -> list[str]:
        """The names of the parameters in the path, in order."""
        return [] if self.is_called_back else _PARAMETER.findall(self.path)

    def includes(self, old: Operation) -> bool:
        """Return whether requests to an old operation with a fixed path are requests to this one:
        parameters, which accept any text or that one, are in place of parts of the path.
        """
        if self.verb != old.verb or self.is_called_back or old.is_called_back:
            return False
        parts, others = (one.path.split("/") for one in (old, self))
        differing = [(was, now) for was, now in zip(parts, others, strict=False) if was != now]
        if len(parts) != len(others) or not differing:
            return False
        return all(
            _PARAMETER.search(was) is None
            and (found := _PARAMETER.fullmatch(now)) is not None
            and self._accepts(found[1], was)
            for was, now in differing
        )

    def _accepts(self, name: str, text: str) -> bool:
        """Return whether a parameter of the path accepts a text."""
        stated = [p for p in self.parameters if (p.text("in"), p.text("name")) == ("path", name)]
        schema = stated[0].get("schema") if stated else None
        if schema is None:
            return bool(stated)
        view = view_of(schema)
        if view.format or view.constraints or view.alternatives:
            return False
        if view.types == {"integer"} and view.values is None:
            return text.isdecimal()
        is_listed = view.values is None or text_of(text) in view.values
        return is_listed and (not view.types or "string" in view.types)

    @cached_property
    def content(self) -> str:
        """The text by which two versions of an operation are recognized."""
        parts = [self.node.get("requestBody"), self.node.get("responses")]
        texts = [canonical(part) if part else "" for part in parts]
        names = sorted(f"{p.text('in')} {p.text('name')}" for p in self.parameters)
        return f"{self.verb} {names} {texts}"


def operations(document: Document) -> list[Operation]:
    """Return the operations of the paths and then of the webhooks of a document."""
    return [*_of(document.root, "paths", False), *_of(document.root, "webhooks", True)]


def callbacks(operation: Operation) -> list[Operation]:
    """Return the operations that a server calls back, with names and expressions as their paths."""
    return [
        called
        for name, callback in operation.node.parts("callbacks").items()
        for called in _of_items(
            {f"{name} {url}": item for url, item in callback.members().items()}, True
        )
    ]


def _of(root: Node, key: str, is_called_back: bool) -> Iterator[Operation]:
    return _of_items(root.parts(key), is_called_back)


def _of_items(items: Mapping[str, Node], is_called_back: bool) -> Iterator[Operation]:
    for path, item in items.items():
        shared = list(item.parts("parameters").values())
        for verb in VERBS:
            if node := item.get(verb):
                own = list(node.parts("parameters").values())
                # An operation's parameter overrides that of the path item.
                named = {(p.text("in"), p.text("name")): p for p in [*shared, *own]}
                yield Operation(verb, path, node, tuple(named.values()), is_called_back)


def pair_operations(
    old: Iterable[Operation], new: Iterable[Operation]
) -> list[tuple[Operation, Operation]]:
    """Return the operations that both versions have, in the order of the old version."""
    waiting, others = list(old), list(new)
    order = {operation: at for at, operation in enumerate(waiting)}
    pairs: list[tuple[Operation, Operation]] = []
    for evidence in _EVIDENCE:
        by_key: defaultdict[object, list[Operation]] = defaultdict(list)
        for operation in others:
            by_key[evidence(operation)].append(operation)
        counts: defaultdict[object, int] = defaultdict(int)
        for operation in waiting:
            counts[evidence(operation)] += 1
        found = []
        for operation in waiting:
            key = evidence(operation)
            if key and counts[key] == len(by_key.get(key, ())) == 1:
                found.append((operation, by_key[key][0]))
        pairs += found
        waiting = [o for o in waiting if all(o is not one for one, _ in found)]
        others = [o for o in others if all(o is not other for _, other in found)]
    for one in waiting:
        pairs += [(one, other) for other in others if other.includes(one)][:1]
    return sorted(pairs, key=lambda pair: order[pair[0]])


def _exact(operation: Operation) -> object:
    return operation.verb, operation.path, operation.is_called_back


def _shape(operation: Operation) -> object:
    return *operation.key, operation.is_called_back


def _without_slash(operation: Operation) -> object:
    verb, path = operation.key
    return verb, path.rstrip("/"), operation.is_called_back


def _id(operation: Operation) -> object:
    return (operation.id, operation.is_called_back) if operation.id else None


def _content(operation: Operation) -> object:
    # Bodies without schemas and frequent names are not evidence.
    has_schemas = operation.content.count('"properties"') > 0
    return (operation.content, operation.is_called_back) if has_schemas else None


_EVIDENCE: tuple[Callable[[Operation], object], ...] = (
    _exact,
    _shape,
    _id,
    _without_slash,
    _content,
)

"""The names of the parts of a document: `Book.title`, `GET /books query.limit`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apiscribe.model.openapi_document import Node

# Keys that only nest parts, and are left out of their names.
_STRUCTURE = frozenset(
    "properties content schema schemas responses components headers paths".split()
)
_NAMES = {"requestBody": "request", "items": "[]", "additionalProperties": "*"}
_COMBINED = frozenset({"allOf", "anyOf", "oneOf"})


def symbol_of(node: Node) -> str:
    """Return the name of a part."""
    keys = node.keys
    if len(keys) > 1 and keys[0] in ("paths", "webhooks"):
        path, verb = keys[1], keys[2].upper() if len(keys) > 2 else ""
        if verb == "PARAMETERS":
            rest, head = keys[2:], path
        else:
            rest, head = keys[3:], f"{verb} {path}".strip()
        if keys[0] == "webhooks":
            head = f"webhook {head}"
        tail = ".".join(_names(node, len(keys) - len(rest)))
        return f"{head} {tail}".strip()
    return ".".join(_names(node, 0)) or "document"


def _names(node: Node, start: int) -> Iterator[str]:
    """Yield the names of the keys from a position on, without those that only nest."""
    keys = node.keys
    at = start
    while at < len(keys):
        key, before = keys[at], keys[at - 1] if at else ""
        if before == "properties" and key != "properties":
            yield key
        elif before == "content" and "/" in key:
            pass  # the media type
        elif key == "parameters" and at + 1 < len(keys) and keys[at + 1].isdigit():
            parameter = _value(node, keys[: at + 2])
            yield f"{parameter.get('in', '')}.{parameter.get('name', '')}"
            at += 1
        elif key in _COMBINED:
            at += 1
        elif key not in _STRUCTURE or before in ("responses", "schemas", "headers"):
            yield _NAMES.get(key, key)
        at += 1


def _value(node: Node, keys: Sequence[str]) -> dict[str, str]:
    part = node.document.root
    for key in keys:
        if (child := part.get(key) or part.members().get(key)) is None:
            return {}
        part = child
    return part.value if isinstance(part.value, dict) else {}

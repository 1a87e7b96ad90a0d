"""The full names of the schemas of an OpenAPI document."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apiscribe.model.api import WELL_KNOWN
from apiscribe.model.names import identifier, is_identifier, unique
from apiscribe.sources.openapi_document import Document
from apiscribe.sources.openapi_operations import Operation, answer, body, failures

# What our models say of a message or enum that its page does not describe.
TOLD = re.compile(r"(?:The (?:message|enum) )?(?P<name>[A-Za-z_][\w.]*\.\w+)\.", re.ASCII)
# pydantic's name of a class that has the name of another: its module and its own name. Ours lie in
# <api>.models.<package>.<page>.
_MODULE = re.compile(r"[a-z]\w*?__models__(?P<package>\w+)__(?P<page>\w+?)__(?P<name>[A-Z]\w*)")


@dataclass(frozen=True)
class Names:
    """Schema → full name; `sure` are the schemas whose full name the document tells."""

    full: Mapping[str, str]
    sure: frozenset[str]


def name_schemas(document: Document, operations: Iterable[Operation], ours: bool) -> Names:
    """The names of the schemas, but for those that only failures are answered with. One without a
    package has that of the services that use it, if they have one.
    """
    operations = list(operations)
    schemas = document.table(document.table(document.content, "components"), "schemas")
    inside = {key: set(document.references(schema)) for key, schema in schemas.items()}
    users: defaultdict[str, set[str]] = defaultdict(set)
    failing: set[str] = set()
    for operation in operations:
        parts = [body(document, operation), answer(document, operation), *operation.parameters]
        for key in reachable(document.references(parts), inside):
            users[key].add(operation.package)
        failing |= reachable(document.references(failures(document, operation)), inside)
    packages = {operation.package for operation in operations}
    full: dict[str, str] = {}
    taken: set[str] = set()
    sure = set()
    for key, schema in schemas.items():
        if key in failing and key not in users:
            continue
        told = _told(key, schema) if ours else ""
        if told:
            sure.add(key)
        using = users[key] or packages
        name = told or _named(key, using.copy().pop() if len(using) == 1 else "")
        full[key] = name if name in WELL_KNOWN else unique(name, taken)
        taken.add(full[key])
    return Names(full, frozenset(sure))


def reachable(roots: Iterable[str], inside: Mapping[str, Iterable[str]]) -> set[str]:
    """The schemas that roots lead to, and the roots."""
    found: set[str] = set()
    ahead = list(roots)
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead += inside.get(key, ())
    return found


def _told(key: str, schema: Any) -> str:
    """The full name that one of our own documents tells, or nothing."""
    described = schema.get("description") if isinstance(schema, dict) else ""
    if told := TOLD.fullmatch(str(described)):
        return told["name"]
    if module := _MODULE.fullmatch(key):
        return f"{module['package'].replace('__', '.')}.{module['name']}"
    return ""


def _named(key: str, package: str) -> str:
    parts = key.split(".")
    if len(parts) > 1 and all(is_identifier(part) for part in parts):
        return key
    name = identifier(key)
    return f"{package}.{name}" if package else name

"""Derive full names for the schemas of an OpenAPI document."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apiscribe.model.names import identifier, is_identifier, unique
from apiscribe.model.openapi_document import Document
from apiscribe.model.types import WELL_KNOWN
from apiscribe.sources.openapi_built import stated_name as stated_name_of
from apiscribe.sources.openapi_operations import (
    Operation,
    error_responses,
    request_schema,
    response_schema,
)

# pydantic prefixes the name of a class with its module if two classes have the same name. Generated
# modules are <api>.models.<package>.<page>.
_MODULE = re.compile(r"[a-z]\w*?__models__(?P<package>\w+)__(?P<page>\w+?)__(?P<name>[A-Z]\w*)")


@dataclass(frozen=True)
class Names:
    """Full names by schema; `stated` are the schemas with a full name in the document."""

    full: Mapping[str, str]
    stated: frozenset[str]


def name_schemas(document: Document, operations: Iterable[Operation], ours: bool) -> Names:
    """Name the schemas, except those that occur in error responses only.

    A schema without a package gets that of the services that use it, if it is the same for all.
    `ours` states that apiscribe wrote the document.
    """
    operations = list(operations)
    schemas = document.get_object(document.get_object(document.content, "components"), "schemas")
    references = {key: set(document.schema_references(s)) for key, s in schemas.items()}
    using_packages: defaultdict[str, set[str]] = defaultdict(set)
    in_errors: set[str] = set()
    for operation in operations:
        request, response = request_schema(document, operation), response_schema(
            document, operation
        )
        used = document.schema_references([request, response, *operation.parameters])
        for key in reachable(used, references):
            using_packages[key].add(operation.package)
        errors = document.schema_references(error_responses(document, operation))
        in_errors |= reachable(errors, references)
    all_packages = {operation.package for operation in operations}
    full: dict[str, str] = {}
    taken: set[str] = set()
    stated = set()
    for key, schema in schemas.items():
        stated_name = (stated_name_of(schema) or _name_in_key(key)) if ours else ""
        if key in in_errors and key not in using_packages and not stated_name:
            continue
        if stated_name:
            stated.add(key)
        packages = using_packages[key] or all_packages
        name = stated_name or _qualify(key, next(iter(packages)) if len(packages) == 1 else "")
        full[key] = name if name in WELL_KNOWN else unique(name, taken)
        taken.add(full[key])
    return Names(full, frozenset(stated))


def reachable(roots: Iterable[str], references: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the schemas that are reachable from the roots, including the roots."""
    found: set[str] = set()
    pending = list(roots)
    while pending:
        key = pending.pop()
        if key not in found:
            found.add(key)
            pending += references.get(key, ())
    return found


def _name_in_key(key: str) -> str:
    """Return the full name that the key of a schema of apiscribe has, or an empty text."""
    if match := _MODULE.fullmatch(key):
        return f"{match['package'].replace('__', '.')}.{match['name']}"
    return ""


def _qualify(key: str, package: str) -> str:
    """Return a full name for a schema: its key, with the package unless the key is qualified."""
    parts = key.split(".")
    if len(parts) > 1 and all(is_identifier(part) for part in parts):
        return key
    name = identifier(key)
    return f"{package}.{name}" if package else name

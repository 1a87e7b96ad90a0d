"""Arrange the declarations of an OpenAPI document in files, one for each package."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import replace

from apiscribe.model.api import Enum, File, Message, Service
from apiscribe.model.names import snake
from apiscribe.model.openapi_document import Document


def files_of(
    document: Document,
    services: Sequence[Service],
    messages: Sequence[Message],
    enums: Sequence[Enum],
) -> tuple[File, ...]:
    """Return a file for each package; enums scoped to a message are nested in it."""
    nested = defaultdict(list)
    declared = {message.full_name for message in messages}
    for enum in enums:
        nested[enum.full_name.rpartition(".")[0]].append(enum)
    messages = [replace(m, enums=tuple(nested[m.full_name])) for m in messages]
    top_level = [enum for enum in enums if enum.full_name.rpartition(".")[0] not in declared]
    names = [service.full_name for service in services] + [*declared]
    names += [enum.full_name for enum in top_level]
    packages = {_package(name, declared) for name in names}
    page = document.source.path
    return tuple(
        File(
            path=f"{package.replace('.', '/') or snake(page)}.proto",
            package=package,
            page=page,
            services=tuple(s for s in services if _package(s.full_name, declared) == package),
            messages=tuple(m for m in messages if _package(m.full_name, declared) == package),
            enums=tuple(e for e in top_level if _package(e.full_name, declared) == package),
        )
        for package in sorted(packages)
    )


def _package(full_name: str, messages: Set[str]) -> str:
    """Return the package of a full name: its scope without messages."""
    scope = full_name.rpartition(".")[0]
    while scope in messages:
        scope = scope.rpartition(".")[0]
    return scope

"""The indexes of a resource's table, by a rule that needs no knowledge of the API.

Besides the key there is an index for each common filter: the text fields that `list` takes by name
and the identifying ones; and an index for the newest rows first. Each starts with the tenant,
because queries select the rows of one tenant, and ends with the insertion order. The expression of
an index must equal that of the queries: `query.sort_terms` and `filters.equals`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Index, MetaData, ScalarSelect, Table, func, select, text
from sqlalchemy.schema import CreateIndex, DropIndex

from . import query
from .descriptors import (
    documented_fields,
)
from .field_path import FieldPath
from .registry import Resource, Service

_MAX_NAME = 63  # characters of a name in PostgreSQL
_PLANNED = "indexes"  # in the `info` of a table: name of an index → its constructor
_PREFIX = "ix_"  # of the names of indexes that servers create
_EXISTING = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT tablename, indexname FROM pg_indexes"
    " WHERE schemaname = current_schema()",
}


def plan_indexes(table: Table, resource: Resource, dialect: str, filtered: Iterable[str]) -> None:
    """Store in a table's `info` which indexes it has; `filtered` are names of fields that requests
    filter by.

    Constructors, not Index objects: SQLAlchemy needs a millisecond for each, and most stores have
    the indexes already.
    """
    columns = table.c
    planned: dict[str, Callable[[str], Index]] = {"key": lambda name: Index(name, columns.key)}
    if resource.created:
        planned["newest"] = partial(_newest, table, resource)
        if FieldPath(columns.data, resource.created, resource, declared=False).is_text:
            planned["foreign"] = partial(_foreign, table, resource, dialect)
    for field in dict.fromkeys((*resource.identifying, *filtered)):
        path = FieldPath(columns.data, field, resource, declared=False)
        if path.is_text and field not in (resource.key, resource.tenant, resource.created):
            planned[f"by_{field}"] = partial(_by_field, table, path)
    table.info[_PLANNED] = {_name(table, part): build for part, build in planned.items()}


def _newest(table: Table, resource: Resource, name: str) -> Index:
    newest = query.newest_first(table.c.data, resource)
    return Index(name, table.c.tenant, *newest, table.c.seq)


def _by_field(table: Table, path: FieldPath, name: str) -> Index:
    return Index(name, table.c.tenant, *query.sort_terms(path, desc=False), table.c.seq)


def _foreign(table: Table, resource: Resource, dialect: str, name: str) -> Index:
    """Return the index of `query.foreign_time`; it is usually empty."""
    foreign = query.foreign_time(table.c.data, resource)
    # With the option of the other dialect, SQLAlchemy would import that dialect.
    options: dict[str, Any] = {f"{dialect}_where": foreign.is_not(None)}
    return Index(name, foreign, **options)


@cache
def least_foreign_time(table: Table, resource: Resource) -> ScalarSelect[str]:
    """Return a subquery for the least `query.foreign_time`, NULL if there is none. PostgreSQL reads
    the least one from an index, but would scan the rows for any one.
    """
    foreign = query.foreign_time(table.c.data, resource)
    least = select(func.min(foreign)).where(foreign.is_not(None))
    return least.correlate(None).scalar_subquery()


def asked_by_name(services: Iterable[Service], resource: Resource) -> Iterator[str]:
    """Yield the fields of the `list` requests of the services that store a resource."""
    for service in services:
        if service.resource and service.resource.model is resource.model:
            for method in service.methods:
                if method.standard and method.standard.kind == "list":
                    yield from documented_fields(method.request_proto.DESCRIPTOR)


def make_indexes(connection: Connection, metadata: MetaData) -> None:
    """Create the planned indexes that a store lacks, and drop those of an earlier server that are
    no longer planned: each one slows writes down.
    """
    rows = connection.execute(text(_EXISTING[connection.dialect.name])).all()
    for table in metadata.sorted_tables:
        planned = table.info[_PLANNED]
        existing = {
            name for owner, name in rows if owner == table.name and name.startswith(_PREFIX)
        }
        for name in sorted(planned.keys() - existing):
            connection.execute(CreateIndex(planned[name](name)))
        for name in sorted(existing - planned.keys()):
            connection.execute(DropIndex(Index(name)))


def _name(table: Table, part: str) -> str:
    """Return the name of an index. A server keeps an existing index of this name, so the name must
    change when the expression does.
    """
    name = f"{_PREFIX}{table.name}_{part}"
    short = f"{name[:50]}_{sha256(name.encode()).hexdigest()[:12]}"
    return name if len(name) <= _MAX_NAME else short

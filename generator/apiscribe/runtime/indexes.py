"""The indexes of a resource's table, by a rule that needs no knowledge of the API.

Beside the key of a row there is one for each text that rows are commonly asked for: what `list`
takes by name, and what tells one row from another; and one for the newest first. Each begins with
the tenant, whose rows are asked for together, and ends with the order in which rows were made. An
index stands in the words of the queries that it is for: `query.ordered` and `filters.equals`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from hashlib import sha256

from sqlalchemy import Connection, Index, MetaData, ScalarSelect, Table, func, select, text
from sqlalchemy.schema import CreateIndex, DropIndex

from . import query
from .codec import documented_fields
from .field_path import FieldPath
from .registry import Resource, Service

_LONGEST = 63  # characters of a name in PostgreSQL
_WANTED = "indexes"  # in the `info` of a table: name of an index → what makes it of the name
_PREFIX = "ix_"  # of names that servers give
_THERE = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT tablename, indexname FROM pg_indexes"
    " WHERE schemaname = current_schema()",
}


def plan_indexes(table: Table, resource: Resource, asked: Iterable[str]) -> None:
    """Tell of a table which indexes it has; `asked` are names of fields that requests ask for.

    To make an object of an index takes SQLAlchemy a millisecond, and most stores have it already.
    """
    columns = table.c
    wanted: dict[str, Callable[[str], Index]] = {"key": lambda name: Index(name, columns.key)}
    if resource.created:
        wanted["newest"] = partial(_newest, table, resource)
        if FieldPath(columns.data, resource.created, resource, declared=False).is_text:
            wanted["foreign"] = partial(_foreign, table, resource)
    for field in dict.fromkeys((*resource.identifying, *asked)):
        place = FieldPath(columns.data, field, resource, declared=False)
        if place.is_text and field not in (resource.key, resource.tenant, resource.created):
            wanted[f"by_{field}"] = partial(_in_order_of, table, place)
    table.info[_WANTED] = {_name(table, part): make for part, make in wanted.items()}


def _newest(table: Table, resource: Resource, name: str) -> Index:
    newest = query.newest_first(table.c.data, resource)
    return Index(name, table.c.tenant, *newest, table.c.seq)


def _in_order_of(table: Table, place: FieldPath, name: str) -> Index:
    return Index(name, table.c.tenant, *query.ordered(place, desc=False), table.c.seq)


def _foreign(table: Table, resource: Resource, name: str) -> Index:
    """It has no row, most often."""
    foreign = query.foreign_time(table.c.data, resource)
    there = foreign.is_not(None)
    return Index(name, foreign, sqlite_where=there, postgresql_where=there)


@cache
def least_foreign_time(table: Table, resource: Resource) -> ScalarSelect[str]:
    """What finds a `query.foreign_time`, if there is any. The least one: an index has that, where
    PostgreSQL would look at every row for just one.
    """
    foreign = query.foreign_time(table.c.data, resource)
    least = select(func.min(foreign)).where(foreign.is_not(None))
    return least.correlate(None).scalar_subquery()


def asked_by_name(services: Iterable[Service], resource: Resource) -> Iterator[str]:
    """The fields that requests of `list` have, of the services that keep a resource."""
    for service in services:
        if service.resource and service.resource.model is resource.model:
            for method in service.methods:
                if method.name == "list":
                    yield from documented_fields(method.request_proto.DESCRIPTOR)


def make_indexes(connection: Connection, metadata: MetaData) -> None:
    """Make the indexes that tables of an earlier server lack; drop those that only it had, which
    would cost time with every change.
    """
    there = connection.execute(text(_THERE[connection.dialect.name])).all()
    for table in metadata.sorted_tables:
        wanted = table.info[_WANTED]
        found = {name for of, name in there if of == table.name and name.startswith(_PREFIX)}
        for name in sorted(wanted.keys() - found):
            connection.execute(CreateIndex(wanted[name](name)))
        for name in sorted(found - wanted.keys()):
            connection.execute(DropIndex(Index(name)))


def _name(table: Table, part: str) -> str:
    """A server takes an index of this name for its own: if the words of one change, so must it."""
    name = f"{_PREFIX}{table.name}_{part}"
    short = f"{name[:50]}_{sha256(name.encode()).hexdigest()[:12]}"
    return name if len(name) <= _LONGEST else short

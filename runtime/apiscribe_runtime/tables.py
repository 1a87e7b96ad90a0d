"""The table of a resource: each row is a JSON object, with its key and tenant."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, UniqueConstraint

from .indexes import plan_indexes
from .registry import Resource


def build_table(
    resource: Resource, metadata: MetaData, dialect: str, queried_fields: Iterable[str]
) -> Table:
    """Return the table in a dialect of SQL. `queried_fields`: names of fields in frequent
    conditions, to be indexed.
    """
    table = Table(
        _table_name(resource.proto.DESCRIPTOR.full_name),
        metadata,
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("tenant", String, nullable=False),
        Column("key", String, nullable=False),
        Column("data", _json_type(dialect), nullable=False),
        # Unique per tenant: creating a row must not reveal the keys of another tenant.
        UniqueConstraint("tenant", "key"),
    )
    plan_indexes(table, resource, dialect, queried_fields)
    return table


def _json_type(dialect: str) -> JSON:
    if dialect != "postgresql":
        return JSON()
    # Without the other store, the import is a twentieth of a server's start.
    from sqlalchemy.dialects.postgresql import JSONB

    return JSONB()


def _table_name(full_name: str) -> str:
    """Return the name of a table. PostgreSQL's limit is 63 characters, and it derives longer names
    of sequences and constraints from the table's name.
    """
    name = full_name.replace(".", "_")
    short = f"{name[:37]}_{sha256(full_name.encode()).hexdigest()[:12]}"
    return name if len(name) <= 50 else short

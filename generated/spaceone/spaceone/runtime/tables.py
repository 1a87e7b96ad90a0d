"""The table of a resource: rows are kept whole, as JSON objects, each with its key and tenant."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from .indexes import plan_indexes
from .registry import Resource


def table_of(resource: Resource, metadata: MetaData, asked: Iterable[str]) -> Table:
    """The table, with indexes for the fields that requests often ask for: `asked`."""
    table = Table(
        _table_name(resource.proto.DESCRIPTOR.full_name),
        metadata,
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("tenant", String, nullable=False),
        Column("key", String, nullable=False),
        Column("data", JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        # No tenant can find out what keys another has by making rows.
        UniqueConstraint("tenant", "key"),
    )
    plan_indexes(table, resource, asked)
    return table


def _table_name(full_name: str) -> str:
    """PostgreSQL's names have at most 63 characters, and it gives the table's own to its parts."""
    name = full_name.replace(".", "_")
    short = f"{name[:37]}_{sha256(full_name.encode()).hexdigest()[:12]}"
    return name if len(name) <= 50 else short

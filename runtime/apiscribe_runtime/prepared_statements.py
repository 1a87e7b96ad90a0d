"""Cached statements for the most frequent requests: the row of a key, the rows of a tenant.

Building a statement takes longer than either database takes to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, String, Table, bindparam, func, select

from . import query as queries
from . import sql_dialects as functions
from .json_sql import Condition
from .registry import Resource

# Name of a parameter → a condition on the columns of a table. `only_tenant` is the only tenant that
# a caller sees; `default_tenant` also matches rows without a tenant.
_CONDITIONS: Mapping[str, Callable[[Table, BindParameter[str]], Condition]] = {
    "key": lambda table, value: table.c.key == value,
    "tenant": lambda table, value: table.c.tenant == value,
    "only_tenant": lambda table, value: table.c.tenant == value,
    "default_tenant": lambda table, value: table.c.tenant.in_((value, "")),
}
# Fields of a Query for a page of rows in default order.
_PAGE_FIELDS = frozenset({"count_only", "minimal", "only", "page"})


class PreparedStatements:
    """The statements of a table. `names`: the names of their parameters. `bound` limits the size of
    what a statement reads.
    """

    def __init__(
        self, table: Table, resource: Resource, bound: Callable[[Select[Any]], Select[Any]]
    ) -> None:
        self._table, self._bound = table, bound
        self._newest = queries.newest_first(table.c.data, resource)
        self.row, self.count, self.page = cache(self._row), cache(self._count), cache(self._page)

    def _row(self, names: frozenset[str]) -> Select[Any]:
        """Return the statement for a row that matches."""
        return self._where(select(functions.write(self._table.c.data)), names).limit(1)

    def _count(self, names: frozenset[str]) -> Select[Any]:
        """Return the statement for the number of rows that match."""
        return self._where(select(func.count()).select_from(self._table), names)

    def _page(self, names: frozenset[str]) -> Select[Any]:
        """Return the statement for rows that match, in default order, by `limit` and `offset`."""
        statement = self._where(select(functions.write(self._table.c.data)), names)
        statement = statement.order_by(*self._newest, self._table.c.seq)
        return self._bound(
            statement.limit(bindparam("limit", type_=Integer)).offset(
                bindparam("offset", type_=Integer)
            )
        )

    def _where(self, statement: Select[Any], names: frozenset[str]) -> Select[Any]:
        return statement.where(
            *(
                _CONDITIONS[name](self._table, bindparam(name, type_=String))
                for name in sorted(names)
            )
        )


def is_page(query: Mapping[str, Any]) -> bool:
    """Return whether `PreparedStatements.page` can answer a Query."""
    return query.keys() <= _PAGE_FIELDS

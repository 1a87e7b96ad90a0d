"""The statements of what is asked most often, each built once: the row of a key, the rows of a
tenant. To build one takes longer than either database takes to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, String, Table, bindparam, func, select

from . import query
from .json_sql import Condition
from .registry import Resource

# What is asked of the columns of a table, by the name of its parameter. `owner` is the tenant that
# a caller is kept to; of `spoken_of` they see the rows, and those that are no tenant's.
_CONDITIONS: Mapping[str, Callable[[Table, BindParameter[str]], Condition]] = {
    "key": lambda table, value: table.c.key == value,
    "tenant": lambda table, value: table.c.tenant == value,
    "owner": lambda table, value: table.c.tenant == value,
    "spoken_of": lambda table, value: table.c.tenant.in_((value, "")),
}
# What a Query may say without being more than a page of rows in their own order.
_OF_PAGES = frozenset({"count_only", "minimal", "only", "page"})


class Prepared:
    """The statements for one table. `names` are those of the parameters that they are given."""

    def __init__(self, table: Table, resource: Resource) -> None:
        self._table = table
        self._newest = query.newest_first(table.c.data, resource)
        self.row, self.count, self.page = cache(self._row), cache(self._count), cache(self._page)

    def _row(self, names: frozenset[str]) -> Select[Any]:
        """The row that meets the conditions."""
        return self._where(select(self._table.c.data), names).limit(1)

    def _count(self, names: frozenset[str]) -> Select[Any]:
        """How many rows meet the conditions."""
        return self._where(select(func.count()).select_from(self._table), names)

    def _page(self, names: frozenset[str]) -> Select[Any]:
        """Rows that meet the conditions, as a Query without an order of its own gives them: at most
        `limit`, from `offset`.
        """
        statement = self._where(select(self._table.c.data), names)
        statement = statement.order_by(*self._newest, self._table.c.seq)
        return statement.limit(bindparam("limit", type_=Integer)).offset(
            bindparam("offset", type_=Integer)
        )

    def _where(self, statement: Select[Any], names: frozenset[str]) -> Select[Any]:
        return statement.where(
            *(
                _CONDITIONS[name](self._table, bindparam(name, type_=String))
                for name in sorted(names)
            )
        )


def is_page(asked: Mapping[str, Any]) -> bool:
    """Whether a Query asks for no more than `Prepared.page` gives."""
    return asked.keys() <= _OF_PAGES

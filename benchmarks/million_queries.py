"""Queries on a million rows, each with the same query in hand-written SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TABLE = "inventory_v1_MachineInfo"
_MAX_RATIO = 1.2  # of the time of hand-written SQL
# The text of a field, as the expression of its index.
_TEXT = {
    "sqlite": """CASE WHEN json_type(data, '$."{0}"') = 'text' THEN data ->> '$."{0}"' END""",
    "postgresql": "(CASE WHEN jsonb_typeof((data -> '{0}')) = 'string'"
    " THEN (data -> '{0}') #>> '{{}}' END) COLLATE \"C\"",
}
_PAGED = "LIMIT 20 OFFSET 20"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A query of `list`, and the same in hand-written SQL, where [name] is the text of a field.

    With `few` rows, the SQL for SQLite sorts them instead of scanning the index of the order:
    SQLite has no statistics to decide that.
    """

    what: str
    query: Mapping[str, Any]
    where: str
    order: str = "[name] ASC NULLS FIRST"
    values: Mapping[str, str] = field(default_factory=dict)
    few: bool = False
    limit: float | None = _MAX_RATIO

    def by_hand(self, dialect: str) -> tuple[str, str]:
        """Return the statements for the count and for the page."""
        source = f'FROM "{TABLE}" WHERE tenant = :domain{self.where and f" AND {self.where}"}'
        no_index = "+" if self.few and dialect == "sqlite" else ""
        page = f"SELECT data {source} ORDER BY {no_index}{self.order}, seq {_PAGED}"
        count, page = (
            re.sub(r"\[(\w+)\]", lambda match: _TEXT[dialect].format(match[1]), statement)
            for statement in (f"SELECT count(*) {source}", page)
        )
        return count, page


def _query(*filters: tuple[str, str, Any], **more: Any) -> Mapping[str, Any]:
    named = [{"k": key, "o": operator, "v": value} for key, operator, value in filters]
    return {"filter": named, "page": {"start": 21, "limit": 20}, **more}


_BY_NAME = {"key": "name"}
_NEWEST = {"key": "created_at", "desc": True}
_SPRING = ("2024-03-01T00:00:00Z", "2024-05-01T00:00:00Z")
COMPARISONS = (
    Comparison(
        what="all, the newest first",
        query=_query(),
        where="",
        order="[created_at] DESC NULLS LAST",
    ),
    Comparison(
        what="one provider of three, by name",
        query=_query(("provider", "eq", "aws"), sort=_BY_NAME),
        where="[provider] = :provider",
        values={"provider": "aws"},
    ),
    Comparison(
        what="two providers of three, by name",
        query=_query(("provider", "in", ["aws", "azure"]), sort=_BY_NAME),
        where="[provider] IN (:one, :other)",
        values={"one": "aws", "other": "azure"},
    ),
    Comparison(
        what="two months of 24, the newest first",
        query=_query(
            ("created_at", "datetime_gte", _SPRING[0]),
            ("created_at", "datetime_lt", _SPRING[1]),
            sort=_NEWEST,
        ),
        where="[created_at] >= :first AND [created_at] < :end",
        order="[created_at] DESC NULLS LAST",
        values={"first": "2024-03-01T00:00:00.000Z", "end": "2024-05-01T00:00:00.000Z"},
    ),
    Comparison(
        what="one project of 250, by name",
        query=_query(("project_id", "eq", "project-7"), sort=_BY_NAME),
        where="[project_id] = :project",
        values={"project": "project-7"},
        few=True,
    ),
    Comparison(
        what="a keyword, by name",
        query=_query(sort=_BY_NAME, keyword="cache-0001"),
        where="(lower([name]) LIKE :word OR lower(data ->> 'machine_id') LIKE :word"
        " OR lower([state]) LIKE :word)",
        values={"word": "%cache-0001%"},
        few=True,
        limit=None,
    ),
)

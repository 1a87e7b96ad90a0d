"""What is asked of a million rows: Queries, and the same in SQL by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TABLE = "inventory_v1_MachineInfo"
_MOST = 1.2  # times as long as by hand
# A text of a row, in the words of its index.
_TEXT = {
    "sqlite": """CASE WHEN json_type(data, '$."{0}"') = 'text' THEN data ->> '$."{0}"' END""",
    "postgresql": "(CASE WHEN jsonb_typeof((data -> '{0}')) = 'string'"
    " THEN (data -> '{0}') #>> '{{}}' END) COLLATE \"C\"",
}
_PAGED = "LIMIT 20 OFFSET 20"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A Query, and what an engineer writes for it in SQL: [name] is the text of that field.

    On SQLite, which does not count what it has, they know of `few` rows that are better sorted.
    """

    what: str
    asked: Mapping[str, Any]
    where: str
    order: str = "[name] ASC NULLS FIRST"
    values: Mapping[str, str] = field(default_factory=dict)
    few: bool = False
    limit: float | None = _MOST

    def by_hand(self, dialect: str) -> tuple[str, str]:
        """The count and the page."""
        of = f'FROM "{TABLE}" WHERE tenant = :domain{self.where and f" AND {self.where}"}'
        anew = "+" if self.few and dialect == "sqlite" else ""
        page = f"SELECT data {of} ORDER BY {anew}{self.order}, seq {_PAGED}"
        count, page = (
            re.sub(r"\[(\w+)\]", lambda found: _TEXT[dialect].format(found[1]), statement)
            for statement in (f"SELECT count(*) {of}", page)
        )
        return count, page


def _filtered(*entries: tuple[str, str, Any], **more: Any) -> Mapping[str, Any]:
    named = [{"k": key, "o": operator, "v": value} for key, operator, value in entries]
    return {"filter": named, "page": {"start": 21, "limit": 20}, **more}


_BY_NAME = {"key": "name"}
_NEWEST = {"key": "created_at", "desc": True}
_SPRING = ("2024-03-01T00:00:00Z", "2024-05-01T00:00:00Z")
QUESTIONS = (
    Question(
        what="all, the newest first",
        asked=_filtered(),
        where="",
        order="[created_at] DESC NULLS LAST",
    ),
    Question(
        what="one provider of three, by name",
        asked=_filtered(("provider", "eq", "aws"), sort=_BY_NAME),
        where="[provider] = :provider",
        values={"provider": "aws"},
    ),
    Question(
        what="two providers of three, by name",
        asked=_filtered(("provider", "in", ["aws", "azure"]), sort=_BY_NAME),
        where="[provider] IN (:one, :other)",
        values={"one": "aws", "other": "azure"},
    ),
    Question(
        what="two months of 24, the newest first",
        asked=_filtered(
            ("created_at", "datetime_gte", _SPRING[0]),
            ("created_at", "datetime_lt", _SPRING[1]),
            sort=_NEWEST,
        ),
        where="[created_at] >= :first AND [created_at] < :end",
        order="[created_at] DESC NULLS LAST",
        values={"first": "2024-03-01T00:00:00.000Z", "end": "2024-05-01T00:00:00.000Z"},
    ),
    Question(
        what="one project of 250, by name",
        asked=_filtered(("project_id", "eq", "project-7"), sort=_BY_NAME),
        where="[project_id] = :project",
        values={"project": "project-7"},
        few=True,
    ),
    Question(
        what="a keyword, by name",
        asked=_filtered(sort=_BY_NAME, keyword="cache-0001"),
        where="(lower([name]) LIKE :word OR lower(data ->> 'machine_id') LIKE :word"
        " OR lower([state]) LIKE :word)",
        values={"word": "%cache-0001%"},
        few=True,
        limit=None,
    ),
)

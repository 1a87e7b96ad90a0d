"""Messages of spaceone.api.core.v1."""

from __future__ import annotations

from apiscribe_runtime.messages import Field, JsonValue, Message, Uint32


class AggregateCount(Message):
    name: str | None = None


class AggregateGroup(Message):
    keys: list[AggregateGroupKey] = []
    fields: list[AggregateGroupField] = []


class AggregateGroupField(Message):
    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None
    operator: str | None = None
    o: str | None = None
    fields: list[AggregateGroupSubField] = []


class AggregateGroupKey(Message):
    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None
    date_format: str | None = Field(
        default=None, description="Pattern for writing dates before they are grouped."
    )


class AggregateGroupSubField(Message):
    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None


class AggregateSort(Message):
    key: str | None = None
    desc: bool | None = None
    keys: list[SortKey] = []


class AggregateUnwind(Message):
    path: str | None = Field(
        default=None, description="Path of the list to split into separate items."
    )


class Filter(Message):
    key: str | None = None
    k: str | None = None
    value: JsonValue | None = None
    v: JsonValue | None = None
    operator: str | None = Field(
        default=None, description="How the field and the value are compared."
    )
    o: str | None = None


class Page(Message):
    start: Uint32 | None = Field(
        default=None, description="Position of the first item on the page."
    )
    limit: Uint32 | None = Field(default=None, description="Largest number of items on one page.")


class Query(Message):
    filter: list[Filter] = []
    filter_or: list[Filter] = []
    sort: Sort | None = None
    page: Page | None = None
    minimal: bool | None = None
    count_only: bool | None = None
    only: list[str] = Field(default_factory=list, description="Names of the fields to return.")
    keyword: str | None = Field(
        default=None, description="Word to look for in the searchable fields."
    )


class Sort(Message):
    key: str | None = None
    desc: bool | None = None
    keys: list[SortKey] = []


class SortKey(Message):
    key: str | None = None
    desc: bool | None = Field(
        default=None, description="Sort from the highest value to the lowest."
    )


class StatisticsAggregate(Message):
    unwind: AggregateUnwind | None = None
    group: AggregateGroup | None = None
    count: AggregateCount | None = None
    sort: AggregateSort | None = None


class StatisticsQuery(Message):
    filter: list[Filter] = []
    filter_or: list[Filter] = []
    aggregate: list[StatisticsAggregate] = []
    page: Page | None = None
    distinct: str | None = None
    keyword: str | None = None

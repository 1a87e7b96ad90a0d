"""Messages of spaceone.api.core.v1."""

from __future__ import annotations

from apiscribe_runtime.messages import Field, Int32, JsonValue, Message, StrEnum, Struct, Uint32


class Granularity(StrEnum):
    GRANULARITY_NONE = "GRANULARITY_NONE"
    DAILY = "DAILY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class AggregateCount(Message):
    name: str | None = Field(
        default=None, description="Name under which the count appears in the result."
    )


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
    conditions: list[AggregateSubCondition] = []


class AggregateGroupKey(Message):
    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None
    date_format: str | None = None


class AggregateGroupSubField(Message):
    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None


class AggregateProject(Message):
    fields: list[AggregateProjectField] = []
    exclude_keys: bool | None = None


class AggregateProjectField(Message):
    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None
    operator: str | None = None
    o: str | None = None


class AggregateSort(Message):
    key: str | None = None
    desc: bool | None = None
    keys: list[SortKey] = []


class AggregateSubCondition(Message):
    key: str | None = None
    k: str | None = None
    value: JsonValue | None = None
    v: JsonValue | None = None
    operator: str | None = None
    o: str | None = None


class AggregateUnwind(Message):
    path: str | None = Field(
        default=None, description="Path of the list to split into separate items."
    )


class AnalyzeQuery(Message):
    group_by: list[str] = []
    field_group: list[str] = []
    filter: list[Filter] = []
    filter_or: list[Filter] = []
    page: Page | None = None
    sort: list[SortKey] = []
    fields: Struct | None = None
    select: Struct | None = None
    keyword: str | None = None


class Filter(Message):
    key: str | None = Field(default=None, description="Field to test.")
    k: str | None = Field(default=None, description="Short form of key.")
    value: JsonValue | None = Field(default=None, description="Value to compare the field with.")
    v: JsonValue | None = None
    operator: str | None = None
    o: str | None = None


class Page(Message):
    start: Uint32 | None = None
    limit: Uint32 | None = Field(default=None, description="Largest number of items on one page.")


class Query(Message):
    filter: list[Filter] = []
    filter_or: list[Filter] = []
    sort: Sort | None = None
    page: Page | None = None
    minimal: bool | None = None
    count_only: bool | None = Field(
        default=None, description="Return the number of matches without the items."
    )
    only: list[str] = []
    keyword: str | None = None


class Sort(Message):
    key: str | None = None
    desc: bool | None = Field(
        default=None, description="Sort from the highest value to the lowest."
    )
    keys: list[SortKey] = []


class SortKey(Message):
    key: str | None = None
    desc: bool | None = None


class StatisticsAggregate(Message):
    unwind: AggregateUnwind | None = None
    group: AggregateGroup | None = None
    count: AggregateCount | None = None
    sort: AggregateSort | None = None
    project: AggregateProject | None = None
    limit: Int32 | None = None
    skip: Int32 | None = None


class StatisticsQuery(Message):
    filter: list[Filter] = []
    filter_or: list[Filter] = []
    aggregate: list[StatisticsAggregate] = []
    page: Page | None = None
    distinct: str | None = Field(
        default=None, description="Field whose different values are listed once each."
    )
    keyword: str | None = None


class TimeSeriesAnalyzeQuery(Message):
    granularity: Granularity | None = None
    start: str | None = None
    end: str | None = None
    group_by: list[str] = []
    field_group: list[str] = []
    filter: list[Filter] = []
    filter_or: list[Filter] = []
    page: Page | None = None
    sort: list[SortKey] = []
    fields: Struct | None = None
    select: Struct | None = None
    keyword: str | None = None

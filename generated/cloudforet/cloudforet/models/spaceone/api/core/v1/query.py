"""Messages of spaceone.api.core.v1."""

from __future__ import annotations

from apiscribe_runtime.messages import Field, Int32, JsonValue, Message, StrEnum, Struct, Uint32


class Granularity(StrEnum):
    """The enum spaceone.api.core.v1.Granularity."""

    GRANULARITY_NONE = "GRANULARITY_NONE"
    DAILY = "DAILY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class AggregateCount(Message):
    """The message spaceone.api.core.v1.AggregateCount."""

    name: str | None = Field(
        default=None, description="Name under which the count appears in the result."
    )


class AggregateGroup(Message):
    """The message spaceone.api.core.v1.AggregateGroup."""

    keys: list[AggregateGroupKey] = []
    fields: list[AggregateGroupField] = []


class AggregateGroupField(Message):
    """The message spaceone.api.core.v1.AggregateGroupField."""

    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None
    operator: str | None = None
    o: str | None = None
    fields: list[AggregateGroupSubField] = []
    conditions: list[AggregateSubCondition] = []


class AggregateGroupKey(Message):
    """The message spaceone.api.core.v1.AggregateGroupKey."""

    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None
    date_format: str | None = None


class AggregateGroupSubField(Message):
    """The message spaceone.api.core.v1.AggregateGroupSubField."""

    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None


class AggregateProject(Message):
    """The message spaceone.api.core.v1.AggregateProject."""

    fields: list[AggregateProjectField] = []
    exclude_keys: bool | None = None


class AggregateProjectField(Message):
    """The message spaceone.api.core.v1.AggregateProjectField."""

    key: str | None = None
    k: str | None = None
    name: str | None = None
    n: str | None = None
    operator: str | None = None
    o: str | None = None


class AggregateSort(Message):
    """The message spaceone.api.core.v1.AggregateSort."""

    key: str | None = None
    desc: bool | None = None
    keys: list[SortKey] = []


class AggregateSubCondition(Message):
    """The message spaceone.api.core.v1.AggregateSubCondition."""

    key: str | None = None
    k: str | None = None
    value: JsonValue | None = None
    v: JsonValue | None = None
    operator: str | None = None
    o: str | None = None


class AggregateUnwind(Message):
    """The message spaceone.api.core.v1.AggregateUnwind."""

    path: str | None = Field(
        default=None, description="Path of the list to split into separate items."
    )


class AnalyzeQuery(Message):
    """The message spaceone.api.core.v1.AnalyzeQuery."""

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
    """The message spaceone.api.core.v1.Filter."""

    key: str | None = Field(default=None, description="Field to test.")
    k: str | None = Field(default=None, description="Short form of key.")
    value: JsonValue | None = Field(default=None, description="Value to compare the field with.")
    v: JsonValue | None = None
    operator: str | None = None
    o: str | None = None


class Page(Message):
    """The message spaceone.api.core.v1.Page."""

    start: Uint32 | None = None
    limit: Uint32 | None = Field(default=None, description="Largest number of items on one page.")


class Query(Message):
    """The message spaceone.api.core.v1.Query."""

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
    """The message spaceone.api.core.v1.Sort."""

    key: str | None = None
    desc: bool | None = Field(
        default=None, description="Sort from the highest value to the lowest."
    )
    keys: list[SortKey] = []


class SortKey(Message):
    """The message spaceone.api.core.v1.SortKey."""

    key: str | None = None
    desc: bool | None = None


class StatisticsAggregate(Message):
    """The message spaceone.api.core.v1.StatisticsAggregate."""

    unwind: AggregateUnwind | None = None
    group: AggregateGroup | None = None
    count: AggregateCount | None = None
    sort: AggregateSort | None = None
    project: AggregateProject | None = None
    limit: Int32 | None = None
    skip: Int32 | None = None


class StatisticsQuery(Message):
    """The message spaceone.api.core.v1.StatisticsQuery."""

    filter: list[Filter] = []
    filter_or: list[Filter] = []
    aggregate: list[StatisticsAggregate] = []
    page: Page | None = None
    distinct: str | None = Field(
        default=None, description="Field whose different values are listed once each."
    )
    keyword: str | None = None


class TimeSeriesAnalyzeQuery(Message):
    """The message spaceone.api.core.v1.TimeSeriesAnalyzeQuery."""

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

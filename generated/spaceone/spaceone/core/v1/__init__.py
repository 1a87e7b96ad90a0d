"""The messages and enums of spaceone.api.core.v1."""

from ...models.spaceone.api.core.v1.query import (
    AggregateCount,
    AggregateGroup,
    AggregateGroupField,
    AggregateGroupKey,
    AggregateGroupSubField,
    AggregateSort,
    AggregateUnwind,
    Filter,
    Page,
    Query,
    Sort,
    SortKey,
    StatisticsAggregate,
    StatisticsQuery,
)

__all__ = [
    "AggregateCount",
    "AggregateGroup",
    "AggregateGroupField",
    "AggregateGroupKey",
    "AggregateGroupSubField",
    "AggregateSort",
    "AggregateUnwind",
    "Filter",
    "Page",
    "Query",
    "Sort",
    "SortKey",
    "StatisticsAggregate",
    "StatisticsQuery",
]

"""Protobuf messages of spaceone.api.core.v1."""

from collections.abc import Iterable as _Iterable
from collections.abc import Mapping as _Mapping

from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enums

DESCRIPTOR: _descriptor.FileDescriptor

class AggregateCount(_message.Message):
    name: str

    def __init__(
        self,
        *,
        name: str | None = ...,
    ) -> None: ...

class AggregateGroup(_message.Message):
    keys: _containers.RepeatedCompositeFieldContainer[AggregateGroupKey]
    fields: _containers.RepeatedCompositeFieldContainer[AggregateGroupField]

    def __init__(
        self,
        *,
        keys: _Iterable[AggregateGroupKey] | None = ...,
        fields: _Iterable[AggregateGroupField] | None = ...,
    ) -> None: ...

class AggregateGroupField(_message.Message):
    key: str
    k: str
    name: str
    n: str
    operator: str
    o: str
    fields: _containers.RepeatedCompositeFieldContainer[AggregateGroupSubField]

    def __init__(
        self,
        *,
        key: str | None = ...,
        k: str | None = ...,
        name: str | None = ...,
        n: str | None = ...,
        operator: str | None = ...,
        o: str | None = ...,
        fields: _Iterable[AggregateGroupSubField] | None = ...,
    ) -> None: ...

class AggregateGroupKey(_message.Message):
    key: str
    k: str
    name: str
    n: str
    date_format: str

    def __init__(
        self,
        *,
        key: str | None = ...,
        k: str | None = ...,
        name: str | None = ...,
        n: str | None = ...,
        date_format: str | None = ...,
    ) -> None: ...

class AggregateGroupSubField(_message.Message):
    key: str
    k: str
    name: str
    n: str

    def __init__(
        self,
        *,
        key: str | None = ...,
        k: str | None = ...,
        name: str | None = ...,
        n: str | None = ...,
    ) -> None: ...

class AggregateSort(_message.Message):
    key: str
    desc: bool
    keys: _containers.RepeatedCompositeFieldContainer[SortKey]

    def __init__(
        self,
        *,
        key: str | None = ...,
        desc: bool | None = ...,
        keys: _Iterable[SortKey] | None = ...,
    ) -> None: ...

class AggregateUnwind(_message.Message):
    path: str

    def __init__(
        self,
        *,
        path: str | None = ...,
    ) -> None: ...

class Filter(_message.Message):
    key: str
    k: str
    value: _struct_pb2.Value
    v: _struct_pb2.Value
    operator: str
    o: str

    def __init__(
        self,
        *,
        key: str | None = ...,
        k: str | None = ...,
        value: _struct_pb2.Value | None = ...,
        v: _struct_pb2.Value | None = ...,
        operator: str | None = ...,
        o: str | None = ...,
    ) -> None: ...

class Page(_message.Message):
    start: int
    limit: int

    def __init__(
        self,
        *,
        start: int | None = ...,
        limit: int | None = ...,
    ) -> None: ...

class Query(_message.Message):
    filter: _containers.RepeatedCompositeFieldContainer[Filter]
    filter_or: _containers.RepeatedCompositeFieldContainer[Filter]
    sort: Sort
    page: Page
    minimal: bool
    count_only: bool
    only: _containers.RepeatedScalarFieldContainer[str]
    keyword: str

    def __init__(
        self,
        *,
        filter: _Iterable[Filter] | None = ...,
        filter_or: _Iterable[Filter] | None = ...,
        sort: Sort | None = ...,
        page: Page | None = ...,
        minimal: bool | None = ...,
        count_only: bool | None = ...,
        only: _Iterable[str] | None = ...,
        keyword: str | None = ...,
    ) -> None: ...

class Sort(_message.Message):
    key: str
    desc: bool
    keys: _containers.RepeatedCompositeFieldContainer[SortKey]

    def __init__(
        self,
        *,
        key: str | None = ...,
        desc: bool | None = ...,
        keys: _Iterable[SortKey] | None = ...,
    ) -> None: ...

class SortKey(_message.Message):
    key: str
    desc: bool

    def __init__(
        self,
        *,
        key: str | None = ...,
        desc: bool | None = ...,
    ) -> None: ...

class StatisticsAggregate(_message.Message):
    unwind: AggregateUnwind
    group: AggregateGroup
    count: AggregateCount
    sort: AggregateSort

    def __init__(
        self,
        *,
        unwind: AggregateUnwind | None = ...,
        group: AggregateGroup | None = ...,
        count: AggregateCount | None = ...,
        sort: AggregateSort | None = ...,
    ) -> None: ...

class StatisticsQuery(_message.Message):
    filter: _containers.RepeatedCompositeFieldContainer[Filter]
    filter_or: _containers.RepeatedCompositeFieldContainer[Filter]
    aggregate: _containers.RepeatedCompositeFieldContainer[StatisticsAggregate]
    page: Page
    distinct: str
    keyword: str

    def __init__(
        self,
        *,
        filter: _Iterable[Filter] | None = ...,
        filter_or: _Iterable[Filter] | None = ...,
        aggregate: _Iterable[StatisticsAggregate] | None = ...,
        page: Page | None = ...,
        distinct: str | None = ...,
        keyword: str | None = ...,
    ) -> None: ...

"""Protobuf messages of spaceone.api.core.v1."""

from collections.abc import Iterable as _Iterable
from collections.abc import Mapping as _Mapping
from typing import Any as _Any
from typing import Optional as _Optional

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
        name: _Optional[str] = ...,
    ) -> None: ...

class AggregateGroup(_message.Message):
    keys: _containers.RepeatedCompositeFieldContainer[AggregateGroupKey]
    fields: _containers.RepeatedCompositeFieldContainer[AggregateGroupField]

    def __init__(
        self,
        *,
        keys: _Optional[_Iterable[AggregateGroupKey | _Mapping[str, _Any]]] = ...,
        fields: _Optional[_Iterable[AggregateGroupField | _Mapping[str, _Any]]] = ...,
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
        key: _Optional[str] = ...,
        k: _Optional[str] = ...,
        name: _Optional[str] = ...,
        n: _Optional[str] = ...,
        operator: _Optional[str] = ...,
        o: _Optional[str] = ...,
        fields: _Optional[_Iterable[AggregateGroupSubField | _Mapping[str, _Any]]] = ...,
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
        key: _Optional[str] = ...,
        k: _Optional[str] = ...,
        name: _Optional[str] = ...,
        n: _Optional[str] = ...,
        date_format: _Optional[str] = ...,
    ) -> None: ...

class AggregateGroupSubField(_message.Message):
    key: str
    k: str
    name: str
    n: str

    def __init__(
        self,
        *,
        key: _Optional[str] = ...,
        k: _Optional[str] = ...,
        name: _Optional[str] = ...,
        n: _Optional[str] = ...,
    ) -> None: ...

class AggregateSort(_message.Message):
    key: str
    desc: bool
    keys: _containers.RepeatedCompositeFieldContainer[SortKey]

    def __init__(
        self,
        *,
        key: _Optional[str] = ...,
        desc: _Optional[bool] = ...,
        keys: _Optional[_Iterable[SortKey | _Mapping[str, _Any]]] = ...,
    ) -> None: ...

class AggregateUnwind(_message.Message):
    path: str

    def __init__(
        self,
        *,
        path: _Optional[str] = ...,
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
        key: _Optional[str] = ...,
        k: _Optional[str] = ...,
        value: _Optional[_struct_pb2.Value | _Mapping[str, _Any]] = ...,
        v: _Optional[_struct_pb2.Value | _Mapping[str, _Any]] = ...,
        operator: _Optional[str] = ...,
        o: _Optional[str] = ...,
    ) -> None: ...

class Page(_message.Message):
    start: int
    limit: int

    def __init__(
        self,
        *,
        start: _Optional[int] = ...,
        limit: _Optional[int] = ...,
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
        filter: _Optional[_Iterable[Filter | _Mapping[str, _Any]]] = ...,
        filter_or: _Optional[_Iterable[Filter | _Mapping[str, _Any]]] = ...,
        sort: _Optional[Sort | _Mapping[str, _Any]] = ...,
        page: _Optional[Page | _Mapping[str, _Any]] = ...,
        minimal: _Optional[bool] = ...,
        count_only: _Optional[bool] = ...,
        only: _Optional[_Iterable[str]] = ...,
        keyword: _Optional[str] = ...,
    ) -> None: ...

class Sort(_message.Message):
    key: str
    desc: bool
    keys: _containers.RepeatedCompositeFieldContainer[SortKey]

    def __init__(
        self,
        *,
        key: _Optional[str] = ...,
        desc: _Optional[bool] = ...,
        keys: _Optional[_Iterable[SortKey | _Mapping[str, _Any]]] = ...,
    ) -> None: ...

class SortKey(_message.Message):
    key: str
    desc: bool

    def __init__(
        self,
        *,
        key: _Optional[str] = ...,
        desc: _Optional[bool] = ...,
    ) -> None: ...

class StatisticsAggregate(_message.Message):
    unwind: AggregateUnwind
    group: AggregateGroup
    count: AggregateCount
    sort: AggregateSort

    def __init__(
        self,
        *,
        unwind: _Optional[AggregateUnwind | _Mapping[str, _Any]] = ...,
        group: _Optional[AggregateGroup | _Mapping[str, _Any]] = ...,
        count: _Optional[AggregateCount | _Mapping[str, _Any]] = ...,
        sort: _Optional[AggregateSort | _Mapping[str, _Any]] = ...,
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
        filter: _Optional[_Iterable[Filter | _Mapping[str, _Any]]] = ...,
        filter_or: _Optional[_Iterable[Filter | _Mapping[str, _Any]]] = ...,
        aggregate: _Optional[_Iterable[StatisticsAggregate | _Mapping[str, _Any]]] = ...,
        page: _Optional[Page | _Mapping[str, _Any]] = ...,
        distinct: _Optional[str] = ...,
        keyword: _Optional[str] = ...,
    ) -> None: ...

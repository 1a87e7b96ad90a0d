"""Protobuf messages of spaceone.api.inventory.v1."""

from collections.abc import Iterable as _Iterable
from collections.abc import Mapping as _Mapping
from typing import Any as _Any
from typing import Optional as _Optional

from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enums
from ...core.v1 import query_pb2 as _query_pb2

DESCRIPTOR: _descriptor.FileDescriptor

JobStatus: _enums.EnumTypeWrapper
JOB_STATE_NONE: int
CREATED: int
CANCELED: int
IN_PROGRESS: int
SUCCESS: int
ERROR: int
TIMEOUT: int

class JobStatQuery(_message.Message):
    query: _query_pb2.StatisticsQuery
    domain_id: str

    def __init__(
        self,
        *,
        query: _Optional[_query_pb2.StatisticsQuery | _Mapping[str, _Any]] = ...,
        domain_id: _Optional[str] = ...,
    ) -> None: ...

class JobsInfo(_message.Message):
    results: _containers.RepeatedCompositeFieldContainer[JobInfo]
    total_count: int

    def __init__(
        self,
        *,
        results: _Optional[_Iterable[JobInfo | _Mapping[str, _Any]]] = ...,
        total_count: _Optional[int] = ...,
    ) -> None: ...

class JobsQuery(_message.Message):
    Status: _enums.EnumTypeWrapper
    JOB_STATE_NONE: int
    CREATED: int
    CANCELED: int
    IN_PROGRESS: int
    SUCCESS: int
    ERROR: int
    TIMEOUT: int
    query: _query_pb2.Query
    job_id: str
    status: int
    collector_id: str
    project_id: str
    domain_id: str

    def __init__(
        self,
        *,
        query: _Optional[_query_pb2.Query | _Mapping[str, _Any]] = ...,
        job_id: _Optional[str] = ...,
        status: _Optional[int | str] = ...,
        collector_id: _Optional[str] = ...,
        project_id: _Optional[str] = ...,
        domain_id: _Optional[str] = ...,
    ) -> None: ...

class JobInfo(_message.Message):
    job_id: str
    status: int
    collector_id: str
    project_id: str
    domain_id: str
    created_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp

    def __init__(
        self,
        *,
        job_id: _Optional[str] = ...,
        status: _Optional[int | str] = ...,
        collector_id: _Optional[str] = ...,
        project_id: _Optional[str] = ...,
        domain_id: _Optional[str] = ...,
        created_at: _Optional[_timestamp_pb2.Timestamp | _Mapping[str, _Any]] = ...,
        finished_at: _Optional[_timestamp_pb2.Timestamp | _Mapping[str, _Any]] = ...,
    ) -> None: ...

"""Protobuf messages of spaceone.api.cost_analysis.v1."""

from collections.abc import Iterable as _Iterable
from collections.abc import Mapping as _Mapping
from typing import Any as _Any
from typing import Optional as _Optional

from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enums
from ...core.v1 import query_pb2 as _query_pb2

DESCRIPTOR: _descriptor.FileDescriptor

class GetJobTaskRequest(_message.Message):
    job_task_id: str
    domain_id: str
    only: _containers.RepeatedScalarFieldContainer[str]

    def __init__(
        self,
        *,
        job_task_id: _Optional[str] = ...,
        domain_id: _Optional[str] = ...,
        only: _Optional[_Iterable[str]] = ...,
    ) -> None: ...

class JobTaskInfo(_message.Message):
    Status: _enums.EnumTypeWrapper
    SCOPE_NONE: int
    PENDING: int
    IN_PROGRESS: int
    SUCCESS: int
    FAILURE: int
    TIMEOUT: int
    CANCELED: int
    job_task_id: str
    status: int
    options: _struct_pb2.Struct
    created_count: int
    error_code: str
    error_message: str
    job_id: str
    data_source_id: str
    domain_id: str
    created_at: str
    started_at: str
    updated_at: str
    finished_at: str

    def __init__(
        self,
        *,
        job_task_id: _Optional[str] = ...,
        status: _Optional[int | str] = ...,
        options: _Optional[_struct_pb2.Struct | _Mapping[str, _Any]] = ...,
        created_count: _Optional[int] = ...,
        error_code: _Optional[str] = ...,
        error_message: _Optional[str] = ...,
        job_id: _Optional[str] = ...,
        data_source_id: _Optional[str] = ...,
        domain_id: _Optional[str] = ...,
        created_at: _Optional[str] = ...,
        started_at: _Optional[str] = ...,
        updated_at: _Optional[str] = ...,
        finished_at: _Optional[str] = ...,
    ) -> None: ...

class JobTaskQuery(_message.Message):
    query: _query_pb2.Query
    job_task_id: str
    status: int
    job_id: str
    data_source_id: str
    domain_id: str

    def __init__(
        self,
        *,
        query: _Optional[_query_pb2.Query | _Mapping[str, _Any]] = ...,
        job_task_id: _Optional[str] = ...,
        status: _Optional[int | str] = ...,
        job_id: _Optional[str] = ...,
        data_source_id: _Optional[str] = ...,
        domain_id: _Optional[str] = ...,
    ) -> None: ...

class JobTaskStatQuery(_message.Message):
    query: _query_pb2.StatisticsQuery
    domain_id: str

    def __init__(
        self,
        *,
        query: _Optional[_query_pb2.StatisticsQuery | _Mapping[str, _Any]] = ...,
        domain_id: _Optional[str] = ...,
    ) -> None: ...

class JobTasksInfo(_message.Message):
    results: _containers.RepeatedCompositeFieldContainer[JobTaskInfo]
    total_count: int

    def __init__(
        self,
        *,
        results: _Optional[_Iterable[JobTaskInfo | _Mapping[str, _Any]]] = ...,
        total_count: _Optional[int] = ...,
    ) -> None: ...

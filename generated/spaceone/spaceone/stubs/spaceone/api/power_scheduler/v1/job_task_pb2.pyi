"""Protobuf messages of spaceone.api.power_scheduler.v1."""

from collections.abc import Iterable as _Iterable
from collections.abc import Mapping as _Mapping
from typing import Any as _Any
from typing import Optional as _Optional

from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enums
from ...core.v1 import query_pb2 as _query_pb2

DESCRIPTOR: _descriptor.FileDescriptor

class JobTaskInfo(_message.Message):
    Status: _enums.EnumTypeWrapper
    JOB_TASK_STATE_NONE: int
    PENDING: int
    IN_PROGRESS: int
    SUCCESS: int
    FAILURE: int
    job_task_id: str
    status: int
    success_count: int
    failure_count: int
    errors: _containers.RepeatedCompositeFieldContainer[ErrorInfo]
    job_id: str
    secret_id: str
    provider: str
    service_account_id: str
    project_id: str
    domain_id: str
    created_at: _timestamp_pb2.Timestamp
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp

    def __init__(
        self,
        *,
        job_task_id: _Optional[str] = ...,
        status: _Optional[int | str] = ...,
        success_count: _Optional[int] = ...,
        failure_count: _Optional[int] = ...,
        errors: _Optional[_Iterable[ErrorInfo | _Mapping[str, _Any]]] = ...,
        job_id: _Optional[str] = ...,
        secret_id: _Optional[str] = ...,
        provider: _Optional[str] = ...,
        service_account_id: _Optional[str] = ...,
        project_id: _Optional[str] = ...,
        domain_id: _Optional[str] = ...,
        created_at: _Optional[_timestamp_pb2.Timestamp | _Mapping[str, _Any]] = ...,
        started_at: _Optional[_timestamp_pb2.Timestamp | _Mapping[str, _Any]] = ...,
        finished_at: _Optional[_timestamp_pb2.Timestamp | _Mapping[str, _Any]] = ...,
    ) -> None: ...

class JobTaskQuery(_message.Message):
    query: _query_pb2.Query
    job_task_id: str
    status: int
    job_id: str
    secret_id: str
    provider: str
    service_account_id: str
    project_id: str
    domain_id: str

    def __init__(
        self,
        *,
        query: _Optional[_query_pb2.Query | _Mapping[str, _Any]] = ...,
        job_task_id: _Optional[str] = ...,
        status: _Optional[int | str] = ...,
        job_id: _Optional[str] = ...,
        secret_id: _Optional[str] = ...,
        provider: _Optional[str] = ...,
        service_account_id: _Optional[str] = ...,
        project_id: _Optional[str] = ...,
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

class ErrorInfo(_message.Message):
    error_code: str
    message: str
    additional: _struct_pb2.Struct

    def __init__(
        self,
        *,
        error_code: _Optional[str] = ...,
        message: _Optional[str] = ...,
        additional: _Optional[_struct_pb2.Struct | _Mapping[str, _Any]] = ...,
    ) -> None: ...

"""Protobuf messages of spaceone.api.cost_analysis.v1."""

from collections.abc import Iterable as _Iterable
from collections.abc import Mapping as _Mapping

from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enums
from ...core.v1 import query_pb2 as _m__spaceone__api__core__v1__query_pb2

DESCRIPTOR: _descriptor.FileDescriptor

class GetJobTaskRequest(_message.Message):
    job_task_id: str
    domain_id: str
    only: _containers.RepeatedScalarFieldContainer[str]

    def __init__(
        self,
        *,
        job_task_id: str | None = ...,
        domain_id: str | None = ...,
        only: _Iterable[str] | None = ...,
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
        job_task_id: str | None = ...,
        status: int | str | None = ...,
        options: _struct_pb2.Struct | None = ...,
        created_count: int | None = ...,
        error_code: str | None = ...,
        error_message: str | None = ...,
        job_id: str | None = ...,
        data_source_id: str | None = ...,
        domain_id: str | None = ...,
        created_at: str | None = ...,
        started_at: str | None = ...,
        updated_at: str | None = ...,
        finished_at: str | None = ...,
    ) -> None: ...

class JobTaskQuery(_message.Message):
    query: _m__spaceone__api__core__v1__query_pb2.Query
    job_task_id: str
    status: int
    job_id: str
    data_source_id: str
    domain_id: str

    def __init__(
        self,
        *,
        query: _m__spaceone__api__core__v1__query_pb2.Query | None = ...,
        job_task_id: str | None = ...,
        status: int | str | None = ...,
        job_id: str | None = ...,
        data_source_id: str | None = ...,
        domain_id: str | None = ...,
    ) -> None: ...

class JobTaskStatQuery(_message.Message):
    query: _m__spaceone__api__core__v1__query_pb2.StatisticsQuery
    domain_id: str

    def __init__(
        self,
        *,
        query: _m__spaceone__api__core__v1__query_pb2.StatisticsQuery | None = ...,
        domain_id: str | None = ...,
    ) -> None: ...

class JobTasksInfo(_message.Message):
    results: _containers.RepeatedCompositeFieldContainer[JobTaskInfo]
    total_count: int

    def __init__(
        self,
        *,
        results: _Iterable[JobTaskInfo] | None = ...,
        total_count: int | None = ...,
    ) -> None: ...

"""Clients of spaceone.api.inventory.v1."""

import grpc as _grpc
import grpc.aio as _aio
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from . import job_task_pb2 as _job_task_pb2

class JobTaskStub:
    """Calls spaceone.api.inventory.v1.JobTask."""

    delete: _grpc.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskRequest, _empty_pb2.Empty]
    get: _grpc.UnaryUnaryMultiCallable[_job_task_pb2.GetJobTaskRequest, _job_task_pb2.JobTaskInfo]
    list: _grpc.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskQuery, _job_task_pb2.JobTasksInfo]
    stat: _grpc.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskStatQuery, _struct_pb2.Struct]
    def __init__(self, channel: _grpc.Channel) -> None: ...

class JobTaskAsyncStub:
    """Calls spaceone.api.inventory.v1.JobTask."""

    delete: _aio.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskRequest, _empty_pb2.Empty]
    get: _aio.UnaryUnaryMultiCallable[_job_task_pb2.GetJobTaskRequest, _job_task_pb2.JobTaskInfo]
    list: _aio.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskQuery, _job_task_pb2.JobTasksInfo]
    stat: _aio.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskStatQuery, _struct_pb2.Struct]
    def __init__(self, channel: _aio.Channel) -> None: ...

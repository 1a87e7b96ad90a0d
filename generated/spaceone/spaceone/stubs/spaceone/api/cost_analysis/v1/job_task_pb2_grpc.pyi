"""Clients of spaceone.api.cost_analysis.v1."""

import grpc as _grpc
import grpc.aio as _aio
from google.protobuf import struct_pb2 as _struct_pb2
from . import job_task_pb2 as _job_task_pb2

class JobTaskStub:
    """Calls spaceone.api.cost_analysis.v1.JobTask."""

    get: _grpc.UnaryUnaryMultiCallable[_job_task_pb2.GetJobTaskRequest, _job_task_pb2.JobTaskInfo]
    list: _grpc.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskQuery, _job_task_pb2.JobTasksInfo]
    stat: _grpc.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskStatQuery, _struct_pb2.Struct]
    def __init__(self, channel: _grpc.Channel) -> None: ...

class JobTaskAsyncStub:
    """Calls spaceone.api.cost_analysis.v1.JobTask."""

    get: _aio.UnaryUnaryMultiCallable[_job_task_pb2.GetJobTaskRequest, _job_task_pb2.JobTaskInfo]
    list: _aio.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskQuery, _job_task_pb2.JobTasksInfo]
    stat: _aio.UnaryUnaryMultiCallable[_job_task_pb2.JobTaskStatQuery, _struct_pb2.Struct]
    def __init__(self, channel: _aio.Channel) -> None: ...

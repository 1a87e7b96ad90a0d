"""Clients of spaceone.api.inventory.v1."""

import grpc as _grpc
import grpc.aio as _aio
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from . import job_pb2 as _job_pb2

class JobStub:
    """Calls spaceone.api.inventory.v1.Job."""

    delete: _grpc.UnaryUnaryMultiCallable[_job_pb2.JobRequest, _empty_pb2.Empty]
    get: _grpc.UnaryUnaryMultiCallable[_job_pb2.GetJobRequest, _job_pb2.JobInfo]
    list: _grpc.UnaryUnaryMultiCallable[_job_pb2.JobsQuery, _job_pb2.JobsInfo]
    stat: _grpc.UnaryUnaryMultiCallable[_job_pb2.JobStatQuery, _struct_pb2.Struct]
    def __init__(self, channel: _grpc.Channel) -> None: ...

class JobAsyncStub:
    """Calls spaceone.api.inventory.v1.Job."""

    delete: _aio.UnaryUnaryMultiCallable[_job_pb2.JobRequest, _empty_pb2.Empty]
    get: _aio.UnaryUnaryMultiCallable[_job_pb2.GetJobRequest, _job_pb2.JobInfo]
    list: _aio.UnaryUnaryMultiCallable[_job_pb2.JobsQuery, _job_pb2.JobsInfo]
    stat: _aio.UnaryUnaryMultiCallable[_job_pb2.JobStatQuery, _struct_pb2.Struct]
    def __init__(self, channel: _aio.Channel) -> None: ...

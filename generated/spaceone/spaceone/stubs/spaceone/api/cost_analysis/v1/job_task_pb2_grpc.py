"""Clients of spaceone.api.cost_analysis.v1."""

from __future__ import annotations

import grpc

from ......pool import POOL as _pool
from . import job_task_pb2


class JobTaskStub:
    """Calls spaceone.api.cost_analysis.v1.JobTask."""

    def __init__(self, channel: grpc.Channel | grpc.aio.Channel) -> None:
        self.get = channel.unary_unary(
            "/spaceone.api.cost_analysis.v1.JobTask/get",
            request_serializer=job_task_pb2.GetJobTaskRequest.SerializeToString,
            response_deserializer=job_task_pb2.JobTaskInfo.FromString,
        )
        self.list = channel.unary_unary(
            "/spaceone.api.cost_analysis.v1.JobTask/list",
            request_serializer=job_task_pb2.JobTaskQuery.SerializeToString,
            response_deserializer=job_task_pb2.JobTasksInfo.FromString,
        )
        self.stat = channel.unary_unary(
            "/spaceone.api.cost_analysis.v1.JobTask/stat",
            request_serializer=job_task_pb2.JobTaskStatQuery.SerializeToString,
            response_deserializer=_pool.message_class("google.protobuf.Struct").FromString,
        )


class JobTaskAsyncStub(JobTaskStub):
    """Calls spaceone.api.cost_analysis.v1.JobTask."""

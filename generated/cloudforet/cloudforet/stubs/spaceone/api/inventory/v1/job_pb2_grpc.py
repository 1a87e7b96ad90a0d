"""Clients of spaceone.api.inventory.v1."""

from __future__ import annotations

import grpc

from ......pool import POOL as _pool
from . import job_pb2


class JobStub:
    """Calls spaceone.api.inventory.v1.Job."""

    def __init__(self, channel: grpc.Channel | grpc.aio.Channel) -> None:
        self.delete = channel.unary_unary(
            "/spaceone.api.inventory.v1.Job/delete",
            request_serializer=job_pb2.JobRequest.SerializeToString,
            response_deserializer=_pool.message_class("google.protobuf.Empty").FromString,
        )
        self.get = channel.unary_unary(
            "/spaceone.api.inventory.v1.Job/get",
            request_serializer=job_pb2.GetJobRequest.SerializeToString,
            response_deserializer=job_pb2.JobInfo.FromString,
        )
        self.list = channel.unary_unary(
            "/spaceone.api.inventory.v1.Job/list",
            request_serializer=job_pb2.JobsQuery.SerializeToString,
            response_deserializer=job_pb2.JobsInfo.FromString,
        )
        self.stat = channel.unary_unary(
            "/spaceone.api.inventory.v1.Job/stat",
            request_serializer=job_pb2.JobStatQuery.SerializeToString,
            response_deserializer=_pool.message_class("google.protobuf.Struct").FromString,
        )


class JobAsyncStub(JobStub):
    """Calls spaceone.api.inventory.v1.Job."""

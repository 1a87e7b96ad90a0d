"""Clients of spaceone.api.power_scheduler.v1."""

from __future__ import annotations

import grpc

from ......runtime.pool import message_class
from . import job_task_pb2 as _spaceone_api_power_scheduler_v1_job_task_pb2


class JobTaskStub:
    """Calls spaceone.api.power_scheduler.v1.JobTask over a channel."""

    def __init__(self, channel: grpc.Channel | grpc.aio.Channel) -> None:
        self.list = channel.unary_unary(
            "/spaceone.api.power_scheduler.v1.JobTask/list",
            request_serializer=_spaceone_api_power_scheduler_v1_job_task_pb2.JobTaskQuery.SerializeToString,
            response_deserializer=_spaceone_api_power_scheduler_v1_job_task_pb2.JobTasksInfo.FromString,
        )
        self.stat = channel.unary_unary(
            "/spaceone.api.power_scheduler.v1.JobTask/stat",
            request_serializer=_spaceone_api_power_scheduler_v1_job_task_pb2.JobTaskStatQuery.SerializeToString,
            response_deserializer=message_class("google.protobuf.Struct").FromString,
        )

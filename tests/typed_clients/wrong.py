"""Mistakes that a type checker must find."""

import grpc
import grpc.aio
from spaceone.cost_analysis.v1 import JobTaskInfo
from spaceone.stubs.spaceone.api.cost_analysis.v1 import job_task_pb2
from spaceone.stubs.spaceone.api.cost_analysis.v1.job_task_pb2_grpc import JobTaskStub

stub = JobTaskStub(grpc.insecure_channel("localhost:50051"))
stub.get(job_task_pb2.JobTaskQuery())
print(stub.get(job_task_pb2.GetJobTaskRequest()).colour)
JobTaskStub(grpc.aio.insecure_channel("localhost:50051"))
JobTaskInfo(status="GREEN")

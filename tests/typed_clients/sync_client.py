"""A client over a channel of grpc."""

import grpc
from spaceone.stubs.spaceone.api.cost_analysis.v1 import job_task_pb2
from spaceone.stubs.spaceone.api.cost_analysis.v1.job_task_pb2_grpc import JobTaskStub

with grpc.insecure_channel("localhost:50051") as channel:
    request = job_task_pb2.GetJobTaskRequest(job_task_id="job-task-1", domain_id="domain-1")
    task = JobTaskStub(channel).get(request, timeout=5)
    if task.status == job_task_pb2.JobTaskInfo.SUCCESS:
        print(task.job_id, task.created_count + 1, dict(task.options))

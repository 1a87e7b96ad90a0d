"""The services of a page of spaceone.api.cost_analysis.v1."""

from __future__ import annotations

from apiscribe_runtime.registry import (
    Method,
    PageServices,
    Resource,
    Route,
    Service,
    StandardMethod,
)
from ......pool import POOL as _pool
from ......models.spaceone.api.cost_analysis.v1 import job_task
from ......stubs.spaceone.api.cost_analysis.v1 import job_task_pb2

PAGE = PageServices(
    services=(
        Service(
            full_name="spaceone.api.cost_analysis.v1.JobTask",
            resource=Resource(
                model=job_task.JobTaskInfo,
                proto=job_task_pb2.JobTaskInfo,
                key="job_task_id",
                tenant="domain_id",
                state="status",
                created="created_at",
                updated="updated_at",
                identifying=("job_task_id", "status"),
            ),
            methods=(
                Method(
                    name="get",
                    request=job_task.GetJobTaskRequest,
                    response=job_task.JobTaskInfo,
                    request_proto=job_task_pb2.GetJobTaskRequest,
                    response_proto=job_task_pb2.JobTaskInfo,
                    routes=(Route(verb="GET", path="/cost-analysis/v1/job-task/{job_task_id}"),),
                    standard=StandardMethod(kind="get", key="job_task_id"),
                    description="Reads one task of a cost job.",
                ),
                Method(
                    name="list",
                    request=job_task.JobTaskQuery,
                    response=job_task.JobTasksInfo,
                    request_proto=job_task_pb2.JobTaskQuery,
                    response_proto=job_task_pb2.JobTasksInfo,
                    routes=(
                        Route(verb="GET", path="/cost-analysis/v1/job-tasks"),
                        Route(verb="POST", path="/cost-analysis/v1/job-tasks/search"),
                    ),
                    standard=StandardMethod(kind="list", query="query", results="results"),
                    description="",
                ),
                Method(
                    name="stat",
                    request=job_task.JobTaskStatQuery,
                    response=None,
                    request_proto=job_task_pb2.JobTaskStatQuery,
                    response_proto=_pool.message_class("google.protobuf.Struct"),
                    routes=(Route(verb="POST", path="/cost-analysis/v1/job-tasks/stat"),),
                    standard=StandardMethod(kind="stat", query="query"),
                    description="Counts or groups the tasks of cost jobs.",
                ),
            ),
        ),
    ),
)

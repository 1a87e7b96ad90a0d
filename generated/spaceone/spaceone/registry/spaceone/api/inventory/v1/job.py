"""The services of a page of spaceone.api.inventory.v1."""

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
from ......models.spaceone.api.inventory.v1 import job
from ......stubs.spaceone.api.inventory.v1 import job_pb2

PAGE = PageServices(
    services=(
        Service(
            full_name="spaceone.api.inventory.v1.Job",
            resource=Resource(
                model=job.JobInfo,
                proto=job_pb2.JobInfo,
                key="job_id",
                tenant="domain_id",
                state="status",
                created="created_at",
                identifying=("job_id", "status"),
            ),
            methods=(
                Method(
                    name="list",
                    request=job.JobsQuery,
                    response=job.JobsInfo,
                    request_proto=job_pb2.JobsQuery,
                    response_proto=job_pb2.JobsInfo,
                    routes=(
                        Route(verb="GET", path="/inventory/v1/jobs"),
                        Route(verb="POST", path="/inventory/v1/jobs/search"),
                    ),
                    standard=StandardMethod(kind="list", query="query", results="results"),
                    description="",
                ),
                Method(
                    name="stat",
                    request=job.JobStatQuery,
                    response=None,
                    request_proto=job_pb2.JobStatQuery,
                    response_proto=_pool.message_class("google.protobuf.Struct"),
                    routes=(Route(verb="POST", path="/inventory/v1/jobs/stat"),),
                    standard=StandardMethod(kind="stat", query="query"),
                    description="Counts or groups the collection jobs.",
                ),
            ),
        ),
    ),
)

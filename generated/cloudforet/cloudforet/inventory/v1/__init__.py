"""The messages and enums of spaceone.api.inventory.v1."""

from ...models.spaceone.api.inventory.v1.job import (
    GetJobRequest,
    JobInfo,
    JobRequest,
    JobStatQuery,
    JobStatus,
    JobsInfo,
    JobsQuery,
)
from ...models.spaceone.api.inventory.v1.job_task import (
    ErrorInfo,
    GetJobTaskRequest,
    JobTaskInfo,
    JobTaskQuery,
    JobTaskRequest,
    JobTaskStatQuery,
    JobTaskStatus,
    JobTasksInfo,
)

__all__ = [
    "ErrorInfo",
    "GetJobRequest",
    "GetJobTaskRequest",
    "JobInfo",
    "JobRequest",
    "JobStatQuery",
    "JobStatus",
    "JobTaskInfo",
    "JobTaskQuery",
    "JobTaskRequest",
    "JobTaskStatQuery",
    "JobTaskStatus",
    "JobTasksInfo",
    "JobsInfo",
    "JobsQuery",
]

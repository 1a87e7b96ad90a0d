"""The messages and enums of spaceone.api.cost_analysis.v1."""

from ...models.spaceone.api.cost_analysis.v1.job_task import (
    GetJobTaskRequest,
    JobTaskInfo,
    JobTaskInfoStatus,
    JobTaskQuery,
    JobTaskStatQuery,
    JobTasksInfo,
)

__all__ = [
    "GetJobTaskRequest",
    "JobTaskInfo",
    "JobTaskInfoStatus",
    "JobTaskQuery",
    "JobTaskStatQuery",
    "JobTasksInfo",
]

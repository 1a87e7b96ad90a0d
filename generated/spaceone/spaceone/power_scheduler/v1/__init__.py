"""The messages and enums of spaceone.api.power_scheduler.v1."""

from ...models.spaceone.api.power_scheduler.v1.job_task import (
    ErrorInfo,
    JobTaskInfo,
    JobTaskInfoStatus,
    JobTaskQuery,
    JobTaskStatQuery,
    JobTasksInfo,
)

__all__ = [
    "ErrorInfo",
    "JobTaskInfo",
    "JobTaskInfoStatus",
    "JobTaskQuery",
    "JobTaskStatQuery",
    "JobTasksInfo",
]

"""Messages of spaceone.api.power_scheduler.v1."""

from __future__ import annotations

from apiscribe_runtime.messages import (
    Field,
    Int32,
    Message,
    ResponseMessage,
    StrEnum,
    Struct,
    Timestamp,
)
from ...core.v1.query import Query, StatisticsQuery


class JobTaskInfoStatus(StrEnum):
    JOB_TASK_STATE_NONE = "JOB_TASK_STATE_NONE"
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"


class JobTaskInfo(ResponseMessage):
    job_task_id: str | None = Field(default=None, description="Identifier of the task.")
    status: JobTaskInfoStatus | None = Field(default=None, description="Current state of the task.")
    success_count: Int32 | None = Field(
        default=None, description="Number of resources started or stopped as planned."
    )
    failure_count: Int32 | None = Field(
        default=None, description="Number of resources that stayed in their old power state."
    )
    errors: list[ErrorInfo] = Field(
        default_factory=list, description="What went wrong for the resources that didn't switch."
    )
    job_id: str | None = None
    secret_id: str | None = Field(
        default=None, description="Credentials used to switch the resources."
    )
    provider: str | None = None
    service_account_id: str | None = None
    project_id: str | None = None
    domain_id: str | None = None
    created_at: Timestamp | None = None
    started_at: Timestamp | None = Field(
        default=None, description="Time when the first resource was switched."
    )
    finished_at: Timestamp | None = None


class JobTaskQuery(Message):
    query: Query | None = Field(
        default=None, description="Extra search conditions, sorting and paging."
    )
    job_task_id: str | None = None
    status: JobTaskInfoStatus | None = Field(
        default=None, description="Keep only the tasks in this state."
    )
    job_id: str | None = Field(default=None, description="Keep only the tasks of this job.")
    secret_id: str | None = None
    provider: str | None = None
    service_account_id: str | None = None
    project_id: str | None = Field(
        default=None, description="Keep only the tasks for resources of this project."
    )
    domain_id: str


class JobTaskStatQuery(Message):
    query: StatisticsQuery
    domain_id: str = Field(description="Domain to take the statistics from.")


class JobTasksInfo(ResponseMessage):
    results: list[JobTaskInfo] = []
    total_count: Int32 | None = Field(
        default=None, description="Number of tasks that match, across all result pages."
    )


class ErrorInfo(ResponseMessage):
    error_code: str | None = None
    message: str | None = None
    additional: Struct | None = None

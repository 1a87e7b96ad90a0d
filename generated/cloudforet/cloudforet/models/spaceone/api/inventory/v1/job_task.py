"""Messages of spaceone.api.inventory.v1."""

from __future__ import annotations

from apiscribe_runtime.messages import Field, Int32, Message, ResponseMessage, StrEnum, Struct
from ...core.v1.query import Query, StatisticsQuery


class JobTaskStatus(StrEnum):
    JOB_TASK_STATE_NONE = "JOB_TASK_STATE_NONE"
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"


class GetJobTaskRequest(Message):
    job_task_id: str = Field(description="Identifier of the task to read.")
    domain_id: str
    only: list[str] = Field(default_factory=list, description="Names of the fields to return.")


class JobTaskInfo(ResponseMessage):
    job_task_id: str | None = Field(
        default=None, description="Identifier given to the task when its job starts."
    )
    status: JobTaskStatus | None = Field(default=None, description="Current state of the task.")
    created_count: Int32 | None = Field(default=None, description="Number of resources created.")
    updated_count: Int32 | None = Field(
        default=None, description="Number of known resources that the task refreshed."
    )
    failure_count: Int32 | None = Field(
        default=None, description="Number of resources that could not be collected."
    )
    deleted_count: Int32 | None = None
    disconnected_count: Int32 | None = None
    errors: list[ErrorInfo] = Field(
        default_factory=list, description="Problems met while the task was running."
    )
    job_id: str | None = Field(default=None, description="Job that the task is part of.")
    secret_id: str | None = Field(
        default=None, description="Credentials used to reach the cloud account."
    )
    provider: str | None = None
    service_account_id: str | None = None
    project_id: str | None = None
    domain_id: str | None = None
    created_at: str | None = None
    started_at: str | None = None
    finished_at: str | None = Field(
        default=None, description="Time when the task ended, whatever its outcome."
    )


class JobTaskQuery(Message):
    query: Query | None = Field(
        default=None, description="Extra search conditions, sorting and paging."
    )
    job_task_id: str | None = None
    status: JobTaskStatus | None = Field(
        default=None, description="Keep only the tasks in this state."
    )
    job_id: str | None = Field(default=None, description="Keep only the tasks of this job.")
    secret_id: str | None = None
    provider: str | None = None
    service_account_id: str | None = None
    project_id: str | None = None
    domain_id: str = Field(description="Domain to search in.")


class JobTaskRequest(Message):
    job_task_id: str = Field(description="Identifier of the task to act on.")
    domain_id: str


class JobTaskStatQuery(Message):
    query: StatisticsQuery = Field(description="Grouping and counting rules for the statistics.")
    domain_id: str


class JobTasksInfo(ResponseMessage):
    results: list[JobTaskInfo] = []
    total_count: Int32 | None = Field(
        default=None, description="Number of tasks that match, across all result pages."
    )


class ErrorInfo(ResponseMessage):
    error_code: str | None = None
    message: str | None = None
    additional: Struct | None = None

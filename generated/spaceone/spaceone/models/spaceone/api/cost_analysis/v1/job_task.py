"""Messages of spaceone.api.cost_analysis.v1."""

from __future__ import annotations

from apiscribe_runtime.messages import Field, Int32, Message, ResponseMessage, StrEnum, Struct
from ...core.v1.query import Query, StatisticsQuery


class JobTaskInfoStatus(StrEnum):
    SCOPE_NONE = "SCOPE_NONE"
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    TIMEOUT = "TIMEOUT"
    CANCELED = "CANCELED"


class GetJobTaskRequest(Message):
    job_task_id: str = Field(description="Identifier of the task to read.")
    domain_id: str
    only: list[str] = Field(
        default_factory=list, description="Names of the fields to return, such as `status` alone."
    )


class JobTaskInfo(ResponseMessage):
    job_task_id: str | None = Field(default=None, description="Identifier of the task.")
    status: JobTaskInfoStatus | None = Field(default=None, description="Current state of the task.")
    options: Struct | None = Field(
        default=None,
        description="Settings passed on to the data source.\nThey differ from one plugin to another.",
    )
    created_count: Int32 | None = Field(
        default=None, description="Number of cost records stored so far."
    )
    error_code: str | None = None
    error_message: str | None = Field(
        default=None, description="Reason why the task failed, in plain words."
    )
    job_id: str | None = None
    data_source_id: str | None = Field(
        default=None, description="Data source that delivers the cost records."
    )
    domain_id: str | None = None
    created_at: str | None = None
    started_at: str | None = None
    updated_at: str | None = None
    finished_at: str | None = Field(default=None, description="Time when the task ended.")


class JobTaskQuery(Message):
    query: Query | None = Field(
        default=None, description="Extra search conditions, sorting and paging."
    )
    job_task_id: str | None = None
    status: JobTaskInfoStatus | None = Field(
        default=None, description="Keep only the tasks in this state."
    )
    job_id: str | None = None
    data_source_id: str | None = None
    domain_id: str = Field(description="Domain to search in.")


class JobTaskStatQuery(Message):
    query: StatisticsQuery = Field(description="Grouping and counting rules for the statistics.")
    domain_id: str


class JobTasksInfo(ResponseMessage):
    results: list[JobTaskInfo] = Field(
        default_factory=list, description="Tasks on the current result page."
    )
    total_count: Int32 | None = None

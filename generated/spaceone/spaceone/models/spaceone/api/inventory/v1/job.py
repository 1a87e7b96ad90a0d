"""Messages of spaceone.api.inventory.v1."""

from __future__ import annotations

from apiscribe_runtime.messages import Field, Int32, Message, ResponseMessage, StrEnum, Timestamp
from ...core.v1.query import Query, StatisticsQuery


class JobStatus(StrEnum):
    JOB_STATE_NONE = "JOB_STATE_NONE"
    CREATED = "CREATED"
    CANCELED = "CANCELED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    ERROR = "ERROR"
    TIMEOUT = "TIMEOUT"


class JobsQueryStatus(StrEnum):
    JOB_STATE_NONE = "JOB_STATE_NONE"
    CREATED = "CREATED"
    CANCELED = "CANCELED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    ERROR = "ERROR"
    TIMEOUT = "TIMEOUT"


class JobStatQuery(Message):
    query: StatisticsQuery = Field(description="Grouping and counting rules for the statistics.")
    domain_id: str


class JobsInfo(ResponseMessage):
    results: list[JobInfo] = []
    total_count: Int32 | None = Field(
        default=None, description="Number of jobs that match, across all result pages."
    )


class JobsQuery(Message):
    query: Query | None = None
    job_id: str | None = Field(default=None, description="Identifier of the job to look for.")
    status: JobsQueryStatus | None = Field(
        default=None, description="Keep only the jobs in this state."
    )
    collector_id: str | None = Field(
        default=None, description="Keep only the jobs started by this collector."
    )
    project_id: str | None = None
    domain_id: str


class JobInfo(ResponseMessage):
    job_id: str | None = None
    status: JobStatus | None = None
    collector_id: str | None = None
    project_id: str | None = None
    domain_id: str | None = None
    created_at: Timestamp | None = None
    finished_at: Timestamp | None = None

"""Messages of spaceone.api.inventory.v1."""

from __future__ import annotations

from apiscribe_runtime.messages import Field, Int32, Message, ResponseMessage, StrEnum
from ...core.v1.query import Query, StatisticsQuery


class JobStatus(StrEnum):
    JOB_STATE_NONE = "JOB_STATE_NONE"
    CREATED = "CREATED"
    CANCELED = "CANCELED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    ERROR = "ERROR"
    TIMEOUT = "TIMEOUT"


class GetJobRequest(Message):
    job_id: str = Field(description="Identifier of the job to read.")
    domain_id: str
    only: list[str] = Field(default_factory=list, description="Names of the fields to return.")


class JobRequest(Message):
    job_id: str
    domain_id: str = Field(description="Domain that owns the job.")


class JobStatQuery(Message):
    query: StatisticsQuery = Field(description="Grouping and counting rules for the statistics.")
    domain_id: str


class JobsInfo(ResponseMessage):
    results: list[JobInfo] = Field(
        default_factory=list, description="Jobs on the current result page."
    )
    total_count: Int32 | None = None


class JobsQuery(Message):
    query: Query | None = None
    job_id: str | None = None
    status: JobStatus | None = Field(default=None, description="Keep only the jobs in this state.")
    collector_id: str | None = Field(
        default=None, description="Keep only the jobs started by this collector."
    )
    project_id: str | None = None
    domain_id: str = Field(description="Domain to search in.")


class JobInfo(ResponseMessage):
    job_id: str | None = None
    status: JobStatus | None = None
    collector_id: str | None = None
    project_id: str | None = None
    domain_id: str | None = None
    created_at: str | None = None
    finished_at: str | None = None

"""The messages and enums of spaceone.api.inventory.v1."""

from ...models.spaceone.api.inventory.v1.job import (
    JobInfo,
    JobStatQuery,
    JobStatus,
    JobsInfo,
    JobsQuery,
    JobsQueryStatus,
)

__all__ = ["JobInfo", "JobStatQuery", "JobStatus", "JobsInfo", "JobsQuery", "JobsQueryStatus"]

"""The services, methods and routes of the server, with their models."""

from __future__ import annotations

from apiscribe_runtime.registry import merge

from ..pool import POOL as _pool
from .spaceone.api.inventory.v1 import job as inventory_v1_job, job_task as inventory_v1_job_task

API = merge(
    "cloudforet",
    __name__,
    _pool,
    inventory_v1_job.PAGE,
    inventory_v1_job_task.PAGE,
    tenant="domain_id",
)

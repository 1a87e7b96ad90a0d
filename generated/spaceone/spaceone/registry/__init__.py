"""The services, methods and routes of the server, with their models."""

from __future__ import annotations

from apiscribe_runtime.registry import merge

from ..pool import POOL as _pool
from .spaceone.api.cost_analysis.v1 import job_task as cost_analysis_v1_job_task
from .spaceone.api.inventory.v1 import job as inventory_v1_job
from .spaceone.api.power_scheduler.v1 import job_task as power_scheduler_v1_job_task

API = merge(
    "spaceone",
    __name__,
    _pool,
    cost_analysis_v1_job_task.PAGE,
    inventory_v1_job.PAGE,
    power_scheduler_v1_job_task.PAGE,
    tenant="domain_id",
)

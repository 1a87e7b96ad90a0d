"""The services, methods and routes of the server, with their models."""

from __future__ import annotations

from apiscribe_runtime.registry import merge

from ..pool import POOL as _m_pool
from .spaceone.api.cost_analysis.v1 import (
    job_task as _m__spaceone__api__cost_analysis__v1__job_task,
)
from .spaceone.api.inventory.v1 import job as _m__spaceone__api__inventory__v1__job
from .spaceone.api.power_scheduler.v1 import (
    job_task as _m__spaceone__api__power_scheduler__v1__job_task,
)

API = merge(
    "spaceone",
    __name__,
    _m_pool,
    _m__spaceone__api__cost_analysis__v1__job_task.PAGE,
    _m__spaceone__api__inventory__v1__job.PAGE,
    _m__spaceone__api__power_scheduler__v1__job_task.PAGE,
    tenant="domain_id",
)

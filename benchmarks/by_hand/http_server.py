"""JobTask over HTTP, hand-written: `python -m benchmarks.by_hand.http_server STORE LIBRARY`.

Responses have a response model, as FastAPI's documentation recommends: pydantic's compiled code
validates and encodes it. A plain dictionary would go through FastAPI's encoder, which is Python.
"""

from __future__ import annotations

import socket
import sys
from enum import StrEnum
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from benchmarks.by_hand.rows import open_rows

_MAX_ROWS = 1000  # rows of a page


class Status(StrEnum):
    """The state of a task."""

    SCOPE_NONE = "SCOPE_NONE"
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    TIMEOUT = "TIMEOUT"
    CANCELED = "CANCELED"


class JobTaskInfo(BaseModel):
    """A task."""

    job_task_id: str | None = None
    status: Status | None = None
    options: dict[str, Any] | None = None
    created_count: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    job_id: str | None = None
    data_source_id: str | None = None
    domain_id: str | None = None
    created_at: str | None = None
    started_at: str | None = None
    updated_at: str | None = None
    finished_at: str | None = None


class JobTasksInfo(BaseModel):
    """A page of tasks."""

    results: list[JobTaskInfo]
    total_count: int


class Page(BaseModel):
    """The range of rows to return."""

    start: Annotated[int, Field(ge=1)] = 1
    limit: Annotated[int, Field(gt=0, le=_MAX_ROWS)] = _MAX_ROWS


class Query(BaseModel):
    """The query of list."""

    page: Page = Page()


class JobTaskQuery(BaseModel):
    """The request of list."""

    query: Query = Query()
    domain_id: str


def build_app(store: str, library: str) -> FastAPI:
    """Build the application."""
    app, rows = FastAPI(), open_rows(store, library)

    @app.get("/cost-analysis/v1/job-task/{job_task_id}", response_model_exclude_unset=True)
    async def get(job_task_id: str, domain_id: str) -> JobTaskInfo:
        row = await rows.get(job_task_id, domain_id)
        if row is None:
            raise HTTPException(404, job_task_id)
        return row  # type: ignore[return-value]  # FastAPI converts it to the model

    @app.post("/cost-analysis/v1/job-tasks/search", response_model_exclude_unset=True)
    async def list_(request: JobTaskQuery) -> JobTasksInfo:
        page = request.query.page
        results, total = await rows.page(request.domain_id, page.limit, page.start - 1)
        return {"results": results, "total_count": total}  # type: ignore[return-value]

    return app


def main(store: str, library: str) -> None:
    """Serve on a free port, and print the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"127.0.0.1:{listener.getsockname()[1]}", flush=True)
        config = uvicorn.Config(build_app(store, library), log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A FastAPI application with two generated models."""

from fastapi import FastAPI, HTTPException
from spaceone.cost_analysis.v1 import JobTaskInfo, JobTaskInfoStatus
from spaceone.power_scheduler.v1 import JobTaskQuery

app = FastAPI()
tasks = {"job-task-1": JobTaskInfo(job_task_id="job-task-1", status=JobTaskInfoStatus.SUCCESS)}


@app.get("/tasks/{job_task_id}")
def get(job_task_id: str) -> JobTaskInfo:
    if job_task_id not in tasks:
        raise HTTPException(404, f"no task {job_task_id}")
    return tasks[job_task_id]


@app.post("/tasks/search")
def search(query: JobTaskQuery) -> list[JobTaskInfo]:
    only = query.query.only if query.query else []
    return [task for name, task in tasks.items() if not only or name in only]

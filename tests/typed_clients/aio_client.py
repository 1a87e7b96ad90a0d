"""A client over a channel of grpc.aio."""

import asyncio

import grpc.aio
from spaceone.stubs.spaceone.api.cost_analysis.v1 import job_task_pb2
from spaceone.stubs.spaceone.api.cost_analysis.v1.job_task_pb2_grpc import JobTaskAsyncStub


async def main() -> None:
    async with grpc.aio.insecure_channel("localhost:50051") as channel:
        query = job_task_pb2.JobTaskQuery(domain_id="domain-1", query={"count_only": True})
        tasks = await JobTaskAsyncStub(channel).list(query)
        print([task.job_task_id for task in tasks.results], tasks.total_count)


asyncio.run(main())

"""JobTask over gRPC, by hand: `python -m benchmarks.by_hand.grpc_server STORE WAY`.

Answers are made with the constructors of the messages that protoc makes: the quickest way that a
row of this message can go, and shorter than json_format. A service whose rows hold 64-bit integers,
bytes or times would need more.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import grpc
from spaceone.stubs.spaceone.api.cost_analysis.v1 import job_task_pb2 as pb

from benchmarks.by_hand.rows import Rows, open_rows

_SERVICE = "spaceone.api.cost_analysis.v1.JobTask"
_MOST = 1000  # rows of a page


class JobTask:
    """The two methods."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def get(self, request: Any, context: Any) -> Any:
        """The task that the request names."""
        if not request.job_task_id or not request.domain_id:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "job_task_id and domain_id")
        row = await self._rows.get(request.job_task_id, request.domain_id)
        if row is None:
            return await context.abort(grpc.StatusCode.NOT_FOUND, request.job_task_id)
        return pb.JobTaskInfo(**row)

    async def list(self, request: Any, context: Any) -> Any:
        """A page of the tasks of a domain."""
        if not request.domain_id:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "domain_id")
        page = request.query.page
        limit, start = page.limit or _MOST, page.start or 1
        if not 0 < limit <= _MOST or start < 1:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "page")
        found, total = await self._rows.page(request.domain_id, limit, start - 1)
        results = [pb.JobTaskInfo(**row) for row in found]
        return pb.JobTasksInfo(results=results, total_count=total)


async def main(store: str, way: str) -> None:
    """Serve on a free port, which is printed."""
    server = grpc.aio.server()
    task = JobTask(open_rows(store, way))
    handlers = {
        "get": grpc.unary_unary_rpc_method_handler(
            task.get,
            request_deserializer=pb.GetJobTaskRequest.FromString,
            response_serializer=pb.JobTaskInfo.SerializeToString,
        ),
        "list": grpc.unary_unary_rpc_method_handler(
            task.list,
            request_deserializer=pb.JobTaskQuery.FromString,
            response_serializer=pb.JobTasksInfo.SerializeToString,
        ),
    }
    generic = grpc.method_handlers_generic_handler(_SERVICE, handlers)
    server.add_generic_rpc_handlers((generic,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

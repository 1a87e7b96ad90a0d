"""JobTask over gRPC, hand-written: `python -m benchmarks.by_hand.grpc_server STORE LIBRARY`.

Responses are built with the constructors of protoc's messages, which is faster than json_format.
Rows with 64-bit integers, bytes or timestamps would need a conversion.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import grpc
from spaceone.stubs.spaceone.api.cost_analysis.v1 import job_task_pb2 as pb

from benchmarks.by_hand.rows import Rows, open_rows

_SERVICE = "spaceone.api.cost_analysis.v1.JobTask"
_MAX_ROWS = 1000  # rows of a page


class JobTask:
    """The two methods of the service."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def get(self, request: Any, context: Any) -> Any:
        """Return a task."""
        if not request.job_task_id or not request.domain_id:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "job_task_id and domain_id")
        row = await self._rows.get(request.job_task_id, request.domain_id)
        if row is None:
            return await context.abort(grpc.StatusCode.NOT_FOUND, request.job_task_id)
        return pb.JobTaskInfo(**row)

    async def list(self, request: Any, context: Any) -> Any:
        """Return a page of the tasks of a domain."""
        if not request.domain_id:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "domain_id")
        page = request.query.page
        limit, start = page.limit or _MAX_ROWS, page.start or 1
        if not 0 < limit <= _MAX_ROWS or start < 1:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "page")
        rows, total = await self._rows.page(request.domain_id, limit, start - 1)
        results = [pb.JobTaskInfo(**row) for row in rows]
        return pb.JobTasksInfo(results=results, total_count=total)


async def main(store: str, library: str) -> None:
    """Serve on a free port, and print the address."""
    server = grpc.aio.server()
    task = JobTask(open_rows(store, library))
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

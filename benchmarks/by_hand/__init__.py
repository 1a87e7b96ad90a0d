"""Hand-written servers for one service, as a reference for the generated one.

They implement two methods of spaceone.api.cost_analysis.v1.JobTask. Like the generated server they
use one process, the same table, rows and SQL, SQLAlchemy's asynchronous engine on the same driver,
and grpc.aio or FastAPI on uvicorn with their defaults. They check what any handler checks: the
request decodes, required fields are present, a page has bounds, a missing row is NOT_FOUND. They
have no metrics, logs, request ids, tenants or filters.
"""

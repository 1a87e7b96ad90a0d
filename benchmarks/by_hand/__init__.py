"""Servers as one writes them by hand for one service: what the generated one is compared with.

They answer two methods of spaceone.api.cost_analysis.v1.JobTask, and nothing else. What both have
in common with the generated server: the table and its rows, the SQL, SQLAlchemy's asynchronous
engine over the same driver, grpc.aio or FastAPI on uvicorn as they come, one process. What they
check is what any such handler checks: the request is decoded, what is required is given, a page has
bounds, a row that is not there is NOT_FOUND. No metrics, no log, no ids of requests, no tenants, no
filters.
"""

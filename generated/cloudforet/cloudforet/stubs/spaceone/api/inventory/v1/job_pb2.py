"""Protobuf messages of spaceone.api.inventory.v1."""

# ruff: noqa: F401  # imports add the files of field types to the pool

from ......pool import POOL as _pool
from ...core.v1 import query_pb2 as _query_pb2

DESCRIPTOR = _pool.add_file(
    b'\n#spaceone/api/inventory/v1/job.proto\x12\x19spaceone.api.inventory.v1\x1a\x1cgoogle/api/annotations.proto\x1a\x1fgoogle/api/field_behavior.proto\x1a\x1bgoogle/protobuf/empty.proto\x1a\x1cgoogle/protobuf/struct.proto\x1a spaceone/api/core/v1/query.proto"c\n\rGetJobRequest\x12\x1b\n\x06job_id\x18\x01 \x01(\tB\x04\xe2A\x01\x02R\x05jobId\x12!\n\tdomain_id\x18\x02 \x01(\tB\x04\xe2A\x01\x02R\x08domainId\x12\x12\n\x04only\x18\x03 \x03(\tR\x04only"L\n\nJobRequest\x12\x1b\n\x06job_id\x18\x01 \x01(\tB\x04\xe2A\x01\x02R\x05jobId\x12!\n\tdomain_id\x18\x02 \x01(\tB\x04\xe2A\x01\x02R\x08domainId"t\n\x0cJobStatQuery\x12A\n\x05query\x18\x01 \x01(\x0b2%.spaceone.api.core.v1.StatisticsQueryB\x04\xe2A\x01\x02R\x05query\x12!\n\tdomain_id\x18\x02 \x01(\tB\x04\xe2A\x01\x02R\x08domainId"u\n\x08JobsInfo\x12B\n\x07results\x18\x01 \x03(\x0b2".spaceone.api.inventory.v1.JobInfoB\x04\xe2A\x01\x02R\x07results\x12%\n\x0btotal_count\x18\x02 \x01(\x05B\x04\xe2A\x01\x02R\ntotalCount"\xc2\x02\n\tJobsQuery\x121\n\x05query\x18\x01 \x01(\x0b2\x1b.spaceone.api.core.v1.QueryR\x05query\x12\x1a\n\x06job_id\x18\x02 \x01(\tH\x00R\x05jobId\x88\x01\x01\x12A\n\x06status\x18\x03 \x01(\x0e2$.spaceone.api.inventory.v1.JobStatusH\x01R\x06status\x88\x01\x01\x12&\n\x0ccollector_id\x18\x04 \x01(\tH\x02R\x0bcollectorId\x88\x01\x01\x12"\n\nproject_id\x18\x05 \x01(\tH\x03R\tprojectId\x88\x01\x01\x12!\n\tdomain_id\x18\x06 \x01(\tB\x04\xe2A\x01\x02R\x08domainIdB\t\n\x07_job_idB\t\n\x07_statusB\x0f\n\r_collector_idB\r\n\x0b_project_id"\xfd\x01\n\x07JobInfo\x12\x15\n\x06job_id\x18\x01 \x01(\tR\x05jobId\x12<\n\x06status\x18\x02 \x01(\x0e2$.spaceone.api.inventory.v1.JobStatusR\x06status\x12!\n\x0ccollector_id\x18\x03 \x01(\tR\x0bcollectorId\x12\x1d\n\nproject_id\x18\x04 \x01(\tR\tprojectId\x12\x1b\n\tdomain_id\x18\x05 \x01(\tR\x08domainId\x12\x1d\n\ncreated_at\x18\x06 \x01(\tR\tcreatedAt\x12\x1f\n\x0bfinished_at\x18\x07 \x01(\tR\nfinishedAt*p\n\tJobStatus\x12\x12\n\x0eJOB_STATE_NONE\x10\x00\x12\x0b\n\x07CREATED\x10\x01\x12\x0c\n\x08CANCELED\x10\x02\x12\x0f\n\x0bIN_PROGRESS\x10\x03\x12\x0b\n\x07SUCCESS\x10\x04\x12\t\n\x05ERROR\x10\x05\x12\x0b\n\x07TIMEOUT\x10\x062\xcd\x03\n\x03Job\x12l\n\x06delete\x12%.spaceone.api.inventory.v1.JobRequest\x1a\x16.google.protobuf.Empty"#\x82\xd3\xe4\x93\x02\x1d"\x18/inventory/v1/job/delete:\x01*\x12u\n\x03get\x12(.spaceone.api.inventory.v1.GetJobRequest\x1a".spaceone.api.inventory.v1.JobInfo" \x82\xd3\xe4\x93\x02\x1a"\x15/inventory/v1/job/get:\x01*\x12t\n\x04list\x12$.spaceone.api.inventory.v1.JobsQuery\x1a#.spaceone.api.inventory.v1.JobsInfo"!\x82\xd3\xe4\x93\x02\x1b"\x16/inventory/v1/job/list:\x01*\x12k\n\x04stat\x12\'.spaceone.api.inventory.v1.JobStatQuery\x1a\x17.google.protobuf.Struct"!\x82\xd3\xe4\x93\x02\x1b"\x16/inventory/v1/job/stat:\x01*b\x06proto3'
)

JobStatus = _pool.enum_wrapper("spaceone.api.inventory.v1.JobStatus")
JOB_STATE_NONE = 0
CREATED = 1
CANCELED = 2
IN_PROGRESS = 3
SUCCESS = 4
ERROR = 5
TIMEOUT = 6

GetJobRequest = _pool.message_class("spaceone.api.inventory.v1.GetJobRequest")
JobRequest = _pool.message_class("spaceone.api.inventory.v1.JobRequest")
JobStatQuery = _pool.message_class("spaceone.api.inventory.v1.JobStatQuery")
JobsInfo = _pool.message_class("spaceone.api.inventory.v1.JobsInfo")
JobsQuery = _pool.message_class("spaceone.api.inventory.v1.JobsQuery")
JobInfo = _pool.message_class("spaceone.api.inventory.v1.JobInfo")

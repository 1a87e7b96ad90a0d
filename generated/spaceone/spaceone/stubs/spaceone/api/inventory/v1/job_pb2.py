"""Protobuf messages of spaceone.api.inventory.v1."""

# ruff: noqa: F401  # imports add the files of field types to the pool

from ......pool import POOL as _pool
from ...core.v1 import query_pb2 as _query_pb2

DESCRIPTOR = _pool.add_file(
    b'\n#spaceone/api/inventory/v1/job.proto\x12\x19spaceone.api.inventory.v1\x1a\x1cgoogle/api/annotations.proto\x1a\x1fgoogle/api/field_behavior.proto\x1a\x1cgoogle/protobuf/struct.proto\x1a\x1fgoogle/protobuf/timestamp.proto\x1a spaceone/api/core/v1/query.proto"t\n\x0cJobStatQuery\x12A\n\x05query\x18\x01 \x01(\x0b2%.spaceone.api.core.v1.StatisticsQueryB\x04\xe2A\x01\x02R\x05query\x12!\n\tdomain_id\x18\x02 \x01(\tB\x04\xe2A\x01\x02R\x08domainId"i\n\x08JobsInfo\x12<\n\x07results\x18\x01 \x03(\x0b2".spaceone.api.inventory.v1.JobInfoR\x07results\x12\x1f\n\x0btotal_count\x18\x02 \x01(\x05R\ntotalCount"\xb8\x03\n\tJobsQuery\x121\n\x05query\x18\x01 \x01(\x0b2\x1b.spaceone.api.core.v1.QueryR\x05query\x12\x1a\n\x06job_id\x18\x02 \x01(\tH\x00R\x05jobId\x88\x01\x01\x12H\n\x06status\x18\x03 \x01(\x0e2+.spaceone.api.inventory.v1.JobsQuery.StatusH\x01R\x06status\x88\x01\x01\x12&\n\x0ccollector_id\x18\x04 \x01(\tH\x02R\x0bcollectorId\x88\x01\x01\x12"\n\nproject_id\x18\x05 \x01(\tH\x03R\tprojectId\x88\x01\x01\x12!\n\tdomain_id\x18\x06 \x01(\tB\x04\xe2A\x01\x02R\x08domainId"m\n\x06Status\x12\x12\n\x0eJOB_STATE_NONE\x10\x00\x12\x0b\n\x07CREATED\x10\x01\x12\x0c\n\x08CANCELED\x10\x02\x12\x0f\n\x0bIN_PROGRESS\x10\x03\x12\x0b\n\x07SUCCESS\x10\x04\x12\t\n\x05ERROR\x10\x05\x12\x0b\n\x07TIMEOUT\x10\x06B\t\n\x07_job_idB\t\n\x07_statusB\x0f\n\r_collector_idB\r\n\x0b_project_id"\xb5\x02\n\x07JobInfo\x12\x15\n\x06job_id\x18\x01 \x01(\tR\x05jobId\x12<\n\x06status\x18\x02 \x01(\x0e2$.spaceone.api.inventory.v1.JobStatusR\x06status\x12!\n\x0ccollector_id\x18\x03 \x01(\tR\x0bcollectorId\x12\x1d\n\nproject_id\x18\x04 \x01(\tR\tprojectId\x12\x1b\n\tdomain_id\x18\x05 \x01(\tR\x08domainId\x129\n\ncreated_at\x18\x06 \x01(\x0b2\x1a.google.protobuf.TimestampR\tcreatedAt\x12;\n\x0bfinished_at\x18\x07 \x01(\x0b2\x1a.google.protobuf.TimestampR\nfinishedAt*p\n\tJobStatus\x12\x12\n\x0eJOB_STATE_NONE\x10\x00\x12\x0b\n\x07CREATED\x10\x01\x12\x0c\n\x08CANCELED\x10\x02\x12\x0f\n\x0bIN_PROGRESS\x10\x03\x12\x0b\n\x07SUCCESS\x10\x04\x12\t\n\x05ERROR\x10\x05\x12\x0b\n\x07TIMEOUT\x10\x062\xfd\x01\n\x03Job\x12\x8a\x01\n\x04list\x12$.spaceone.api.inventory.v1.JobsQuery\x1a#.spaceone.api.inventory.v1.JobsInfo"7\x82\xd3\xe4\x93\x021\x12\x12/inventory/v1/jobsZ\x1b"\x19/inventory/v1/jobs/search\x12i\n\x04stat\x12\'.spaceone.api.inventory.v1.JobStatQuery\x1a\x17.google.protobuf.Struct"\x1f\x82\xd3\xe4\x93\x02\x19"\x17/inventory/v1/jobs/statb\x06proto3'
)

JobStatus = _pool.enum_wrapper("spaceone.api.inventory.v1.JobStatus")
JOB_STATE_NONE = 0
CREATED = 1
CANCELED = 2
IN_PROGRESS = 3
SUCCESS = 4
ERROR = 5
TIMEOUT = 6

JobStatQuery = _pool.message_class("spaceone.api.inventory.v1.JobStatQuery")
JobsInfo = _pool.message_class("spaceone.api.inventory.v1.JobsInfo")
JobsQuery = _pool.message_class("spaceone.api.inventory.v1.JobsQuery")
JobInfo = _pool.message_class("spaceone.api.inventory.v1.JobInfo")

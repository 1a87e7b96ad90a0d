"""Mistakes that a type checker must find."""

import grpc
import grpc.aio
from invoicing.client import Client
from spaceone.cost_analysis.v1 import JobTaskInfo
from spaceone.stubs.spaceone.api.cost_analysis.v1 import job_task_pb2
from spaceone.stubs.spaceone.api.cost_analysis.v1.job_task_pb2_grpc import JobTaskStub

stub = JobTaskStub(grpc.insecure_channel("localhost:50051"))
stub.get(job_task_pb2.JobTaskQuery())
print(stub.get(job_task_pb2.GetJobTaskRequest()).colour)
JobTaskStub(grpc.aio.insecure_channel("localhost:50051"))
JobTaskInfo(status="GREEN")

client = Client("http://localhost:8080", user="me")
client.invoices.create(customer_id="cus_1", due_date="2026-06-30")
client.invoices.update("inv_1", colour="red")
client.customers.list(limit="2")
print(client.invoices.retrieve("inv_1").colour)
client.customers.create(name="Anna", email="anna@example.org").page()

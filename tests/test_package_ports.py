"""Ports for gRPC with the services of one package alone, and what reflection tells on each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2
from serving import WAIT, Server, refused_call, tree

pytestmark = pytest.mark.slow

HEALTH = "grpc.health.v1.Health"
SERVICES = {
    "spaceone.api.cost_analysis": ["spaceone.api.cost_analysis.v1.JobTask"],
    "spaceone.api.inventory.v1": ["spaceone.api.inventory.v1.Job"],
}
ALL = [*SERVICES["spaceone.api.cost_analysis"], *SERVICES["spaceone.api.inventory.v1"]]
ALL = [*ALL, "spaceone.api.power_scheduler.v1.JobTask"]
JOB = "spaceone.api.inventory.v1.Job"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    ports = json.dumps(dict.fromkeys(SERVICES, 0))
    store = tmp_path_factory.mktemp("ports") / "rows.db"
    with Server(tree("spaceone"), store, sample=2, package_port=ports) as server:
        yield server


def ask(address: str, version: str, **asked: str) -> reflection_pb2.ServerReflectionResponse:
    """The answer of a port's reflection. Raises grpc.RpcError."""
    with grpc.insecure_channel(address) as channel:
        # Source: grpc/reflection/v1/reflection.proto: the messages of both versions are alike.
        call = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        [answer] = call(iter([reflection_pb2.ServerReflectionRequest(**asked)]), timeout=WAIT)
    return answer


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_reflection_lists_the_services_of_its_port_and_health(server: Server, version: str) -> None:
    ports = {server.grpc_address: ALL}
    ports |= {server.package_addresses[package]: names for package, names in SERVICES.items()}
    for address, names in ports.items():
        answer = ask(address, version, list_services="")
        listed = [service.name for service in answer.list_services_response.service]
        assert listed == sorted([HEALTH, *names])
        for name in listed:
            assert ask(address, version, file_containing_symbol=name).HasField(
                "file_descriptor_response"
            )


def test_a_port_answers_for_its_package_alone(server: Server) -> None:
    method = server.method(f"{JOB}.list")
    for package, address in server.package_addresses.items():
        with grpc.insecure_channel(address) as channel:
            call = channel.unary_unary(f"/{JOB}/{method.name}")
            request = server.request(f"{JOB}.list", {"domain_id": "domain-000000000001"})
            wanted = request.SerializeToString()
            if JOB in SERVICES[package]:
                answer = server.over_grpc(f"{JOB}.list", request)
                assert call(wanted, timeout=WAIT) == answer.SerializeToString()
                continue
            with pytest.raises(grpc.RpcError) as refused:
                call(wanted, timeout=WAIT)
            assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_each_port_reports_the_health_of_its_services(server: Server) -> None:
    for package, address in server.package_addresses.items():
        with grpc.insecure_channel(address) as channel:
            check = channel.unary_unary(
                f"/{HEALTH}/Check",
                request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
                response_deserializer=health_pb2.HealthCheckResponse.FromString,
            )
            for name in ("", *SERVICES[package]):
                answer = check(health_pb2.HealthCheckRequest(service=name), timeout=WAIT)
                assert answer.status == health_pb2.HealthCheckResponse.SERVING


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("spaceone.api.inv=0", "--package-port: unknown package spaceone.api.inv (packages: "),
        ("spaceone.api.inventory=65536", "--package-port.spaceone.api.inventory: "),
        ("spaceone.api.inventory", "package_port"),
    ],
)
def test_an_unusable_port_is_reported_at_the_start(tmp_path: Path, port: str, said: str) -> None:
    assert said in refused_call(tree("spaceone"), tmp_path / "rows.db", package_port=port)

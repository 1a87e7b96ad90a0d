"""A running server as the source of an API: reflection over gRPC, OpenAPI over HTTP."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2
from served_samples import NEVER, fields, free_port, messages, methods
from serving import Server, build, write_spec
from shop_api import SHOP
from source_samples import refusal

from apiscribe.model.types import Scalar
from apiscribe.model.version import ATTRIBUTE_FACTS
from apiscribe.sources.kinds import open_source

V1, V1ALPHA = "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_spec(tmp_path_factory.mktemp("spec") / "shop", SHOP)


@pytest.fixture(scope="module")
def tree(spec: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(spec, tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def server(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tree, tmp_path_factory.mktemp("store") / "db") as started:
        yield started


@pytest.mark.slow
def test_reflection_of_a_server_equals_its_proto_files(server: Server, tree: Path) -> None:
    side = open_source(f"grpc://{server.grpc_address}")
    protos = open_source(str(tree / "proto"))
    assert methods(side.api).keys() == methods(protos.api).keys()
    for name, method in methods(side.api).items():
        assert method.routes == methods(protos.api)[name].routes
    live, compiled = messages(side.api), messages(protos.api)
    assert live.keys() == compiled.keys()
    for name, message in live.items():
        facts = [(f.json_name, f.number, f.type, f.repeated, f.required) for f in message.fields]
        assert facts == [
            (f.json_name, f.number, f.type, f.repeated, f.required) for f in compiled[name].fields
        ]
    assert side.unknown.keys() - set(ATTRIBUTE_FACTS) == {"descriptions"}


@contextmanager
def listening(add: Callable[[grpc.Server], None]) -> Iterator[str]:
    started = grpc.server(ThreadPoolExecutor(2))
    add(started)
    port = started.add_insecure_port("127.0.0.1:0")
    started.start()
    try:
        yield f"grpc://127.0.0.1:{port}"
    finally:
        started.stop(None).wait()


def reflects(service: str, names: list[str], asked: list[str]) -> Callable[[grpc.Server], None]:
    """A server with the reflection of one version, and of a pool that holds the health service."""

    def answer(requests: Any, context: grpc.ServicerContext) -> Any:
        asked.append(service)
        return reflection.ReflectionServicer(names).ServerReflectionInfo(requests, context)

    handler = grpc.stream_stream_rpc_method_handler(
        answer,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    generic = grpc.method_handlers_generic_handler(service, {"ServerReflectionInfo": handler})
    return lambda started: started.add_generic_rpc_handlers((generic,))


@pytest.mark.parametrize("service", [V1, V1ALPHA])
def test_both_versions_of_reflection_are_spoken(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("apiscribe.sources.reflection._LIBRARY_SERVICES", ())
    monkeypatch.setattr("apiscribe.sources.from_descriptors._LIBRARY_FILES", ())
    # The server tells of services that it does not serve.
    monkeypatch.setattr("apiscribe.sources.reflection._is_implemented", lambda *_: True)
    names = [health.SERVICE_NAME, V1ALPHA]
    with listening(reflects(service, names, asked)) as address:
        found = open_source(address).api
    assert set(methods(found)) >= {"grpc.health.v1.Health.Check"}
    assert set(asked) == {service}


def test_imports_of_imports_are_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server may answer with the one file that declares a symbol."""
    pool = DescriptorPool()
    for name, imported, type_ in (("c", "", ""), ("b", "c", ".x.C"), ("a", "b", ".x.B")):
        file = FileDescriptorProto(name=f"{name}.proto", package="x", syntax="proto3")
        message = file.message_type.add(name=name.upper())
        if imported:
            file.dependency.append(f"{imported}.proto")
            message.field.add(name="of", number=1, type=11, label=1, type_name=type_)
        if name == "a":
            service = file.service.add(name="S")
            service.method.add(name="get", input_type=".x.A", output_type=".x.A")
        pool.Add(file)

    def one(descriptor: Any, *_: Any) -> Any:
        serialized = [descriptor.serialized_pb]
        files = reflection_pb2.FileDescriptorResponse(file_descriptor_proto=serialized)
        return reflection_pb2.ServerReflectionResponse(file_descriptor_response=files)

    monkeypatch.setattr("grpc_reflection.v1alpha._base._file_descriptor_response", one)

    def add(started: grpc.Server) -> None:
        reflection.enable_server_reflection(["x.S", V1ALPHA], started, pool=pool)

    monkeypatch.setattr("apiscribe.sources.reflection._is_implemented", lambda *_: True)
    with listening(add) as address:
        assert {file.path for file in open_source(address).api.files} == {
            "a.proto",
            "b.proto",
            "c.proto",
        }


def test_a_server_without_services_of_its_own_is_refused() -> None:
    def add(started: grpc.Server) -> None:
        health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), started)
        names = [health.SERVICE_NAME, reflection.SERVICE_NAME]
        reflection.enable_server_reflection(names, started)

    assert health_pb2.DESCRIPTOR.name
    with listening(add) as address:
        assert "lists no services of its own" in refusal(address)


def test_a_service_that_reflection_does_not_know_is_named() -> None:
    def add(started: grpc.Server) -> None:
        reflection.enable_server_reflection(["x.Unknown"], started)

    with listening(add) as address:
        assert "does not know x.Unknown" in refusal(address)


def test_a_server_without_reflection_is_refused() -> None:
    def add(started: grpc.Server) -> None:
        health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), started)

    with listening(add) as address:
        assert "has no reflection; enable it" in refusal(address)


def test_where_nothing_listens_is_refused() -> None:
    assert "no gRPC server answers" in refusal(f"grpc://127.0.0.1:{free_port()}")


def test_a_silent_server_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apiscribe.sources.reflection._DEADLINE", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        said = refusal(f"grpc://127.0.0.1:{silent.getsockname()[1]}")
    assert "did not answer" in said or "no gRPC server answers" in said


@pytest.mark.parametrize("text", ["grpc://", "grpc://host", "grpc://host:0", "grpc://h:99999"])
def test_an_address_without_a_port_is_refused(text: str) -> None:
    assert "write grpc://HOST:PORT" in refusal(text)


def test_without_reflection_installed_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grpc_reflection.v1alpha", None)
    assert "pip install grpcio-reflection" in refusal("grpc://127.0.0.1:1")


@pytest.mark.slow
def test_our_own_document_equals_the_pages(server: Server, spec: Path, tmp_path: Path) -> None:
    url = f"http://{server.http_address}/openapi.json"
    side, pages = open_source(url), open_source(str(spec))
    assert side.unknown.keys() - set(ATTRIBUTE_FACTS) == {*NEVER}
    result, documented = methods(side.api), methods(pages.api)
    assert result.keys() == documented.keys()
    for name, method in result.items():
        known = documented[name]
        assert (method.request, method.response) == (known.request, known.response), name
        assert method.description == known.description
        assert {(r.verb, r.path) for r in method.routes} == {(r.verb, r.path) for r in known.routes}
    enums = {enum.full_name: enum for file in pages.api.files for enum in file.all_enums()}
    for file in side.api.files:
        for enum in file.all_enums():
            assert [value.json_name for value in enum.values] == [
                value.json_name for value in enums[enum.full_name].documented_values
            ]
            assert enum.incomplete == enums[enum.full_name].incomplete
    for name, message in messages(side.api).items():
        known_fields = fields(messages(pages.api)[name])
        assert list(fields(message)) == list(known_fields)
        for json_name, field in fields(message).items():
            other = known_fields[json_name]
            assert field.repeated == other.repeated, (name, json_name)
            assert field.required in (None, bool(other.required)), (name, json_name)
            assert field.description == other.description
            exact = {"uint32": "int64", "fixed64": "uint64", "float": "double"}
            assert type(field.type) is type(other.type)
            assert other.type.name in (field.type.name, *exact) or not isinstance(
                other.type, Scalar
            )
    file_ = tmp_path / "shop.json"
    file_.write_text(json.dumps(json.loads(next(iter(side.texts.values())).text)), "utf-8")
    assert open_source(str(file_)).api.files[0].services == side.api.files[0].services


@pytest.mark.slow
def test_a_line_of_a_served_document_can_be_shown(server: Server) -> None:
    side = open_source(f"http://{server.http_address}/openapi.json")
    (source,) = side.texts.values()
    found = methods(side.api)["shop.v1.Order.cancel"].span
    assert '"put"' in source.lines[found.line - 1]
    order = messages(side.api)["shop.v1.OrderInfo"]
    assert '"OrderInfo"' in source.lines[order.span.line - 1]
    assert '"weight"' in source.lines[fields(order)["weight"].span.line - 1]
    assert side.folder == f"http://{server.http_address}"

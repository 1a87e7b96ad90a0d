"""The routes, clients, life and descriptions of a generated server, on real sockets."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from grpc_health.v1 import health_pb2, health_pb2_grpc
from openapi_spec_validator import validate
from sample_apis import (
    ASKED,
    CLOUDFORET_ROWS,
    CUP,
    JOB,
    JOBS,
    METHODS,
    ROUTES,
    ROWS,
    TASK,
    TASKS,
    first_key,
    list_tasks,
    request_of,
    stored,
)
from serving import (
    WAIT,
    Server,
    Servers,
    build,
    package,
    refused_call,
    refused_start,
    tree,
    write_rows,
    write_spec,
)

from apiscribe_runtime.openapi import describe

pytestmark = pytest.mark.slow

# --- every method, every route, every kind of client


@pytest.mark.parametrize(("api", "service", "method", "verb", "path"), ASKED)
def test_a_documented_route_answers_as_grpc_does(
    servers: Servers, api: str, service: str, method: str, verb: str, path: str
) -> None:
    request = request_of(api, service, method)
    answer = servers[api].ask(f"{service}.{method}", request, (verb, path))
    rows = ROWS[api][service]
    key, _ = first_key(api, service)
    domain = [row for row in rows if row.get("domain_id") == request.get("domain_id")]
    if method == "get":
        assert answer == rows[0]
    elif method == "list":
        newest = sorted(domain, key=lambda row: str(row[key]), reverse=True)
        assert answer == {"results": newest[:2], "total_count": len(domain)}
    else:
        counts = [{key: name, "count": 1} for name in sorted(str(row[key]) for row in domain)]
        assert answer == {"results": counts}


def test_reflection_has_the_documented_routes_and_services(servers: Servers) -> None:
    for api in ROWS:
        services = set(servers[api].reflection.get_services())
        assert services == {*ROWS[api], "grpc.health.v1.Health"}
        result = [
            (api, service, method.name, verb, path)
            for service in ROWS[api]
            for method in servers[api].pool.FindServiceByName(service).methods
            for verb, path in servers[api].routes(f"{service}.{method.name}")
        ]
        assert sorted(result) == sorted(route for route in ROUTES if route[0] == api)


def test_reflection_can_resolve_every_service_that_it_lists(cloudforet: Server) -> None:
    unresolved = []
    for name in cloudforet.reflection.get_services():
        try:
            cloudforet.pool.FindServiceByName(name)
        except KeyError:
            unresolved.append(name)
    assert unresolved == []


def stub_module(service: str) -> str:
    """The module of a service's generated client, as its file's name has it."""
    parts = service.split(".")
    return ".".join([*parts[:-1], re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parts[-1]).lower() + "_pb2"])


@pytest.mark.parametrize("channel", ["blocking", "aio"])
@pytest.mark.parametrize(
    ("api", "service", "method"),
    [pytest.param(*m) for m in METHODS],
)
def test_a_generated_stub_gets_the_answer_of_a_reflecting_client(
    servers: Servers, api: str, service: str, method: str, channel: str
) -> None:
    server = servers[api]
    name = f"{service}.{method}"
    request = server.request(name, request_of(api, service, method))
    messages = package(tree(api), f"stubs.{stub_module(service)}")
    clients = package(tree(api), f"stubs.{stub_module(service)}_grpc")
    stub = getattr(clients, f"{service.rpartition('.')[2]}Stub")
    assert hasattr(stub(server.channel), method), "as protoc names it"
    own = getattr(messages, request.DESCRIPTOR.name).FromString(request.SerializeToString())

    async def over_aio() -> Any:
        async with grpc.aio.insecure_channel(server.grpc_address) as aio:
            return await getattr(stub(aio), method)(own, timeout=WAIT)

    if channel == "aio":
        answer = asyncio.run(over_aio())
    else:
        answer = getattr(stub(server.channel), method)(own, timeout=WAIT)
    expected = server.over_grpc(name, request)
    assert json_format.MessageToDict(answer) == json_format.MessageToDict(expected) != {}


# --- the life of a server


def test_rows_outlive_a_server_and_are_not_loaded_twice(tmp_path: Path) -> None:
    store, rows = tmp_path / "rows.db", write_rows(tmp_path, CLOUDFORET_ROWS)
    gone = {"job_task_id": "t-1", "domain_id": "d-1"}
    first = Server(tree("cloudforet"), store, load=rows)
    try:
        first.over_grpc(f"{TASK}.delete", first.request(f"{TASK}.delete", gone))
    finally:
        assert first.stop(signal.SIGINT) == 0
    assert "Traceback" not in first.log()

    more = write_rows(tmp_path, {JOB: [{"job_id": "j-9"}, JOBS[0]]})
    said = refused_call(tree("cloudforet"), store, load=more)
    assert "Tried to save duplicate unique key. (job_id = j-1)" in said

    with Server(tree("cloudforet"), store) as second:
        assert list_tasks(second)["results"] == TASKS[1:5]
        assert second.ask(f"{JOB}.list", {"domain_id": "d-1"})["results"] == JOBS[:2]
    assert stored(store)["spaceone_api_inventory_v1_JobInfo"] == len(JOBS)


@pytest.mark.parametrize("option", ["grpc_port", pytest.param("http_port")])
def test_a_second_server_on_a_port_is_refused(
    cloudforet: Server, tmp_path: Path, option: str
) -> None:
    taken = cloudforet.grpc_address if option == "grpc_port" else cloudforet.http_address
    port = taken.rpartition(":")[2]
    said = refused_start(tree("cloudforet"), tmp_path / "rows.db", **{option: port})
    assert port in said


def test_a_start_that_fails_stores_nothing(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused_call(tree("cloudforet"), tmp_path / "rows.db", grpc_port=port, sample=3)
    assert set(stored(tmp_path / "rows.db").values()) <= {0}


def test_a_server_listens_on_loopback_only(tmp_path: Path) -> None:
    assert "host" in refused_start(tree("cloudforet"), tmp_path / "rows.db", host="0.0.0.0")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com"])
def test_no_setting_opens_a_server_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    assert "host" in refused_call(tree("cloudforet"), tmp_path / "rows.db", host=host)
    monkeypatch.setenv("SERVE_HOST", host)
    assert "host" in refused_call(tree("cloudforet"), tmp_path / "rows.db").lower()


@pytest.mark.parametrize(
    "store",
    [
        "nonsense://",
        "sqlite+pysqlite:///file.db",
        "postgresql+asyncpg://user:secret@localhost/rows",
        "postgresql://user:secret@localhost:port/rows",
        "sqlite:////no/such/folder/rows.db",
    ],
)
@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_unusable_store_is_reported(tmp_path: Path, store: str) -> None:
    threads = threading.active_count()
    assert "secret" not in refused_call(tree("cloudforet"), tmp_path / "rows.db", store=store)
    assert threading.active_count() <= threads


@pytest.mark.parametrize(("option", "value"), [("sample", -1), ("grpc_port", 70000), ("bogus", 1)])
def test_an_invalid_flag_is_reported(tmp_path: Path, option: str, value: int) -> None:
    said = refused_call(tree("cloudforet"), tmp_path / "rows.db", **{option: value})
    assert option.replace("_", "-") in said


# --- what a server tells of itself


@pytest.mark.parametrize("api", list(ROWS))
def test_health_is_serving_for_the_server_and_each_service(servers: Servers, api: str) -> None:
    stub = health_pb2_grpc.HealthStub(servers[api].channel)
    for name in ("", *ROWS[api]):
        answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=WAIT)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as found:
        stub.Check(health_pb2.HealthCheckRequest(service="no.such.Service"), timeout=WAIT)
    assert found.value.code() == grpc.StatusCode.NOT_FOUND
    assert servers[api].client.get("/health").json() == {"status": "SERVING"}


@pytest.mark.parametrize("api", list(ROWS))
def test_openapi_is_valid_and_has_every_route(servers: Servers, api: str) -> None:
    document = servers[api].client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1.")
    validate(document)
    result = {
        (verb.upper(), path)
        for path, operations in document["paths"].items()
        for verb in operations
    }
    assert result == {route[3:] for route in ROUTES if route[0] == api}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            declared = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert declared == set(re.findall(r"\{(\w+)\}", path))


def test_openapi_names_query_parameters_as_documented(shop: Server) -> None:
    document = shop.client.get("/openapi.json").json()
    names = {p["name"] for p in document["paths"]["/shop/v1/orders"]["get"]["parameters"]}
    assert names >= {"from", "schema", "unit-price"}


def test_openapi_describes_a_message_that_is_named_error(tmp_path: Path) -> None:
    page = CUP.replace("CupInfo", "Error") % {"key": "cup_id", "type": "string", "example": ""}
    built = build(write_spec(tmp_path / "cafe", {"pages/cup.md": page}), tmp_path / "out")
    document = describe(package(built, "registry").API)
    get = document["paths"]["/cafe/v1/cup/{cup_id}"]["get"]
    reference = get["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    assert schema["properties"].keys() == {"cup_id", "drink", "size", "note"}


def test_docs_are_a_page_of_html(cloudforet: Server) -> None:
    answer = cloudforet.client.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "/openapi.json" in answer.text

"""Which requests a server refuses before a method sees them: of browsers, and without a token."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from depot_api import THING
from grpc_reflection.v1alpha import reflection_pb2
from serving import HTTP_STATUS, WAIT, Server, refused_call

from apiscribe_runtime.access import Access
from apiscribe_runtime.errors import ApiError

LOCAL = "127.0.0.1:8080"
OPEN = Access(identify=str, hosts=("app.internal", "localhost:3000"))


def is_refused(verb: str, path: str, *headers: tuple[str, str]) -> bool:
    try:
        OPEN.check_http(verb, path, headers)
    except ApiError as error:
        return error.http == HTTP_STATUS[error.status] == 403
    return False


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        (LOCAL, False),
        ("127.8.8.8", False),
        ("[::1]:8080", False),
        ("LocalHost:8080", False),
        ("depot.localhost", False),
        ("app.internal", False),
        ("app.internal:443", False),
        ("evil.example", True),
        ("evil.example:8080", True),
        ("127.0.0.1.evil.example", True),
        ("localhost.evil.example", True),
        ("evil.example@localhost", True),
        ("notlocalhost", True),
        ("0.0.0.0:8080", True),
        ("192.168.0.7:8080", True),
        ("[fe80::1]:8080", True),
        ("", True),
        ("localhost, evil.example", True),
    ],
)
def test_the_host_is_a_name_of_this_server(host: str, refused: bool) -> None:
    for verb, path in (("POST", "/v1/books"), ("GET", "/v1/books"), ("GET", "/docs")):
        assert is_refused(verb, path, ("Host", host)) == refused


def test_every_host_of_a_request_counts() -> None:
    assert is_refused("GET", "/v1/books", ("host", LOCAL), ("host", "evil.example"))


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"origin": f"http://{LOCAL}"}, False),
        ({"origin": f"http://{LOCAL}", "sec-fetch-site": "same-origin"}, False),
        ({"origin": "http://localhost:3000"}, False),
        ({"origin": "https://app.internal"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://evil.example"}, True),
        ({"origin": f"http://{LOCAL}.evil.example"}, True),
        ({"origin": f"http://evil.example@{LOCAL}"}, True),
        ({"origin": "http://127.0.0.1:9090"}, True),
        ({"origin": "http://localhost:8080"}, True),
        ({"origin": "null"}, True),
        ({"origin": ""}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"origin": f"http://{LOCAL}", "sec-fetch-site": "Cross-Site"}, True),
    ],
)
def test_pages_of_other_servers_reach_no_method(headers: dict[str, str], refused: bool) -> None:
    pairs = (("Host", LOCAL), *headers.items())
    for verb in ("POST", "GET", "DELETE", "OPTIONS", "BREW"):
        assert is_refused(verb, "/v1/books", *pairs) == refused
    assert is_refused("POST", "/metrics", *pairs) == refused
    assert not is_refused("GET", "/docs", *pairs)
    assert not is_refused("HEAD", "/health", *pairs)


def test_the_page_at_the_root_may_be_a_method() -> None:
    foreign = [("host", LOCAL), ("origin", "https://evil.example")]
    assert not is_refused("GET", "/", *foreign)
    assert is_refused("POST", "/", *foreign)
    assert is_refused("GET", "//", *foreign)
    of_api = Access(identify=str, hosts=(), has_own_root=False)
    with pytest.raises(ApiError):
        of_api.check_http("GET", "/", foreign)


def test_an_origin_without_its_default_port_is_the_same() -> None:
    headers = (("host", "localhost:443"), ("origin", "https://localhost"))
    assert not is_refused("POST", "/v1/books", *headers)
    assert is_refused("POST", "/v1/books", headers[0], ("origin", "http://localhost"))


def test_a_setting_of_the_other_authentication_is_refused(depot_tree: Path, tmp_path: Path) -> None:
    store = tmp_path / "rows.db"
    assert "--auth none does not use --public" in refused_call(depot_tree, store, public="docs")
    reason = refused_call(depot_tree, store, public="health")
    assert "--public[0]: Input should be 'docs', 'metrics' or 'reflection'" in reason


# --- servers


@pytest.fixture(scope="module")
def plain(depot_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(depot_tree, tmp_path_factory.mktemp("plain") / "rows.db") as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize(
    "lines",
    [
        "Host: 127.0.0.1:8080\r\nOrigin: https://evil.example\r\nSec-Fetch-Site: cross-site",
        "Host: localhost\r\nOrigin: null\r\nContent-Type: text/plain",
        "Host: localhost\r\nSec-Fetch-Site: same-site\r\nContent-Type: application/grpc-web+proto",
        "Host: evil.example\r\nOrigin: http://evil.example\r\nContent-Type: application/json",
    ],
)
def test_a_foreign_page_stores_nothing(plain: Server, lines: str) -> None:
    body = json.dumps({"name": "csrf", "domain_id": "victim"})
    head = f"POST /depot/v1/thing/create HTTP/1.1\r\n{lines}\r\nConnection: close"
    host, _, port = plain.http_address.rpartition(":")
    with socket.create_connection((host, int(port)), WAIT) as connection:
        connection.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    assert answer.startswith("HTTP/1.1 403 "), answer
    assert "ERROR_PERMISSION_DENIED" in answer
    assert plain.ask(f"{THING}.list", {"domain_id": "victim"})["total_count"] == 0


@pytest.mark.slow
def test_a_foreign_page_calls_nothing_over_grpc(plain: Server) -> None:
    request = plain.request(f"{THING}.create", {"name": "csrf", "domain_id": "victim"})
    for header in (("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")):
        plain.metadata = dict([header])
        with pytest.raises(grpc.RpcError) as error:
            plain.over_grpc(f"{THING}.create", request)
        assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED
    plain.metadata = {}
    assert plain.ask(f"{THING}.list", {"domain_id": "victim"})["total_count"] == 0


PAGES = ("/", "/docs", "/openapi.json", "/docs-assets/swagger-ui.css", "/docs/", "/metrics")


def statuses(server: Server, **headers: str) -> dict[str, int]:
    paths = (*PAGES, "/health")
    return {path: server.client.get(path, headers=headers).status_code for path in paths}


def reflects(server: Server, *metadata: tuple[str, str]) -> bool:
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    for version in ("v1", "v1alpha"):
        call = server.channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
        )
        requests = iter([request.SerializeToString()])
        try:
            assert list(call(requests, timeout=WAIT, metadata=metadata))
        except grpc.RpcError:
            return False
    return True


@pytest.mark.slow
def test_pages_of_a_server_with_authentication_need_a_token(
    depot_tree: Path, tmp_path: Path
) -> None:
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps({"of-d": "d"}), "utf-8")
    options = {"auth": "token", "tokens": tokens}
    with Server(depot_tree, tmp_path / "rows.db", **options) as server:
        assert statuses(server) == dict.fromkeys(PAGES, 401) | {"/health": 200}
        answers = dict.fromkeys(PAGES, 200) | {"/health": 200, "/docs/": 404}
        assert statuses(server, authorization="Bearer of-d") == answers
        assert not reflects(server)
        assert reflects(server, ("token", "of-d"))
    with Server(depot_tree, tmp_path / "rows.db", public="docs,reflection", **options) as server:
        open_pages = dict.fromkeys(PAGES, 200) | {"/docs/": 404, "/metrics": 401, "/health": 200}
        assert statuses(server) == open_pages
        assert reflects(server)
        # Hosts are free: a foreign page has no token.
        headers = {"host": "depot.example", "origin": "https://shop.example", "token": "of-d"}
        answer = server.client.post("/depot/v1/thing/list", json={}, headers=headers)
        assert answer.status_code == 200
        for pair in (
            [("authorization", "Bearer of-d"), ("authorization", "Bearer of-e")],
            [("authorization", "Bearer of-e"), ("authorization", "Bearer of-d")],
            [("authorization", "Bearer of-d"), ("token", "of-e")],
            [("token", "of-e"), ("Token", "of-d")],
        ):
            answer = server.client.post("/depot/v1/thing/list", json={}, headers=pair)
            assert answer.status_code == 401
            call = server.channel.unary_unary(f"/{THING}/list")
            with pytest.raises(grpc.RpcError) as error:
                call(b"", metadata=[(name.lower(), value) for name, value in pair])
            assert error.value.code() is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.slow
def test_two_default_tenants_are_refused(plain: Server) -> None:
    headers = [("x-domain-id", "d"), ("x_domain_id", "e")]
    answer = plain.client.post("/depot/v1/thing/create", json={"name": "a"}, headers=headers)
    assert answer.status_code == 400
    message = "Parameter is invalid. (key = x_domain_id, reason = it has two different values)"
    assert answer.json()["detail"]["message"] == message


@pytest.mark.slow
def test_reflection_knows_symbols_of_every_kind(plain: Server) -> None:
    known = {
        "a service": THING,
        "a method": f"{THING}.create",
        "a message": "depot.v1.ThingInfo",
        "a field": "depot.v1.ThingInfo.name",
        "a nested message": "google.protobuf.Struct.FieldsEntry",
        "a method of a library": "grpc.health.v1.Health.Check",
        "a nested enum": "grpc.health.v1.HealthCheckResponse.ServingStatus",
        "an enum value": "grpc.health.v1.HealthCheckResponse.SERVING",
        "an extension": "google.api.http",
    }
    unknown = ("depot.v1.Nothing", f"{THING}.nothing", "depot.v1", "", f"{THING}.create.x")
    requests = [
        reflection_pb2.ServerReflectionRequest(file_containing_symbol=name)
        for name in (*known.values(), *unknown)
    ]
    extension = reflection_pb2.ExtensionRequest(
        containing_type="google.protobuf.MethodOptions", extension_number=72295728
    )
    requests.append(reflection_pb2.ServerReflectionRequest(file_containing_extension=extension))
    call = plain.channel.stream_stream("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
    answers = call(iter([each.SerializeToString() for each in requests]), timeout=WAIT)
    parse = reflection_pb2.ServerReflectionResponse.FromString
    kinds = [parse(answer).WhichOneof("message_response") for answer in answers]
    found = "file_descriptor_response"
    assert kinds == [found] * len(known) + ["error_response"] * len(unknown) + [found]

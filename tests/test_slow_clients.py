"""Clients that send or read slowly, or never end: others are served, and nothing is held for long."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from depot_api import THING
from serving import WAIT, Json, Server, wait_until, write_rows

pytestmark = pytest.mark.slow

MOST = 40  # connections
LARGE = 4_000_000  # bytes
PENDING = 12 << 20
LISTED = {"domain_id": "d", "query": {}}
HEAD = b"POST /depot/v1/thing/list HTTP/1.1\r\nHost: localhost\r\n"
TOKENS = {"right": "d"}


@pytest.fixture(scope="module")
def server(depot_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    options = {
        "max_connections": MOST,
        "max_pending_bytes": PENDING,
        "header_timeout": 0.5,
        "body_timeout": 1,
    }
    with Server(depot_tree, tmp_path_factory.mktemp("slow") / "depot.db", **options) as found:
        yield found


@pytest.fixture(scope="module")
def secured(depot_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("secured")
    tokens = folder / "tokens.json"
    tokens.write_text(json.dumps(TOKENS))
    with Server(depot_tree, folder / "depot.db", auth="token", tokens=tokens) as found:
        found.metadata = {"token": "right"}
        yield found


@contextmanager
def held(server: Server, count: int, part: bytes) -> Iterator[list[socket.socket]]:
    """Connections that have each sent a part of a request."""
    host, _, port = server.http_address.rpartition(":")
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            one = stack.enter_context(socket.create_connection((host, int(port)), WAIT))
            with suppress(OSError):  # the server has refused it already
                one.sendall(part)
            opened.append(one)
        yield opened


def answer(connection: socket.socket) -> tuple[str, Any]:
    """The status line and the body of what the server sends until it closes a connection."""
    head, _, body = _all(connection).decode().partition("\r\n\r\n")
    return head.partition("\r\n")[0], json.loads(body) if body else None


def check_served(server: Server) -> None:
    """Both transports answer."""
    for _ in range(3):
        assert server.ask(f"{THING}.list", LISTED)["total_count"] == 0


def resident(server: Server) -> int:
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * 4096


def sockets(server: Server) -> int:
    links = []
    for file in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it has been closed
            links.append(os.readlink(file))
    return sum(link.startswith("socket:") for link in links)


@pytest.mark.parametrize(
    ("part", "is_answered"),
    [
        (b"", False),
        (b"POST /x HTTP/1.1\r\nHost: x\r\nA:", False),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", True),
        (HEAD + b"Content-Length: 9\r\n\r\n{", False),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", False),
        (b"POST /none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{", True),
    ],
    ids=["nothing", "head", "kept", "body", "chunks", "unread body"],
)
def test_connections_that_wait_keep_no_other_out(
    server: Server, part: bytes, is_answered: bool
) -> None:
    with held(server, 3 * MOST, part) as opened:
        if is_answered:  # a connection waits after its response, or has been closed
            for one in opened:
                with suppress(ConnectionError):
                    one.recv(1, socket.MSG_PEEK)
        check_served(server)
        assert sockets(server) < 3 * MOST
        wait_until(lambda: sockets(server) < MOST)
        check_served(server)


@pytest.mark.parametrize(
    "part",
    [b"POST /x HTTP/1.1\r\nHost: x\r\nA:", HEAD + b"Content-Length: 9\r\n\r\n{"],
    ids=["head", "body"],
)
def test_a_request_that_does_not_arrive_is_refused(server: Server, part: bytes) -> None:
    with held(server, 1, part) as (connection,):
        status, body = answer(connection)
    assert status.startswith("HTTP/1.1 408 ")
    assert body["detail"]["code"] == "ERROR_TIMEOUT"


def test_large_bodies_that_do_not_end_are_not_all_held(server: Server) -> None:
    before = resident(server)
    part = HEAD + b'Content-Length: 4100000\r\n\r\n{"name": "' + b"a" * LARGE
    with held(server, MOST - 4, part) as connections:
        check_served(server)
        assert resident(server) - before < 3 * PENDING
        statuses = {answer(connection)[0].split()[1] for connection in connections}
    assert statuses == {"429", "408"}
    check_served(server)


def test_a_caller_without_a_token_sends_no_body(secured: Server) -> None:
    part = HEAD + b"Content-Length: 4100000\r\n\r\n{"
    with held(secured, 9, part) as connections:
        for connection in connections:
            status, body = answer(connection)
            assert status.startswith("HTTP/1.1 401 ")
            assert body["detail"]["code"] == "ERROR_AUTHENTICATE_FAILURE"
        found = secured.over_http(("POST", "/depot/v1/thing/list"), LISTED)
        assert (found.status_code, found.json()["total_count"]) == (200, 0)


def test_a_broken_body_behind_an_answer_ends_the_connection(
    secured: Server, server: Server
) -> None:
    before = secured.log(), server.log()
    broken = b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
    with held(secured, 3, HEAD + broken) as connections:
        for connection in connections:
            assert connection.recv(9) == b"HTTP/1.1 "  # it is answered without its body
            connection.sendall(b"zz\r\n\r\n")
            _all(connection)
    # Here the request waits for its body when the rest of it comes.
    with held(server, 3, HEAD + broken) as connections:
        for connection in connections:
            connection.sendall(b"zz\r\n\r\n")
            assert _all(connection).startswith(b"HTTP/1.1 400 ")
    # At once with its head, it has an answer before one for the caller is made.
    with held(secured, 3, HEAD + broken + b"zz\r\n\r\n") as connections:
        for connection in connections:
            assert _all(connection).startswith(b"HTTP/1.1 4")
    for one, logged in zip((secured, server), before, strict=True):
        added = one.log().removeprefix(logged)
        assert "Traceback" not in added, added


def unfinished(server: Server, method: str = "list") -> grpc.StatusCode:
    """How the server ends a call that sends no message."""
    end = threading.Event()

    def nothing() -> Iterator[bytes]:
        end.wait(WAIT)
        yield from ()

    call = server.channel.stream_unary(f"/{THING}/{method}")
    try:
        call(nothing(), timeout=WAIT)
    except grpc.RpcError as error:
        return error.code()
    finally:
        end.set()
    raise AssertionError("it has an answer")


def test_a_call_without_a_message_ends(server: Server, secured: Server) -> None:
    assert unfinished(server) is grpc.StatusCode.DEADLINE_EXCEEDED
    assert unfinished(secured) is grpc.StatusCode.UNAUTHENTICATED
    check_served(server)


def test_a_client_that_does_not_read_is_left(depot_tree: Path, tmp_path: Path) -> None:
    rows: list[Json] = [
        {"thing_id": f"t-{at}", "name": "x" * 100_000, "domain_id": "d"} for at in range(100)
    ]
    load = write_rows(tmp_path, {"Thing": rows})
    request = json.dumps({"domain_id": "d", "query": {}}).encode()
    part = HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(request), request)
    with Server(depot_tree, tmp_path / "depot.db", load=load, header_timeout=0.5) as server:
        before = sockets(server)
        with held(server, 5, part) as connections:
            wait_until(lambda: sockets(server) >= before + 5)
            wait_until(lambda: sockets(server) <= before)
            assert all(len(_all(connection)) < 10_000_000 for connection in connections)


def _all(connection: socket.socket) -> bytes:
    found = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(1 << 20):
            found += part
    return found

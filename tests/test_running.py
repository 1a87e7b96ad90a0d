"""How a server is run: its settings, its log, its metrics, its workers, and how it stops."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import grpc
import httpx
import pytest
from depot_api import THING, build_depot
from grpc_health.v1 import health_pb2, health_pb2_grpc
from load import VERBS, Load, nothing, run
from serving import WAIT, Json, Server, refused_call, refused_start, wait_until, write_rows
from thorough import thorough

from apiscribe_runtime.settings import Settings, read_settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_depot(tmp_path_factory.mktemp("running"))


# --- settings


def write_settings(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_flag_beats_the_environment_and_that_beats_the_file(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_settings(tmp_path, "max_rows = 1\nmax_bytes = 1\ntimeout = 1\nload = ['a', 'b']\n")
    monkeypatch.setenv("SERVE_SETTINGS", str(file))
    monkeypatch.setenv("SERVE_MAX_BYTES", "2")
    monkeypatch.setenv("SERVE_MAX_ROWS", "2")
    found = read_settings("depot", ["--max-rows", "3"])
    assert (found.max_rows, found.max_bytes, found.timeout) == (3, 2, 1)
    assert found.load == [Path("a"), Path("b")]
    other = write_settings(tmp_path, "sample = 7\n")
    assert read_settings("depot", ["--settings", str(other)]).sample == 7


def test_help_lists_every_setting_and_its_variable(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        read_settings("depot", ["--help"])
    assert exit_.value.code == 0
    result = " ".join(capsys.readouterr().out.split())
    for name, field in Settings.model_fields.items():
        assert f"--{name.replace('_', '-')} " in result
        assert " ".join(str(field.description).split()) in result, name
        assert f"SERVE_{name.upper()}]" in result


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("grcp_port = 1", "unknown setting grcp_port (did you mean grpc_port?)"),
        ("grpc-port = 1", "unknown setting grpc-port (did you mean grpc_port?)"),
        ("zzz = 1", "unknown setting zzz\n"),
        ("settings = 'other.toml'", "unknown setting settings\n"),
        ("grpc_port = ", "is not TOML"),
        ("max_rows = 'x'", "max_rows (in the settings file): Input should be a valid integer"),
    ],
)
def test_an_invalid_file_of_settings_is_reported(
    tree: Path, tmp_path: Path, text: str, told: str
) -> None:
    file = write_settings(tmp_path, text)
    said = refused_call(tree, tmp_path / "rows.db", settings=file)
    assert told in said
    assert str(file) in said or "settings file" in told


def test_a_missing_file_of_settings_is_reported(tree: Path, tmp_path: Path) -> None:
    assert "gone.toml" in refused_call(tree, tmp_path / "rows.db", settings=tmp_path / "gone.toml")


def test_a_wrong_setting_is_named_as_the_user_wrote_it(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVE_MAX_ROWS", "none")
    said = refused_call(tree, tmp_path / "rows.db", timeout=0)
    assert "SERVE_MAX_ROWS: Input should be a valid integer" in said
    assert "--timeout: Input should be greater than 0" in said


# --- what is told of calls


@pytest.fixture(scope="module")
def watched(tree: Path) -> Iterator[Server]:
    tokens = tree.parent / "tokens.json"
    tokens.write_text('{"of-d": "d"}', "utf-8")
    options = {"log": "json", "log_level": "info", "auth": "token", "tokens": tokens}
    with Server(tree, tree.parent / "watched.db", **options) as server:
        server.metadata = {"token": "of-d"}
        yield server


def lines(server: Server) -> list[Json]:
    """The log of a server, each line of which is JSON."""
    return [json.loads(line) for line in server.log().split("\n")[:-1]]


def calls(server: Server, request_id: str, count: int = 1) -> list[Json]:
    """The lines of a request, which are written just after its answer."""
    found: list[Json] = []
    end = time.monotonic() + WAIT
    while len(found) < count and time.monotonic() < end:
        found = [line for line in lines(server) if line.get("request_id") == request_id]
    return found


def answer_ids(server: Server, given: str | None) -> tuple[str, str]:
    """The ids that HTTP and gRPC give back for a request that is refused."""
    metadata = {**server.metadata, **({"x-request-id": given} if given is not None else {})}
    http = server.client.post("/depot/v1/thing/get", json={"thing_id": "no"}, headers=metadata)
    call = server.channel.unary_unary(f"/{THING}/get")
    with pytest.raises(grpc.RpcError) as found:
        call(b"", timeout=WAIT, metadata=tuple(metadata.items()))
    return http.headers["x-request-id"], dict(found.value.trailing_metadata())["x-request-id"]


def test_a_request_id_is_kept_logged_and_returned(watched: Server) -> None:
    assert answer_ids(watched, "order-7/a") == ("order-7/a", "order-7/a")
    http, over_grpc = calls(watched, "order-7/a", 2)
    shared = {"level": "info", "message": "call", "method": f"{THING}.get", "tenant": "d"}
    for line, transport, code in ((http, "http", "404"), (over_grpc, "grpc", "INVALID_ARGUMENT")):
        assert line.items() >= {**shared, "transport": transport, "code": code}.items()
        assert line["ms"] >= 0
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 129])
def test_a_request_without_a_usable_id_gets_one(watched: Server, given: str | None) -> None:
    found = answer_ids(watched, given)
    assert len(set(found)) == 2
    for made in found:
        assert re.fullmatch("[0-9a-f]{32}", made)
        assert len(calls(watched, made)) == 1


@pytest.mark.parametrize("form", ["json", "human"])
def test_no_text_of_a_request_breaks_a_line(tree: Path, tmp_path: Path, form: str) -> None:
    with Server(tree, tmp_path / "rows.db", log=form, log_level="info") as server:
        for text in ("%0A%0Dinfo", "%22%7B", "%E2%80%A8", "%1B%5B2J", "%FF", "%00"):
            server.client.get(f"/{text}")
            metadata = {"x-request-id": "a", "x-domain-id": "%0A"}
            server.client.get(f"/{text}", headers=metadata)
    logged = server.log()
    assert logged.count(" call " if form == "human" else '"call"') == 12
    assert len(logged.splitlines()) == 12
    assert logged.isascii()
    assert all(character.isprintable() or character == "\n" for character in logged)


def test_a_failure_has_the_id_of_its_call(tree: Path, tmp_path: Path) -> None:
    handlers = tmp_path / "handlers.py"
    handlers.write_text(
        f"from apiscribe_runtime.handlers import implements\n\n@implements('{THING}.get')\n"
        "def get(request, rows):\n    raise ValueError('line\\none')\n",
        "utf-8",
    )
    with Server(tree, tmp_path / "rows.db", handlers=handlers, log="json") as server:
        server.metadata = {"x-request-id": "c-1"}
        server.refusal(f"{THING}.get", {"domain_id": "d", "thing_id": "t"})
    # Over the other transport the same fault repeats within a second.
    (found,) = calls(server, "c-1", 1)
    assert found["level"] == "error"
    assert "ValueError: line\none" in found["exc_info"]


def test_a_server_that_nothing_goes_wrong_in_writes_no_line(tree: Path, tmp_path: Path) -> None:
    with Server(tree, tmp_path / "rows.db") as server:
        server.ask(f"{THING}.list", {"domain_id": "d"})
        server.client.get("/nowhere")
    assert server.log() == ""


def scraped(server: Server) -> dict[str, float]:
    """Name and labels → value, as /metrics tells them."""
    answer = server.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    result = [line.rpartition(" ") for line in answer.text.splitlines() if line[0] != "#"]
    return {name: float(value) for name, _, value in result}


def in_flight(metrics: dict[str, float], transport: str) -> float:
    return metrics.get(f'api_requests_in_flight{{transport="{transport}"}}', 0)


def metrics(server: Server) -> dict[str, float]:
    """The same once no call but the one that asks is in flight: a call is counted a moment after
    its client has the answer.
    """
    found: dict[str, float] = {}

    def is_alone() -> bool:
        found.update(scraped(server))
        return in_flight(found, "grpc") + in_flight(found, "http") == 1

    wait_until(is_alone)
    return found


def test_metrics_count_calls_by_transport_method_and_code(tree: Path, tmp_path: Path) -> None:
    with Server(tree, tmp_path / "rows.db") as server:
        for number in range(3):
            server.ask(f"{THING}.list", {"domain_id": "d"})
            server.client.get(f"/nowhere/{number}")
            server.refusal(f"{THING}.get", {"thing_id": "t"})
            with pytest.raises(grpc.RpcError) as found:
                server.channel.unary_unary(f"/no.Service/{number}")(b"", timeout=WAIT)
            assert found.value.code() is grpc.StatusCode.UNIMPLEMENTED
            assert found.value.details().startswith("ERROR_NOT_IMPLEMENTED: ")
        result = metrics(server)
    for transport, code, refused, missing in (
        ("http", "200", "400", "404"),
        ("grpc", "OK", "INVALID_ARGUMENT", "UNIMPLEMENTED"),
    ):
        for verb, ended in ((f"{THING}.list", code), (f"{THING}.get", refused)):
            count = f'api_requests_total{{code="{ended}",method="{verb}",transport="{transport}"}}'
            assert result[count] == 3
        assert (
            result[
                f'api_requests_total{{code="{missing}",method="unknown",transport="{transport}"}}'
            ]
            == 3
        )
        timed = (
            f'api_request_duration_seconds_count{{method="{THING}.list",transport="{transport}"}}'
        )
        assert result[timed] == 3
    assert result['api_requests_in_flight{transport="grpc"}'] == 0
    assert result['api_requests_in_flight{transport="http"}'] == 1, "the one that asks"
    assert not [name for name in result if "nowhere" in name or "no.Service" in name]


# --- how it stops

SLOW = """
import asyncio
from pathlib import Path
from apiscribe_runtime.handlers import implements

@implements("depot.v1.Thing.get")
async def get(request, rows):
    begun = Path(__file__).with_name("begun")
    with begun.open("a") as file:
        file.write("x")
    for _ in range(int(float(request.thing_id) * 100)):
        await asyncio.sleep(0.01)
        if Path(__file__).with_name("released").exists():
            break
    return {"name": "slept"}
"""


def slow_server(tree: Path, folder: Path, **options: object) -> Server:
    (folder / "handlers.py").write_text(SLOW, "utf-8")
    options = {"timeout": 10 * WAIT, "grace": 5 * WAIT, **options}
    return Server(tree, folder / "rows.db", handlers=folder / "handlers.py", **options)


def begin(server: Server, folder: Path, pool: ThreadPoolExecutor) -> list[Future[str]]:
    """Begin a call at each transport that goes on until `release`, with clients of its own."""
    request = {"thing_id": str(2 * WAIT), "domain_id": "d"}
    message = server.request(f"{THING}.get", request)
    url = f"http://{server.http_address}/depot/v1/thing/get"
    found = [
        pool.submit(lambda: server.over_grpc(f"{THING}.get", message).name),
        pool.submit(lambda: httpx.post(url, json=request, timeout=2 * WAIT).text),
    ]
    wait_until(lambda: (folder / "begun").exists() and len((folder / "begun").read_text()) == 2)
    return found


def release(folder: Path) -> None:
    (folder / "released").touch()


def watch_health(server: Server) -> Iterator[str]:
    """Yield each status of a server, or of one of its workers."""
    watch = health_pb2_grpc.HealthStub(server.channel).Watch(health_pb2.HealthCheckRequest())
    for answer in watch:
        yield health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


def is_refused(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), WAIT).close()
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopping_server_finishes_calls_in_progress(
    tree: Path, tmp_path: Path, workers: int
) -> None:
    server = slow_server(tree, tmp_path, workers=workers)
    statuses = watch_health(server)
    assert next(statuses) == "SERVING"
    with ThreadPoolExecutor(2) as pool:
        answers = begin(server, tmp_path, pool)
        server.process.send_signal(signal.SIGTERM)
        assert next(statuses) == "NOT_SERVING"
        if workers == 1:  # the parent of several keeps their ports
            wait_until(lambda: is_refused(server.grpc_address) and is_refused(server.http_address))
            assert not any(answer.done() for answer in answers)
        release(tmp_path)
        assert [answer.result(WAIT) for answer in answers] == ["slept", '{"name":"slept"}']
    assert server.wait() == 0
    assert server.log() == ""


def test_calls_are_cut_off_after_the_grace(tree: Path, tmp_path: Path) -> None:
    server = slow_server(tree, tmp_path, grace=0.2)
    with ThreadPoolExecutor(2) as pool:
        over_grpc, http = begin(server, tmp_path, pool)
        server.process.send_signal(signal.SIGTERM)
        assert isinstance(over_grpc.exception(WAIT), grpc.RpcError)
        assert "ERROR_UNAVAILABLE" in http.result(WAIT)
    assert server.wait() == 0
    assert "2 calls were cancelled after 0.2 seconds" in server.log()
    assert "Traceback" not in server.log()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_a_server_at_once(
    tree: Path, tmp_path: Path, number: signal.Signals
) -> None:
    server = slow_server(tree, tmp_path, grace=5 * WAIT)
    with ThreadPoolExecutor(2) as pool:
        over_grpc, http = begin(server, tmp_path, pool)
        server.process.send_signal(number)
        wait_until(lambda: is_refused(server.grpc_address))
        server.process.send_signal(number)
        assert isinstance(over_grpc.exception(WAIT), grpc.RpcError)
        assert "ERROR_UNAVAILABLE" in http.result(WAIT)
    assert server.wait() == 1
    assert "second signal: 2 calls were cancelled" in server.log()
    assert "Traceback" not in server.log()


# --- clients that leave


def cpu_seconds(server: Server) -> float:
    """What the server's process has used. Source: proc(5)."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def http_request(path: str, body: Json) -> bytes:
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(content)}\r\n"
    return f"{head}content-type: application/json\r\n\r\n".encode() + content


def is_idle(server: Server) -> bool:
    before = cpu_seconds(server)
    time.sleep(0.5)
    return cpu_seconds(server) - before < 0.1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc here")
@pytest.mark.parametrize("transport", ["grpc", "http"])
def test_a_query_ends_with_its_client(tree: Path, tmp_path: Path, transport: str) -> None:
    lists = {key: list(range(300)) for key in "abc"}
    row = {"domain_id": "d", "name": "n", "tags": lists}
    rows = [{**row, "thing_id": f"thing-{number}"} for number in range(60)]
    loaded = write_rows(tmp_path, {"Thing": rows})
    unwinds = [{"unwind": {"path": f"tags.{key}"}} for key in lists]
    slow = {
        "domain_id": "d",
        "query": {"aggregate": [*unwinds, {"count": {"name": "n"}}]},
    }
    # Longer than this test waits.
    with Server(tree, tmp_path / "rows.db", load=loaded, timeout=10 * WAIT) as server:
        message = server.request(f"{THING}.stat", slow)
        call = server.channel.unary_unary(
            f"/{THING}/stat", request_serializer=lambda it: it.SerializeToString()
        )
        for _ in range(3):
            if transport == "grpc":
                future = call.future(message)
                wait_until(lambda: in_flight(scraped(server), transport) == 1)
                future.cancel()
            else:
                with socket.create_connection(server.http_address.split(":"), WAIT) as client:
                    client.sendall(http_request("/depot/v1/thing/stat", slow))
                    wait_until(lambda: in_flight(scraped(server), transport) == 2)  # and /metrics
            wait_until(lambda: metrics(server))
        wait_until(lambda: is_idle(server))
        answer = server.ask(f"{THING}.list", {"domain_id": "d", "query": {"count_only": True}})
        assert answer["total_count"] == 60
        code = {"grpc": "CANCELLED", "http": "499"}[transport]
        ended = f'api_requests_total{{code="{code}",method="{THING}.stat",transport="{transport}"}}'
        assert metrics(server)[ended] == 3
    assert server.log() == ""


# --- several workers


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc here")
def test_workers_share_ports_and_store_and_are_replaced(
    tree: Path, tmp_path: Path, new_store: Callable[[], Path | str]
) -> None:
    count = {"domain_id": "d", "query": {"count_only": True}}
    result: set[str] = set()

    def make(number: int) -> None:
        # A connection for each call: the kernel gives each to one worker or the other.
        request = {"domain_id": "d", "name": f"name {number}"}
        message = server.request(f"{THING}.create", request)
        method = server.channel.unary_unary(
            f"/{THING}/create", request_serializer=lambda it: it.SerializeToString()
        )
        if number % 2:
            server.client.post("/depot/v1/thing/create", json=request).raise_for_status()
        else:
            method(message, timeout=WAIT)
        result.add(request["name"])

    with Server(tree, new_store(), workers=2, sample=3) as server:
        first = server.children()
        assert len(first) == 2
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(make, range(60)))
        listed = server.ask(f"{THING}.list", {"domain_id": "d"})["results"]
        assert {row["name"] for row in listed} == result
        made = metrics(server)
        per_transport = [
            made[
                f'api_requests_total{{code="{code}",method="{THING}.create",transport="{transport}"}}'
            ]
            for code, transport in (("OK", "grpc"), ("200", "http"))
        ]
        assert per_transport == [30, 30], "summed over the workers"

        os.kill(first[0], signal.SIGKILL)
        wait_until(lambda: len(set(server.children()) - set(first)) == 1)
        wait_until(lambda: "it is replaced" in server.log())
        assert server.ask(f"{THING}.list", count)["total_count"] == 60
        second = server.children()
    assert f"(process {first[0]}) ended with status -9" in server.log()
    assert "Traceback" not in server.log()
    for pid in {*first, *second}:
        wait_until(lambda: not Path(f"/proc/{pid}").exists())  # noqa: B023  # called here


def test_workers_share_no_port_of_another_server(tree: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        # As gRPC listens by itself: whoever asks for it shares the port.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for option in ("grpc_port", "http_port"):
            said = refused_start(tree, tmp_path / "rows.db", workers=2, **{option: port})
            assert str(port) in said
    assert not (tmp_path / "rows.db").exists()


def test_workers_that_cannot_start_end_the_server(tree: Path, tmp_path: Path) -> None:
    handlers = tmp_path / "handlers.py"
    handlers.write_text(
        "import multiprocessing\nif multiprocessing.parent_process():\n    raise ValueError('no')\n"
    )
    said = refused_start(tree, tmp_path / "rows.db", workers=2, handlers=handlers)
    assert "a worker cannot start" in said


# --- under load


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc here")
@pytest.mark.parametrize(
    ("store", "workers"),
    [
        ("sqlite", 2),
        ("postgresql", 1),
        pytest.param("sqlite", 1, marks=thorough),
        pytest.param("postgresql", 2, marks=thorough),
    ],
    indirect=["store"],
    scope="module",
)
def test_many_clients_at_once_are_all_answered(
    tree: Path, new_store: Callable[[], Path | str], workers: int
) -> None:
    with Server(tree, new_store(), workers=workers) as server:
        load = Load()
        asyncio.run(run(server, clients=20, seconds=1, load=load, disturb=nothing))
    assert load.failures == {}
    assert {verb for _, verb in load.took} == set(VERBS)
    assert server.log() == ""

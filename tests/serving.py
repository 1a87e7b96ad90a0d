"""Starts generated servers as their users do, and calls both of their transports.

What calls here knows nothing of the runtime: gRPC goes through the server's reflection and
protobuf's own JSON mapping, HTTP through httpx on the routes that the reflected methods state. So a
server that is wrong in the same way at both transports, or in what it tells of itself, is found out.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType, TracebackType
from typing import IO, Any
from urllib.parse import quote

import grpc
import httpx
import pytest
from google.api import annotations_pb2  # declares the option that carries routes
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from server_process import ServerProcess
from shop_api import SHOP, shop_to_proto
from slow import require_slow
from sqlalchemy import create_engine, delete, inspect, table

from apiscribe.emit import emit_sorted
from apiscribe.sources.compilation import compile_folder
from apiscribe_runtime.main import main

ROOT = Path(__file__).parent.parent
SPECS = ROOT / "specs"
STORES = ("sqlite", "postgresql")
WAIT = 120.0  # seconds for anything to happen; on an idle machine it takes one or two

# How an error is told at both transports. Source: google.rpc.Code.
HTTP_STATUS = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 413,
    grpc.StatusCode.UNAVAILABLE: 503,
}

Json = dict[str, Any]
Route = tuple[str, str]


def write_spec(folder: Path, files: Mapping[str, str]) -> Path:
    """A spec folder with these files."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


def build(spec: Path, out: Path) -> Path:
    """The folder of the outputs of a spec; it holds the generated package, to be run."""
    compilation = compile_folder(spec)
    files = emit_sorted(compilation.api, compilation.report)
    assert files, [str(found) for found in compilation.report.at("error")]
    for output in files:
        file = out / compilation.spec.name / output.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(output.content)
    return out / compilation.spec.name


def package(tree: Path, module: str = "") -> ModuleType:
    """A module of a generated package, imported into this process from where it was built."""
    known = sys.modules.get(tree.name)
    if known is not None and not Path(str(known.__file__)).is_relative_to(tree):
        for name in [name for name in sys.modules if name.partition(".")[0] == tree.name]:
            del sys.modules[name]
    sys.path[:] = [str(tree), *(path for path in sys.path if path != str(tree))]
    found = importlib.import_module(f"{tree.name}.{module}" if module else tree.name)
    assert Path(str(found.__file__)).is_relative_to(tree), "two trees hold packages of one name"
    return found


def flags(**options: Any) -> list[str]:
    """Return the flags of a server. Its ports are free ones of loopback unless given."""
    chosen = {"grpc_port": 0, "http_port": 0, **options}
    pairs = [(f"--{name.replace('_', '-')}", str(value)) for name, value in chosen.items()]
    return [word for pair in pairs for word in pair]


def start(tree: Path, errors: IO[str], **options: Any) -> ServerProcess:
    """Start the server of a built tree; `errors` is the file of its standard error."""
    require_slow()
    return ServerProcess(tree.name, flags(**options), tree, errors.fileno())


def database(store: Path | str) -> str:
    """The URL of a database: of a SQLite file, or the URL itself."""
    return store if isinstance(store, str) else f"sqlite:///{store}"


def delete_rows(store: Path | str) -> None:
    """Delete every row of a database, which a server may have open."""
    engine = create_engine(database(store))
    with engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            connection.execute(delete(table(name)))
    engine.dispose()


def refused_start(tree: Path, file: Path, **options: Any) -> str:
    """What a server says that does not start. It must exit with 2, print no port and no trace."""
    with tempfile.TemporaryFile("w+") as errors:
        process = start(tree, errors, **{"store": database(file), **options})
        watchdog = threading.Timer(WAIT, process.kill)
        watchdog.start()
        printed = process.stdout.readline()
        if printed:
            process.kill()
        status = process.wait(WAIT)
        watchdog.cancel()
        process.stdout.close()
        errors.seek(0)
        said = errors.read()
    assert printed == "", "it did start"
    return check_refusal(status, said)


def refused_call(tree: Path, file: Path, **options: Any) -> str:
    """The same of the server's `main`, called in this process, for it is twenty times quicker."""
    api = package(tree, "registry").API
    said = io.StringIO()
    status: Any = 1
    signal.signal(signal.SIGALRM, _too_late)
    signal.setitimer(signal.ITIMER_REAL, WAIT / 2)
    try:
        with redirect_stdout(io.StringIO()) as printed, redirect_stderr(said):
            status = main(api, flags(**{"store": database(file), **options}))
    except SystemExit as exit_:
        status = exit_.code
    except Exception:
        said.write(traceback.format_exc())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    assert printed.getvalue() == "", "it did start"
    return check_refusal(status, said.getvalue())


def _too_late(*_: object) -> None:
    raise TimeoutError("it did start")


def check_refusal(status: Any, said: str) -> str:
    assert status == 2, f"exit status {status}: {said}"
    assert "Traceback" not in said
    assert said.strip()
    return said


@dataclass
class RefusedError(Exception):
    """An answer that is no success, alike at both transports."""

    status: grpc.StatusCode
    http: int
    code: str
    message: str


class Server:
    """A running server. A context manager: it is told to stop by SIGTERM, and must exit with 0."""

    def __init__(
        self,
        tree: Path,
        store: Path | str,
        to_proto: Callable[[Any], Any] = lambda value: value,
        wait: bool = True,
        **options: Any,
    ) -> None:
        """`to_proto` gives JSON as protobuf knows it, where documented names are others; without
        `wait`, it is to be waited for before it is used.
        """
        self._to_proto = to_proto
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  # it lives as long as this
        weakref.finalize(self, self._errors.close)
        self.metadata: dict[str, str] = {}  # of every call, at both transports
        self._packages = json.loads(options.get("package_port", "{}"))
        self.process = start(tree, self._errors, store=database(store), **options)
        if wait:
            self.wait_for_start()

    def wait_for_start(self) -> Server:
        """Itself, once it has told its ports. Raises AssertionError where it does not start."""
        watchdog = threading.Timer(WAIT, self.process.kill)
        watchdog.start()
        lines = [self.process.stdout.readline() for _ in range(2 + len(self._packages))]
        watchdog.cancel()
        addresses = [re.fullmatch(r"(?:gRPC  |HTTP  https?://)(\S+).*\n", line) for line in lines]
        if not all(addresses):
            self.process.kill()
            self.process.wait(WAIT)
            raise AssertionError(f"the server did not start: {lines} {self.log()}")
        result = [found[1] for found in addresses if found]
        self.grpc_address, self.http_address, *others = result
        self.package_addresses = dict(zip(self._packages, others, strict=True))
        self.channel = grpc.insecure_channel(self.grpc_address)
        # A connection for each request: one that is kept may be closed just when it is used.
        limits = httpx.Limits(max_keepalive_connections=0)
        url = f"http://{self.http_address}"
        self.client = httpx.Client(base_url=url, timeout=WAIT, limits=limits)
        return self

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        status = self.stop()
        assert kind or status == 0, f"exit status {status}: {self.log()}"

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """The exit status, after a signal."""
        self.process.send_signal(by)
        return self.wait()

    def wait(self) -> int:
        """The exit status; the server has been told to stop."""
        if hasattr(self, "client"):
            self.client.close()
            self.channel.close()
        try:
            status = self.process.wait(WAIT)
        finally:
            self.process.kill()
            self.process.stdout.close()
        return status

    def log(self) -> str:
        """What the server wrote to stderr, without its warning at the start of fields that it does
        not act on: the most pages have some.
        """
        return "".join(
            line
            for line in self.whole_log().splitlines(keepends=True)
            if "fields without an effect, until a handler uses them" not in line
        )

    def whole_log(self) -> str:
        """All that the server wrote to stderr."""
        # Read at a place: the server writes where this file's own position is.
        file = self._errors.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode()

    def children(self) -> list[int]:
        """The workers of a server, without the process that multiprocessing has for itself."""
        pid = self.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        commands = {int(each): Path(f"/proc/{each}/cmdline") for each in found}
        return [
            each
            for each, command in commands.items()
            if command.exists() and "spawn_main" in command.read_text()
        ]

    @cached_property
    def reflection(self) -> ProtoReflectionDescriptorDatabase:
        return ProtoReflectionDescriptorDatabase(self.channel)

    @cached_property
    def pool(self) -> DescriptorPool:
        """Descriptors as the server's reflection tells them."""
        return DescriptorPool(self.reflection)

    def method(self, name: str) -> Any:
        """The reflected descriptor of a method, by its full name."""
        service, _, method = name.rpartition(".")
        return self.pool.FindServiceByName(service).methods_by_name[method]

    def routes(self, name: str) -> list[Route]:
        """The routes of a method, as its google.api.http option states them."""
        rule = self.method(name).GetOptions().Extensions[annotations_pb2.http]
        rules = [rule, *rule.additional_bindings]
        kinds = [rule.WhichOneof("pattern") for rule in rules]
        return [
            (kind.upper(), getattr(rule, kind))
            for rule, kind in zip(rules, kinds, strict=True)
            if kind
        ]

    def request(self, name: str, request: Json) -> Message:
        """The protobuf message of a request."""
        message = GetMessageClass(self.method(name).input_type)()
        return json_format.ParseDict(self._to_proto(request), message, descriptor_pool=self.pool)

    def answer(self, name: str, answer: Any) -> Message:
        """The protobuf message of an answer that HTTP gave. Raises ParseError where it is none."""
        message = GetMessageClass(self.method(name).output_type)()
        return json_format.ParseDict(self._to_proto(answer), message, descriptor_pool=self.pool)

    def over_grpc(self, name: str, request: Message) -> Message:
        """The answer to a request. Raises grpc.RpcError."""
        service, _, method = name.rpartition(".")
        call = self.channel.unary_unary(
            f"/{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(self.method(name).output_type).FromString,
        )
        return call(request, timeout=WAIT, metadata=tuple(self.metadata.items()))

    def over_http(self, route: Route, request: Json) -> httpx.Response:
        """The answer on a route: parameters of the path, then the body, or the query string."""
        verb, path = route
        names = re.findall(r"\{(\w+)\}", path)
        for name in names:
            path = path.replace(f"{{{name}}}", quote(str(request[name]), safe=""))
        rest = {key: value for key, value in request.items() if key not in names}
        if verb in ("GET", "DELETE"):
            params = list(flat(rest))
            return self.client.request(verb, path, params=params, headers=self.metadata)
        return self.client.request(verb, path, json=rest, headers=self.metadata)

    def ask(self, name: str, request: Json, route: Route | None = None) -> Json:
        """The answer that both transports give, as HTTP writes it. Raises RefusedError."""
        http = self.over_http(route or self.routes(name)[-1], request)
        message = self.request(name, request)
        return self.compare(name, message, http)

    def compare(self, name: str, message: Message, http: httpx.Response) -> Json:
        """The answer of both transports, to a message and to the same request over HTTP."""
        try:
            answer = self.over_grpc(name, message)
        except grpc.RpcError as found:
            error = found
        else:
            result = f"HTTP {http.status_code}: {http.text}\ngRPC: {answer}"
            assert http.status_code == 200, result
            assert self.answer(name, http.json()) == answer, result
            return dict(http.json())
        result = f"HTTP {http.status_code}: {http.text}\ngRPC: {error.code()} {error.details()}"
        code, _, text = error.details().partition(": ")
        assert http.headers["content-type"] == "application/json", result
        assert http.json() == {"detail": {"code": code, "message": text}}, result
        assert http.status_code == HTTP_STATUS[error.code()], result
        raise RefusedError(error.code(), http.status_code, code, text) from error

    def refusal(self, name: str, request: Json) -> RefusedError:
        """How both transports refuse a request."""
        with pytest.raises(RefusedError) as found:
            self.ask(name, request)
        return found.value


def wait_until(is_so: Callable[[], bool]) -> None:
    """Return once something is so. Raises AssertionError where it does not come."""
    end = time.monotonic() + WAIT
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def flat(value: Json, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The parameters of a query string: dots go into messages, a list is a repeated parameter."""
    for key, entry in value.items():
        for item in entry if isinstance(entry, list) else [entry]:
            if isinstance(item, dict) and not isinstance(entry, list):
                yield from flat(item, f"{prefix}{key}.")
            else:
                yield prefix + key, item if isinstance(item, str) else json.dumps(item)


def write_rows(folder: Path, rows: Mapping[str, list[Json]], name: str = "rows") -> Path:
    """A file for --load."""
    file = folder / f"{name}.json"
    file.write_text(json.dumps(rows), "utf-8")
    return file


@cache
def tree(name: str) -> Path:
    """The outputs of an API, built once: of a sample, or of the shop."""
    spec = SPECS / name
    if name == "shop":
        spec = write_spec(Path(_BUILT.name) / "specs" / name, SHOP)
    return build(spec, Path(_BUILT.name) / "generated")


_BUILT = tempfile.TemporaryDirectory(prefix="apiscribe-tests-")


class Servers:
    """Servers by the name of their API."""

    def __init__(self, folder: Path) -> None:
        """`folder` is for what they store."""
        self._folder = folder
        self._started: dict[str, Server] = {}

    def start(self, name: str, **options: Any) -> None:
        """Start the server of an API, and do not wait for it: several start at a time."""
        store = self._folder / f"{name}.db"
        to_proto = shop_to_proto
        self._started[name] = Server(tree(name), store, to_proto, wait=False, **options)

    def __getitem__(self, name: str) -> Server:
        """The server of an API, ready."""
        server = self._started[name]
        return server if hasattr(server, "client") else server.wait_for_start()

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._started:
            self[name].process.send_signal(signal.SIGTERM)
        statuses = {name: server.wait() for name, server in self._started.items()}
        assert set(statuses.values()) <= {0}, statuses


def bug(name: str, what: str) -> pytest.MarkDecorator:
    """Marks a test that fails for a known bug, and for nothing else."""
    failures = (AssertionError, pytest.fail.Exception, RefusedError)
    return pytest.mark.xfail(strict=True, raises=failures, reason=f"BUG {name}: {what}")

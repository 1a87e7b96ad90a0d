"""Both doors of a process: their ports; how they open, and how they close."""

from __future__ import annotations

import asyncio
import logging
import math
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
import uvicorn
from starlette.types import ASGIApp

from .dispatch import Dispatch
from .grpc_server import GrpcServer, build_grpc_server
from .http_server import build_app
from .metrics import Metrics
from .registry import Api
from .request_log import RequestLog
from .settings import Settings

# What streams of health and reflection get once no call is left: they end with their clients only.
_LAST = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Servers:
    """The doors of a process; they have their ports, and do not answer yet."""

    grpc: Sequence[GrpcServer]
    http: uvicorn.Server
    listener: socket.socket
    calls: RequestLog
    lines: Sequence[str]  # tell where they are
    grace: float

    async def serve(self, opened: Callable[[], None]) -> int:
        """Answer until a signal comes, then finish what has begun. A second signal ends that.

        `opened` is called once they answer. The exit status: 1 where calls were cut off so.
        """
        asked, at_once = asyncio.Event(), asyncio.Event()

        def stop() -> None:
            (at_once if asked.is_set() else asked).set()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        await asyncio.gather(*(door.server.start() for door in self.grpc))
        serving = asyncio.create_task(self.http.serve(sockets=[self.listener]))
        opened()
        await asked.wait()
        closing = asyncio.create_task(self._close(serving))
        ending = asyncio.create_task(at_once.wait())
        await asyncio.wait((closing, ending), return_when=asyncio.FIRST_COMPLETED)
        if closing.done():
            await closing
            return 0
        log.warning("ended at once; %d calls were cut off", self.calls.count)
        self.http.force_exit = True
        await asyncio.gather(*(door.server.stop(None) for door in self.grpc))
        return 1

    async def _close(self, serving: asyncio.Task[None]) -> None:
        """Refuse new calls, and wait for the others."""
        for door in self.grpc:
            await door.health.enter_graceful_shutdown()
        self.http.should_exit = True
        stopping = [asyncio.create_task(door.server.stop(self.grace)) for door in self.grpc]
        if not await self.calls.ended(self.grace):
            log.warning("%d calls were cut off after %g seconds", self.calls.count, self.grace)
        await asyncio.gather(*(door.server.stop(min(self.grace, _LAST)) for door in self.grpc))
        await asyncio.gather(serving, *stopping)


async def open_servers(
    api: Api, dispatch: Dispatch, settings: Settings, listener: socket.socket | None = None
) -> Servers:
    """The doors with their ports, that of HTTP on a socket which listens already, if there is one.

    Raises OSError or RuntimeError where a port is taken.
    """
    calls = RequestLog(Metrics())
    found = await _grpc_doors(api, dispatch, calls, settings)
    listener = listener or listen(settings.host, settings.http_port)
    limits = settings.max_bytes, settings.max_depth
    app = build_app(api, dispatch, calls, *limits, secured=settings.auth != "none")
    scheme = "https" if settings.tls_cert else "http"
    port = listener.getsockname()[1]
    (first, _), *others = found
    return Servers(
        grpc=[door for _, door in found],
        http=_HttpServer(_config(app, settings)),
        listener=listener,
        calls=calls,
        lines=(
            first,
            f"HTTP  {scheme}://{settings.host}:{port}  (docs at /docs)",
            *(line for line, _ in others),
        ),
        grace=settings.grace,
    )


def _config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        timeout_graceful_shutdown=math.ceil(settings.grace),
    )


async def _grpc_doors(
    api: Api, dispatch: Dispatch, calls: RequestLog, settings: Settings
) -> list[tuple[str, GrpcServer]]:
    """A door of all services, then one for each --package-port; with the line that tells it."""
    kinds = {"none": grpc.Compression.NoCompression, "gzip": grpc.Compression.Gzip}
    given = (
        *(settings.max_bytes, settings.max_depth),
        *(settings.workers > 1, kinds[settings.grpc_compression]),
    )
    door = await build_grpc_server(api, dispatch, calls, *given)
    port = _add_port(door.server, settings.grpc_port, settings)
    doors = [(f"gRPC  {settings.host}:{port}", door)]
    for package, wanted in settings.package_port.items():
        door = await build_grpc_server(api.of_package(package), dispatch, calls, *given)
        port = _add_port(door.server, wanted, settings)
        doors.append((f"gRPC  {settings.host}:{port}  ({package})", door))
    return doors


def _add_port(server: grpc.aio.Server, port: int, settings: Settings) -> int:
    address = f"{settings.host}:{port}"
    if settings.tls_cert is None or settings.tls_key is None:
        return int(server.add_insecure_port(address))
    pair = (settings.tls_key.read_bytes(), settings.tls_cert.read_bytes())
    return int(server.add_secure_port(address, grpc.ssl_server_credentials([pair])))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises OSError where the port is taken.

    It names TCP: asyncio sends without delay on such sockets only.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"{error.strerror} ({host}:{port})") from error
    return listener


class _HttpServer(uvicorn.Server):
    """uvicorn's server, told to stop by us: it would take the signals, and raise them once more."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

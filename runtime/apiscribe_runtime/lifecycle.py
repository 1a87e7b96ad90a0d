"""The gRPC and HTTP servers of a process: ports, start and graceful stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import math
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
import uvicorn
from starlette.types import ASGIApp

from .access import Access
from .dispatch import Dispatch
from .grpc_limits import GrpcLimits
from .grpc_server import GrpcServer
from .http_connections import Connections, affordable
from .http_server import ReplaceableApp, build_app
from .metrics import Metrics
from .registry import Api
from .request_bodies import RequestBodies
from .request_log import RequestLog
from .settings import Settings

# The time for streams of health and reflection after all other calls, and for uvicorn to close.
_LAST_GRACE = 1.0
_HEALTH_INTERVAL = 0.5  # seconds between two looks at the store

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Servers:
    """The servers of a process. They have ports, and are not started yet."""

    grpc: Sequence[GrpcServer]
    http: uvicorn.Server
    listener: socket.socket
    request_log: RequestLog
    lines: Sequence[str]  # with their addresses
    grace: float
    is_serving: Callable[[], bool]
    # Serves another API from now on. Requests in progress keep theirs.
    replace: Callable[[Api, Dispatch], Awaitable[None]]

    async def serve(self, on_start: Callable[[], None]) -> int:
        """Serve until a signal, then finish the requests in progress. A second signal cancels them.

        `on_start` is called after the start. Return the exit status: 1 if requests were cancelled.
        """
        first_signal, second_signal = asyncio.Event(), asyncio.Event()

        def stop() -> None:
            (second_signal if first_signal.is_set() else first_signal).set()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        await asyncio.gather(*(server.server.start() for server in self.grpc))
        serving = asyncio.create_task(self.http.serve(sockets=[self.listener]))
        watching = asyncio.create_task(self._watch_health())
        on_start()
        await first_signal.wait()
        watching.cancel()
        closing = asyncio.create_task(self._close(serving))
        second = asyncio.create_task(second_signal.wait())
        await asyncio.wait((closing, second), return_when=asyncio.FIRST_COMPLETED)
        if closing.done():
            await closing
            return 0
        log.warning("second signal: %d calls were cancelled", self.request_log.count)
        self.http.force_exit = True
        await asyncio.gather(*(server.server.stop(None) for server in self.grpc))
        # uvicorn closes its sockets within a tick of 0.1 seconds; they must be open until then.
        await asyncio.wait((serving,), timeout=_LAST_GRACE)
        return 1

    async def _watch_health(self) -> None:
        """Keep the health of the gRPC servers up to date."""
        was_serving = True
        while True:
            await asyncio.sleep(_HEALTH_INTERVAL)
            if (is_serving := self.is_serving()) != was_serving:
                was_serving = is_serving
                log.error("the store is %s", "back" if is_serving else "gone: it is not written to")
                for server in self.grpc:
                    await server.set_health(is_serving)

    async def _close(self, serving: asyncio.Task[None]) -> None:
        """Reject new requests, and wait for those in progress."""
        for server in self.grpc:
            await server.health.enter_graceful_shutdown()
        self.http.should_exit = True
        stopping = [asyncio.create_task(server.server.stop(self.grace)) for server in self.grpc]
        if not await self.request_log.wait_until_idle(self.grace):
            count = self.request_log.count
            log.warning("%d calls were cancelled after %g seconds", count, self.grace)
        grace = min(self.grace, _LAST_GRACE)
        await asyncio.gather(*(server.server.stop(grace) for server in self.grpc))
        await asyncio.gather(serving, *stopping)


async def open_servers(
    api: Api,
    dispatch: Dispatch,
    settings: Settings,
    is_serving: Callable[[], bool],
    listener: socket.socket | None = None,
) -> Servers:
    """Return the servers with their ports. `is_serving`: whether there is a store to write to.
    `listener`: a listening socket for HTTP.

    Raises OSError or RuntimeError if a port is in use.
    """
    request_log = RequestLog(Metrics())
    max_connections = affordable(settings.max_connections, 2 + len(settings.package_port))
    grpc_servers = _open_grpc_servers(request_log, settings, max_connections)
    bodies = RequestBodies(settings.max_bytes, settings.max_pending_bytes, settings.body_timeout)
    app = ReplaceableApp()
    first, *others = (line for _, line, _ in grpc_servers)

    async def replace(api: Api, dispatch: Dispatch) -> None:
        access = _access(api, dispatch, settings)
        # First what can fail: all servers have one API, or the other.
        of_servers = [api.of_package(package) if package else api for package, *_ in grpc_servers]
        new = build_app(
            *(api, dispatch, request_log, bodies, settings.max_depth, access, is_serving),
            grpc_address=first.split()[1],
        )
        for (*_, server), served in zip(grpc_servers, of_servers, strict=True):
            await server.serve_api(served, dispatch, access)
        app.current = new

    await replace(api, dispatch)
    listener = listener or listen(settings.host, settings.http_port, "--http-port")
    scheme = "https" if settings.tls_cert else "http"
    port = listener.getsockname()[1]
    shows_docs = settings.auth == "none" or "docs" in settings.public
    return Servers(
        grpc=[server for *_, server in grpc_servers],
        http=_UvicornServer(_config(app, settings, max_connections)),
        listener=listener,
        request_log=request_log,
        lines=(
            first,
            f"HTTP  {scheme}://{settings.host}:{port}{'  (docs at /docs)' * shows_docs}",
            *others,
        ),
        grace=settings.grace,
        is_serving=is_serving,
        replace=replace,
    )


def _access(api: Api, dispatch: Dispatch, settings: Settings) -> Access:
    return Access(
        identify=dispatch.identify,
        public=settings.public,
        hosts=settings.allowed_host if settings.auth == "none" else None,
        has_own_root=not any(
            (route.verb, route.path) == ("GET", "/")
            for service in api.services
            for method in service.methods
            for route in method.routes
        ),
    )


def _config(app: ASGIApp, settings: Settings, max_connections: int) -> uvicorn.Config:
    connections = Connections(max_connections, settings.header_timeout)
    return uvicorn.Config(
        app,
        # uvicorn calls it as it calls a class of its own.
        http=connections.protocol(),  # type: ignore[arg-type]
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        timeout_graceful_shutdown=math.ceil(settings.grace),
    )


def _open_grpc_servers(
    request_log: RequestLog, settings: Settings, max_connections: int
) -> list[tuple[str, str, GrpcServer]]:
    """Return a server of all services, then one for each --package-port: the package, the line with
    the address, and the server.
    """
    compressions = {"none": grpc.Compression.NoCompression, "gzip": grpc.Compression.Gzip}
    limits = GrpcLimits(
        max_bytes=settings.max_bytes,
        max_depth=settings.max_depth,
        max_connections=max_connections,
        header_timeout=settings.header_timeout,
        body_timeout=settings.body_timeout,
    )
    servers = []
    for package, port in (("", settings.grpc_port), *settings.package_port.items()):
        compression = compressions[settings.grpc_compression]
        server = GrpcServer(request_log, limits, settings.workers > 1, compression)
        flag = "--package-port" if package else "--grpc-port"
        port = _add_port(server.server, port, settings, flag)
        line = f"gRPC  {settings.host}:{port}{f'  ({package})' if package else ''}"
        servers.append((package, line, server))
    return servers


def _add_port(server: grpc.aio.Server, port: int, settings: Settings, flag: str) -> int:
    # gRPC logs a port in use, and names no flag. Workers share their ports.
    if settings.workers == 1:
        listen(settings.host, port, flag).close()
    address = f"{settings.host}:{port}"
    if settings.tls_cert is None or settings.tls_key is None:
        return int(server.add_insecure_port(address))
    pair = (settings.tls_key.read_bytes(), settings.tls_cert.read_bytes())
    return int(server.add_secure_port(address, grpc.ssl_server_credentials([pair])))


def listen(host: str, port: int, flag: str) -> socket.socket:
    """Return a listening socket. Raises OSError if the port of the flag is in use.

    The socket has the protocol TCP: asyncio sets TCP_NODELAY on such sockets only.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            reason = f"port {port} of {host} is in use; choose another with {flag} (0: a free one)"
            raise OSError(reason) from error
        raise OSError(error.errno, f"{error.strerror} ({host}:{port})") from error
    return listener


class _UvicornServer(uvicorn.Server):
    """uvicorn.Server without its own signal handling."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

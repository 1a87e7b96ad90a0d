"""Starts a server: store, rows, both doors; stops it when it is told to."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import grpc
import uvicorn
from sqlalchemy import MetaData
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from .callers import Identify, anyone, by_jwt, by_token
from .calls import Calls
from .catalog import Api
from .dispatch import Dispatch
from .errors import ApiError
from .grpc_door import build_server
from .hook_files import load_hooks
from .http_door import build_app
from .logs import start_log
from .metrics import Metrics
from .protojson import ProtoJson
from .rows import Rows
from .samples import load_rows, sample_rows
from .settings import Settings, read_settings
from .store import make_tables, open_store

_GRACE = 5.0  # seconds for calls that have begun


def main(api: Api, arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. Exit status: 0 after that, 2 where it could not start."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        settings = read_settings(f"python -m {api.name}", given)
        start_log(settings.log, settings.log_level)
        asyncio.run(_serve(api, settings))
    except (ApiError, ImportError, OSError, RuntimeError, SQLAlchemyError, ValueError) as error:
        return _refuse(str(getattr(error, "orig", None) or error))
    return 0


def _refuse(reason: str) -> int:
    print(f"cannot serve: {reason}", file=sys.stderr)
    return 2


async def _serve(api: Api, settings: Settings) -> None:
    engine = open_store(settings.store or f"sqlite+aiosqlite:///{api.name}.db", settings.timeout)
    try:
        await _serve_from(engine, api, settings)
    finally:
        await engine.dispose()


async def _serve_from(engine: AsyncEngine, api: Api, settings: Settings) -> None:
    hooks = load_hooks(settings.hooks, api)
    rows = await open_rows(engine, api, settings.max_rows)
    identify, protojson = _identify(api, settings), ProtoJson(api.value_names)
    limits = settings.max_bytes, settings.max_depth
    dispatch = Dispatch(
        rows, hooks, identify, api.tenant, settings.timeout, protojson, settings.max_depth
    )
    calls = Calls(Metrics())
    # Ports before rows: a server that cannot start must not have stored anything.
    servers = await _grpc_servers(api, dispatch, calls, settings)
    listener = _listen(settings.host, settings.http_port)
    with listener:
        await _fill(engine, api, rows, settings)
        app = build_app(api, dispatch, calls, *limits, secured=settings.auth != "none")
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
        )
        http = _HttpServer(config)
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)

        await asyncio.gather(*(server.start() for _, server in servers))
        serving = asyncio.create_task(http.serve(sockets=[listener]))
        port = listener.getsockname()[1]
        scheme = "https" if settings.tls_cert else "http"
        (first, _), *others = servers
        print(first, flush=True)
        print(f"HTTP  {scheme}://{settings.host}:{port}  (docs at /docs)", flush=True)
        for line, _ in others:
            print(line, flush=True)
        await stop.wait()
        http.should_exit = True
        await asyncio.gather(*(server.stop(_GRACE) for _, server in servers))
        await serving


def _identify(api: Api, settings: Settings) -> Identify:
    if settings.tokens:
        return by_token(settings.tokens)
    if settings.jwt_keys:
        claim = settings.jwt_claim or api.tenant
        return by_jwt(settings.jwt_keys, claim, settings.jwt_audience)
    return anyone(api.tenant)


async def _grpc_servers(
    api: Api, dispatch: Dispatch, calls: Calls, settings: Settings
) -> list[tuple[str, grpc.aio.Server]]:
    """A server of all services, then one for each --package-port; with the line that tells it."""
    limits = settings.max_bytes, settings.max_depth
    server = await build_server(api, dispatch, calls, *limits)
    port = _add_port(server, settings.grpc_port, settings)
    servers = [(f"gRPC  {settings.host}:{port}", server)]
    for package, wanted in settings.package_port.items():
        server = await build_server(api.of_package(package), dispatch, calls, *limits)
        port = _add_port(server, wanted, settings)
        servers.append((f"gRPC  {settings.host}:{port}  ({package})", server))
    return servers


def _add_port(server: grpc.aio.Server, port: int, settings: Settings) -> int:
    address = f"{settings.host}:{port}"
    if settings.tls_cert is None or settings.tls_key is None:
        return int(server.add_insecure_port(address))
    pair = (settings.tls_key.read_bytes(), settings.tls_cert.read_bytes())
    return int(server.add_secure_port(address, grpc.ssl_server_credentials([pair])))


def _listen(host: str, port: int) -> socket.socket:
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


async def open_rows(engine: AsyncEngine, api: Api, max_rows: int) -> dict[str, Rows]:
    """Full name of a service → its rows; tables that are missing are made."""
    metadata = MetaData()
    tables: dict[type, Rows] = {}
    rows = {}
    for service in api.services:
        if resource := service.resource:
            if resource.model not in tables:
                tables[resource.model] = Rows(engine, metadata, resource, max_rows)
            rows[service.full_name] = tables[resource.model]
    async with engine.begin() as connection:
        await make_tables(connection, metadata)
    return rows


async def _fill(engine: AsyncEngine, api: Api, rows: dict[str, Rows], settings: Settings) -> None:
    """Store what --load and --sample ask for, all or nothing."""
    found = [entry for file in settings.load for entry in load_rows(file, api).items()]
    if settings.sample:
        # Services that keep the same message keep the same rows.
        kept = {s.resource.model: s.full_name for s in reversed(api.services) if s.resource}
        for service in api.services:
            resource = service.resource
            if resource and kept[resource.model] == service.full_name:
                shown = api.examples.get(resource.proto.DESCRIPTOR.full_name, ())
                made = sample_rows(resource, settings.sample, shown, api.value_names)
                found.append((service.full_name, made))
    async with engine.begin() as connection:
        for name, values in found:
            await rows[name].add(values, connection)

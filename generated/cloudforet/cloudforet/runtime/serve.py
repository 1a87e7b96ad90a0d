"""Starts a server: store, rows, both doors; stops it when it is told to."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from pydantic import ValidationError
from pydantic_settings import CliApp, CliSettingsSource
from sqlalchemy import MetaData
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from .catalog import Api
from .dispatch import Dispatch
from .errors import ApiError, path_text
from .grpc_door import build_server
from .hooks import load_hooks
from .http_door import build_app
from .rows import Rows
from .samples import load_rows, sample_rows
from .settings import Settings
from .store import make_tables, open_store

_GRACE = 5.0  # seconds for calls that have begun


def main(api: Api, arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. Exit status: 0 after that, 2 where it could not start."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    given = list(sys.argv[1:] if arguments is None else arguments)
    source = CliSettingsSource[Any](Settings, cli_prog_name=f"python -m {api.name}")
    try:
        settings = CliApp.run(Settings, cli_args=given, cli_settings_source=source)
    except ValidationError as error:
        return _refuse("; ".join(f"{path_text(e['loc'])}: {e['msg']}" for e in error.errors()))
    try:
        asyncio.run(_serve(api, settings))
    except (ApiError, ImportError, OSError, RuntimeError, SQLAlchemyError, ValueError) as error:
        return _refuse(str(getattr(error, "orig", None) or error))
    return 0


def _refuse(reason: str) -> int:
    print(f"cannot serve: {reason}", file=sys.stderr)
    return 2


async def _serve(api: Api, settings: Settings) -> None:
    engine = open_store(settings.store or f"sqlite+aiosqlite:///{api.name}.db")
    try:
        await _serve_from(engine, api, settings)
    finally:
        await engine.dispose()


async def _serve_from(engine: AsyncEngine, api: Api, settings: Settings) -> None:
    hooks = load_hooks(settings.hooks, api) if settings.hooks else {}
    rows = await open_rows(engine, api)
    dispatch = Dispatch(rows, hooks)
    # Ports before rows: a server that cannot start must not have stored anything.
    server = await build_server(api, dispatch)
    grpc_port = server.add_insecure_port(f"{settings.host}:{settings.grpc_port}")
    listener = _listen(settings.host, settings.http_port)
    with listener:
        await _fill(engine, api, rows, settings)
        http = _HttpServer(uvicorn.Config(build_app(api, dispatch), log_level="warning"))
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)

        await server.start()
        serving = asyncio.create_task(http.serve(sockets=[listener]))
        port = listener.getsockname()[1]
        print(f"gRPC  {settings.host}:{grpc_port}", flush=True)
        print(f"HTTP  http://{settings.host}:{port}  (docs at /docs)", flush=True)
        await stop.wait()
        http.should_exit = True
        await server.stop(_GRACE)
        await serving


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


async def open_rows(engine: AsyncEngine, api: Api) -> dict[str, Rows]:
    """Full name of a service → its rows; tables that are missing are made."""
    metadata = MetaData()
    tables: dict[type, Rows] = {}
    rows = {}
    for service in api.services:
        if resource := service.resource:
            if resource.model not in tables:
                tables[resource.model] = Rows(engine, metadata, resource)
            rows[service.full_name] = tables[resource.model]
    async with engine.begin() as connection:
        await make_tables(connection, metadata)
    return rows


async def _fill(engine: AsyncEngine, api: Api, rows: dict[str, Rows], settings: Settings) -> None:
    """Store what --load and --sample ask for, all or nothing."""
    found = [entry for file in settings.load for entry in load_rows(file, api).items()]
    if settings.sample:
        for service in api.services:
            if resource := service.resource:
                shown = api.examples.get(resource.proto.DESCRIPTOR.full_name, ())
                made = sample_rows(resource, settings.sample, shown, api.value_names)
                found.append((service.full_name, made))
    async with engine.begin() as connection:
        for name, values in found:
            await rows[name].add(values, connection)

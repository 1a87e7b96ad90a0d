"""One process of a server: its store, its rows, what answers its calls, and its doors."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from .authentication import Identify, anyone, by_jwt, by_token
from .dispatch import Dispatch
from .handler_files import load_handlers
from .indexes import asked_by_name
from .protojson import ProtoJson
from .registry import Api
from .rows import Rows
from .samples import load_rows, sample_rows
from .servers import open_servers
from .settings import Settings
from .store import make_tables, open_store, writing


class _Opened(NamedTuple):
    """What a process has before it has doors."""

    engine: AsyncEngine
    rows: dict[str, Rows]
    dispatch: Dispatch


async def serve_alone(api: Api, settings: Settings) -> int:
    """Serve until a signal comes; the exit status. Raises what a start can fail of."""
    async with _opened(api, settings) as opened:
        # Ports before rows: a server that cannot start must not have stored anything.
        doors = await open_servers(api, opened.dispatch, settings)
        with doors.listener:
            await _fill(opened, api, settings)
            return await doors.serve(lambda: print("\n".join(doors.lines), flush=True))


async def prepare(api: Api, settings: Settings) -> None:
    """Make the store of a server of several processes. Raises what a start can fail of."""
    async with _opened(api, settings) as opened:
        await _fill(opened, api, settings)


async def serve_shared(
    api: Api,
    settings: Settings,
    listener: socket.socket,
    answers: Callable[[Sequence[str]], None],
) -> int:
    """Serve on ports that several processes share, and that `settings` name; the exit status.

    `answers` is given the lines that tell the ports, once they answer.
    """
    async with _opened(api, settings) as opened:
        doors = await open_servers(api, opened.dispatch, settings, listener)
        with doors.listener:
            return await doors.serve(lambda: answers(doors.lines))


@asynccontextmanager
async def _opened(api: Api, settings: Settings) -> AsyncIterator[_Opened]:
    engine = open_store(settings.store or f"sqlite+aiosqlite:///{api.name}.db", settings.timeout)
    try:
        handlers = load_handlers(settings.handlers, api)
        rows = await open_rows(engine, api, settings.max_rows)
        dispatch = Dispatch(
            rows,
            handlers,
            _identify(api, settings),
            api.tenant,
            settings.timeout,
            ProtoJson(api.value_names, api.opaque_types),
            settings.max_depth,
        )
        yield _Opened(engine, rows, dispatch)
    finally:
        await engine.dispose()


def _identify(api: Api, settings: Settings) -> Identify:
    if settings.tokens:
        return by_token(settings.tokens)
    if settings.jwt_keys:
        claim = settings.jwt_claim or api.tenant
        return by_jwt(settings.jwt_keys, claim, settings.jwt_audience)
    return anyone(api.tenant)


async def open_rows(engine: AsyncEngine, api: Api, max_rows: int) -> dict[str, Rows]:
    """Full name of a service → its rows; tables that are missing are made."""
    metadata = MetaData()
    tables: dict[type, Rows] = {}
    rows = {}
    for service in api.services:
        if resource := service.resource:
            if resource.model not in tables:
                asked = asked_by_name(api.services, resource)
                tables[resource.model] = Rows(engine, metadata, resource, max_rows, asked)
            rows[service.full_name] = tables[resource.model]
    async with writing(engine).begin() as connection:
        await make_tables(connection, metadata)
    return rows


async def _fill(opened: _Opened, api: Api, settings: Settings) -> None:
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
    async with writing(opened.engine).begin() as connection:
        for name, values in found:
            await opened.rows[name].add(values, connection)

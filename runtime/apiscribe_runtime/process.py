"""A process of a server: the store, the rows, the dispatch and the servers."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from .authentication import Identify, no_authentication, token_authentication
from .dispatch import Dispatch
from .handler_files import forget_handlers, load_handlers
from .handlers import Handler
from .indexes import asked_by_name
from .lifecycle import open_servers
from .protojson import ProtoJson
from .registry import Api
from .rows import Rows
from .sample_keys import keys_above
from .samples import load_rows, sample_rows
from .settings import Settings
from .store import create_tables, is_present, open_store, transactional
from .updates import Updates, following

log = logging.getLogger(__name__)

_LISTED = 10  # methods with fields without an effect, in the warning


class _Backend(NamedTuple):
    """A process without its servers."""

    engine: AsyncEngine
    rows: dict[str, Rows]
    handlers: Mapping[str, Handler]
    dispatch: Dispatch

    def has_store(self) -> bool:
        """Return whether the store is still the one that the process opened."""
        return is_present(self.engine)


async def serve_single(api: Api, settings: Settings, updates: Updates | None = None) -> int:
    """Serve until a signal, and each version of the API in `updates` instead. Return the exit
    status. Raises the errors of a failed start.
    """
    async with _open_backend(api, settings) as backend:
        # Ports first: a server that cannot start must not store rows.
        servers = await open_servers(api, backend.dispatch, settings, backend.has_store)
        with servers.listener:
            _warn_of_unused_fields(api, backend.handlers)
            await _store_initial_rows(backend, api, settings)

            async def replace(new: Api) -> None:
                forget_handlers(settings.handlers)
                with_new = await _make_backend(backend.engine, new, settings)
                await servers.replace(new, with_new.dispatch)

            async with following(updates, replace):
                return await servers.serve(lambda: print("\n".join(servers.lines), flush=True))


async def create_store(api: Api, settings: Settings) -> None:
    """Create the store of a server with workers. Raises the errors of a failed start."""
    async with _open_backend(api, settings) as backend:
        _warn_of_unused_fields(api, backend.handlers)
        await _store_initial_rows(backend, api, settings)


async def serve_shared(
    api: Api,
    settings: Settings,
    listener: socket.socket,
    on_start: Callable[[Sequence[str]], None],
) -> int:
    """Serve on ports that several processes share. Return the exit status.

    `on_start` is called with the lines of the addresses after the start.
    """
    async with _open_backend(api, settings) as backend:
        servers = await open_servers(api, backend.dispatch, settings, backend.has_store, listener)
        with servers.listener:
            return await servers.serve(lambda: on_start(servers.lines))


@asynccontextmanager
async def _open_backend(api: Api, settings: Settings) -> AsyncIterator[_Backend]:
    url = settings.store or f"{api.name}.db"
    engine = open_store(url, settings.timeout, settings.max_answer_bytes)
    try:
        yield await _make_backend(engine, api, settings)
    finally:
        await engine.dispose()


async def _make_backend(engine: AsyncEngine, api: Api, settings: Settings) -> _Backend:
    handlers = load_handlers(settings.handlers, api)
    rows = await open_rows(engine, api, settings.max_rows, settings.max_answer_bytes)
    dispatch = Dispatch(
        rows,
        handlers,
        _identify(api, settings),
        api.tenant,
        settings.timeout,
        ProtoJson(api.value_names, api.opaque_types),
        settings.max_depth,
    )
    return _Backend(engine, rows, handlers, dispatch)


def _warn_of_unused_fields(api: Api, handlers: Mapping[str, Handler]) -> None:
    """Log the documented fields of requests that the server does not act on."""
    methods = {f"{s.full_name}.{method.name}": method for s in api.services for method in s.methods}
    texts = []
    for name, method in methods.items():
        standard = method.standard
        if standard and name not in handlers and (standard.unused or standard.refused):
            refused = (f"{field} (refused)" for field in standard.refused)
            texts.append(f"{name}: {', '.join((*refused, *standard.unused))}")
    if texts:
        others = f"; and of {len(texts) - _LISTED} other methods" * (len(texts) > _LISTED)
        listed = "; ".join(texts[:_LISTED])
        log.warning("fields without an effect, until a handler uses them: %s%s", listed, others)


def _identify(api: Api, settings: Settings) -> Identify:
    if settings.tokens:
        return token_authentication(settings.tokens)
    if settings.jwt_keys:
        from .json_web_tokens import jwt_authentication

        claim = settings.jwt_claim or api.tenant
        return jwt_authentication(settings.jwt_keys, claim, settings.jwt_audience)
    return no_authentication(api.tenant)


async def open_rows(
    engine: AsyncEngine, api: Api, max_rows: int, max_answer_bytes: int = 64 << 20
) -> dict[str, Rows]:
    """Create missing tables. Return full name of a service → its rows."""
    metadata = MetaData()
    tables: dict[type, Rows] = {}
    rows = {}
    for service in api.services:
        if resource := service.resource:
            if resource.model not in tables:
                fields = asked_by_name(api.services, resource)
                tables[resource.model] = Rows(
                    engine, metadata, resource, max_rows, fields, max_answer_bytes
                )
            rows[service.full_name] = tables[resource.model]
    async with transactional(engine).begin() as connection:
        await create_tables(connection, metadata)
    return rows


async def _store_initial_rows(backend: _Backend, api: Api, settings: Settings) -> None:
    """Store the rows of --load, and of --sample where there are none, in one transaction."""
    entries = [entry for file in settings.load for entry in load_rows(file, api).items()]
    if settings.sample:
        # Services with the same message share its rows.
        owners = {s.resource.model: s.full_name for s in reversed(api.services) if s.resource}
        above = keys_above(api)
        for service in api.services:
            resource = service.resource
            if not resource or owners[resource.model] != service.full_name:
                continue
            if await backend.rows[service.full_name].is_empty():
                examples = api.examples.get(resource.proto.DESCRIPTOR.full_name, ())
                facts = api.value_names, above.get(service.full_name)
                samples = sample_rows(resource, settings.sample, examples, *facts)
                entries.append((service.full_name, samples))
    added: dict[Rows, list[dict[str, Any]]] = {}
    for name, values in entries:
        added.setdefault(backend.rows[name], []).extend(values)
    async with transactional(backend.engine).begin() as connection:
        for rows, values in added.items():
            await rows.add(values, connection)

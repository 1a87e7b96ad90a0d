"""Several processes behind one server's ports, on one store.

A worker that dies is told and another takes its place: the others go on, and what is stored is in
the store. One that cannot start ends the server: the next could not either.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from prometheus_client.multiprocess import mark_process_dead

from .logs import start_log
from .metrics import SHARED
from .process import prepare, serve_shared
from .registry import Api
from .servers import listen
from .settings import Settings

# gRPC's threads do not live through a fork.
_PROCESSES = multiprocessing.get_context("spawn")

log = logging.getLogger(__name__)


def serve_with_workers(api: Api, settings: Settings) -> int:
    """Serve until a signal comes; the exit status. Raises what a start can fail of."""
    with ExitStack() as held:
        # Ports before rows: a server that cannot start must not have stored anything.
        listener = held.enter_context(listen(settings.host, settings.http_port))
        shared = _with_ports(settings, held)
        asyncio.run(prepare(api, settings))
        folder = held.enter_context(_folder_of_figures())
        return asyncio.run(_Workers(shared, listener, folder).serve())


def _with_ports(settings: Settings, held: ExitStack) -> Settings:
    """The settings with the ports of gRPC that the workers share; the stack holds them."""

    def hold(port: int) -> int:
        # A socket that does not share is refused by one that does: no other server has the port.
        with listen(settings.host, port) as found:
            number = int(found.getsockname()[1])
        sharing = socket.socket(found.family, socket.SOCK_STREAM)
        held.enter_context(sharing)
        sharing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sharing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sharing.bind((settings.host, number))
        return number

    ports = {package: hold(port) for package, port in settings.package_port.items()}
    grpc_port = hold(settings.grpc_port)
    return settings.model_copy(update={"grpc_port": grpc_port, "package_port": ports})


@contextmanager
def _folder_of_figures() -> Iterator[str]:
    """Where the workers write their metrics, for any of them to sum up."""
    with tempfile.TemporaryDirectory(prefix="serve-") as folder:
        os.environ[SHARED] = folder
        try:
            yield folder
        finally:
            del os.environ[SHARED]


class _Workers:
    """The processes of a server, by their numbers."""

    def __init__(self, settings: Settings, listener: socket.socket, folder: str) -> None:
        self._settings, self._listener, self._folder = settings, listener, folder
        self._running: dict[int, SpawnProcess] = {}
        self._starting = settings.workers
        self._stopping = False
        self._failed = 0

    async def serve(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        numbers = range(1, self._settings.workers + 1)
        statuses = await asyncio.gather(*map(self._keep, numbers))
        return self._failed or int(any(statuses))

    def _stop(self) -> None:
        """Tell all workers to stop, and the second time to end at once."""
        self._stopping = True
        for process in self._running.values():
            process.terminate()

    async def _keep(self, number: int) -> int:
        """Start a worker, and another whenever it dies; the exit status of the last one."""
        while True:
            process, lines = await self._start(number)
            if lines is None and not self._stopping:
                self._failed = 2 if self._starting else 1
                self._stop()
            elif lines is not None and self._starting:
                self._starting -= 1
                if not self._starting:
                    print("\n".join(lines), flush=True)
            await _readable(process.sentinel)
            process.join()
            mark_process_dead(process.pid, self._folder)  # type: ignore[no-untyped-call]  # theirs
            if self._stopping:
                # Who is told to stop before they could listen to it is ended by the signal.
                return 0 if lines is None else process.exitcode or 0
            log.error(
                "worker %d (process %d) ended with status %d; another takes its place",
                *(number, process.pid, process.exitcode),
            )

    async def _start(self, number: int) -> tuple[SpawnProcess, Sequence[str] | None]:
        """A worker, and the lines that tell its ports; None where it did not start."""
        ours, theirs = _PROCESSES.Pipe(duplex=False)
        registry = f"{__package__.rpartition('.')[0]}.registry"
        given = (registry, self._settings, self._listener, theirs)
        process = _PROCESSES.Process(target=_work, args=given, name=f"worker {number}")
        self._running[number] = process
        process.start()
        theirs.close()
        with ours:
            await _readable(ours.fileno())
            try:
                return process, ours.recv()
            except EOFError:
                return process, None


async def _readable(file: int) -> None:
    """Return when there is something to read, or its writer is gone."""
    loop, found = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(file, found.set)
    try:
        await found.wait()
    finally:
        loop.remove_reader(file)


def _work(registry: str, settings: Settings, listener: socket.socket, ready: Connection) -> None:
    """What a worker does."""
    # A terminal tells every process of a program to stop; the first one tells us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start_log(settings.log, settings.log_level)

    async def serve() -> int:
        orphaned = asyncio.create_task(_stop_with_parent())
        try:
            return await serve_shared(import_module(registry).API, settings, listener, ready.send)
        finally:
            orphaned.cancel()

    try:
        sys.exit(asyncio.run(serve()))
    except Exception as error:
        log.error("a worker cannot start: %s", error)
        sys.exit(2)


async def _stop_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    await _readable(parent.sentinel)
    signal.raise_signal(signal.SIGTERM)

"""Several processes that share the ports and the store of a server.

A worker that dies is logged and replaced; the others continue. A worker that cannot start ends the
server, because the next one could not start either.
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

from .lifecycle import listen
from .logs import configure_logging
from .metrics import MULTIPROCESS_FOLDER
from .process import create_store, serve_shared
from .registry import Api
from .settings import Settings

# gRPC's threads do not survive a fork.
_PROCESSES = multiprocessing.get_context("spawn")

log = logging.getLogger(__name__)


def serve_with_workers(api: Api, settings: Settings) -> int:
    """Serve until a signal. Return the exit status. Raises the errors of a failed start."""
    with ExitStack() as stack:
        # Ports first: a server that cannot start must not store rows.
        listener = stack.enter_context(listen(settings.host, settings.http_port, "--http-port"))
        shared = _reserve_ports(settings, stack)
        asyncio.run(create_store(api, settings))
        folder = stack.enter_context(_metrics_folder())
        return asyncio.run(_Workers(api.module, shared, listener, folder).serve())


def _reserve_ports(settings: Settings, stack: ExitStack) -> Settings:
    """Return the settings with the gRPC ports that the workers share; the stack reserves them."""

    def reserve(port: int, flag: str) -> int:
        # A socket without SO_REUSEPORT cannot bind a shared port, so this finds any other server.
        with listen(settings.host, port, flag) as probe:
            number = int(probe.getsockname()[1])
        reservation = socket.socket(probe.family, socket.SOCK_STREAM)
        stack.enter_context(reservation)
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reservation.bind((settings.host, number))
        return number

    ports = {
        package: reserve(port, "--package-port") for package, port in settings.package_port.items()
    }
    grpc_port = reserve(settings.grpc_port, "--grpc-port")
    return settings.model_copy(update={"grpc_port": grpc_port, "package_port": ports})


@contextmanager
def _metrics_folder() -> Iterator[str]:
    """Yield the folder of the workers' metrics; each worker can sum them."""
    with tempfile.TemporaryDirectory(prefix="serve-") as folder:
        os.environ[MULTIPROCESS_FOLDER] = folder
        try:
            yield folder
        finally:
            del os.environ[MULTIPROCESS_FOLDER]


class _Workers:
    """The worker processes of a server, by number."""

    def __init__(
        self, module: str, settings: Settings, listener: socket.socket, folder: str
    ) -> None:
        self._module, self._settings = module, settings
        self._listener, self._folder = listener, folder
        self._running: dict[int, SpawnProcess] = {}
        self._starting = settings.workers
        self._stopping = False
        self._failed = 0

    async def serve(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        numbers = range(1, self._settings.workers + 1)
        statuses = await asyncio.gather(*map(self._supervise, numbers))
        return self._failed or int(any(statuses))

    def _stop(self) -> None:
        """Stop all workers gracefully; on the second call, immediately."""
        self._stopping = True
        for process in self._running.values():
            process.terminate()

    async def _supervise(self, number: int) -> int:
        """Start a worker, and replace it when it dies. Return the exit status of the last one."""
        while True:
            process, lines = await self._start(number)
            if lines is None and not self._stopping:
                self._failed = 2 if self._starting else 1
                self._stop()
            elif lines is not None and self._starting:
                self._starting -= 1
                if not self._starting:
                    print("\n".join(lines), flush=True)
            await _wait_until_readable(process.sentinel)
            process.join()
            mark_process_dead(process.pid, self._folder)  # type: ignore[no-untyped-call]  # prometheus_client is untyped
            if self._stopping:
                # Before a worker has its signal handler, the signal ends it.
                return 0 if lines is None else process.exitcode or 0
            log.error(
                "worker %d (process %d) ended with status %d; it is replaced",
                *(number, process.pid, process.exitcode),
            )

    async def _start(self, number: int) -> tuple[SpawnProcess, Sequence[str] | None]:
        """Start a worker. Return its process, and the lines of its addresses or None."""
        receiver, sender = _PROCESSES.Pipe(duplex=False)
        arguments = (self._module, self._settings, self._listener, sender)
        process = _PROCESSES.Process(target=_run_worker, args=arguments, name=f"worker {number}")
        self._running[number] = process
        process.start()
        sender.close()
        with receiver:
            await _wait_until_readable(receiver.fileno())
            try:
                return process, receiver.recv()
            except EOFError:
                return process, None


async def _wait_until_readable(file: int) -> None:
    """Wait for data, or for the end of the writer."""
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(file, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(file)


def _run_worker(
    module: str, settings: Settings, listener: socket.socket, sender: Connection
) -> None:
    """Run a worker process."""
    # A terminal sends SIGINT to all processes of a program; the parent sends SIGTERM to workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configure_logging(settings.log, settings.log_level)

    async def serve() -> int:
        watcher = asyncio.create_task(_stop_with_parent())
        try:
            return await serve_shared(import_module(module).API, settings, listener, sender.send)
        finally:
            watcher.cancel()

    try:
        sys.exit(asyncio.run(serve()))
    except Exception as error:
        log.error("a worker cannot start: %s", error)
        sys.exit(2)


async def _stop_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    await _wait_until_readable(parent.sentinel)
    signal.raise_signal(signal.SIGTERM)

"""Server processes, forked from a process that has imported the libraries of generated servers.

These imports are two thirds of a server's start. A forked server still imports the generated
package itself and runs it as `python -m` does, with its own arguments, environment and folder.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from io import TextIOWrapper
from pathlib import Path

# What the modules of the runtime import. None of it starts a thread or opens a socket.
LIBRARIES = (
    "aiosqlite",
    "google.api.field_behavior_pb2",
    "google.protobuf.duration_pb2",
    "grpc.aio",
    "grpc_health.v1.health",
    "grpc_reflection.v1alpha.reflection",
    "jwt",
    "psycopg",
    "pydantic_settings",
    "pythonjsonlogger.json",
    "re2",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.ext.compiler",
    "starlette.middleware.gzip",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.auto",
)
_NUMBER = struct.Struct("i")


class ServerProcess:
    """A running `python -m MODULE`, with the interface of `subprocess.Popen`."""

    def __init__(self, module: str, arguments: Sequence[str], cwd: Path, errors: int) -> None:
        """Start the module. `errors` is the file descriptor for its standard error."""
        self.args = [sys.executable, "-m", module, *arguments]
        self._status: int | None = None
        output, output_end = os.pipe()
        events, events_end = os.pipe()
        self.stdout = TextIOWrapper(os.fdopen(output, "rb"))
        self._events = os.fdopen(events, "rb", buffering=0)
        with tempfile.TemporaryFile("w+") as request:
            json.dump([module, *arguments, str(cwd), dict(os.environ)], request)
            request.seek(0)
            files = [request.fileno(), output_end, errors, events_end]
            socket.send_fds(_launcher(), [b"x"], files)
        os.close(output_end)
        os.close(events_end)
        self.pid = self._read_event()

    def poll(self) -> int | None:
        """Return the exit status; None while the process runs."""
        if self._status is None and select.select([self._events], [], [], 0)[0]:
            self._status = self._read_event()
            self._events.close()
        return self._status

    def wait(self, timeout: float) -> int:
        """Return the exit status. Raises subprocess.TimeoutExpired."""
        if self._status is None:
            select.select([self._events], [], [], timeout)
        if (status := self.poll()) is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def _read_event(self) -> int:
        return int(_NUMBER.unpack(self._events.read(_NUMBER.size))[0])


@cache
def _launcher() -> socket.socket:
    """Return the connection to this process's launcher, which ends with it."""
    ours, theirs = socket.socketpair()
    # By its path: nothing is to be imported from the folder of the tests.
    program = [sys.executable, "-P", __file__, str(theirs.fileno())]
    subprocess.Popen(program, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    theirs.close()
    return ours


def _launch(connection: socket.socket) -> None:
    """Fork a server for each request until the other end is closed."""
    for library in LIBRARIES:
        importlib.import_module(library)
    while files := socket.recv_fds(connection, 1, 4)[1]:
        if os.fork() == 0:
            connection.close()
            _watch_server(*files)
        for file in files:
            os.close(file)
        _reap(os.WNOHANG)
    _reap(0)


def _reap(options: int) -> None:
    """Wait for the children that have ended, or for all."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, options) != (0, 0):
            pass


def _watch_server(request: int, output: int, errors: int, events: int) -> None:
    """Fork a server, and write its number and its exit status to `events`."""
    pid = os.fork()
    if pid == 0:
        os.close(events)
        os._exit(_run_server(request, output, errors))
    for file in (request, output, errors):
        os.close(file)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.write(events, _NUMBER.pack(pid))
    _, status = os.waitpid(pid, 0)
    os.write(events, _NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _run_server(request: int, output: int, errors: int) -> int:
    """Run a module in this process, and return the exit status."""
    with open(request) as file:
        *arguments, cwd, environment = json.load(file)
    os.dup2(output, 1)
    os.dup2(errors, 2)
    os.close(output)
    os.close(errors)
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(cwd)
    path = environment.get("PYTHONPATH", "")
    sys.path[:0] = [cwd, *filter(None, path.split(os.pathsep))]
    sys.argv[:] = arguments
    status: object = 0
    try:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    except SystemExit as error:
        status = error.code
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    return status if isinstance(status, int) else int(status is not None)


if __name__ == "__main__":
    _launch(socket.socket(fileno=int(sys.argv[1])))

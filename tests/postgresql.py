"""A PostgreSQL of the tests' own: a cluster in a temporary folder, on a free port of loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serving import WAIT
from slow import require_slow

_USER = "apiscribe"


def program(name: str) -> str | None:
    """The path of one of PostgreSQL's programs; Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


class Postgresql:
    """A running server, and the URLs of new databases on it."""

    def __init__(self, port: int) -> None:
        self._port, self._made = port, 0

    def new_database(self) -> str:
        """The URL of an empty database, as --store takes it."""
        import psycopg

        self._made += 1
        name = f"test{self._made}"
        with psycopg.connect(self._url("postgresql", "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self._url("postgresql+psycopg", name)

    def _url(self, scheme: str, name: str) -> str:
        return f"{scheme}://{_USER}@127.0.0.1:{self._port}/{name}"


@contextmanager
def running() -> Iterator[Postgresql]:
    """A PostgreSQL that stops in the end, by its process."""
    require_slow()
    initdb, postgres = program("initdb"), program("postgres")
    assert initdb is not None
    assert postgres is not None
    # PostgreSQL refuses to run as root; Debian's package makes a user for it.
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="apiscribe-pg-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        if as_user:
            shutil.chown(folder, "postgres")
            shutil.chown(data, "postgres")
        made = [initdb, "-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*as_user, *made], check=True, capture_output=True, cwd=folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ["-D", str(data), "-p", str(port), "-k", folder, "-h", "127.0.0.1", "-F"]
        process = subprocess.Popen(
            [*as_user, postgres, *options],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(data / "postmaster.pid", process)
            yield Postgresql(port)
        finally:
            # The process that was started may be runuser: PostgreSQL tells its own number.
            server = int((data / "postmaster.pid").read_text().split()[0])
            os.kill(server, signal.SIGINT)
            process.wait(WAIT)


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the file that PostgreSQL writes when it starts says that it is ready."""
    end = time.monotonic() + WAIT
    while not (file.exists() and "ready" in file.read_text()):
        assert process.poll() is None, "PostgreSQL stopped"
        assert time.monotonic() < end, "PostgreSQL did not start"
        time.sleep(0.05)

"""PostgreSQL as people run it: a cluster that is killed and restarted, a standby, and PgBouncer."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from postgresql import program
from serving import WAIT, wait_until

USER = "apiscribe"
# PostgreSQL and PgBouncer refuse to run as root; Debian's packages make a user for them.
AS_USER = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Cluster:
    """A PostgreSQL on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()

    def initialise(self) -> None:
        self._run("initdb", "-D", self.folder, "-U", USER, "-A", "trust", "-E", "UTF8", "-N")

    def start(self) -> None:
        settings = f"-p {self.port} -k {self.folder} -h 127.0.0.1 -F -c max_connections=200"
        self._run("pg_ctl", "start", "-w", "-D", self.folder, "-o", settings, "-l", "/dev/null")

    def kill(self) -> None:
        """Kill every process at once, as a machine that is switched off does."""
        leader = int((self.folder / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        for pid in (leader, *map(int, children)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        wait_until(lambda: not Path(f"/proc/{leader}").exists())
        (self.folder / "postmaster.pid").unlink()

    def stop(self) -> None:
        if (self.folder / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-m", "immediate", "-w", "-D", self.folder)

    def execute(self, statement: str, database: str = "postgres") -> object:
        url = f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(url, autocommit=True) as connection:
            rows = connection.execute(statement.encode())
            return rows.fetchone() if rows.description else None

    def standby(self, folder: Path) -> Cluster:
        """A running copy of the cluster, which confirms each commit of it."""
        copy = Cluster(folder)
        source = f"host=127.0.0.1 port={self.port} user={USER} application_name=standby"
        self._run("pg_basebackup", "-D", folder, "-R", "-X", "stream", "-c", "fast", "-d", source)
        copy.start()
        self.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        self.execute("SELECT pg_reload_conf()")
        is_sync = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        wait_until(lambda: self.execute(is_sync) == (1,))
        return copy

    def _run(self, name: str, *arguments: object) -> None:
        path = program(name)
        assert path, f"needs {name}"
        command = [*AS_USER, path, *map(str, arguments)]
        subprocess.run(command, check=True, cwd="/tmp", timeout=WAIT, **QUIET)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster with the database `rows`; the folder beside it is for a standby."""
    with tempfile.TemporaryDirectory(prefix="apiscribe-pg-") as folder:
        if AS_USER:
            shutil.chown(folder, "postgres")
        primary = Cluster(Path(folder, "primary"))
        primary.initialise()
        primary.start()
        try:
            primary.execute("CREATE DATABASE rows")
            yield primary
        finally:
            for each in (primary.folder, Path(folder, "standby")):
                if each.exists():
                    Cluster(each).stop()


@contextmanager
def pgbouncer(port: int, size: int = 20) -> Iterator[int]:
    """The port of a PgBouncer with transaction pooling, in front of a cluster."""
    assert PGBOUNCER, "needs PgBouncer"
    with tempfile.TemporaryDirectory(prefix="apiscribe-pgbouncer-") as folder:
        own, file = free_port(), Path(folder, "pgbouncer.ini")
        file.write_text(
            f"[databases]\nrows = host=127.0.0.1 port={port} user={USER}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {own}\nauth_type = any\n"
            f"pool_mode = transaction\ndefault_pool_size = {size}\nserver_login_retry = 1\n"
        )
        Path(folder).chmod(0o755)
        command = [*AS_USER, PGBOUNCER, "--quiet", str(file)]
        process = subprocess.Popen(command, **QUIET)
        try:
            wait_until(lambda: _accepts(own))
            yield own
        finally:
            process.terminate()
            process.wait(WAIT)


def _accepts(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0

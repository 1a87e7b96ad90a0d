"""A server behind PgBouncer, which gives each transaction a connection that others use as well."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from depot_api import THING
from postgresql import Postgresql
from serving import WAIT, Server, wait_until, write_rows
from sqlalchemy import create_engine, make_url, text
from test_given_up import ACTIVE, ENDLESS, ROW

from apiscribe_runtime.store import open_store

pytestmark = pytest.mark.slow

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
CLIENTS, ROUNDS = 4, 8  # psycopg prepares a statement that it has executed five times
SHARED = 2  # connections to PostgreSQL


@pytest.fixture(scope="module")
def pooled(postgresql: Postgresql, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a new database, by way of PgBouncer."""
    if PGBOUNCER is None:
        pytest.skip("needs PgBouncer (pgbouncer)")
    url = make_url(postgresql.new_database())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = tmp_path_factory.mktemp("pgbouncer") / "pgbouncer.ini"
    file.write_text(
        f"[databases]\n{url.database} = host={url.host} port={url.port} user={url.username}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {SHARED}\n"
    )
    as_root = ["--user=postgres"] if os.getuid() == 0 else []
    file.chmod(0o644)
    for folder in (file.parent, file.parent.parent, file.parent.parent.parent):
        folder.chmod(0o755)
    process = subprocess.Popen([PGBOUNCER, "--quiet", *as_root, str(file)], stderr=subprocess.PIPE)
    try:
        wait_until(lambda: _accepts(port))
        shown = url.set(port=port, query={"pooling": "transaction"})
        yield shown.render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait(WAIT)


def _accepts(port: int) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_clients_share_connections(pooled: str, depot_tree: Path) -> None:
    with Server(depot_tree, pooled) as server:

        def live(number: int) -> int:
            scope = {"domain_id": f"d{number}"}
            for turn in range(ROUNDS):
                made = server.over_http(
                    ("POST", "/depot/v1/thing/create"), {**scope, "name": f"{turn}"}
                ).json()
                answer = server.over_http(
                    ("POST", "/depot/v1/thing/get"), {**scope, "thing_id": made["thing_id"]}
                )
                assert answer.json()["name"] == f"{turn}"
            return int(server.ask(f"{THING}.list", scope)["total_count"])

        with ThreadPoolExecutor(CLIENTS) as clients:
            assert [*clients.map(live, range(CLIENTS))] == [ROUNDS] * CLIENTS
        assert server.log() == ""


def test_a_statement_ends_with_its_time(pooled: str, depot_tree: Path) -> None:
    load = write_rows(depot_tree.parent, {"Thing": [ROW]}, "pooled")
    engine = create_engine(
        make_url(pooled).set(query={}),
        isolation_level="AUTOCOMMIT",
        connect_args={"prepare_threshold": None},
    )
    with (
        Server(depot_tree, pooled, load=load, timeout=0.5) as server,
        engine.connect() as other,
    ):
        assert server.refusal(f"{THING}.stat", ENDLESS).code == "ERROR_TIMEOUT"
        wait_until(lambda: other.execute(text(ACTIVE)).scalar_one() == 0)
    engine.dispose()


def test_no_setting_is_left_to_other_clients(pooled: str) -> None:
    plain = make_url(pooled).set(query={})
    engine = create_engine(plain, connect_args={"prepare_threshold": None})
    with engine.connect() as connection:
        shown = [
            connection.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("statement_timeout", "temp_file_limit")
        ]
    engine.dispose()
    assert shown == ["0", "-1"]


def test_another_pooling_is_refused() -> None:
    with pytest.raises(ValueError, match="pooling is session or transaction, not statement"):
        open_store("postgresql+psycopg://a@b/c?pooling=statement", 30)

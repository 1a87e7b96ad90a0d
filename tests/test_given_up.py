"""A statement ends in the database when its caller leaves, or its time is over."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import pytest
from depot_api import THING
from serving import WAIT, Server, database, wait_until, write_rows
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.slow

# A count of a thousand million rows takes longer than any test.
LISTS = {name: list(range(1000)) for name in "abc"}
ROW = {"thing_id": "t", "name": "n", "domain_id": "d", "tags": LISTS}
STAGES = [*({"unwind": {"path": f"tags.{name}"}} for name in LISTS), {"count": {"name": "n"}}]
ENDLESS = {"domain_id": "d", "query": {"aggregate": STAGES}}
ROUTE = ("POST", "/depot/v1/thing/stat")

ACTIVE = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'WITH%'"
WINDOW = 0.2  # seconds


class Serving(NamedTuple):
    """A server, and whether its database runs a statement."""

    server: Server
    is_running: Callable[[], bool]


@pytest.fixture(scope="module")
def patient(depot_tree: Path, new_store: Callable[[], Path | str]) -> Iterator[Serving]:
    with _serving(depot_tree, new_store(), 5 * WAIT) as found:
        yield found


@pytest.fixture(scope="module")
def hasty(depot_tree: Path, new_store: Callable[[], Path | str]) -> Iterator[Serving]:
    with _serving(depot_tree, new_store(), 0.5) as found:
        yield found


@contextmanager
def _serving(tree: Path, store: Path | str, timeout: float) -> Iterator[Serving]:
    load = write_rows(tree.parent, {"Thing": [ROW]}, "given-up")
    with Server(tree, store, load=load, timeout=timeout) as server:
        if isinstance(store, Path):
            yield Serving(server, lambda: _is_computing(server))
            return
        # With AUTOCOMMIT: a transaction sees pg_stat_activity as it was at its first look.
        engine = create_engine(database(store), isolation_level="AUTOCOMMIT")
        with engine.connect() as other:
            yield Serving(server, lambda: other.execute(text(ACTIVE)).scalar_one() > 0)
        engine.dispose()


def _is_computing(server: Server) -> bool:
    """Return whether the server uses the processor; SQLite runs in the server."""
    before = _ticks(server)
    time.sleep(WINDOW)
    return _ticks(server) > before + 1


def _ticks(server: Server) -> int:
    """Return the hundredths of a second that a server has run. Source: proc_pid_stat(5)."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def leave_over_http(serving: Serving) -> None:
    connection = HTTPConnection(serving.server.http_address, timeout=WAIT)
    connection.request(*ROUTE, json.dumps(ENDLESS), {"content-type": "application/json"})
    wait_until(serving.is_running)
    connection.close()


def leave_over_grpc(serving: Serving) -> None:
    message = serving.server.request(f"{THING}.stat", ENDLESS)
    call = serving.server.channel.unary_unary(f"/{THING}/stat").future(message.SerializeToString())
    wait_until(serving.is_running)
    call.cancel()


@pytest.mark.parametrize("leave", [leave_over_http, leave_over_grpc], ids=["HTTP", "gRPC"])
def test_a_statement_ends_when_its_caller_leaves(
    patient: Serving, leave: Callable[[Serving], None]
) -> None:
    leave(patient)
    wait_until(lambda: not patient.is_running())


def test_a_statement_ends_with_its_time(hasty: Serving) -> None:
    refusal = hasty.server.refusal(f"{THING}.stat", ENDLESS)
    assert refusal.code == "ERROR_TIMEOUT"
    wait_until(lambda: not hasty.is_running())

"""A store that is gone, replaced, full, read-only or restarting: no answer is 500, nothing is lost."""

from __future__ import annotations

import re
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from depot_api import THING
from postgresql import Postgresql
from serving import WAIT, Server, package, wait_until
from sqlalchemy.exc import OperationalError
from test_lost_connections import END, administration

from apiscribe_runtime import new_keys
from apiscribe_runtime.store_errors import is_unavailable

pytestmark = pytest.mark.slow

CREATE = {"domain_id": "d", "name": "a"}
LIST = {"domain_id": "d"}


def is_refused(server: Server, method: str = "create", **request: str) -> bool:
    """Whether both transports refuse a request as one to try again."""
    refusal = server.refusal(f"{THING}.{method}", {**CREATE, **request})
    http = server.over_http(("POST", f"/depot/v1/thing/{method}"), {**CREATE, **request})
    assert http.headers["retry-after"] == "1"
    return (refusal.status, refusal.http, http.status_code) == (
        grpc.StatusCode.UNAVAILABLE,
        503,
        503,
    )


def health(server: Server) -> tuple[int, str, bytes]:
    """The health over HTTP and over gRPC."""
    answer = server.client.get("/health")
    check = server.channel.unary_unary("/grpc.health.v1.Health/Check")
    return answer.status_code, answer.json()["status"], check(b"", timeout=WAIT)


SERVING = (200, "SERVING", b"\x08\x01")
NOT_SERVING = (503, "NOT_SERVING", b"\x08\x02")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "rows.db"


@pytest.fixture
def server(depot_tree: Path, store: Path) -> Iterator[Server]:
    with Server(depot_tree, store) as started:
        assert started.client.post("/depot/v1/thing/create", json=CREATE).status_code == 200
        yield started


def move_away(store: Path) -> None:
    store.rename(store.with_suffix(".old"))


def replace(store: Path) -> None:
    shutil.copy(store, store.with_suffix(".new"))
    store.with_suffix(".new").replace(store)


def delete_folder(store: Path) -> None:
    shutil.rmtree(store.parent)


@pytest.mark.parametrize("lose", [Path.unlink, move_away, replace, delete_folder])
def test_nothing_is_stored_in_a_file_that_is_gone(
    server: Server, store: Path, lose: object
) -> None:
    assert health(server) == SERVING
    assert callable(lose)
    lose(store)
    assert is_refused(server)
    wait_until(lambda: health(server) == NOT_SERVING)
    assert is_refused(server)
    if lose is move_away:
        assert not store.exists(), "SQLite made a new file"
        store.with_suffix(".old").rename(store)
        wait_until(lambda: health(server) == SERVING)
        assert server.client.post("/depot/v1/thing/create", json=CREATE).status_code == 200


def test_a_file_that_cannot_grow_is_unavailable(server: Server, store: Path) -> None:
    sizes = [path.stat().st_size for path in store.parent.iterdir()]
    limits = (max(sizes), resource.RLIM_INFINITY)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
    assert is_refused(server, name="x" * 1_000_000)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (-1, -1))
    assert server.client.post("/depot/v1/thing/create", json=CREATE).status_code == 200
    assert server.ask(f"{THING}.list", LIST)["total_count"] == 2


@pytest.fixture
def shared(depot_tree: Path, postgresql: Postgresql) -> Iterator[tuple[Server, str]]:
    url = postgresql.new_database()
    with Server(depot_tree, url) as started:
        yield started, url


@pytest.mark.parametrize(
    ("lose", "restore"),
    [
        ("ALTER DATABASE {name} ALLOW_CONNECTIONS false", "ALTER DATABASE {name} ALLOW_CONNECTIONS true"),
        (
            "ALTER DATABASE {name} SET default_transaction_read_only = on",
            "ALTER DATABASE {name} RESET default_transaction_read_only",
        ),
    ],
)  # fmt: skip
def test_a_database_that_stores_nothing_now_is_unavailable(
    shared: tuple[Server, str], lose: str, restore: str
) -> None:
    server, url = shared
    assert server.client.post("/depot/v1/thing/create", json=CREATE).status_code == 200
    with administration(url) as run:
        run(lose)
        run(END)
        assert is_refused(server)
        run(restore)
        run(END)
    assert server.client.post("/depot/v1/thing/create", json=CREATE).status_code == 200
    assert server.ask(f"{THING}.list", LIST)["total_count"] == 2


@pytest.mark.parametrize(
    ("state", "unavailable"),
    [
        *((state, True) for state in ("08006", "25006", "53100", "53200", "53300", "57P01")),
        *((state, True) for state in ("57P03", "58030", "57P02")),
        *((state, False) for state in ("22003", "40001", "42601", "57014", "23505", "55P03")),
    ],
)
def test_states_of_postgresql_are_classified(state: str, unavailable: bool) -> None:
    class OriginalError(Exception):
        sqlstate = state

    error = OperationalError("", None, OriginalError())
    assert is_unavailable(error) is unavailable


def test_new_keys_are_not_guessed(depot_tree: Path) -> None:
    resource_ = next(
        service.resource
        for service in package(depot_tree, "registry").API.services
        if service.full_name == THING
    )
    keys = {new_keys.new_key(resource_, 0) for _ in range(1_000)}
    assert len(keys) == 1_000
    assert all(re.fullmatch(r"thing-[0-9a-f]{24}", str(key)) for key in keys)

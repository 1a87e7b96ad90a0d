"""An HTTP API is served by its own habits: statuses, bodies, pages, sorting, errors, ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ledger_api import FILES
from serving import Json, Server, build, delete_rows, write_spec

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ledger_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    return build(write_spec(folder / "ledger", FILES), folder / "out")


@pytest.fixture(scope="module")
def ledger_and_store(
    ledger_tree: Path, new_store: Callable[[], Path | str]
) -> Iterator[tuple[Server, Path | str]]:
    store = new_store()
    with Server(ledger_tree, store) as server:
        yield server, store


@pytest.fixture
def ledger(ledger_and_store: tuple[Server, Path | str]) -> Iterator[Server]:
    """A server without rows."""
    server, store = ledger_and_store
    yield server
    delete_rows(store)


def created(server: Server, path: str, **fields: object) -> Json:
    answer = server.client.post(path, json=fields)
    assert answer.status_code == 201, answer.text
    row: Json = answer.json()
    return row


def test_answers_have_the_documented_status_and_body(ledger: Server) -> None:
    row = created(ledger, "/v1/customers", name="Anna", vip=False)
    assert isinstance(row["id"], int)
    assert row == {"id": row["id"], "name": "Anna", "vip": False}
    path = f"/v1/customers/{row['id']}"
    assert ledger.client.get(path).json() == row
    listed = ledger.client.get("/v1/customers")
    assert (listed.status_code, listed.json()) == (200, [row])
    gone = ledger.client.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert ledger.client.get("/v1/customers").json() == []


def test_the_served_document_has_the_same_statuses_and_bodies(ledger: Server) -> None:
    paths = ledger.client.get("/openapi.json").json()["paths"]
    create, list_ = paths["/v1/customers"]["post"], paths["/v1/customers"]["get"]
    delete = paths["/v1/customers/{id}"]["delete"]
    assert [s for s in create["responses"] if s < "300"] == ["201"]
    assert list_["responses"]["200"]["content"]["application/json"]["schema"]["type"] == "array"
    assert "content" not in delete["responses"]["204"]

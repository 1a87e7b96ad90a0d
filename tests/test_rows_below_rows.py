"""Rows below rows: `/beds/{id}/seedlings` lists and creates the rows of one bed only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from garden_api import GARDEN
from serving import Json, Server, build, delete_rows, write_rows, write_spec

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def garden_and_store(
    tmp_path_factory: pytest.TempPathFactory, new_store: Callable[[], Path | str]
) -> Iterator[tuple[Server, Path | str]]:
    folder, store = tmp_path_factory.mktemp("garden"), new_store()
    tree = build(write_spec(folder / "garden", GARDEN), folder / "out")
    with Server(tree, store) as server:
        yield server, store


@pytest.fixture
def garden(garden_and_store: tuple[Server, Path | str]) -> Iterator[Server]:
    """A server without rows."""
    server, store = garden_and_store
    yield server
    delete_rows(store)


def planted(server: Server, bed: str, variety: str) -> Json:
    answer = server.client.post(f"/beds/{bed}/seedlings.json", json={"variety": variety})
    assert answer.status_code == 201, answer.text
    row: Json = answer.json()
    return row


def test_a_row_belongs_to_the_row_of_its_path(garden: Server) -> None:
    first, other = planted(garden, "bed_1", "Ailsa Craig"), planted(garden, "bed_2", "Marmande")
    assert first == {"id": first["id"], "variety": "Ailsa Craig"}
    assert garden.client.get("/beds/bed_1/seedlings.json").json() == [first]
    assert garden.client.get("/beds/bed_2/seedlings.json").json() == [other]
    assert garden.client.get("/beds/bed_3/seedlings.json").json() == []
    assert garden.client.get(f"/seedlings/{other['id']}.json").json() == other


def test_a_row_is_not_found_below_another(garden: Server) -> None:
    row = planted(garden, "bed_1", "Ailsa Craig")
    wrong, right = (f"/beds/{bed}/seedlings/{row['id']}.json" for bed in ("bed_2", "bed_1"))
    assert garden.client.patch(wrong, json={"row": 5}).status_code == 404
    assert garden.client.delete(wrong).status_code == 404
    changed = garden.client.patch(right, json={"row": 5})
    assert (changed.status_code, changed.json()) == (200, {**row, "row": 5})
    assert garden.client.get("/beds/bed_1/seedlings.json").json() == [{**row, "row": 5}]
    assert garden.client.delete(right).status_code == 204
    assert garden.client.get("/beds/bed_1/seedlings.json").json() == []


def test_both_transports_find_the_same_rows(garden: Server) -> None:
    row = planted(garden, "bed_1", "Ailsa Craig")
    name = "garden.Seedlings.list_seedlings_of_bed"
    answer = garden.over_grpc(name, garden.request(name, {"id": "bed_1"}))
    assert [item.variety for item in answer.items] == [row["variety"]]
    assert not garden.over_grpc(name, garden.request(name, {"id": "bed_2"})).items


def test_a_list_that_only_an_example_answers_is_the_example(garden: Server) -> None:
    answer = garden.client.get("/weather/forecasts")
    assert (answer.status_code, answer.headers["x-answer"]) == (200, "example")
    assert [row["degrees"] for row in answer.json()] == [14, 15]
    assert garden.client.get("/weather/today").json()["day"] == "2024-05-01"
    document = garden.client.get("/openapi.json").json()
    shown = document["paths"]["/weather/forecasts"]["get"]["responses"]["200"]["content"]
    assert isinstance(shown["application/json"]["examples"]["1"]["value"], list)


def test_sample_rows_are_those_of_the_examples(tmp_path: Path) -> None:
    tree = build(write_spec(tmp_path / "garden", GARDEN), tmp_path / "out")
    with Server(tree, tmp_path / "rows.db", sample=2) as server:
        [first, second] = server.client.get("/beds.json").json()
        assert first["id"] == "bed_7k2m9q" != second["id"]
        below = server.client.get("/beds/bed_7k2m9q/seedlings.json").json()
        assert [row["id"] for row in below] == [41, 2]
        assert server.client.get(f"/beds/{second['id']}/seedlings.json").json() == []


def test_a_file_of_rows_has_the_rows_above(tmp_path: Path) -> None:
    tree = build(write_spec(tmp_path / "garden", GARDEN), tmp_path / "out")
    rows = {"Seedlings": [{"id": 1, "bed_id": "bed_1"}, {"id": 2, "bed_id": "bed_2"}]}
    with Server(tree, tmp_path / "rows.db", load=write_rows(tmp_path, rows)) as server:
        assert server.client.get("/beds/bed_2/seedlings.json").json() == [{"id": 2}]

"""The pages of a list link to the pages beside them, in their bodies and in their `Link` headers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving import Json, Server, build, package, write_spec

pytestmark = pytest.mark.slow

PAGES = "cases/http/lists-have-the-addresses-of-pages-that-are-documented/pages/library.md"
COUNT = 5  # rows of each kind


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    text = (Path(__file__).parent / PAGES).read_text("utf-8")
    return build(write_spec(folder / "library", {"pages/library.md": text}), folder / "out")


@pytest.fixture(scope="module")
def server(tree: Path) -> Iterator[Server]:
    with Server(tree, tree / "rows.db") as server:
        for number in range(COUNT):
            for kind, name in (("books", "title"), ("loans", "book"), ("readers", "name")):
                answer = server.client.post(f"/{kind}", json={name: str(number)})
                assert answer.status_code == 201, answer.text
        yield server


def get(server: Server, address: str) -> httpx.Response:
    answer = server.client.get(address)
    assert answer.status_code == 200, answer.text
    return answer


def test_link_headers_lead_to_the_end_and_back(server: Server) -> None:
    address, pages, previous = "/books?per_page=2", [], []
    while address:
        answer = get(server, address)
        pages.append([row["title"] for row in answer.json()])
        previous.append(answer.links.get("prev", {}).get("url"))
        address = answer.links.get("next", {}).get("url", "")
    assert pages == [["0", "1"], ["2", "3"], ["4"]]
    url = f"http://{server.http_address}/books?per_page=2"
    assert previous == [None, f"{url}&page=1", f"{url}&page=2"]


def test_addresses_in_bodies_lead_to_the_end_and_back(server: Server) -> None:
    body: Json = {"next": "/loans?limit=2"}
    pages: list[Any] = []
    while "next" in body:
        body = get(server, body["next"]).json()
        pages.append([row["book"] for row in body["results"]])
    assert pages == [["0", "1"], ["2", "3"], ["4"]]
    assert body["previous"] == f"http://{server.http_address}/loans?limit=2&offset=2"
    body = get(server, body["previous"]).json()
    body = get(server, body["previous"]).json()
    assert "previous" not in body
    assert "link" not in get(server, "/loans?limit=2").headers


def test_a_page_after_a_key_has_both_addresses(server: Server) -> None:
    answer = get(server, "/readers?limit=3")
    address = answer.links["next"]["url"]
    assert answer.json()["links"] == {"next_url": address}
    rest = get(server, address)
    assert [row["name"] for row in rest.json()["readers"]] == ["3", "4"]
    assert rest.links == {}


def test_documents_list_the_header_where_answers_have_it(server: Server, tree: Path) -> None:
    written = json.loads((tree / "openapi.json").read_text("utf-8"))
    for document in (written, get(server, "/openapi.json").json()):
        operations = {
            (verb, path): operation
            for path, item in document["paths"].items()
            for verb, operation in item.items()
        }
        with_link = {
            call
            for call, operation in operations.items()
            for status, response in operation["responses"].items()
            if "Link" in response.get("headers", {}) and status == "200"
        }
        assert with_link == {("get", "/books"), ("get", "/readers")}


def test_the_other_parameters_stay(server: Server) -> None:
    answer = get(server, "/books?page=2&perPage=1")
    assert answer.links["next"]["url"].endswith("/books?perPage=1&page=3")


def test_over_grpc_pages_have_no_addresses(server: Server) -> None:
    name = "library.Loans.list_loans"
    page = server.over_grpc(name, server.request(name, {"limit": 2, "offset": 2}))
    assert [field.name for field, _ in page.ListFields()] == ["count", "results"]


def test_the_generated_client_turns_all_pages(server: Server, tree: Path) -> None:
    with package(tree, "client").Client(f"http://{server.http_address}") as client:
        assert [row.title for row in client.books.list(per_page=2)] == list("01234")
        assert [row.book for row in client.loans.list(limit=2)] == list("01234")
        assert [row.name for row in client.readers.list(limit=2)] == list("01234")

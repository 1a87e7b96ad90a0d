"""What a generated client sends for each form of page, and what its names are."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from scripted_server import Script, Scripted, scripted_server
from serving import ROOT, build, package, write_spec

from apiscribe.diagnostics.source import Span
from apiscribe.emit.http_client.method_names import method_names
from apiscribe.model.api import Method, Service

SPAN = Span("pages/a.md", 1, 1)
ORCHARD = """
# Orchard API

**Base URL:** `https://api.orchard.example/v2`

## Authentication

All requests must carry a token in the header `Authorization: Bearer <token>`.
"""
TREES = """
# Trees

## Plant a tree

`POST /trees`

### Headers

| Name | Type | Required | Description |
| --- | --- | --- | --- |
| Idempotency-Key | string | no | Makes it safe to send the request again. |

### Body

| Body parameter | Type | Required | Description |
| --- | --- | --- | --- |
| from | string | yes | The nursery. |
| self | boolean | no | Whether the caller plants it. |
| datetime | datetime | no | When. |
| height | number \\| null | no | Height in metres. |
| marks | array of strings | no | Marks of the tree. |
| class | string | no | `apple` or `pear`. |

Response:

```json
{"id": 1, "from": "north"}
```

## Water a tree

`POST /trees/{id}/water`

Response: `204 No Content`

## Count trees

`GET /trees/count`

No authentication required.

| Query parameter | Type | Description |
| --- | --- | --- |
| ripe | boolean | Only ripe ones. |
| row | array of integers | Only these rows. |

Response:

```json
{"count": 3}
```

## Harvest a tree

`POST /trees/{id}/harvest`

```bash
curl -X POST https://api.orchard.example/v2/trees/1/harvest -H "X-Farm-Api-Key: abc" -u user:pass
```
"""


@pytest.fixture(scope="module")
def script() -> Iterator[Script]:
    with scripted_server() as started:
        yield started


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The module of the client."""
    folder = tmp_path_factory.mktemp("orchard")
    files = {"pages/index.md": ORCHARD, "pages/trees.md": TREES, "spec.toml": 'name = "orchard"\n'}
    return package(build(write_spec(folder / "spec", files), folder / "out"), "client")


def service(name: str, *methods: str) -> Service:
    method = Method(name="", request="", response="", span=SPAN)
    listed = tuple(replace(method, name=each) for each in methods)
    return Service(name=name, full_name=f"shop.{name}", methods=listed, span=SPAN)


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        (
            "Invoices",
            {
                "create_invoice": "create",
                "list_invoices": "list",
                "delete_invoices": "delete_invoices",
                "get_invoice": "get",
                "get_invoice_lines": "get_invoice_lines",
                "search_invoices": "search",
            },
        ),
        ("InvoiceItem", {"create_invoice_item": "create", "list_invoice_items": "list"}),
        ("Companies", {"get_company": "get", "ListCompanies": "list"}),
        ("JobTask", {"list": "list", "stat": "stat", "import": "import_", "dict": "dict_"}),
        ("Billing", {"list_invoices": "list_invoices", "habits": "habits_2"}),
        # Both keep the noun: neither takes the name of the other.
        ("Books", {"get_book": "get_book", "get": "get"}),
    ],
)
def test_a_method_lacks_the_noun_of_its_service(name: str, methods: dict[str, str]) -> None:
    assert method_names(service(name, *methods)) == methods


def test_names_of_fields_are_those_of_models(orchard: Any, script: Script) -> None:
    client = orchard.Client(script.url, token="t")
    script.play(Scripted(200, {"id": 1, "from": "north"}), Scripted(200, {"id": 2}))
    given = {"self": False, "datetime": "2026-01-02T03:04:05Z", "class_": "apple"}
    tree = client.trees.plant(**given, from_="north", height=None, marks=[], idempotency_key="k 1")
    assert (tree.id, tree.from_) == (1, "north")
    sent = script.requests[0]
    assert sent.json == {
        "from": "north",
        "self": False,
        "datetime": "2026-01-02T03:04:05.000Z",
        "height": None,
        "marks": [],
        "class": "apple",
    }
    assert sent.headers["idempotency-key"] == "k 1"
    client.trees.plant(from_="north")
    assert "idempotency-key" not in script.requests[1].headers


def test_a_query_has_lists_and_booleans_as_texts(orchard: Any, script: Script) -> None:
    script.play(Scripted(200, {"count": 3}))
    assert orchard.Client(script.url).trees.count(ripe=False, row=[1, 2]).count == 3
    assert script.requests[0].query == [("ripe", "false"), ("row", "1"), ("row", "2")]
    assert script.requests[0].body == b""


def test_an_operation_without_fields_for_it_has_no_body(orchard: Any, script: Script) -> None:
    script.play(Scripted(204))
    assert orchard.Client(script.url).trees.water("7") is None
    assert script.requests[0].body == b""
    assert "content-type" not in script.requests[0].headers


def test_each_operation_gets_the_credentials_that_its_page_states(
    orchard: Any, script: Script
) -> None:
    every = {"token": "t", "username": "u", "password": "p", "x_farm_api_key": "k"}
    client = orchard.Client(script.url, **every)
    script.play(Scripted(200, {}), Scripted(200, {}), Scripted(200, {}), Scripted(200, {}))
    client.trees.plant(from_="north")
    client.trees.harvest("1")
    client.trees.count()
    orchard.Client(script.url, x_farm_api_key="k").trees.harvest("1")
    plant, harvest, count, incomplete = (request.headers for request in script.requests)
    assert (plant["authorization"], "x-farm-api-key" in plant) == ("Bearer t", False)
    assert (harvest["authorization"], harvest["x-farm-api-key"]) == ("Basic dTpw", "k")
    assert "authorization" not in count
    assert incomplete["x-farm-api-key"] == "k"


def test_the_address_of_the_pages_is_the_default(orchard: Any) -> None:
    assert inspect.signature(orchard.Client).parameters["base_url"].default is None
    assert "https://api.orchard.example/v2" in orchard.Client.__doc__
    with orchard.Client(retries=0, http_client=answering()) as client:
        assert client.trees.count().count == 99


def answering() -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == "https://api.orchard.example/v2/trees/count"
        return httpx.Response(200, json={"count": 99})

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_a_query_language_pages_by_its_own_page(script: Script) -> None:
    client = package(ROOT / "generated" / "spaceone", "client").Client(script.url)
    page = {"results": [{"job_id": "j-1"}, {"job_id": "j-2"}], "total_count": 3}
    last = {"results": [{"job_id": "j-3"}], "total_count": 3}
    script.play(Scripted(200, page), Scripted(200, last), Scripted(200, {"results": []}))
    query = {"page": {"limit": 2}, "sort": {"key": "job_id"}}
    jobs = client.inventory.v1.job.list(domain_id="d-1", query=query)
    assert [job.job_id for job in jobs] == ["j-1", "j-2", "j-3"]
    assert [request.path for request in script.requests] == ["/inventory/v1/jobs/search"] * 3
    assert [request.json["query"]["page"] for request in script.requests] == [
        {"limit": 2},
        {"limit": 2, "start": 3},
        {"limit": 2, "start": 4},
    ]
    script.play(Scripted(503), Scripted(200, page))
    assert len(list(client.inventory.v1.job.list(domain_id="d-1"))) == 2, "all rows, in one page"


def test_a_client_needs_neither_a_server_nor_protobuf(tmp_path: Path) -> None:
    program = """
import sys
from spaceone.client import AsyncClient, Client
loaded = {name.partition(".")[0] for name in sys.modules}
print(sorted(loaded & {"fastapi", "google", "grpc", "sqlalchemy", "starlette"}))
"""
    paths = [str(ROOT / "generated" / "spaceone"), str(ROOT / "runtime")]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}\n{program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"

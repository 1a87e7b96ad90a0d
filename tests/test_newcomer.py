"""The newcomer's path: natural pages of an invoicing API, served, and called with curl
and by the generated client."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import ROOT, SPECS, database, package

from apiscribe_runtime.client import BadRequestError, NotFoundError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl"),
]

PAGES = ("introduction.md", "customers.md", "invoices.md", "payments.md")
JSON = ("-H", "Content-Type: application/json")
LINE = {"description": "Maintenance", "quantity": 1.5, "unit_price": 9500, "tax_rate": 23}


class Curl:
    """A shell with curl and the address of a server."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(self, verb: str, path: str, **body: Any) -> tuple[int, Any]:
        """Return the status and the JSON of an answer, None for one without content."""
        sent = (*JSON, "--data", json.dumps(body)) if body else ()
        command = ("curl", "-s", "-X", verb, "-w", "\n%{http_code}", *sent, self.address + path)
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        text, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(text) if text else None


@pytest.fixture(scope="module")
def curl(
    tmp_path_factory: pytest.TempPathFactory, new_store: Callable[[], Path | str]
) -> Iterator[Curl]:
    """`apiscribe serve` with the three pages, and nothing besides them."""
    folder = tmp_path_factory.mktemp("newcomer")
    for page in PAGES:
        shutil.copy(SPECS / "invoicing" / "pages" / page, folder)
    command = [sys.executable, "-m", "apiscribe", "serve", folder, "--store", database(new_store())]
    command += ["--grpc-port", "0", "--http-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            server.stdout.readline()
            yield Curl(server.stdout.readline().split()[1])
        finally:
            server.send_signal(signal.SIGTERM)


def invoice(curl: Curl, **fields: Any) -> dict[str, Any]:
    body = {"customer_id": "cus_8f3kq2", "due_date": "2024-06-30", "lines": [LINE], **fields}
    status, answer = curl("POST", "/invoices", **body)
    assert status == 201, answer
    row: dict[str, Any] = answer
    return row


def numbers(curl: Curl, query: str) -> list[str]:
    """The memos of the invoices in a list."""
    status, answer = curl("GET", f"/invoices?{query}")
    assert status == 200, answer
    return [row["memo"] for row in answer["data"]]


def test_a_customer_lives_from_create_to_delete(curl: Curl) -> None:
    name = {"name": "Brightwater Ltd", "email": "accounts@brightwater.example"}
    status, customer = curl("POST", "/customers", **name, address={"city": "Cork"})
    assert status == 201
    assert re.fullmatch("cus_[0-9a-z]{6}", customer.pop("id"))
    assert customer.pop("created_at").endswith("Z")
    assert customer == {**name, "currency": "EUR", "address": {"city": "Cork"}}
    status, listed = curl("GET", "/customers?email=accounts@brightwater.example")
    path = f"/customers/{listed['data'][0]['id']}"
    status, changed = curl("PATCH", path, email="billing@brightwater.example")
    assert (status, changed["email"]) == (200, "billing@brightwater.example")
    assert changed["name"] == "Brightwater Ltd"
    assert curl("DELETE", path) == (204, None)
    status, missing = curl("GET", path)
    assert (status, missing["error"]["code"]) == (404, "not_found")
    status, refused = curl("POST", "/customers", name="Nameless")
    assert (status, refused["error"]["code"]) == (400, "required_parameter")
    assert "email" in refused["error"]["message"]


def test_the_path_of_the_base_address_may_be_before_a_route(curl: Curl) -> None:
    status, created = curl("POST", "/v1/customers", name="Fenwick", email="post@fenwick.example")
    assert status == 201
    assert curl("GET", f"/customers/{created['id']}") == (200, created)
    assert curl("GET", f"/v1/customers/{created['id']}") == (200, created)
    assert curl("GET", "/v2/customers")[0] == curl("GET", "/v1/v1/customers")[0] == 404
    assert curl("GET", "/v1/health")[0] == 404


def test_lists_have_pages_filters_and_an_order(curl: Curl) -> None:
    mine = {"customer_id": "cus_pages"}
    for month in range(1, 6):
        invoice(curl, **mine, due_date=f"2024-0{month}-28", memo=str(month))
    query = "customer_id=cus_pages&limit=2"
    seen, after = [], ""
    while True:
        status, page = curl("GET", f"/invoices?{query}{after}")
        assert status == 200
        seen += [row["memo"] for row in page["data"]]
        if not page["has_more"]:
            break
        after = f"&starting_after={page['data'][-1]['id']}"
    assert seen == ["5", "4", "3", "2", "1"], "newest first"
    assert numbers(curl, f"{query}&sort=due_date") == ["1", "2"]
    assert numbers(curl, f"{query}&sort=-due_date") == ["5", "4"]
    assert numbers(curl, "customer_id=cus_pages&due_before=2024-03-01&sort=due_date") == ["1", "2"]
    assert numbers(curl, "customer_id=cus_pages&created_after=2024-01-01T00:00:00Z") == seen
    assert numbers(curl, "customer_id=cus_pages&created_after=2124-01-01T00:00:00Z") == []
    status, refused = curl("GET", "/invoices?limit=0")
    assert (status, refused["error"]["code"]) == (400, "invalid_parameter")


def test_an_invoice_is_drafted_sent_paid_and_voided(curl: Curl) -> None:
    draft, other = (invoice(curl, customer_id="cus_life", memo=memo) for memo in ("a", "b"))
    path = f"/invoices/{draft['id']}"
    assert draft["status"] == "draft"
    assert draft["lines"] == [LINE]
    assert curl("PATCH", path, memo="c")[1]["memo"] == "c"
    status, sent = curl("POST", f"{path}/send", message="Thank you!")
    assert (status, sent["status"]) == (200, "open")
    assert numbers(curl, "customer_id=cus_life&status=draft") == ["b"]
    status, payment = curl("POST", f"{path}/payments", amount=46740, method="card")
    assert status == 201
    assert (payment["invoice_id"], payment["amount"]) == (draft["id"], 46740)
    assert curl("POST", f"{path}/payments", amount=1, method="gold")[0] == 400
    for least, amounts in ((46740, [46740]), (46741, [])):
        _, paid = curl("GET", f"/payments?invoice_id={draft['id']}&min_amount={least}")
        assert [row["amount"] for row in paid["data"]] == amounts
    assert curl("POST", f"{path}/void") == (200, {**sent, "status": "void"})
    assert curl("DELETE", f"/payments/{payment['id']}") == (204, None)
    assert curl("DELETE", f"/invoices/{other['id']}") == (204, None)


def test_the_generated_client_does_the_same(curl: Curl) -> None:
    client = package(ROOT / "generated" / "invoicing", "client").Client(curl.address)
    customer = client.customers.create(name="Brightwater Ltd", email="a@brightwater.example")
    for month in range(1, 6):
        due = f"2024-0{month}-28"
        client.invoices.create(customer_id=customer.id, due_date=due, lines=[LINE])
    mine = {"customer_id": customer.id, "status": "draft", "sort": "due_date"}
    page = client.invoices.list(**mine, limit=2).page()
    assert ([row.due_date for row in page.data], page.has_more) == (
        ["2024-01-28", "2024-02-28"],
        True,
    )
    rows = list(client.invoices.list(**mine, limit=2))
    assert [row.due_date for row in rows] == [f"2024-0{month}-28" for month in range(1, 6)]
    assert client.invoices.update(rows[0].id, memo="c").memo == "c"
    assert client.invoices.send(rows[0].id, message="Thank you!").status == "open"
    assert len(list(client.invoices.list(**mine))) == 4
    for row in rows:
        assert client.invoices.delete_draft(row.id) is None
    with pytest.raises(NotFoundError) as missing:
        client.invoices.retrieve(rows[0].id)
    assert missing.value.code == "not_found"
    with pytest.raises(BadRequestError) as refused:
        client.invoices.list(limit=0).page()
    assert refused.value.code == "invalid_parameter"

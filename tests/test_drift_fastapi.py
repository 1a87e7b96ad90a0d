"""The pages of the invoicing sample against a FastAPI server that was written by hand.

The server is as the pages say, under other names, tags and titles. Each planted difference is one
entry, and there is no other: by its document, by a recording, and by a probe if answers to GET show
it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from click.testing import CliRunner
from fastapi import FastAPI
from serving import SPECS
from test_drift_traffic import Recorder, write_har

from apiscribe.commands import main

SERVER = Path(__file__).with_name("invoicing_server.py")
PAGES = SPECS / "invoicing"

# What is planted: a text of the server, the text in its place, and the entry for it.
STATUS = (
    'status_code=201, tags=["crm"]',
    'status_code=200, tags=["crm"]',
    "status-changed: invoicing.Customers.create_customer",
)
PARAMETER = (
    "    min_amount: int | None = None,\n",
    "",
    "field-removed: invoicing.ListPaymentsRequest.min_amount",
)
REQUIRED = (
    "    due_date: datetime.date\n    lines: list[LineItem]\n    memo: str | None = None\n\n\nclass InvoicePatch",
    "    due_date: datetime.date | None = None\n    lines: list[LineItem]\n    memo: str | None = None\n\n\nclass InvoicePatch",
    "required-relaxed: invoicing.CreateInvoiceRequest.due_date",
)
VALUE = ('    cash = "cash"\n', "", "enum-value-removed: invoicing.Payment.Method.cash")
TYPE = (
    "    unit_price: int | None",
    "    unit_price: str | None",
    "field-type-changed: invoicing.LineItems.unit_price",
)
FIELD = (
    "    total: int\n    amount_paid: int\n",
    "    total: int\n",
    "field-removed: invoicing.Invoice.amount_paid",
)
GONE = (
    '@app.post("/invoices/{invoice_id}/void")\n',
    "",
    "method-removed: invoicing.Invoices.void_invoice",
)
ADDED = (
    '@app.get("/payments/{payment_id}"',
    '@app.get("/payments/totals")\ndef total_payments() -> PaymentList:\n'
    '    return {"data": [], "has_more": False}\n\n\n@app.get("/payments/{payment_id}"',
    "method-added: invoicing.Invoices.total_payments_payments_totals_get",
)

Planted = tuple[str, str, str]


def server(planted: Sequence[Planted]) -> FastAPI:
    """The server with planted differences."""
    text = SERVER.read_text("utf-8")
    for old, new, _ in planted:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    names: dict[str, Any] = {"__name__": "planted"}
    text = text.replace("from __future__ import annotations\n", "")
    # Without the annotations of this module, which are texts.
    exec(compile(text, SERVER, "exec", dont_inherit=True), names)
    app: FastAPI = names["app"]
    return app


def entries(*arguments: str) -> list[str]:
    """The changes that drift prints: `kind: symbol`."""
    command = ["drift", str(PAGES), *arguments, "--fail-on", "safe", "--format", "json"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code in (0, 1), result.output
    changes = json.loads(result.stdout)["changes"]
    return sorted(f"{change['kind']}: {change['symbol']}" for change in changes)


@pytest.mark.parametrize(
    "planted",
    [
        pytest.param((), id="none"),
        pytest.param((STATUS, PARAMETER, REQUIRED), id="three"),
        pytest.param((GONE, ADDED, PARAMETER, TYPE, REQUIRED, VALUE, STATUS, FIELD), id="eight"),
    ],
)
def test_each_planted_difference_is_one_entry(planted: Sequence[Planted], tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(server(planted).openapi()), "utf-8")
    assert entries(str(document)) == sorted(entry for _, _, entry in planted)


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The address of a running server."""
    uvicorn_server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=uvicorn_server.run)
    thread.start()
    try:
        while not uvicorn_server.started:
            time.sleep(0.01)
        host, port = uvicorn_server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        uvicorn_server.should_exit = True
        thread.join()


@pytest.mark.slow
def test_the_document_of_a_running_server_is_found() -> None:
    with running(server((STATUS, PARAMETER, REQUIRED))) as address:
        assert entries("--live", address) == sorted(e for _, _, e in (STATUS, PARAMETER, REQUIRED))


EIGHT = (GONE, ADDED, PARAMETER, TYPE, REQUIRED, VALUE, STATUS, FIELD)

# The entries of the planted differences in traffic.
BEHAVIOUR = {
    GONE: "missing-operation: POST /invoices/{invoice_id}/void",
    ADDED: "undocumented-operation: GET /payments/totals",
    PARAMETER: "ignored-parameter: GET /payments query.min_amount",
    TYPE: "contradicting-type: invoicing.LineItems.unit_price",
    REQUIRED: "required-relaxed: invoicing.CreateInvoiceRequest.due_date",
    VALUE: "refused-value: invoicing.Payment.Method.cash",
    STATUS: "undocumented-status: POST /customers 200",
    FIELD: "missing-field: invoicing.Invoice.amount_paid",
}


def recorded(address: str) -> list[Any]:
    """The entries of HAR of a client that calls all operations of the pages, and one more."""
    recorder = Recorder()
    client = httpx.Client(base_url=address, headers={"Authorization": "Bearer sk_test_1"})
    client.event_hooks = {"response": [recorder]}
    with client:
        use(client.request)
    return recorder.entries


def use(call: Callable[..., httpx.Response]) -> None:
    """Call all operations of the pages, and one more."""
    customer = {"name": "Brightwater", "email": "a@brightwater.example"}
    key = call("POST", "/customers", json=customer).json()["id"]
    call("PATCH", f"/customers/{key}", json={"address": {"city": "Cork"}})
    for path in ("customers", "invoices", "payments", f"customers/{key}", "customers/cus_none"):
        call("GET", f"/{path}")
    call("GET", "/invoices", params={"status": "open", "limit": 2})
    lines = [{"description": "Work", "quantity": 2, "unit_price": 100, "tax_rate": 20}]
    invoice = {"customer_id": key, "due_date": "2024-06-01", "lines": lines}
    number = call("POST", "/invoices", json=invoice).json()["id"]
    call("POST", "/invoices", json={"customer_id": key, "lines": lines})
    call("PATCH", f"/invoices/{number}", json={"memo": "Thanks"})
    call("POST", f"/invoices/{number}/send", json={"to": ["a@brightwater.example"]})
    for method in ("card", "cash", "card"):
        call("POST", f"/invoices/{number}/payments", json={"amount": 100, "method": method})
    call("GET", f"/invoices/{number}")
    call("POST", f"/invoices/{number}/void")
    call("POST", f"/invoices/{number}/payments", json={"amount": 100, "method": "card"})
    call("GET", "/payments", params={"min_amount": 50_000})
    call("GET", "/payments/totals")
    payment = call("GET", "/payments").json()["data"][0]["id"]
    call("GET", f"/payments/{payment}")
    call("DELETE", f"/payments/{payment}")
    call("GET", f"/payments/{payment}")
    call("DELETE", "/invoices/inv_4d5e6f")
    call("DELETE", f"/customers/{key}")


@pytest.mark.slow
@pytest.mark.parametrize("planted", [pytest.param((), id="none"), pytest.param(EIGHT, id="eight")])
def test_a_recording_shows_each_planted_difference(
    planted: Sequence[Planted], tmp_path: Path
) -> None:
    with running(server(planted)) as address:
        recording = write_har(tmp_path / "session.har", recorded(address))
    assert entries(str(recording)) == sorted(BEHAVIOUR[each] for each in planted)


@pytest.mark.slow
@pytest.mark.parametrize("planted", [pytest.param((), id="none"), pytest.param(EIGHT, id="eight")])
def test_a_probe_shows_what_answers_to_get_show(planted: Sequence[Planted]) -> None:
    shown = [BEHAVIOUR[e] for e in planted if e in (PARAMETER, TYPE, VALUE, FIELD)]
    with running(server(planted)) as address:
        token = "Authorization: Bearer sk_test_1"
        assert entries("--live", address, "--probe", "--header", token) == sorted(shown)

"""The pages of the invoicing sample against a FastAPI server that was written by hand.

The server is as the pages say, under other names, tags and titles. Each planted difference is one
entry, and there is no other.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner
from fastapi import FastAPI
from serving import SPECS

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
    '    raise NotImplementedError\n\n\n@app.get("/payments/{payment_id}"',
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

"""A server of the invoicing API, written by hand with FastAPI as the pages of the sample say.

test_drift_fastapi.py reads its document, probes and records it, and changes lines of it.
"""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict


class Route(APIRoute):
    """A route with answers that leave out what has no value."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "response_model_exclude_none": True})


app = FastAPI(title="billing-backend", version="3.2.0", dependencies=[Depends(HTTPBearer())])
app.router.route_class = Route


class Address(BaseModel):
    line1: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country: str | None = None


class CustomerIn(BaseModel):
    name: str
    email: str
    currency: str = "EUR"
    address: Address | None = None
    tax_id: str | None = None


class CustomerPatch(BaseModel):
    name: str | None = None
    email: str | None = None
    currency: str | None = None
    address: Address | None = None
    tax_id: str | None = None


class Customer(BaseModel):
    id: str
    name: str
    email: str
    currency: str
    address: Address | None = None
    tax_id: str | None = None
    created_at: datetime.datetime


class Status(StrEnum):
    draft = "draft"
    open = "open"
    paid = "paid"
    void = "void"


class LineItem(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    description: str | None = None
    quantity: float | None = None
    unit_price: int | None = None
    tax_rate: float | None = None


class InvoiceIn(BaseModel):
    customer_id: str
    currency: str | None = None
    issue_date: datetime.date | None = None
    due_date: datetime.date
    lines: list[LineItem]
    memo: str | None = None


class InvoicePatch(BaseModel):
    customer_id: str | None = None
    currency: str | None = None
    issue_date: datetime.date | None = None
    due_date: datetime.date | None = None
    lines: list[LineItem] | None = None
    memo: str | None = None


class Invoice(BaseModel):
    id: str
    number: str | None = None
    customer_id: str
    status: Status
    currency: str
    issue_date: datetime.date
    due_date: datetime.date
    lines: list[LineItem]
    total: int
    amount_paid: int
    memo: str | None = None
    created_at: datetime.datetime


class SendIn(BaseModel):
    to: list[str] | None = None
    message: str | None = None


class PaymentMethod(StrEnum):
    bank_transfer = "bank_transfer"
    card = "card"
    cash = "cash"
    other = "other"


class PaymentIn(BaseModel):
    amount: int
    method: PaymentMethod
    paid_on: datetime.date | None = None
    reference: str | None = None


class Payment(BaseModel):
    id: str
    invoice_id: str
    amount: int
    method: PaymentMethod
    reference: str | None = None
    paid_on: datetime.date
    created_at: datetime.datetime


class Problem(BaseModel):
    code: str
    message: str


class ErrorBody(BaseModel):
    error: Problem


class CustomerList(BaseModel):
    data: list[Customer]
    has_more: bool


class InvoiceList(BaseModel):
    data: list[Invoice]
    has_more: bool


class PaymentList(BaseModel):
    data: list[Payment]
    has_more: bool


Limit = Annotated[int, Query(ge=1, le=100)]
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "Not found"}}
NOT_OPEN: dict[int | str, dict[str, Any]] = {409: {"model": ErrorBody}}
CONFLICT: dict[int | str, dict[str, Any]] = {409: {"description": "Conflict"}}

Row = dict[str, Any]
CREATED = "2024-05-31T09:30:00Z"
LINES = [{"description": "Website maintenance", "quantity": 4, "unit_price": 9500, "tax_rate": 23}]
CUSTOMERS: dict[str, Row] = {
    key: {"id": key, "name": name, "email": mail, "currency": "EUR", "created_at": CREATED}
    for key, name, mail in (
        ("cus_1a2b3c", "Brightwater Ltd", "accounts@brightwater.example"),
        ("cus_4d5e6f", "Northgate Foods", "office@northgate.example"),
    )
}
INVOICES: dict[str, Row] = {
    key: {
        "id": key,
        "customer_id": "cus_1a2b3c",
        "status": status,
        "currency": "EUR",
        "issue_date": "2024-05-31",
        "due_date": "2024-06-30",
        "lines": LINES,
        "total": 46740,
        "amount_paid": 0,
        "created_at": CREATED,
    }
    for key, status in (("inv_1a2b3c", "open"), ("inv_4d5e6f", "draft"), ("inv_7g8h9i", "paid"))
}
NEW_INVOICE = INVOICES["inv_4d5e6f"]
PAYMENTS: dict[str, Row] = {
    "pay_1a2b3c": {
        "id": "pay_1a2b3c",
        "invoice_id": "inv_7g8h9i",
        "amount": 46740,
        "method": "card",
        "paid_on": "2024-06-12",
        "created_at": CREATED,
    }
}


@app.exception_handler(HTTPException)
def write_error(_: Request, error: HTTPException) -> JSONResponse:
    body = {"error": {"code": f"status_{error.status_code}", "message": str(error.detail)}}
    return JSONResponse(body, error.status_code)


@app.exception_handler(RequestValidationError)
def write_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    return JSONResponse({"error": {"code": "invalid_parameter", "message": str(error)}}, 400)


def read(rows: dict[str, Row], key: str) -> Any:
    if key not in rows:
        raise HTTPException(404, f"{key} does not exist")
    return rows[key]


def write(rows: dict[str, Row], prefix: str, values: BaseModel, **others: Any) -> Any:
    key = f"{prefix}_{len(rows) + 1}x9y8z"
    rows[key] = {**values.model_dump(), **others, "id": key, "created_at": CREATED}
    return rows[key]


def change(rows: dict[str, Row], key: str, values: BaseModel) -> Any:
    read(rows, key).update(values.model_dump(exclude_unset=True))
    return rows[key]


def remove(rows: dict[str, Row], key: str) -> None:
    read(rows, key)
    del rows[key]


def find(rows: dict[str, Row], limit: int, **equal: Any) -> Any:
    conditions = {name: value for name, value in equal.items() if value is not None}
    data = [row for row in rows.values() if conditions.items() <= row.items()]
    return {"data": data[:limit], "has_more": len(data) > limit}


@app.post("/customers", status_code=201, tags=["crm"])
def create_customer(customer: CustomerIn) -> Customer:
    return write(CUSTOMERS, "cus", customer)


@app.get("/customers", tags=["crm"])
def find_customers(
    email: str | None = None, limit: Limit = 20, starting_after: str | None = None
) -> CustomerList:
    return find(CUSTOMERS, limit, email=email)


@app.get("/customers/{customer_id}", tags=["crm"], responses=NOT_FOUND)
def read_customer(customer_id: str) -> Customer:
    return read(CUSTOMERS, customer_id)


@app.patch("/customers/{customer_id}", tags=["crm"])
def patch_customer(customer_id: str, changes: CustomerPatch) -> Customer:
    return change(CUSTOMERS, customer_id, changes)


@app.delete("/customers/{customer_id}", tags=["crm"], status_code=204)
def remove_customer(customer_id: str) -> None:
    remove(CUSTOMERS, customer_id)


@app.post("/invoices", status_code=201)
def create_invoice(invoice: InvoiceIn) -> Invoice:
    given = {name: value for name, value in invoice.model_dump().items() if value is not None}
    return write(INVOICES, "inv", invoice, **{**NEW_INVOICE, **given})


@app.get("/invoices")
def find_invoices(
    status: Status | None = None,
    customer_id: str | None = None,
    due_before: datetime.date | None = None,
    created_after: datetime.datetime | None = None,
    sort: str | None = None,
    limit: Limit = 20,
    starting_after: str | None = None,
) -> InvoiceList:
    return find(INVOICES, limit, status=status, customer_id=customer_id)


@app.get("/invoices/{invoice_id}", responses=NOT_FOUND)
def read_invoice(invoice_id: str) -> Invoice:
    return read(INVOICES, invoice_id)


@app.patch("/invoices/{invoice_id}", responses=CONFLICT)
def patch_invoice(invoice_id: str, changes: InvoicePatch) -> Invoice:
    return change(INVOICES, invoice_id, changes)


@app.delete("/invoices/{invoice_id}", status_code=204)
def remove_invoice(invoice_id: str) -> None:
    remove(INVOICES, invoice_id)


@app.post("/invoices/{invoice_id}/send")
def send_invoice(invoice_id: str, mail: SendIn | None = None) -> Invoice:
    INVOICES[invoice_id] = {**read(INVOICES, invoice_id), "status": "open", "number": "2024-0117"}
    return INVOICES[invoice_id]


@app.post("/invoices/{invoice_id}/void")
def void_invoice(invoice_id: str) -> Invoice:
    INVOICES[invoice_id] = {**read(INVOICES, invoice_id), "status": "void"}
    return INVOICES[invoice_id]


@app.post("/invoices/{invoice_id}/payments", status_code=201, responses=NOT_OPEN)
def record_payment(invoice_id: str, payment: PaymentIn) -> Payment:
    if read(INVOICES, invoice_id)["status"] != "open":
        raise HTTPException(409, f"{invoice_id} is not open")
    paid_on = payment.paid_on or "2024-06-12"
    return write(PAYMENTS, "pay", payment, invoice_id=invoice_id, paid_on=paid_on)


@app.get("/payments")
def find_payments(
    invoice_id: str | None = None,
    method: PaymentMethod | None = None,
    min_amount: int | None = None,
    limit: Limit = 20,
    starting_after: str | None = None,
) -> PaymentList:
    least = locals().get("min_amount") or 0
    rows = {key: row for key, row in PAYMENTS.items() if row["amount"] >= least}
    return find(rows, limit, invoice_id=invoice_id, method=method)


@app.get("/payments/{payment_id}", responses=NOT_FOUND)
def read_payment(payment_id: str) -> Payment:
    return read(PAYMENTS, payment_id)


@app.delete("/payments/{payment_id}", status_code=204)
def remove_payment(payment_id: str) -> None:
    remove(PAYMENTS, payment_id)

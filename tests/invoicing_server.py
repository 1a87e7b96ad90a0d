"""A server of the invoicing API, written by hand with FastAPI as the pages of the sample say.

test_drift_fastapi.py reads its document, and changes lines of it.
"""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from fastapi.security import HTTPBearer
from pydantic import BaseModel

app = FastAPI(title="billing-backend", version="3.2.0", dependencies=[Depends(HTTPBearer())])


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


@app.post("/customers", status_code=201, tags=["crm"])
def create_customer(customer: CustomerIn) -> Customer:
    raise NotImplementedError


@app.get("/customers", tags=["crm"])
def find_customers(
    email: str | None = None, limit: Limit = 20, starting_after: str | None = None
) -> CustomerList:
    raise NotImplementedError


@app.get("/customers/{customer_id}", tags=["crm"], responses=NOT_FOUND)
def read_customer(customer_id: str) -> Customer:
    raise NotImplementedError


@app.patch("/customers/{customer_id}", tags=["crm"])
def patch_customer(customer_id: str, changes: CustomerPatch) -> Customer:
    raise NotImplementedError


@app.delete("/customers/{customer_id}", tags=["crm"], status_code=204)
def remove_customer(customer_id: str) -> None:
    raise NotImplementedError


@app.post("/invoices", status_code=201)
def create_invoice(invoice: InvoiceIn) -> Invoice:
    raise NotImplementedError


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
    raise NotImplementedError


@app.get("/invoices/{invoice_id}", responses=NOT_FOUND)
def read_invoice(invoice_id: str) -> Invoice:
    raise NotImplementedError


@app.patch("/invoices/{invoice_id}", responses=CONFLICT)
def patch_invoice(invoice_id: str, changes: InvoicePatch) -> Invoice:
    raise NotImplementedError


@app.delete("/invoices/{invoice_id}", status_code=204)
def remove_invoice(invoice_id: str) -> None:
    raise NotImplementedError


@app.post("/invoices/{invoice_id}/send")
def send_invoice(invoice_id: str, mail: SendIn | None = None) -> Invoice:
    raise NotImplementedError


@app.post("/invoices/{invoice_id}/void")
def void_invoice(invoice_id: str) -> Invoice:
    raise NotImplementedError


@app.post("/invoices/{invoice_id}/payments", status_code=201, responses=NOT_OPEN)
def record_payment(invoice_id: str, payment: PaymentIn) -> Payment:
    raise NotImplementedError


@app.get("/payments")
def find_payments(
    invoice_id: str | None = None,
    method: PaymentMethod | None = None,
    min_amount: int | None = None,
    limit: Limit = 20,
    starting_after: str | None = None,
) -> PaymentList:
    raise NotImplementedError


@app.get("/payments/{payment_id}", responses=NOT_FOUND)
def read_payment(payment_id: str) -> Payment:
    raise NotImplementedError


@app.delete("/payments/{payment_id}", status_code=204)
def remove_payment(payment_id: str) -> None:
    raise NotImplementedError

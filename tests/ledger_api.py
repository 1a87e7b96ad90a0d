"""A ledger: an HTTP API as a team writes it, with a habit of its own on each page."""

from __future__ import annotations

CUSTOMERS = """
# Customers

## The customer object

| Field | Type | Description |
| --- | --- | --- |
| id | integer | Identifier. |
| name | string | Name. |
| email | string | Address. |
| vip | boolean | Whether support answers first. |

```json
{"id": 17, "name": "Anna", "email": "anna@example.org", "vip": false}
```

## Create a customer

`POST /v1/customers`

| Field | Type | Required |
| --- | --- | --- |
| name | string | yes |
| email | string | no |
| vip | boolean | no |

### Response 201

```json
{"id": 17, "name": "Anna", "email": "anna@example.org", "vip": false}
```

### Response 422

```json
{"error": {"type": "invalid_request", "message": "name is missing"}}
```

## List customers

`GET /v1/customers`

| Query parameter | Type | Description |
| --- | --- | --- |
| page | integer | Page, from 1. |
| per_page | integer | Customers in a page; 25 by default. |
| email | string | Only the customer with this address. |

### Response 200

```json
[
  {"id": 17, "name": "Anna", "email": "anna@example.org", "vip": false}
]
```

## Get a customer

`GET /v1/customers/:id`

Returns the [customer](#the-customer-object).

## Replace a customer

`PUT /v1/customers/:id`

| Field | Type | Required |
| --- | --- | --- |
| name | string | yes |
| email | string | no |
| vip | boolean | no |

Returns the [customer](#the-customer-object).

## Delete a customer

`DELETE /v1/customers/:id`

Response: `204 No Content`
"""

INVOICES = """
# Invoices

## The invoice object

| Field | Type | Description |
| --- | --- | --- |
| id | string | Identifier of the invoice. |
| number | string | The number that is printed on it. |
| customer_id | integer | The customer to bill. |
| status | string | One of `draft`, `open`, `paid`. |
| total | integer | Total in cents. |
| created_at | datetime | When it was created. |

```json
{
  "id": "inv_4f2k9a",
  "number": "2026-001",
  "customer_id": 17,
  "status": "draft",
  "total": 1200,
  "created_at": "2026-03-01T09:30:00Z"
}
```

## Create an invoice

`POST /v1/invoices`

| Parameter | Type | Required | Description |
| --- | --- | --- | --- |
| number | string | yes | The number. |
| customer_id | integer | yes | The customer to bill. |
| status | string | no | `draft` or `open`. |
| total | integer | no | Total in cents. |

### Response 201

Returns the [invoice](#the-invoice-object).

## List invoices

`GET /v1/invoices`

| Query parameter | Type | Description |
| --- | --- | --- |
| limit | integer | How many to return. Defaults to 10. |
| starting_after | string | Id of the last invoice of the page before. |
| status | string | Only invoices with this status. |
| sort | string | Field to sort by; `-total` for descending. |
| ending_before | string | Id of the first invoice of the page after. |
| expand | string | Objects to include. |

Response:

| Field | Type | Description |
| --- | --- | --- |
| data | array of [invoices](#the-invoice-object) | The page. |
| has_more | boolean | Whether there are more. |

## Get an invoice

`GET /v1/invoices/{invoice_id}`

Returns the [invoice](#the-invoice-object).

## Update an invoice

`PATCH /v1/invoices/{invoice_id}`

| Parameter | Type | Description |
| --- | --- | --- |
| status | string | The new status. |
| total | integer | Total in cents. |

Returns the [invoice](#the-invoice-object).

## Delete an invoice

`DELETE /v1/invoices/{invoice_id}`

Response: `204 No Content`
"""

PAYMENTS = """
# Payments

## Create a payment

`POST /v1/payments`

Body:

```json
{"payment": {"invoice_id": "inv_4f2k9a", "amount": 1200, "method": "card"}}
```

Response `201`:

```json
{"payment": {"id": "0b3e0a4e-6f0e-4f43-9f53-5f1f9d1fbb1c", "invoice_id": "inv_4f2k9a", "amount": 1200, "method": "card"}}
```

## List payments

`GET /v1/payments`

| Query parameter | Type | Description |
| --- | --- | --- |
| limit | integer | How many. |
| offset | number | How many to leave out. |
| invoice_id | string | Only payments of this invoice. |
| sort_by | string | `amount` or `id`. |
| order | string | `asc` or `desc`. |

Response `200`:

```json
{"data": {"results": [{"id": "0b3e0a4e-6f0e-4f43-9f53-5f1f9d1fbb1c", "invoice_id": "inv_4f2k9a", "amount": 1200, "method": "card"}], "total": 1, "limit": 20, "offset": 0}}
```

## Get a payment

`GET /v1/payments/{payment_id}`

Response `200`:

```json
{"payment": {"id": "0b3e0a4e-6f0e-4f43-9f53-5f1f9d1fbb1c", "invoice_id": "inv_4f2k9a", "amount": 1200, "method": "card"}}
```

## Delete a payment

`DELETE /v1/payments/{payment_id}`

Response `200`:

```json
{"id": "0b3e0a4e-6f0e-4f43-9f53-5f1f9d1fbb1c", "deleted": true}
```
"""

# The habits of AIP, on a page of a protobuf service.
BOOKINGS = """
# Bookings

> **Package : ledger.v1**

## Bookings

| Method | Request | Response |
| :--- | :--- | :--- |
| ListBookings | ListBookingsRequest | ListBookingsResponse |
| GetBooking | GetBookingRequest | Booking |
| CreateBooking | CreateBookingRequest | Booking |

### ListBookings
> **GET** /v1/bookings

### GetBooking
> **GET** /v1/bookings/{id}

### CreateBooking
> **POST** /v1/bookings

## Message

### Booking
| Field | Type |
| :--- | :--- |
| id | string |
| room | string |
| nights | int64 |

### CreateBookingRequest
| Field | Type |
| :--- | :--- |
| room | string |
| nights | int64 |

### GetBookingRequest
| Field | Type |
| :--- | :--- |
| id | string |

### ListBookingsRequest
| Field | Type |
| :--- | :--- |
| page_size | int32 |
| page_token | string |
| order_by | string |
| filter | string |
| view | string |

### ListBookingsResponse
| Field | Type |
| :--- | :--- |
| bookings | list of Booking |
| next_page_token | string |
| total_size | int64 |
"""

FILES = {
    "pages/bookings.md": BOOKINGS,
    "pages/customers.md": CUSTOMERS,
    "pages/invoices.md": INVOICES,
    "pages/payments.md": PAYMENTS,
}

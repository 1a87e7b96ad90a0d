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

FILES = {"pages/customers.md": CUSTOMERS}

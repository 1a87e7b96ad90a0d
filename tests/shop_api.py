"""A shop: an API of what the sample specs lack, with its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SPECS = Path(__file__).parent.parent / "specs"
QUERY_PAGE = (SPECS / "spaceone" / "pages" / "core" / "v1" / "query.md").read_text("utf-8")

# A shop: what the sample specs lack. Every kind of field, names that Python or protobuf has a use
# of its own for, values of enums that protobuf has other names for, GET with parameters in path and
# query string, and a method that no server can guess.
SHOP = {
    "spec.toml": 'name = "shop"\nuses = ["spaceone.api.core.v1"]\n',
    "overlay.toml": """
[[declare]]
at = "shop.v1.State"
enum = ["None", "NEW", "PAID", "SHIPPED"]
reason = "A pipe table has no place for values."

[[declare]]
at = "shop.v1.Payment"
enum = ["not-paid", "NEW", "by-card"]
reason = "Protobuf has other names for some: they are no identifiers, and State has NEW too."
""",
    "pages/query.md": QUERY_PAGE,
    "pages/order.md": """
# Order

> **Package : shop.v1**

## Order

| Method | Request | Response |
| :--- | :--- | :--- |
| get | GetOrderRequest | OrderInfo |
| list | OrderQuery | OrdersInfo |
| stat | OrderStatQuery | google.protobuf.Struct |
| delete | OrderRequest | google.protobuf.Empty |
| cancel | CancelOrderRequest | OrderInfo |

### get
> **GET** /shop/v1/order/{order_id}

### list
> **GET** /shop/v1/orders
>
> **POST** /shop/v1/orders/search

### stat
> **POST** /shop/v1/orders/stat

### delete
> **DELETE** /shop/v1/order/{order_id}

### cancel
> **PUT** /shop/v1/order/{order_id}/cancel

## Message

### OrderInfo
| Field | Type |
| :--- | :--- |
| order_id | string |
| state | State |
| payment | Payment |
| history | list of State |
| quantity | int32 |
| serial | int64 |
| checksum | uint64 |
| weight | double |
| gift | bool |
| photo | bytes |
| labels | list of string |
| serials | list of int64 |
| fields | list of string |
| lines | list of OrderLine |
| address | OrderAddress |
| extra | google.protobuf.Value |
| options | google.protobuf.Struct |
| placed_at | google.protobuf.Timestamp |
| took | google.protobuf.Duration |
| from | string |
| schema | string |
| else | string |
| unit-price | int32 |

### OrderLine
| Field | Type | Required |
| :--- | :--- | :---: |
| product | string | ✅ |
| count | int32 | ❌ |
| address | OrderAddress | ❌ |

### OrderAddress
| Field | Type |
| :--- | :--- |
| city | string |
| floors | list of int32 |

### OrdersInfo
| Field | Type |
| :--- | :--- |
| results | list of OrderInfo |
| total_count | int32 |

### GetOrderRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| order_id | string | ✅ |
| only | list of string | ❌ |

### OrderRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| order_id | string | ✅ |

### CancelOrderRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| order_id | string | ✅ |
| refund | Refund | ✅ |
| states | list of State | ❌ |
| until | google.protobuf.Timestamp | ❌ |
| extra | google.protobuf.Value | ❌ |

### Refund
| Field | Type | Required |
| :--- | :--- | :---: |
| coverage | string | ✅ |
| amount | double | ❌ |

### OrderQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| query | spaceone.api.core.v1.Query | ❌ |
| order_id | string | ❌ |
| state | State | ❌ |
| payment | Payment | ❌ |
| quantity | int32 | ❌ |
| serial | int64 | ❌ |
| weight | double | ❌ |
| gift | bool | ❌ |
| labels | list of string | ❌ |
| placed_at | google.protobuf.Timestamp | ❌ |
| from | string | ❌ |
| schema | string | ❌ |
| unit-price | int32 | ❌ |

### OrderStatQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| query | spaceone.api.core.v1.StatisticsQuery | ✅ |
""",
}

SHOP_ROWS: dict[str, list[dict[str, Any]]] = {
    "Order": [
        {
            "order_id": "order-1",
            "state": "PAID",
            "payment": "by-card",
            "history": ["NEW", "PAID"],
            "quantity": 3,
            "serial": "9007199254740993",
            "checksum": "18446744073709551615",
            "weight": 1.5,
            "gift": True,
            "photo": "aGk=",
            "labels": ["red", "big"],
            "serials": ["1", "9007199254740993"],
            "fields": ["a"],
            "lines": [
                {"product": "tea", "count": 2, "address": {"city": "Ulm", "floors": [-1, 0]}}
            ],
            "address": {"city": "Bonn"},
            "extra": [1, "two", {"three": False}],
            "options": {"wrap": {"colour": "blue"}, "cards": 2},
            "placed_at": "2024-01-03T10:00:00.500Z",
            "took": "1.500s",
            "from": "Ada",
            "schema": "b2c",
            "else": "transport",
            "unit-price": 7,
        },
        {
            "order_id": "order-2",
            "state": "NEW",
            "payment": "NEW",
            "quantity": -2,
            "serial": "-9",
            "weight": 0.25,
            "labels": ["red"],
            "placed_at": "2024-01-02T10:00:00.000Z",
            "from": "Bo",
            "unit-price": 9,
        },
        {
            "order_id": "order-3",
            "state": "SHIPPED",
            "payment": "by-card",
            "quantity": 3,
            "serial": "10",
            "gift": True,
            "placed_at": "2024-01-01T10:00:00.000Z",
        },
        {"order_id": "order 4 ä?&#%", "quantity": 1, "serial": "9"},
    ]
}


PAYMENTS = ("not-paid", "NEW", "by-card")


def shop_to_proto(value: Any) -> Any:
    """JSON of the shop as protobuf knows it: values of Payment by number."""
    if isinstance(value, list):
        return [shop_to_proto(item) for item in value]
    if not isinstance(value, dict):
        return value
    numbered = dict(value)
    if (payment := value.get("payment")) in PAYMENTS:
        numbered["payment"] = PAYMENTS.index(payment) + 1  # 0 is PAYMENT_UNSPECIFIED
    return {key: shop_to_proto(entry) for key, entry in numbered.items()}


def documented(field: Any) -> str:
    """The name of a field on its page; one that is no identifier is the field's json_name."""
    return str(field.json_name if "-" in field.json_name else field.name)


def values_of(enum: Any) -> list[str]:
    """The documented values of an enum, by number."""
    return list(PAYMENTS) if enum.name == "Payment" else [value.name for value in enum.values]

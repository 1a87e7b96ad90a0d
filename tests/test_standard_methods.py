"""Standard methods with natural names: routes and shapes decide what they do, over both transports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from serving import Json, Server, build, write_spec

from apiscribe.sources.compilation import compile_folder

PARCELS, CRATES, COUPONS = "post.v1.Parcels", "post.v1.Crates", "post.v1.Coupons"
FILES = {
    "spec.toml": 'name = "post"\n',
    "pages/parcels.md": """
# Parcels

> **Package : post.v1**

## Parcels

| Method | Request | Response |
| :--- | :--- | :--- |
| create_parcel | CreateParcelRequest | CreateParcelResponse |
| list_parcels | ListParcelsRequest | ListParcelsResponse |
| retrieve_parcel | ParcelRequest | Parcel |
| modify_parcel | ModifyParcelRequest | Parcel |
| put_parcel | PutParcelRequest | Parcel |
| remove_parcel | ParcelRequest | google.protobuf.Empty |
| send_parcel | ParcelRequest | Parcel |

### create_parcel
> **POST** /v1/parcels

### list_parcels
> **GET** /v1/parcels

### retrieve_parcel
> **GET** /v1/parcels/{parcel_id}

### modify_parcel
> **PATCH** /v1/parcels/{parcel_id}

### put_parcel
> **PUT** /v1/parcels/{parcel_id}

### remove_parcel
> **DELETE** /v1/parcels/{parcel_id}

### send_parcel
> **POST** /v1/parcels/{parcel_id}/send

## Message

### CreateParcelRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| sender_id | string | ✔ |
| weight | int32 | ✘ |
| insured | bool | ✘ |

### CreateParcelResponse
| Field | Type |
| :--- | :--- |
| id | string |
| sender_id | string |
| weight | int32 |

### ListParcelsRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| sender_id | string | ✘ |
| insured | bool | ✘ |

### ListParcelsResponse
| Field | Type |
| :--- | :--- |
| data | list of ParcelSummary |
| total_count | int32 |

### ParcelSummary
| Field | Type |
| :--- | :--- |
| id | string |
| weight | int32 |

### ParcelRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| parcel_id | string | ✔ |

### ModifyParcelRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| parcel_id | string | ✔ |
| weight | int32 | ✘ |
| insured | bool | ✘ |

### PutParcelRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| parcel_id | string | ✔ |
| weight | int32 | ✘ |
| insured | bool | ✘ |

### Parcel
| Field | Type |
| :--- | :--- |
| sender_id | string |
| id | string |
| weight | int32 |
| insured | bool |

```json
{"sender_id": "snd_11a", "id": "par_8f2k", "weight": 3, "insured": true}
```
""",
    # The row is a field of requests and responses; parents and numbers are keys.
    "pages/crates.md": """
# Crates

> **Package : post.v1**

## Crates

| Method | Request | Response |
| :--- | :--- | :--- |
| add_crate | AddCrateRequest | CrateResponse |
| list_crates | ListCratesRequest | ListCratesResponse |
| get_crate | CrateRequest | CrateResponse |
| edit_crate | EditCrateRequest | CrateResponse |

### add_crate
> **POST** /v1/depots/{depot}/crates

### list_crates
> **GET** /v1/depots/{depot}/crates

### get_crate
> **GET** /v1/depots/{depot}/crates/{number}

### edit_crate
> **PATCH** /v1/depots/{depot}/crates/{number}

## Message

### AddCrateRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| depot | string | ✔ |
| crate | Crate | ✔ |

### ListCratesRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| depot | string | ✔ |

### ListCratesResponse
| Field | Type |
| :--- | :--- |
| crates | list of Crate |

### CrateRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| depot | string | ✔ |
| number | int32 | ✔ |

### EditCrateRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| depot | string | ✔ |
| number | int32 | ✔ |
| crate | Crate | ✔ |
| update_mask | google.protobuf.FieldMask | ✘ |

### CrateResponse
| Field | Type |
| :--- | :--- |
| crate | Crate |

### Crate
| Field | Type |
| :--- | :--- |
| depot | string |
| number | int32 |
| label | string |
| max_weight | int32 |
""",
    # The shapes do not fit: what the routes say is not done.
    "pages/coupons.md": """
# Coupons

> **Package : post.v1**

## Coupons

| Method | Request | Response |
| :--- | :--- | :--- |
| list_coupons | ListCouponsRequest | ListCouponsResponse |
| get_coupon | GetCouponRequest | Coupon |
| create_coupon | GetCouponRequest | Printed |
| update_coupon | ListCouponsRequest | Coupon |

### list_coupons
> **GET** /v1/shops/{shop}/coupons

### get_coupon
> **GET** /v1/coupons/{code}

### create_coupon
> **POST** /v1/coupons

### update_coupon
> **PATCH** /v1/coupons/{code}

## Message

### ListCouponsRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| shop | string | ✘ |

### ListCouponsResponse
| Field | Type |
| :--- | :--- |
| coupons | list of Coupon |

### GetCouponRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| code | string | ✔ |

### Printed
| Field | Type |
| :--- | :--- |
| pages | int32 |

### Coupon
| Field | Type |
| :--- | :--- |
| code | string |
""",
}


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_spec(tmp_path_factory.mktemp("post") / "spec", FILES)


def standard(spec: Path, service: str) -> dict[str, str]:
    """What each method of a service does: name → kind."""
    [result] = [s for _, s in compile_folder(spec).api.services() if s.full_name == service]
    return {m.name: m.standard.kind if m.standard else "" for m in result.methods}


def test_routes_and_shapes_decide_and_names_do_not(spec: Path) -> None:
    assert standard(spec, PARCELS) == {
        "create_parcel": "create",
        "list_parcels": "list",
        "retrieve_parcel": "get",
        "modify_parcel": "update",
        "put_parcel": "replace",
        "remove_parcel": "delete",
        "send_parcel": "",
    }


def test_what_the_shapes_do_not_fit_is_not_done(spec: Path) -> None:
    """No path of coupons with a parent, no row in the response, no key in the request."""
    assert standard(spec, COUPONS) == {
        "list_coupons": "",
        "get_coupon": "get",
        "create_coupon": "",
        "update_coupon": "",
    }


@pytest.fixture(scope="module")
def post(
    spec: Path, tmp_path_factory: pytest.TempPathFactory, new_store: Callable[[], Path | str]
) -> Iterator[Server]:
    tree = build(spec, tmp_path_factory.mktemp("post_out"))
    with Server(tree, new_store()) as server:
        yield server


@pytest.fixture(params=["grpc", "http"])
def call(post: Server, request: pytest.FixtureRequest) -> Callable[..., Json]:
    def over_one_transport(service: str, method: str, **given: Any) -> Json:
        name = f"{service}.{method}"
        if request.param == "grpc":
            try:
                message = post.over_grpc(name, post.request(name, given))
            except grpc.RpcError as error:
                raise LookupError(error.details()) from error
            return json_format.MessageToDict(message, preserving_proto_field_name=True)
        answer = post.over_http(post.routes(name)[0], given)
        if answer.status_code != 200:
            raise LookupError(answer.text)
        return dict(answer.json())

    return over_one_transport


@pytest.mark.slow
def test_a_row_lives_from_create_to_delete(call: Callable[..., Json]) -> None:
    made = call(PARCELS, "create_parcel", sender_id="snd_1", weight=2, insured=True)
    assert made == {"id": made["id"], "sender_id": "snd_1", "weight": 2}
    assert re.fullmatch("par_[0-9a-f]{24}", made["id"])
    row = {**made, "insured": True}
    by_id = {"parcel_id": made["id"]}
    assert call(PARCELS, "retrieve_parcel", **by_id) == row
    listed = call(PARCELS, "list_parcels", sender_id="snd_1", insured=True)
    assert {"id": made["id"], "weight": 2} in listed["data"]
    assert call(PARCELS, "list_parcels", sender_id="nobody").get("data", []) == []
    assert call(PARCELS, "modify_parcel", **by_id, weight=5) == {**row, "weight": 5}
    assert call(PARCELS, "put_parcel", **by_id, weight=7) == {**made, "weight": 7}
    assert call(PARCELS, "remove_parcel", **by_id) == {}
    with pytest.raises(LookupError):
        call(PARCELS, "retrieve_parcel", **by_id)


@pytest.mark.slow
def test_a_row_may_be_a_field_of_requests_and_responses(call: Callable[..., Json]) -> None:
    made = call(CRATES, "add_crate", depot="north", crate={"label": "a", "max_weight": 9})
    number = made["crate"]["number"]
    assert made == {"crate": {"depot": "north", "number": number, "label": "a", "max_weight": 9}}
    named = {"depot": "north", "number": number}
    assert call(CRATES, "get_crate", **named) == made
    changed = {**made["crate"], "label": "b"}
    assert call(CRATES, "edit_crate", **named, crate={"label": "b"}) == {"crate": changed}
    masked = call(CRATES, "edit_crate", **named, crate={"label": "c"}, update_mask="maxWeight")
    assert masked == {"crate": {"depot": "north", "number": number, "label": "b"}}
    assert masked["crate"] in call(CRATES, "list_crates", depot="north")["crates"]
    assert call(CRATES, "list_crates", depot="south").get("crates", []) == []
    with pytest.raises(LookupError):
        call(CRATES, "get_crate", depot="south", number=number)

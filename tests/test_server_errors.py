"""The errors that a generated server returns for a request that it cannot read."""

from __future__ import annotations

import json
from typing import Any

import grpc
import pytest
from sample_apis import (
    ORDER,
    TASK,
    equal,
    invalid,
    not_found,
    numbers,
    required,
    wrong_type,
    wrong_value,
)
from serving import Json, RefusedError, Server
from shop_api import SHOP_ROWS

pytestmark = pytest.mark.slow

# --- errors


STATUSES = "'JOB_TASK_STATE_NONE', 'PENDING', 'IN_PROGRESS', 'SUCCESS' or 'FAILURE'"


@pytest.mark.parametrize(
    ("method", "request_", "expected"),
    [
        (f"{TASK}.get", {}, required("job_task_id")),
        (f"{TASK}.get", {"domain_id": "d-1"}, required("job_task_id")),
        (f"{TASK}.get", {"job_task_id": "", "domain_id": "d-1"}, required("job_task_id")),
        (f"{TASK}.get", {"job_task_id": "t-1"}, required("domain_id")),
        (f"{TASK}.get", {"job_task_id": "t-1", "domain_id": ""}, required("domain_id")),
        (f"{TASK}.list", {}, required("domain_id")),
        (f"{TASK}.list", {"domain_id": ""}, required("domain_id")),
        (f"{TASK}.stat", {"domain_id": "d-1"}, required("query")),
        (f"{TASK}.delete", {"domain_id": "d-1"}, required("job_task_id")),
        (f"{TASK}.get", {"job_task_id": "no", "domain_id": "d-1"}, not_found("job_task_id", "no")),
        (
            f"{TASK}.get",
            {"job_task_id": "t-6", "domain_id": "d-1"},
            not_found("job_task_id", "t-6"),
        ),
        (
            f"{TASK}.delete",
            {"job_task_id": "t-6", "domain_id": "d-1"},
            not_found("job_task_id", "t-6"),
        ),
    ],
)
def test_an_error_is_the_same_over_both_transports(
    cloudforet: Server, method: str, request_: Json, expected: RefusedError
) -> None:
    assert cloudforet.refusal(method, request_) == expected


def test_a_required_message_is_required_with_its_required_fields(shop: Server) -> None:
    method = f"{ORDER}.cancel"
    assert shop.refusal(method, {"order_id": "order-1"}) == required("refund")
    request: Json = {"order_id": "order-1", "refund": {}}
    assert shop.refusal(method, request) == required("refund.coverage")


def test_an_unknown_value_of_an_enum_is_refused_alike(cloudforet: Server) -> None:
    method = f"{TASK}.list"
    message = cloudforet.request(method, {"domain_id": "d-1"})
    message.status = 99  # type: ignore[attr-defined]
    route = cloudforet.routes(method)[0]
    http = cloudforet.over_http(route, {"domain_id": "d-1", "status": "BOGUS"})
    with pytest.raises(RefusedError) as found:
        cloudforet.compare(method, message, http)
    assert found.value == wrong_value("status", f"input should be {STATUSES}")


def over_http(server: Server, content: bytes | str, path: str = "job-task/list") -> RefusedError:
    """How a body is refused: what the answer says, and nothing more."""
    answer = server.client.post(f"/inventory/v1/{path}", content=content)
    assert answer.status_code == 400
    assert answer.json().keys() == {"detail"}
    assert answer.json()["detail"].keys() == {"code", "message"}
    return invalid(**answer.json()["detail"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"bogus": 1}, wrong_value("bogus", "no such field")),
        ({"query": {"bogus": 1}}, wrong_value("query.bogus", "no such field")),
        (
            {"query": {"filter": [equal("status", 1), {"bogus": 1}]}},
            wrong_value("query.filter[1].bogus", "no such field"),
        ),
        ({"job_id": 5}, wrong_type("job_id", "string")),
        ({"job_id": ["a"]}, wrong_type("job_id", "string")),
        ({"job_id": {}}, wrong_type("job_id", "string")),
        ({"job_id": True}, wrong_type("job_id", "string")),
        ({"query": {"only": "status"}}, wrong_type("query.only", "list")),
        ({"query": {"only": [5]}}, wrong_type("query.only[0]", "string")),
        ({"query": {"count_only": "so"}}, wrong_type("query.count_only", "bool")),
        ({"query": {"page": {"limit": "x"}}}, wrong_type("query.page.limit", "int")),
        (
            {"query": {"page": {"limit": -1}}},
            wrong_value("query.page.limit", "input should be greater than or equal to 0"),
        ),
        pytest.param(
            {"query": 5},
            wrong_type("query", "object"),
        ),
        pytest.param(
            {"query": {"page": {"limit": True}}},
            wrong_type("query.page.limit", "int"),
        ),
        pytest.param(
            {"job_id": 0},
            wrong_type("job_id", "string"),
        ),
        pytest.param(
            {"job_id": False},
            wrong_type("job_id", "string"),
        ),
        pytest.param(
            {"query": {"count_only": "yes"}},
            wrong_type("query.count_only", "bool"),
        ),
    ],
)
def test_a_body_of_another_shape_is_refused(
    cloudforet: Server, body: Json, expected: RefusedError
) -> None:
    assert over_http(cloudforet, json.dumps({"domain_id": "d-1", **body})) == expected


@pytest.mark.parametrize("body", ["{", "nonsense", '{"a": NaN}', '{"a": 1,}', '{"a": 1, "a": 1}'])
def test_a_body_that_is_not_json_is_refused(cloudforet: Server, body: bytes | str) -> None:
    refusal = over_http(cloudforet, body)
    assert refusal.code == "ERROR_INVALID_PARAMETER"
    assert refusal.message.startswith("Parameter is invalid. (key = body, reason = not JSON: ")


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "5", '[{"domain_id": "d-1"}]'])
def test_a_body_that_is_no_object_is_refused(cloudforet: Server, body: str) -> None:
    assert over_http(cloudforet, body) == wrong_type("body", "object")


@pytest.mark.parametrize("body", ["", "  \n", "{}"])
def test_no_body_is_an_empty_request(cloudforet: Server, body: str) -> None:
    assert over_http(cloudforet, body) == required("domain_id")


def test_null_is_an_absent_field(cloudforet: Server) -> None:
    body = {"domain_id": "d-1", "status": None, "query": None}
    answer = cloudforet.client.post("/inventory/v1/job-task/list", json=body)
    assert (answer.status_code, numbers(answer.json())) == (200, "12345")


def test_null_is_an_absent_list(cloudforet: Server) -> None:
    body = {"domain_id": "d-1", "query": {"filter": None}}
    assert cloudforet.client.post("/inventory/v1/job-task/list", json=body).status_code == 200


@pytest.mark.parametrize("name", ["from_", "schema_", "unit_price"])
def test_a_python_attribute_is_no_name_of_a_field(shop: Server, name: str) -> None:
    for answer in (
        shop.client.post("/shop/v1/orders/search", json={name: "1"}),
        shop.client.get("/shop/v1/orders", params={name: "1"}),
    ):
        assert answer.status_code == 400
        assert "no such field" in answer.json()["detail"]["message"]


def test_an_unknown_path_and_a_wrong_http_method_are_errors(cloudforet: Server) -> None:
    get = cloudforet.client.get("/inventory/v1/job/list")
    assert get.status_code == 405
    text = "GET /inventory/v1/job/list: the path has methods for OPTIONS, POST"
    assert get.json() == {"detail": {"code": "ERROR_HTTP_405", "message": text}}
    post = cloudforet.client.post("/inventory/v1/nothing")
    assert post.status_code == 404
    text = "POST /inventory/v1/nothing: no method of the API has this path"
    assert post.json() == {"detail": {"code": "ERROR_HTTP_404", "message": text}}


def test_an_answer_to_a_wrong_http_method_lists_the_right_ones(shop: Server) -> None:
    answer = shop.client.patch("/shop/v1/order/order-1")
    allowed = answer.headers.get("allow", "")
    assert {verb.strip() for verb in allowed.split(",")} >= {"GET", "DELETE"}


@pytest.mark.parametrize("field", ["a NaN in a filter", "a time past the year 9999"])
def test_a_value_without_json_is_an_invalid_argument(shop: Server, field: str) -> None:
    method = f"{ORDER}.list"
    message: Any = shop.request(method, {})
    if field == "a NaN in a filter":
        message.query.filter.add(k="weight", o="eq").v.number_value = float("nan")
    else:
        message.placed_at.seconds = 10**12
    with pytest.raises(grpc.RpcError) as found:
        shop.over_grpc(method, message)
    assert found.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert found.value.details().startswith("ERROR_INVALID_PARAMETER")


def test_a_time_before_the_year_1_in_utc_is_an_invalid_argument(shop: Server) -> None:
    time = {"placed_at": "0001-01-01T00:00:00+10:00"}
    assert shop.client.post("/shop/v1/orders/search", json=time).status_code == 400


# --- the query string


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=PAID", "order-1"),
        ("gift=true&quantity=3&serial=10", "order-3"),
        ("labels=big&labels=none", "order-1"),
        ("query.page.limit=1&query.page.start=2", "order-2"),
        ("query.sort.key=order_id&query.sort.desc=true&query.page.limit=1", "order-3"),
        ("from=Bo&unit-price=9&weight=0.25", "order-2"),
        ("placed_at=2024-01-01T10%3A00%3A00Z", "order-3"),
    ],
)
def test_a_query_string_is_read_by_the_types_of_fields(
    shop: Server, query: str, expected: str
) -> None:
    answer = shop.client.get(f"/shop/v1/orders?{query}")
    assert [row["order_id"] for row in answer.json()["results"]] == [expected]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bogus=1", wrong_value("bogus", "no such field")),
        ("query.bogus.a=1", wrong_value("query.bogus.a", "no such field")),
        ("state.a=1", wrong_value("state.a", "no such field")),
        ("query.page.limit=x", wrong_type("query.page.limit", "int")),
        ("gift=perhaps", wrong_type("gift", "bool")),
    ],
)
def test_a_query_string_that_does_not_fit_is_refused(
    shop: Server, query: str, expected: RefusedError
) -> None:
    answer = shop.client.get(f"/shop/v1/orders?{query}")
    assert answer.status_code == 400
    assert invalid(**answer.json()["detail"]) == expected


def test_an_id_of_any_characters_goes_through_a_path(shop: Server) -> None:
    row = SHOP_ROWS["Order"][3]
    assert shop.ask(f"{ORDER}.get", {"order_id": row["order_id"]}) == row

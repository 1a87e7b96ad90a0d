"""A file of handlers: what the server makes of what its functions return and raise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from sample_apis import ORDER, not_found, required
from serving import Json, RefusedError, Server, package, refused_call, tree, write_rows
from shop_api import SHOP_ROWS, shop_to_proto

from apiscribe_runtime.handler_files import load_handlers

pytestmark = pytest.mark.slow

# --- handlers

HANDLERS = """
from __future__ import annotations

from shop.models.shop.v1.order import CancelOrderRequest, GetOrderRequest, OrderInfo
from apiscribe_runtime.handlers import implements
from apiscribe_runtime.rows import Rows


@implements("{method}")
async def cancel(request: CancelOrderRequest, rows: Rows) -> OrderInfo:
    row = await rows.get({{"order_id": request.order_id}})
    return OrderInfo(**{{**row, "state": "None", "from": request.refund.coverage}})


@implements("shop.v1.Order.get")
async def get(request: GetOrderRequest, rows: Rows) -> OrderInfo:
    raise ValueError("the password is 42")


@implements("shop.v1.Order.delete")
async def delete(request: object, rows: Rows) -> dict[str, object]:
    return {{}}


@implements("shop.v1.Order.list")
async def list_(request: object, rows: Rows) -> dict[str, object]:
    return {{"results": [{{"quantity": "many"}}], "bogus": 1}}


@implements("shop.v1.Order.stat")
def stat(request: object, rows: Rows) -> dict[str, object]:
    return {{"results": [1, {{"two": None}}]}}
"""
CANCEL: Json = {"order_id": "order-1", "refund": {"coverage": "Ada"}}


def test_an_unimplemented_method_names_the_handler_to_write(shop: Server) -> None:
    refusal = shop.refusal(f"{ORDER}.cancel", CANCEL)
    assert (refusal.status, refusal.http) == (grpc.StatusCode.UNIMPLEMENTED, 501)
    assert refusal.code == "ERROR_NOT_IMPLEMENTED"
    assert refusal.message.startswith("Not implemented.")
    assert '@implements("shop.v1.Order.cancel")' in refusal.message
    assert "--handlers" in refusal.message


@pytest.fixture(scope="module")
def handled(shop: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shop with the handler that the server without handlers names, and others."""
    folder = tmp_path_factory.mktemp("handled")
    named = re.search(r'@implements\("(.+?)"\)', shop.refusal(f"{ORDER}.cancel", CANCEL).message)
    assert named
    (folder / "handlers.py").write_text(HANDLERS.format(method=named[1]), "utf-8")
    with Server(
        tree("shop"),
        folder / "rows.db",
        to_proto=shop_to_proto,
        load=write_rows(folder, SHOP_ROWS),
        handlers=folder / "handlers.py",
    ) as server:
        yield server


def test_the_named_handler_answers_over_both_transports(handled: Server) -> None:
    expected = {**SHOP_ROWS["Order"][0], "state": "None", "from": "Ada"}
    assert handled.ask(f"{ORDER}.cancel", CANCEL) == expected


def test_a_handler_receives_only_requests_that_fit_its_model(handled: Server) -> None:
    assert handled.refusal(f"{ORDER}.cancel", {"order_id": "order-1"}) == required("refund")


def test_a_handler_raises_the_errors_of_rows(handled: Server) -> None:
    refusal = handled.refusal(f"{ORDER}.cancel", {**CANCEL, "order_id": "no"})
    assert refusal == not_found("order_id", "no")


def test_a_handler_comes_before_the_servers_implementation(handled: Server) -> None:
    assert handled.ask(f"{ORDER}.delete", {"order_id": "no"}) == {}


INTERNAL = RefusedError(grpc.StatusCode.INTERNAL, 500, "ERROR_UNKNOWN", "Internal error.")


def test_a_handler_that_raises_is_an_internal_error_without_details(handled: Server) -> None:
    assert handled.refusal(f"{ORDER}.get", {"order_id": "order-1"}) == INTERNAL
    assert "the password is 42" in handled.log(), "the server's log does tell it"


def test_an_answer_of_a_handler_that_does_not_fit_is_an_internal_error(handled: Server) -> None:
    assert handled.refusal(f"{ORDER}.list", {}) == INTERNAL


def test_a_handler_may_be_a_plain_function(handled: Server) -> None:
    assert handled.ask(f"{ORDER}.stat", {"query": {}}) == {"results": [1, {"two": None}]}


IMPLEMENTS = "from apiscribe_runtime.handlers import implements\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            IMPLEMENTS + '@implements("shop.v1.Order.cancle")\nasync def f(request, rows): ...\n',
            "shop.v1.Order.cancle is not a method of shop (did you mean shop.v1.Order.cancel?)",
        ),
        (
            IMPLEMENTS + '@implements("zzz")\nasync def f(request, rows): ...\n',
            "zzz is not a method of shop\n",
        ),
        pytest.param(
            "def (",
            "handlers.py",
        ),
        pytest.param(
            "import no_such_module",
            "no_such_module",
        ),
    ],
)
def test_invalid_handlers_are_reported_at_the_start(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "handlers.py"
    file.write_text(text, "utf-8")
    said = refused_call(tree("shop"), tmp_path / "rows.db", handlers=file)
    assert named in said
    assert str(file) in said


def test_a_file_of_handlers_may_hold_dataclasses(tmp_path: Path) -> None:
    text = """
from __future__ import annotations
from dataclasses import dataclass

@dataclass
class Settings:
    retries: int = 0
"""
    (tmp_path / "handlers.py").write_text(text, "utf-8")
    api = package(tree("shop"), "registry").API
    try:
        assert load_handlers([str(tmp_path / "handlers.py")], api) == {}
    except AttributeError as error:
        pytest.fail(str(error))

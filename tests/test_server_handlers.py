"""Handlers: where they are found, their arguments, and their responses over gRPC and HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from serving import Json, RefusedError, Server, build, refused_call, tree, write_rows, write_spec
from shop_api import SHOP, SHOP_ROWS, shop_to_proto

pytestmark = pytest.mark.slow

ORDER = "shop.v1.Order"
INTERNAL = RefusedError(grpc.StatusCode.INTERNAL, 500, "ERROR_UNKNOWN", "Internal error.")
CANCEL: Json = {"order_id": "order-1", "refund": {"coverage": "Ada"}}
TOKENS = '{"of-ada": "ada", "of-bo": "bo", "of-all": null}'

# One handler a file of a package, and one that knows all that a handler can know.
PACKAGE = {
    "handlers/__init__.py": "",
    "handlers/prices.py": "DISCOUNT = 1\n",
    "handlers/orders/__init__.py": "",
    "handlers/orders/cancel.py": """
from shop.models.shop.v1.order import CancelOrderRequest
from apiscribe_runtime.handlers import Call, implements
from apiscribe_runtime.rows import Rows


@implements("shop.v1.Order.cancel")
async def cancel(request: CancelOrderRequest, rows: Rows, call: Call) -> dict[str, object]:
    row = await call.rows_of("shop.v1.Order").get({"order_id": request.order_id})
    told = {"method": call.method, "said": call.metadata.get("x_said", "")}
    return {**row, "from": request.refund.coverage, "options": told}
""",
    "handlers/orders/get.py": """
from shop.models.shop.v1.order import GetOrderRequest, OrderRequest
from apiscribe_runtime.errors import permission_denied
from apiscribe_runtime.handlers import Call, implements
from apiscribe_runtime.rows import Rows

from .. import prices


@implements("shop.v1.Order.get")
async def get(request: GetOrderRequest, rows: Rows, call: Call) -> dict[str, object]:
    if request.order_id == "secret":
        raise permission_denied()
    if request.order_id == "strange":
        call.rows_of("shop.v1.Customer")
    if request.order_id == "other":
        return await call.default(OrderRequest(order_id="order-1"))
    found = await call.default(request)
    return {**found, "quantity": found.get("quantity", 0) - prices.DISCOUNT}
""",
}


def not_found(order: str) -> RefusedError:
    message = f"Resource cannot be found or access is denied. (order_id = {order})"
    return RefusedError(grpc.StatusCode.NOT_FOUND, 404, "ERROR_NOT_FOUND", message)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_spec(tmp_path_factory.mktemp("handlers"), PACKAGE)


@pytest.fixture(
    scope="module", params=["folder", "files", "module"], ids=lambda kind: f"handlers in a {kind}"
)
def handled(
    folder: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    handlers = folder / "handlers"
    given = {
        "folder": [str(handlers)],
        "files": [str(handlers / "orders" / "cancel.py"), str(handlers / "orders" / "get.py")],
        "module": ["handlers.orders"],
    }[request.param]
    scratch = tmp_path_factory.mktemp("scratch")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))  # as a module is found that is installed
        server = Server(
            tree("shop"),
            scratch / "rows.db",
            to_proto=shop_to_proto,
            load=write_rows(scratch, SHOP_ROWS),
            handlers=",".join(given),
        )
    with server:
        yield server


def test_handlers_are_found_wherever_they_are(handled: Server) -> None:
    handled.metadata = {"x-said": "please"}
    answer = handled.ask(f"{ORDER}.cancel", CANCEL)
    result = {"method": "shop.v1.Order.cancel", "said": "please"}
    assert answer == {**SHOP_ROWS["Order"][0], "from": "Ada", "options": result}


def test_a_handler_can_use_the_servers_implementation(handled: Server) -> None:
    row = SHOP_ROWS["Order"][0]
    assert handled.ask(f"{ORDER}.get", {"order_id": "order-1"}) == {**row, "quantity": 2}
    only = {"order_id": "order-1", "only": ["quantity"]}
    assert handled.ask(f"{ORDER}.get", only) == {"quantity": 2}


def test_a_handler_refuses_the_same_requests_as_the_server(handled: Server) -> None:
    assert handled.refusal(f"{ORDER}.get", {"order_id": "no"}) == not_found("no")


def test_a_handler_raises_an_error_of_the_api(handled: Server) -> None:
    refusal = handled.refusal(f"{ORDER}.get", {"order_id": "secret"})
    assert (refusal.status, refusal.http) == (grpc.StatusCode.PERMISSION_DENIED, 403)


@pytest.mark.parametrize(
    ("order", "logged"),
    [
        ("strange", "shop.v1.Customer stores no rows (services with rows: shop.v1.Order"),
        ("other", "default takes a GetOrderRequest, not OrderRequest("),
    ],
)
def test_an_error_of_a_handler_is_only_in_the_log(handled: Server, order: str, logged: str) -> None:
    assert handled.refusal(f"{ORDER}.get", {"order_id": order}) == INTERNAL
    assert logged in handled.log()


# --- callers


def test_a_handler_sees_the_rows_of_its_caller_alone(tmp_path: Path) -> None:
    spec = write_spec(
        tmp_path / "shop", {**SHOP, "spec.toml": f'{SHOP["spec.toml"]}tenant = "from"\n'}
    )
    handler = """
from apiscribe_runtime.handlers import implements

@implements("shop.v1.Order.cancel")
async def cancel(request, rows, call):
    seen = [(await found.find({}, {}))[1] for found in (rows, call.rows_of("shop.v1.Order"))]
    return {"serials": [str(count) for count in seen], "schema": str(call.caller.tenant)}
"""
    (tmp_path / "handlers.py").write_text(handler, "utf-8")
    (tmp_path / "tokens.json").write_text(TOKENS, "utf-8")
    rows = {
        "Order": [{"order_id": "order-1", "from": "ada"}, {"order_id": "order-2", "from": "bo"}]
    }
    with Server(
        build(spec, tmp_path / "out"),
        tmp_path / "rows.db",
        to_proto=shop_to_proto,
        load=write_rows(tmp_path, rows),
        handlers=tmp_path / "handlers.py",
        auth="token",
        public="reflection",
        tokens=tmp_path / "tokens.json",
    ) as server:
        server.metadata = {"authorization": "Bearer of-ada"}
        assert server.ask(f"{ORDER}.cancel", CANCEL) == {"serials": ["1", "1"], "schema": "ada"}
        server.metadata = {"authorization": "Bearer of-all"}
        assert server.ask(f"{ORDER}.cancel", CANCEL) == {"serials": ["2", "2"], "schema": "None"}


# --- what is told at the start

IMPORT = "from apiscribe_runtime.handlers import implements\n"
CANCELS = f'{IMPORT}\n@implements("shop.v1.Order.cancel")\n'


@pytest.mark.parametrize(
    ("files", "named", "told"),
    [
        pytest.param(
            {"a.py": f"{CANCELS}async def f(request): ...\n"},
            ["{folder}/a.py"],
            "a.py:3: the handler of shop.v1.Order.cancel takes (request); it must take"
            " (request, rows) or (request, rows, call)",
            id="takes too little",
        ),
        pytest.param(
            {"a.py": f"{CANCELS}async def f(request, rows, call, more): ...\n"},
            ["{folder}/a.py"],
            "takes (request, rows, call, more); it must take",
            id="takes too much",
        ),
        pytest.param(
            {"a.py": f"{CANCELS}async def f(request, rows):\n    yield 1\n"},
            ["{folder}/a.py"],
            "a.py:3: the handler of shop.v1.Order.cancel yields; it must return its response",
            id="yields",
        ),
        pytest.param(
            {
                "a.py": "from shop.models.shop.v1.order import GetOrderRequest\n"
                f"{CANCELS}async def f(request: GetOrderRequest, rows): ...\n"
            },
            ["{folder}/a.py"],
            "takes a GetOrderRequest; its request is a CancelOrderRequest",
            id="takes another request",
        ),
        pytest.param(
            {
                "a.py": f"{CANCELS}async def f(request, rows): ...\n",
                "b.py": f"{CANCELS}async def g(request, rows): ...\n",
            },
            ["{folder}/a.py", "{folder}/b.py"],
            "b.py:3: shop.v1.Order.cancel already has a handler, at {folder}/a.py:3",
            id="two for one method",
        ),
        pytest.param(
            {"deep/__init__.py": "", "deep/a.py": "x = 1\ny = x.z\n"},
            ["{folder}/deep"],
            "--handlers {folder}/deep: {folder}/deep/a.py:2: AttributeError: 'int' object has no attribute 'z'",
            id="fails deep in a folder",
        ),
        pytest.param(
            {"ends/__init__.py": "", "ends/a.py": "import sys\nsys.exit(0)\n"},
            ["{folder}/ends"],
            "ends/a.py:2: SystemExit: 0",
            id="exits",
        ),
        pytest.param(
            {"broken/a.py": "def (\n"},
            ["{folder}/broken"],
            "SyntaxError: invalid syntax (a.py",
            id="no Python",
        ),
        pytest.param({}, ["gone.py"], "--handlers gone.py: no such file", id="no file"),
        pytest.param({}, ["./gone"], "--handlers ./gone: no such file", id="no folder"),
        pytest.param({}, ["gone.too"], "--handlers gone.too: no such file", id="no module"),
        pytest.param(
            {"a.txt": ""}, ["{folder}/a.txt"], "a.txt: it is not a Python file", id="another file"
        ),
        pytest.param(
            {"json/__init__.py": ""},
            ["{folder}/json"],
            "--handlers {folder}/json: another module is named json; rename it",
            id="a folder named as a module",
        ),
    ],
)
def test_a_wrong_handler_is_reported_at_the_start(
    files: dict[str, str], named: list[str], told: str, tmp_path: Path
) -> None:
    write_spec(tmp_path, files)
    handlers = ",".join(name.format(folder=tmp_path) for name in named)
    said = refused_call(tree("shop"), tmp_path / "rows.db", handlers=handlers)
    assert told.format(folder=tmp_path) in said


def test_a_function_may_be_the_handler_of_several_methods_and_be_named_twice(
    tmp_path: Path,
) -> None:
    text = f'{CANCELS}@implements("shop.v1.Order.delete")\nasync def f(request, rows): ...\n'
    write_spec(tmp_path, {"h/__init__.py": "", "h/a.py": text, "h/b.py": "from .a import f\n"})
    program = (
        "from shop.registry import API\nfrom apiscribe_runtime.handler_files import load_handlers\n"
        "print(sorted(load_handlers(['h', 'h.b', 'h/a.py'], API)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tree("shop"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "['shop.v1.Order.cancel', 'shop.v1.Order.delete']\n", done.stderr

"""Clients that know nothing of Python: grpc-js on our `.proto` text, `buf curl` on reflection alone."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.api import annotations_pb2
from serving import WAIT, Server, tree, write_rows
from shop_api import SHOP_ROWS

pytestmark = pytest.mark.slow

CLIENT = Path(__file__).parent / "published_client.js"
ORDER = "shop.v1.Order"
NO_ORDER = "ERROR_NOT_FOUND: Resource cannot be found or access is denied. (order_id = none)"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("shop")
    rows = write_rows(folder, SHOP_ROWS)
    with Server(tree("shop"), folder / "rows.db", load=rows) as server:
        yield server


def test_grpc_js_reads_the_proto_files_and_the_answers(node_modules: Path, shop: Server) -> None:
    folders = [tree("shop") / "proto", Path(annotations_pb2.__file__).parents[2]]
    query = {"page": {"limit": 1}, "sort": {"key": "order_id"}, "only": ["from", "else"]}
    calls = [
        [ORDER, "get", {"order_id": "order-1"}],
        [ORDER, "get", {"order_id": "none"}],
        [ORDER, "list", {"query": query}],
    ]
    done = subprocess.run(
        ["node", CLIENT, shop.grpc_address, "shop/v1/order.proto", *folders],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        timeout=WAIT,
        env={**os.environ, "NODE_PATH": str(node_modules)},
    )
    assert done.returncode == 0, done.stderr
    got, refused, listed = json.loads(done.stdout)
    answer = got["answer"]
    asked = SHOP_ROWS["Order"][0]
    for name in ("order_id", "serial", "checksum", "photo", "from", "else", "schema", "history"):
        assert answer[name] == asked[name], name
    assert refused == {"code": "NOT_FOUND", "details": NO_ORDER}
    # 4 is "order 4 …", which sorts first, and has nothing of what is asked for.
    assert listed["answer"] == {
        "results": [{"order_id": "order 4 ä?&#%"}],
        "total_count": len(SHOP_ROWS["Order"]),
    }


def curl(node_modules: Path, address: str, path: str, *flags: str) -> tuple[int, str, str]:
    """The exit status of `buf curl`, what it prints, and what it says of errors."""
    buf = node_modules / ".bin" / "buf"
    plain = ("--http2-prior-knowledge", "--protocol", "grpc")
    command = [buf, "curl", *plain, *flags, f"http://{address}/{path}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("version", ["grpc-v1", "grpc-v1alpha"])
def test_buf_curl_finds_the_methods_by_reflection(
    node_modules: Path, shop: Server, version: str
) -> None:
    flags = ("--list-methods", "--reflect-protocol", version)
    _, printed, _ = curl(node_modules, shop.grpc_address, "", *flags)
    names = ("cancel", "delete", "get", "list", "stat")
    assert {f"{ORDER}/{name}" for name in names} <= set(printed.split())


def test_buf_curl_gets_answers_and_errors(node_modules: Path, shop: Server) -> None:
    status, printed, _ = curl(
        node_modules, shop.grpc_address, f"{ORDER}/get", "-d", '{"orderId": "order-1"}'
    )
    answer = json.loads(printed)
    assert (status, answer["serial"], answer["from"]) == (0, "9007199254740993", "Ada")
    status, _, said = curl(
        node_modules, shop.grpc_address, f"{ORDER}/get", "-d", '{"orderId": "none"}'
    )
    assert status != 0
    assert json.loads(said) == {"code": "not_found", "message": NO_ORDER}

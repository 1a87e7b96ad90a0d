"""`apiscribe serve --watch`: a running server gets the API of changed pages."""

from __future__ import annotations

import http.client
import json
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from server_process import ServerProcess
from serving import WAIT, write_spec

from apiscribe.commands.served_package import ServedPackage
from apiscribe.emit import Output, emit_sorted
from apiscribe.sources.compilation import compile_folder

BOOK = """# Book

> **Package : shop.v1**

## Book

| Method | Request | Response |
| --- | --- | --- |
| create | CreateBookRequest | BookInfo |
| get | GetBookRequest | BookInfo |
| lend | GetBookRequest | BookInfo |

### create
> **POST** /v1/books

### get
> **GET** /v1/books/{book_id}

### lend
> **POST** /v1/books/{book_id}/lend

## Message

### CreateBookRequest
| Field | Type | Required |
| --- | --- | --- |
| title | string | ✅ |
| shelf | string | ✅ |

### GetBookRequest
| Field | Type | Required |
| --- | --- | --- |
| book_id | string | ✅ |

### BookInfo
| Field | Type |
| --- | --- |
| book_id | string |
| title | string |
| shelf | string |
"""
# `lend` answers once there is a file: a call that is in progress until the test says so.
HANDLERS = """
import asyncio
from pathlib import Path

from apiscribe_runtime.handlers import implements

@implements("shop.v1.Book.lend")
async def lend(request, rows):
    Path("begun").touch()
    while not Path("returned").exists():
        await asyncio.sleep(0.02)
    return {"title": "first handler"}
"""
DELETED = BOOK.replace(
    "| get | GetBookRequest | BookInfo |",
    "| get | GetBookRequest | BookInfo |\n| delete | GetBookRequest | Empty |",
).replace("### lend", "### delete\n> **DELETE** /v1/books/{book_id}\n\n### lend")
AUTHOR = BOOK.replace("Book", "Author").replace("book", "author")
FILES = {
    "pages/book.md": BOOK,
    "spec.toml": 'name = "shop"\nhandlers = "lendings"\n',
    "lendings/__init__.py": "",
    "lendings/lending.py": HANDLERS,
}


class WatchingServer:
    """`apiscribe serve shop --watch` in a folder, with a connection for each transport."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = write_spec(folder / "shop", FILES)
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  # until `close`
        ports = ("--http-port", "0", "--grpc-port", "0")
        arguments = ("serve", "shop", "--watch", *ports)
        self.process = ServerProcess("apiscribe", arguments, folder, self._errors.fileno())
        self.grpc = grpc.insecure_channel(self._line(r"gRPC  (\S+)")[1])
        self._http = http.client.HTTPConnection(self._line(r"HTTP  http://(\S+)")[1], timeout=WAIT)
        self.socket: object = None

    def _line(self, pattern: str) -> re.Match[str]:
        watchdog = threading.Timer(WAIT, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        found = re.match(pattern, line)
        assert found, f"{line!r} {self.log()}"
        return found

    def log(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def save(self, path: str, text: str, printed: str = "serving the changed API") -> None:
        """Save a file, and wait until the server has printed what it does with it."""
        self.write(path, text)
        self._line(rf"shop/{path}: {printed}")

    def wait_for_error(self, text: str) -> None:
        end = time.monotonic() + WAIT
        while text not in self.log():
            assert time.monotonic() < end, self.log()
            time.sleep(0.02)

    def write(self, path: str, text: str) -> None:
        file = self.spec / path
        file.parent.mkdir(exist_ok=True)
        (file.parent / f"{file.name}~").write_text(text, "utf-8")
        (file.parent / f"{file.name}~").replace(file)

    def request(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request over the one connection."""
        content = None if body is None else json.dumps(body)
        self._http.request(verb, path, content, {"content-type": "application/json"})
        response = self._http.getresponse()
        assert self.socket in (None, self._http.sock), "the connection was closed"
        self.socket = self._http.sock
        return response.status, json.loads(response.read() or b"null")

    def methods(self, service: str = "shop.v1.Book") -> dict[str, Any]:
        """Return the methods of a service, as reflection shows them."""
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(self.grpc))
        return dict(pool.FindServiceByName(service).methods_by_name)

    def call(self, name: str, request: Any) -> Any:
        """Call a method over gRPC."""
        method = self.methods()[name]
        classes = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
        call = self.grpc.unary_unary(
            f"/{method.containing_service.full_name}/{name}",
            classes[0].SerializeToString,
            classes[1].FromString,
        )
        answer = call(json_format.ParseDict(request, classes[0]()), timeout=WAIT)
        return json_format.MessageToDict(answer, preserving_proto_field_name=True)

    def close(self) -> None:
        self.grpc.close()
        self._http.close()
        self.process.kill()
        self.process.stdout.close()
        self._errors.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WatchingServer]:
    started = WatchingServer(tmp_path)
    yield started
    started.close()


@pytest.mark.slow
def test_a_server_gets_what_changes_and_keeps_all_else(server: WatchingServer) -> None:
    """Rows, connections and a call in progress stay; routes, messages and reflection are new."""
    _, row = server.request("POST", "/v1/books", {"title": "Emma", "shelf": "A"})
    book = f"/v1/books/{row['book_id']}"
    lent: list[Any] = []
    lending = threading.Thread(
        target=lambda: lent.append(server.call("lend", {"book_id": row["book_id"]}))
    )
    lending.start()
    begun = server.folder / "begun"
    while not begun.exists():
        lending.join(0.02)
    assert server.request("DELETE", book)[0] == 405
    assert "delete" not in server.methods()

    # Another route, and a row without a field that it has.
    server.save("pages/book.md", DELETED.replace("| shelf | string |\n", ""))
    assert server.methods().keys() == {"create", "delete", "get", "lend"}
    assert server.request("GET", book) == (200, {"book_id": row["book_id"], "title": "Emma"})
    assert server.call("get", {"book_id": row["book_id"]})["title"] == "Emma"

    # A page with an error.
    server.save("pages/book.md", BOOK.replace("> **Package : shop.v1**", ""), "the API stays")
    assert "error: missing-package" in server.log()
    assert "delete" in server.methods()

    # A service of its own page, with a table of its own.
    server.save("pages/book.md", DELETED)
    server.save("pages/author.md", AUTHOR)
    assert server.request("POST", "/v1/authors", {"title": "Jane", "shelf": "A"})[0] == 200
    check = health_pb2_grpc.HealthStub(server.grpc).Check
    served = check(health_pb2.HealthCheckRequest(service="shop.v1.Author"), timeout=WAIT)
    assert served.status == health_pb2.HealthCheckResponse.SERVING
    assert server.request("GET", book) == (200, row)

    # Handlers run again; one that cannot be used changes nothing.
    server.save("lendings/lending.py", HANDLERS.replace("first", "second"))
    wrong = HANDLERS.replace("(request, rows)", "()")
    server.write("lendings/lending.py", wrong)
    server.wait_for_error("it must take (request, rows)")
    assert lent == []
    (server.folder / "returned").touch()
    lending.join(WAIT)
    assert lent == [{"title": "first handler"}]
    assert server.request("POST", f"{book}/lend", {})[1]["title"] == "second handler"
    assert server.request("DELETE", book)[0] == 200


def outputs(page: str, tmp_path: Path, other: str = AUTHOR) -> list[Output]:
    files = {"pages/book.md": page, "pages/author.md": other, "spec.toml": 'name = "shop"\n'}
    compilation = compile_folder(write_spec(tmp_path / "shop", files))
    return emit_sorted(compilation.api, compilation.report)


def modules(package: ServedPackage) -> dict[str, ModuleType]:
    return {n.removeprefix("shop."): m for n, m in sys.modules.items() if n.startswith("shop.")}


def replaced(package: ServedPackage, new: list[Output]) -> set[str]:
    """The modules that run again for new outputs."""
    before = modules(package)
    package.update(new)
    return {name for name, module in modules(package).items() if before.get(name) is not module}


def test_only_modules_with_a_change_and_their_importers_run_again(tmp_path: Path) -> None:
    loaded = {name for name in sys.modules if name.startswith("shop.")}  # by other tests
    with ServedPackage("shop") as package:
        package.update(outputs(BOOK, tmp_path))
        described = BOOK.replace("### lend\n", "### lend\nLends a book.\n\n")
        assert replaced(package, outputs(described, tmp_path)) == {
            "registry",
            "registry.shop",
            "registry.shop.v1",
            "registry.shop.v1.author",
            "registry.shop.v1.book",
        }
        number = BOOK.replace("| shelf | string |", "| shelf | int32 |")
        again = replaced(package, outputs(number, tmp_path))
        assert {"models.shop.v1.book", "stubs.shop.v1.book_pb2", "pool"} <= again
        assert "models.shop.v1.author" not in again
        assert replaced(package, outputs(number, tmp_path)) == set()
        registry = sys.modules["shop.registry"]
        reference = Path(str(registry.__file__)).parent.parent / "reference.html"
        assert "Lends a book." not in reference.read_text("utf-8")
        package.update(outputs(described, tmp_path))
        assert "Lends a book." in reference.read_text("utf-8")
    assert {name for name in sys.modules if name.startswith("shop.")} <= loaded


def test_a_module_that_cannot_be_imported_changes_nothing(tmp_path: Path) -> None:
    with ServedPackage("shop") as package:
        first = outputs(BOOK, tmp_path)
        api = package.update(first).API
        wrong = [
            Output(o.path, b"1 / 0") if o.path.endswith("models/shop/v1/book.py") else o
            for o in first
        ]
        before = modules(package)
        with pytest.raises(ZeroDivisionError):
            package.update(wrong)
        assert modules(package) == before
        assert package.update(first).API is api


def test_models_that_are_replaced_can_still_be_used(tmp_path: Path) -> None:
    """pydantic builds them at their first use, and finds the names of annotations by module."""
    page = (
        f"{BOOK}| place | Place |\n\n### Place\n| Field | Type |\n| --- | --- |\n| row | string |\n"
    )
    with ServedPackage("shop") as package:
        service = package.update(outputs(page, tmp_path)).API.services[1]
        package.update(outputs(page.replace("Place", "Position"), tmp_path))
        info = {m.name: m for m in service.methods}["get"].response
        assert info.model_validate({"place": {"row": "A"}}).place.row == "A"

"""`make demo`: serve the sample APIs on SQLite, live through an invoice, call every service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict

from apiscribe_runtime.codec import Codec

ROOT = Path(__file__).parent.parent
GENERATED = ROOT / "generated"


@contextmanager
def served(package: str, store: Path) -> Iterator[tuple[str, str]]:
    """The gRPC and HTTP addresses of a generated package's own server, with three sample rows."""
    command = [sys.executable, "-m", package, "--sample", "3", "--grpc-port", "0"]
    command += ["--http-port", "0", "--store", str(store)]
    folder = GENERATED / package
    print(f"$ cd generated/{package} && python -m {package} --sample 3", flush=True)
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            grpc_line, http_line = server.stdout.readline(), server.stdout.readline()
            if not http_line:
                sys.exit(f"{package} did not start")
            print(grpc_line + http_line, end="")
            yield grpc_line.split()[1], http_line.split()[1]
        finally:
            os.kill(server.pid, signal.SIGTERM)


def ask(package: str, grpc_address: str, http_address: str) -> None:
    """Call `list` of every service over gRPC and HTTP, and check that the responses are equal."""
    sys.path.insert(0, str(GENERATED / package))
    registry = import_module(f"{package}.registry")
    request = {"domain_id": "domain-000000000001", "query": {"page": {"limit": 1}}}
    with grpc.insecure_channel(grpc_address) as channel:
        for service in registry.API.services:
            method = next(method for method in service.methods if method.name == "list")
            call = channel.unary_unary(
                f"/{service.full_name}/list",
                request_serializer=method.request_proto.SerializeToString,
                response_deserializer=method.response_proto.FromString,
            )
            to_proto = Codec({}, {}).to_proto
            answer = call(to_proto(request, method.request_proto))
            shown = json.dumps(MessageToDict(answer, preserving_proto_field_name=True))
            print(f"\ngRPC  {service.full_name}/list\n      {shown[:150]}…")
            route = next(route for route in method.routes if route.verb == "POST")
            call_http = urllib.request.Request(
                http_address + route.path,
                json.dumps(request).encode(),
                {"Content-Type": "application/json"},
                method="POST",
            )
            with urllib.request.urlopen(call_http) as response:
                text = response.read().decode()
            print(f"HTTP  POST {route.path}\n      {text[:150]}…")
            assert to_proto(json.loads(text), method.response_proto) == answer
    print("\ngRPC and HTTP returned the same data for every service.\n")


def send(address: str, verb: str, path: str, body: object = None) -> dict[str, Any]:
    """Send a request over HTTP, print it with the answer, and return the answer."""
    text = "" if body is None else json.dumps(body)
    print(f"\nHTTP  {verb} {path} {text[:150]}".rstrip())
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address + path, text.encode() or None, headers, method=verb)
    with urllib.request.urlopen(request) as response:
        answer = response.read().decode()
        print(f"      {response.status} {answer[:300]}{'…' if len(answer) > 300 else ''}")
    value: dict[str, Any] = json.loads(answer)
    return value


def live(address: str) -> None:
    """Create an invoice, list a page, send and change the invoice, and find it by its status."""
    line = {"description": "Website maintenance", "quantity": 4, "unit_price": 9500}
    body = {"customer_id": "cus_8f3kq2", "due_date": "2024-06-30", "lines": [line]}
    invoice = send(address, "POST", "/invoices", body)
    assert invoice["status"] == "draft"
    page = send(address, "GET", "/invoices?limit=1")
    assert page == {"data": [invoice], "has_more": True}
    send(address, "PATCH", f"/invoices/{invoice['id']}", {"memo": "Thank you!"})
    sent = send(address, "POST", f"/invoices/{invoice['id']}/send", {})
    found = send(address, "GET", "/invoices?status=open&customer_id=cus_8f3kq2")
    assert sent in found["data"]


def main() -> None:
    """Serve and ask the sample APIs, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        with served("invoicing", Path(folder) / "invoicing.db") as (_, http_address):
            live(http_address)
        print("\nThe invoice was created, listed, changed and sent.\n")
        for package in ("cloudforet", "spaceone"):
            with served(package, Path(folder) / f"{package}.db") as addresses:
                ask(package, *addresses)


if __name__ == "__main__":
    main()

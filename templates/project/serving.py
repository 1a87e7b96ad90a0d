"""A server in its own process, on free ports, with sample rows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import grpc

ROOT = Path(__file__).parent.parent
WAIT = 30


class RefusedError(Exception):
    """An error response: `CODE: message`, equal over gRPC and HTTP."""


@dataclass(frozen=True)
class Server:
    """A running server: a gRPC channel, and the URL of the HTTP server."""

    channel: grpc.Channel
    url: str

    def over_grpc(self, method: str, request: Any, response: Any) -> Any:
        """Return the response to a protobuf message. Raises RefusedError."""
        service, _, name = method.rpartition(".")
        call = self.channel.unary_unary(
            f"/{service}/{name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString,
        )
        try:
            return call(request, timeout=WAIT)
        except grpc.RpcError as error:
            raise RefusedError(error.details()) from error

    def over_http(self, verb: str, path: str, request: Mapping[str, Any]) -> Any:
        """Return the response to a JSON object. Its fields become parameters of the path; the
        others are in the query string or the body. Raises RefusedError.
        """
        names = re.findall(r"\{(\w+)\}", path)
        for name in names:
            path = path.replace("{" + name + "}", quote(str(request[name]), safe=""))
        rest = {name: value for name, value in request.items() if name not in names}
        in_query = verb in ("GET", "DELETE")
        http_request = urllib.request.Request(
            f"{self.url}{path}" + (f"?{urlencode(list(_flat(rest)))}" if in_query else ""),
            data=None if in_query else json.dumps(rest).encode(),
            headers={"content-type": "application/json"},
            method=verb,
        )
        try:
            with urllib.request.urlopen(http_request, timeout=WAIT) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            detail = json.load(error)["detail"]
            raise RefusedError(f"{detail['code']}: {detail['message']}") from error


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the parameters of a query string: field paths for objects, repeated ones for lists."""
    for name, entry in value.items():
        for item in entry if isinstance(entry, list) else [entry]:
            if isinstance(item, dict):
                yield from _flat(item, f"{prefix}{name}.")
            else:
                yield prefix + name, item if isinstance(item, str) else json.dumps(item)


@contextmanager
def serving(api: str, folder: Path, *options: str) -> Iterator[Server]:
    """Run a server of an API with its handlers and a store in `folder`, and yield it."""
    command = [sys.executable, "-m", api, "--handlers", f"handlers.{api}", "--sample", "3"]
    command += [
        "--grpc-port",
        "0",
        "--http-port",
        "0",
        "--store",
        str(folder / "rows.db"),
    ]
    python_path = os.pathsep.join(
        [str(ROOT), str(ROOT / "generated" / api), os.environ.get("PYTHONPATH", "")]
    )
    environment = {**os.environ, "PYTHONPATH": python_path}
    process = subprocess.Popen(
        [*command, *options], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        addresses = [
            line.split()[1]
            for line in (process.stdout.readline(), process.stdout.readline())
            if line
        ]
        assert len(addresses) == 2, "the server did not start; see its error above"
        with grpc.insecure_channel(addresses[0]) as channel:
            yield Server(channel, addresses[1])
    finally:
        process.terminate()
        process.wait(WAIT)
        process.stdout.close()

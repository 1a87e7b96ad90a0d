"""Starts a server as its users do: a process of its own, on free ports, with made-up rows."""

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
    """An answer that is no success: `CODE: message`, alike at both doors."""


@dataclass(frozen=True)
class Server:
    """A running server: a channel to its gRPC door, the URL of its HTTP door."""

    channel: grpc.Channel
    url: str

    def over_grpc(self, method: str, request: Any, answer: Any) -> Any:
        """The answer to a protobuf message, of the class `answer`. Raises RefusedError."""
        service, _, name = method.rpartition(".")
        call = self.channel.unary_unary(
            f"/{service}/{name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer.FromString,
        )
        try:
            return call(request, timeout=WAIT)
        except grpc.RpcError as error:
            raise RefusedError(error.details()) from error

    def over_http(self, verb: str, path: str, request: Mapping[str, Any]) -> Any:
        """The answer to a JSON object: its parts go into the path, and then into the query string
        or the body. Raises RefusedError.
        """
        names = re.findall(r"\{(\w+)\}", path)
        for name in names:
            path = path.replace("{" + name + "}", quote(str(request[name]), safe=""))
        rest = {name: value for name, value in request.items() if name not in names}
        in_query = verb in ("GET", "DELETE")
        asked = urllib.request.Request(
            f"{self.url}{path}" + (f"?{urlencode(list(_flat(rest)))}" if in_query else ""),
            data=None if in_query else json.dumps(rest).encode(),
            headers={"content-type": "application/json"},
            method=verb,
        )
        try:
            with urllib.request.urlopen(asked, timeout=WAIT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            detail = json.load(error)["detail"]
            raise RefusedError(f"{detail['code']}: {detail['message']}") from error


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The parameters of a query string: dots go into objects, a list repeats its parameter."""
    for name, entry in value.items():
        for item in entry if isinstance(entry, list) else [entry]:
            if isinstance(item, dict):
                yield from _flat(item, f"{prefix}{name}.")
            else:
                yield prefix + name, item if isinstance(item, str) else json.dumps(item)


@contextmanager
def serving(api: str, folder: Path, *options: str) -> Iterator[Server]:
    """A server of an API with its handlers, and with its rows in a folder; it ends with this."""
    command = [sys.executable, "-m", api, "--handlers", f"handlers.{api}", "--sample", "3"]
    command += [
        "--grpc-port",
        "0",
        "--http-port",
        "0",
        "--store",
        f"sqlite+aiosqlite:///{folder / 'rows.db'}",
    ]
    found = os.pathsep.join(
        [str(ROOT), str(ROOT / "generated" / api), os.environ.get("PYTHONPATH", "")]
    )
    environment = {**os.environ, "PYTHONPATH": found}
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
        assert len(addresses) == 2, "the server did not start; it says why above"
        with grpc.insecure_channel(addresses[0]) as channel:
            yield Server(channel, addresses[1])
    finally:
        process.terminate()
        process.wait(WAIT)
        process.stdout.close()

"""An HTTP server over a real socket that gives the answers of a script, and keeps the requests."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from local_server import LocalHandler, local_server


@dataclass(frozen=True)
class Scripted:
    """An answer. `body` is JSON, or bytes as they are; after `seconds`, and not at all if it `hangs
    up`.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    hangs_up: bool = False


@dataclass(frozen=True)
class Received:
    """A request; names of headers are in lower case."""

    verb: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Script:
    """The answers that are left, and the requests so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: list[Scripted] = []
        self.requests: list[Received] = []

    def play(self, *answers: Scripted) -> None:
        """Give these answers next, and forget the requests so far."""
        self.answers[:] = answers
        self.requests.clear()


@contextmanager
def scripted_server() -> Iterator[Script]:
    script = Script("")

    class Handler(LocalHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            script.requests.append(Received(self.command, self.path, headers, body))
            given = script.answers.pop(0) if script.answers else Scripted(500, "no more answers")
            time.sleep(given.seconds)
            if given.hangs_up:
                self.close_connection = True
                return
            content = (
                given.body if isinstance(given.body, bytes) else json.dumps(given.body).encode()
            )
            content = b"" if given.body is None else content
            headers = {"content-length": str(len(content)), **given.headers}
            self.send(given.status, headers, content)

    with local_server(Handler) as script.url:
        yield script

"""HTTP requests to servers on this machine, without proxies and redirects to others."""

from __future__ import annotations

import ipaddress
import socket
import threading
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def local_opener(deadline: Deadline) -> OpenerDirector:
    """Return an opener of URLs, with connections that end with the deadline."""
    handlers = (_HttpHandler(deadline), _HttpsHandler(deadline))
    return build_opener(ProxyHandler({}), _OwnRedirect(), *handlers)


class Deadline:
    """Ends all connections after some seconds: a server that sends a byte now and then is never too
    late for a single one.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def connection(self, kind: type[HTTPConnection], *arguments: Any, **options: Any) -> Any:
        """Return a new connection, which ends with the deadline."""
        connection = kind(*arguments, **options)
        connect = connection.connect

        def limited() -> None:
            connect()
            self._sockets.append(connection.sock)
            if self.is_over:
                self._end()

        connection.connect = limited  # type: ignore[method-assign]
        return connection

    def _end(self) -> None:
        self.is_over = True
        for each in self._sockets:
            with suppress(OSError):  # it is closed
                each.shutdown(socket.SHUT_RDWR)


class _HttpHandler(HTTPHandler):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._connect = partial(deadline.connection, HTTPConnection)

    def http_open(self, req: Request) -> Any:
        """Open a URL on a connection with the deadline."""
        return self.do_open(self._connect, req)


class _HttpsHandler(HTTPSHandler):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._connect = partial(deadline.connection, HTTPSConnection)

    def https_open(self, req: Request) -> Any:
        """Open a URL on a connection with the deadline."""
        return self.do_open(self._connect, req)


class _OwnRedirect(HTTPRedirectHandler):
    """Follows redirects to the same server; others could lead to another machine."""

    def redirect_request(  # as in urllib
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        """Return the request to follow; None raises the redirect as an error."""
        places = [urlsplit(url)[:2] for url in (req.full_url, newurl)]
        if places[0] != places[1]:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)

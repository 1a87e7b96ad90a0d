"""Entries of the logs of servers and proxies: the request line and the status, without bodies.

The formats are those of `access_logs.toml`, the line of Nginx's and Apache's default format, and
the request log of servers that apiscribe makes, which has methods instead of paths.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from apiscribe.drift.traffic.exchange import Body, Exchange

_KEYS: Mapping[str, Sequence[str]] = tomllib.loads(
    Path(__file__).with_name("access_logs.toml").read_text("utf-8")
)
# `GET /books?limit=2 HTTP/1.1`, alone or before its status.
_LINE = re.compile(r"([A-Z]{3,10}) (\S+) HTTP/[\d.]+")
_TEXT_ENTRY = re.compile(rf'"{_LINE.pattern}" (\d{{3}})(?: |$)')
_VERB = re.compile(r"[A-Z]{3,10}")

# Logs often leave out the host; all their requests are for one server then.
_HOST = "log"
_NO_BODY = Body(reason="bodies that the log lacks")


def exchange_of_log(line: Mapping[str, Any], file: str, number: int) -> Exchange | None:
    """Return the exchange of an entry in JSON; None if it has no request."""
    if call := _call(line, file, number):
        return call
    verb, target = _text(line, "verb").upper(), _text(line, "target")
    if found := _LINE.fullmatch(_text(line, "line").strip()):
        verb, target = found[1], found[2]
    status = _text(line, "status")
    if not _VERB.fullmatch(verb) or not target or not status.isdecimal():
        return None
    query = _value(line, "query")
    if isinstance(query, Mapping):
        query = urlencode(query, doseq=True)
    if isinstance(query, str) and "?" not in target and query.strip("?-"):
        target = f"{target}?{query.removeprefix('?')}"
    return _exchange(verb, target, int(status), _host(line), file, number)


def exchange_of_text(line: str, file: str, number: int) -> Exchange | None:
    """Return the exchange of a line in the default format of Nginx or Apache; None of another."""
    if found := _TEXT_ENTRY.search(line):
        return _exchange(found[1], found[2], int(found[3]), _HOST, file, number)
    return None


def _exchange(verb: str, target: str, status: int, host: str, file: str, number: int) -> Exchange:
    url = urlsplit(target if "://" in target.partition("?")[0] else f"http://{host}{target}")
    _ = url.port  # raises ValueError
    return Exchange(
        file=file,
        number=number,
        verb=verb,
        url=url,
        query=tuple(parse_qsl(url.query, keep_blank_values=True)),
        status=status,
        request=Body(),
        answer=_NO_BODY,
    )


def _call(line: Mapping[str, Any], file: str, number: int) -> Exchange | None:
    """Return the exchange of a request that a server of apiscribe logged, by its method."""
    transport, method, code = (line.get(key) for key in ("transport", "method", "code"))
    if transport not in ("grpc", "http") or not isinstance(method, str) or line.get("path"):
        return None
    return Exchange(
        file=file,
        number=number,
        verb="CALL",
        url=urlsplit(f"{transport}:"),
        query=(),
        status=0,
        request=Body(),
        answer=Body(),
        method=method,
        code=str(code),
    )


def _text(line: Mapping[str, Any], part: str) -> str:
    value = _value(line, part)
    return str(value) if isinstance(value, str | int) else ""


def _value(line: Mapping[str, Any], part: str) -> Any:
    """Return the value of the first key of a part that an entry has."""
    for key in _KEYS[part]:
        value: Any = line.get(key)
        if value is None and "." in key:
            value = line
            for name in key.split("."):
                value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None and (part == "query" or not isinstance(value, Mapping)):
            return value
    return None


def _host(line: Mapping[str, Any]) -> str:
    """Return the host of a request; `host` alone can be the address of the client."""
    host = _text(line, "host")
    try:
        ipaddress.ip_address(host.partition(":")[0])
    except ValueError:
        return host if host.strip("_-") else _HOST
    return _HOST

"""Entries of HAR 1.2: the parts that are compared.

Source: w3c.github.io/web-performance/specs/HAR/Overview.html. Browsers and proxies add members,
and leave out bodies that they did not keep.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from apiscribe.drift.traffic.exchange import Body, Exchange

HTTP = ("http", "https")

# Keys of requests in Kong's log.
_OF_LOGS = frozenset({"uri", "querystring"})

_GZIP = b"\x1f\x8b"
_MAX_BODY = 64 * 2**20


class _Pair(msgspec.Struct):
    name: str
    value: str | None = ""


class _PostData(msgspec.Struct, rename="camel"):
    mime_type: str | None = ""
    text: str | None = None
    encoding: str | None = ""


class _Content(msgspec.Struct, rename="camel"):
    size: float | None = 0
    mime_type: str | None = ""
    text: str | None = None
    encoding: str | None = ""


class _Request(msgspec.Struct, rename="camel"):
    method: str
    url: str
    query_string: list[_Pair] | None = None
    post_data: _PostData | None = None
    headers: list[_Pair] | None = None
    cookies: list[_Pair] | None = None
    body_size: float | None = 0


class _Response(msgspec.Struct):
    status: int = 0
    content: _Content | None = None


class Entry(msgspec.Struct):
    """A request and its response."""

    request: _Request
    response: _Response


def is_entry(content: Mapping[str, Any]) -> bool:
    """Return whether an object is an entry of HAR, and not one of a proxy's log with the same keys
    for a request and its response.
    """
    request = content.get("request")
    if not isinstance(request, Mapping):
        return not any(isinstance(value, str) for value in content.values())
    return isinstance(content.get("response"), Mapping) and not request.keys() & _OF_LOGS


def exchange_of(entry: Entry, file: str, number: int) -> Exchange:
    """Return the exchange of an entry. Raise ValueError for a URL that is none."""
    url = urlsplit(entry.request.url)
    if not url.scheme or (url.scheme in HTTP and not url.hostname):
        raise ValueError("`request.url` is not an absolute URL")
    if url.scheme not in HTTP:  # `data:` has a whole file
        url = urlsplit(f"{url.scheme}:")
    _ = url.port  # raises ValueError
    query = [(pair.name, pair.value or "") for pair in entry.request.query_string or ()]
    content = entry.response.content
    return Exchange(
        file=file,
        number=number,
        verb=entry.request.method.upper(),
        url=url,
        query=tuple(query or parse_qsl(url.query, keep_blank_values=True)),
        status=entry.response.status,
        request=_request_body(entry.request),
        credentials=frozenset(_credentials(entry.request)),
        is_whole=bool(entry.request.headers),
        answer=_answer(content) if content else Body(),
    )


def _request_body(request: _Request) -> Body:
    if sent := request.post_data:
        return body_of(sent.text, sent.mime_type, sent.encoding)
    is_left_out = (request.body_size or 0) > 0
    return Body(reason="bodies that the recording lacks") if is_left_out else Body()


def _credentials(request: _Request) -> Iterator[str]:
    """Yield the names of headers and cookies, and the kind of the authorization, without values."""
    for header in request.headers or ():
        name = header.name.lower()
        yield name
        if name == "authorization":
            yield f"{name} {(header.value or '').partition(' ')[0].lower()}"
        elif name == "cookie":
            for pair in (header.value or "").split(";"):
                yield f"cookie {pair.partition('=')[0].strip().lower()}"
    for cookie in request.cookies or ():
        yield f"cookie {cookie.name.lower()}"


def _answer(content: _Content) -> Body:
    media_type = content.mime_type or ""
    if content.text is None and (content.size or 0) > 0:
        return Body(reason="bodies that the recording lacks", media_type=media_type)
    return body_of(content.text, media_type, content.encoding)


def body_of(text: str | None, media_type: str | None, encoding: str | None) -> Body:
    """Return a body of a recording, with its JSON if it has any."""
    media_type = (media_type or "").partition(";")[0].strip().lower()
    if not text:
        return Body(media_type=media_type)
    if not is_json(media_type) and (media_type or text.lstrip()[:1] not in ("{", "[")):
        return Body(reason="bodies that are not JSON", media_type=media_type)
    try:
        content = _decoded(text, encoding or "")
    except (ValueError, OSError, EOFError, zlib.error):
        return Body(reason="bodies with a broken encoding", media_type=media_type)
    if len(content) > _MAX_BODY:
        return Body(reason=f"bodies of more than {_MAX_BODY // 2**20} MB", media_type=media_type)
    try:
        value = msgspec.json.decode(content)
    except (ValueError, RecursionError):
        return Body(reason="bodies of broken JSON", media_type=media_type)
    return Body(value=value, is_json=True, media_type=media_type)


def _decoded(text: str, encoding: str) -> bytes:
    """Return the bytes of a body; some proxies record them as they were compressed."""
    content = text.encode()
    if encoding.lower() == "base64":
        try:
            content = base64.b64decode("".join(text.split()), validate=True)
        except binascii.Error as error:
            raise ValueError(str(error)) from error
    if content.startswith(_GZIP):
        content = gzip.GzipFile(fileobj=io.BytesIO(content)).read(_MAX_BODY + 1)
    return content


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON."""
    kind = media_type.partition("/")[2]
    return kind == "json" or kind.endswith("+json")

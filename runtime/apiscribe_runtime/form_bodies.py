"""The two encodings of forms: `application/x-www-form-urlencoded` and `multipart/form-data`.

Sources: url.spec.whatwg.org (urlencoded), RFC 7578 and RFC 2046 (multipart).
"""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from urllib.parse import parse_qsl

from .errors import invalid_parameter, not_utf8

FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data"
MAX_FIELDS = 1000  # of a form or a query string
_MAX_HEADERS = 8_192  # bytes, of a part
_PLAIN = ("7bit", "8bit", "binary")
_LONGEST_BOUNDARY = 70  # source: RFC 2046, section 5.1.1


def parse_pairs(text: bytes, what: str, noun: str) -> list[tuple[str, str]]:
    """Return the names and values of a query string or an urlencoded form, in order."""
    try:
        return parse_qsl(
            text.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except UnicodeError as error:
        raise not_utf8() from error
    except ValueError as error:
        raise invalid_parameter(what, f"more than {MAX_FIELDS} {noun}") from error


def parse_form(body: bytes) -> list[tuple[str, str | bytes]]:
    """Return the names and values of an urlencoded form, in order."""
    return [(name, value) for name, value in parse_pairs(body.strip(), "body", "fields")]


def parse_files(body: bytes, content_type: str) -> list[tuple[str, str | bytes]]:
    """Return the names and contents of the parts of a multipart form, in order.

    Raises ApiError for a body that is no such form.
    """
    boundary = _header(f"Content-Type: {content_type}").get_param("boundary")
    if not isinstance(boundary, str) or not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise invalid_parameter("content-type", "multipart/form-data without a boundary")
    return list(_parts(body, b"--" + boundary.encode("latin-1", "replace")))


def _parts(body: bytes, delimiter: bytes) -> Iterator[tuple[str, str | bytes]]:
    if body.count(delimiter) > MAX_FIELDS + 1:
        raise invalid_parameter("body", f"more than {MAX_FIELDS} fields")
    # The first delimiter may have no line before it, and the text before it counts for nothing.
    _, *parts = (b"\r\n" + body).split(b"\r\n" + delimiter)
    if not parts or not parts[-1].startswith(b"--"):
        raise invalid_parameter("body", "the last boundary of multipart/form-data is missing")
    for part in parts[:-1]:
        padding, has_line, rest = part.partition(b"\r\n")
        headers, has_content, content = (b"\r\n" + rest).partition(b"\r\n\r\n")
        if padding.strip(b" \t") or not has_line or not has_content:
            raise invalid_parameter("body", "a part of multipart/form-data has no headers")
        yield _name(headers), content


def _name(headers: bytes) -> str:
    """Return the name of the field that a part is."""
    try:
        text = headers.decode().strip() if len(headers) <= _MAX_HEADERS else ""
    except UnicodeDecodeError as error:
        raise not_utf8() from error
    header = _header(text)
    coding = header.get("content-transfer-encoding", "binary").strip().lower()
    if coding not in _PLAIN:  # source: RFC 7578, section 4.7
        raise invalid_parameter("body", f"a part of multipart/form-data is in {coding}")
    name = header.get_param("name", header="content-disposition")
    if not isinstance(name, str) or not name:
        raise invalid_parameter("body", "a part of multipart/form-data has no name")
    # Browsers write these three so. Source: html.spec.whatwg.org, multipart form data.
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _header(text: str) -> Message:
    return HeaderParser().parsestr(text)

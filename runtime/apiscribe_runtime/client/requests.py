"""The request of an operation: its path, query, headers and body, from the arguments of a call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from ..messages import Message
from .credentials import Credential

JsonObject = dict[str, Any]

WITH_BODY = ("POST", "PUT", "PATCH")
_FORM, _FILES = "application/x-www-form-urlencoded", "multipart/form-data"
# `{name}` is one segment, and `{+name}` may have slashes, as in RFC 6570.
_PARAMETER = re.compile(r"\{(\+?)(\w+)\}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Place:
    """The places of the arguments that are not where the verb suggests: in the body with POST, PUT
    and PATCH, and else in the query. The names are documented names.

    `query` and `body` are fields of the query and of the body. `content` is the field that is the
    whole body. `headers` and `cookies`: argument → name. `media_type` is that of the body. A body
    without fields is `{}`, unless the operation is `without_body`.
    """

    query: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    content: str = ""
    headers: Mapping[str, str] | None = None
    cookies: Mapping[str, str] | None = None
    media_type: str = ""
    without_body: bool = False


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request without its address. `arguments` are those of httpx for its body."""

    verb: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str]
    arguments: Mapping[str, Any]

    def with_query(self, query: Iterable[tuple[str, str]]) -> Request:
        """Return the request with another query."""
        return replace(self, query=tuple(query))

    def with_credentials(self, credentials: Iterable[Credential]) -> Request:
        """Return the request with credentials."""
        query, headers = list(self.query), dict(self.headers)
        for one in credentials:
            if one.place == "query":
                query.append((one.name, one.value))
            elif one.place == "cookie":
                headers = _with_cookie(headers, one.name, one.value)
            else:
                headers[one.name] = one.value
        return replace(self, query=tuple(query), headers=headers)


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """The arguments of a call, validated. `fields` are JSON with the documented names; `path` and
    `headers` have the texts of parameters.
    """

    path: Mapping[str, str]
    headers: Mapping[str, str]
    fields: JsonObject
    files: Mapping[str, Sequence[bytes]]


def read_arguments(
    template: str,
    model: type[Message] | None,
    wrapper: str,
    place: Place,
    given: Mapping[str, object],
    plain_numbers: bool,
) -> Arguments:
    """Return the arguments of a call. Raises ValueError (pydantic.ValidationError) for invalid
    ones. `wrapper` is the field that has all fields except for those of the path.
    """
    in_path = _PARAMETER.findall(template)
    elsewhere = {*(name for _, name in in_path), *(place.headers or ()), *(place.cookies or ())}
    fields = {name: value for name, value in given.items() if name not in elsewhere}
    fields = {wrapper: fields} if wrapper else fields
    known = model.model_fields if model else {}
    own = {name: given[name] for name in elsewhere & known.keys() & given.keys()}
    message = model.model_validate({**own, **fields}) if model else None
    content = message.to_json(plain_numbers=plain_numbers, nulls=True) if message else {}
    aliases = {name: field.alias or name for name, field in known.items()}

    def take(name: str) -> str:
        value = content.pop(aliases[name], None) if name in aliases else given[name]
        return _text(value)

    path = {name: _segment(name, take(name), bool(plus)) for plus, name in in_path}
    headers = {name: take(arg) for arg, name in (place.headers or {}).items() if _has(given, arg)}
    for arg, name in (place.cookies or {}).items():
        headers = _with_cookie(headers, name, take(arg)) if _has(given, arg) else headers
    files = {
        aliases[name]: contents
        for name in (known if place.media_type == _FILES else ())
        if (contents := _contents(getattr(message, name)))
    }
    return Arguments(path=path, headers=headers, fields=content, files=files)


def place_arguments(verb: str, template: str, place: Place, arguments: Arguments) -> Request:
    """Return the request of a call."""
    fields = arguments.fields
    if place.content:
        in_body = {place.content} & fields.keys()
    elif verb in WITH_BODY:
        in_body = fields.keys() - set(place.query)
    else:
        in_body = fields.keys() & set(place.body)
    body = {name: value for name, value in fields.items() if name in in_body}
    query = {name: value for name, value in fields.items() if name not in in_body}
    content = body.get(place.content) if place.content else body
    has_body = bool(body) or (verb in WITH_BODY and not place.without_body)
    return Request(
        verb=verb,
        path=_PARAMETER.sub(lambda p: _encoded(arguments.path[p[2]], bool(p[1])), template),
        query=tuple(_parameters(query)),
        headers=arguments.headers,
        arguments=_body(content, place.media_type, arguments.files) if has_body else {},
    )


def _body(content: Any, media_type: str, files: Mapping[str, Sequence[bytes]]) -> JsonObject:
    """Return the arguments of httpx for a body."""
    if media_type == _FORM:
        return {"data": _lists(_form_fields(content))}
    if media_type == _FILES:
        texts = {name: value for name, value in content.items() if name not in files}
        # Without a file, httpx would send `data` as another type; parts without a name are fields.
        parts: list[Any] = [(name, (None, text)) for name, text in _form_fields(texts)]
        parts += [(n, (n, value)) for n, contents in files.items() for value in contents]
        return {"files": parts}
    return {"json": content}


def _contents(value: object) -> Sequence[bytes]:
    """Return the contents of a field that has files."""
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, bytes)]


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for name, text in pairs:
        result.setdefault(name, []).append(text)
    return result


def _form_fields(fields: JsonObject, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the fields of a form: a list is a repeated name, the field of an object is `a[b]`, and
    a list in an object is `a[b][]`, as frameworks with names in brackets read them.
    """
    for name, value in fields.items():
        key = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, dict):
            yield from _form_fields(value, key)
            continue
        is_list = isinstance(value, list)
        for item in value if is_list else [value]:
            if item is not None:
                yield key + "[]" * (is_list and bool(prefix)), _text(item)


def _parameters(fields: JsonObject, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the parameters of fields: a list is a repeated parameter, and the fields of an object
    have dotted names. Objects in lists are JSON. Source: google/api/http.proto.
    """
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _parameters(value, f"{prefix}{name}.")
            continue
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                yield prefix + name, _text(item)


def _text(value: Any) -> str:
    if isinstance(value, bool | dict | list):
        return json.dumps(value, separators=(",", ":"))
    return "" if value is None else str(value)


def _has(given: Mapping[str, object], name: str) -> bool:
    return given.get(name) is not None


def _segment(name: str, text: str, with_slashes: bool) -> str:
    """Check a parameter of a path: with an empty one, or with dots, it would be another path."""
    if {"", ".", ".."}.intersection(text.split("/") if with_slashes else [text]):
        raise ValueError(f"{name} is {text!r}, which cannot be a part of a path")
    return text


def _encoded(text: str, with_slashes: bool) -> str:
    return quote(text, safe="/" if with_slashes else "")


def _with_cookie(headers: Mapping[str, str], name: str, value: str) -> dict[str, str]:
    others = (headers["Cookie"],) if "Cookie" in headers else ()
    return {**headers, "Cookie": "; ".join((*others, f"{name}={value}"))}

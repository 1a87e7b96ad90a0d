"""Components of MDX that hold a declaration as JSON → tables, and lines that spell methods.

    <Message value={{"name": "Hive", "fields": [{"name": "roof", "type": "Roof"}]}} />

The name of the component does not matter: the keys of the JSON tell what it declares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.protobuf.made_tables import MadeRow, made_table, plain_paragraph, plain_row
from apiscribe.dialects.protobuf.words import JSON_KEYS
from apiscribe.pages.blocks import Block, Component

_OBJECT = re.compile(r"\w=\{\s*(?=\{)")
_END = re.compile(r"\s*\}")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_FIELD_ROLES = ("type", "label", "oneof", "default")
_DECODER = json.JSONDecoder()


def read_component(component: Component) -> list[Block]:
    """Return the blocks of a component that declares a message, an enum or a method; or none."""
    for value in _objects(component.argument):
        if blocks := member_blocks(value, component.span):
            return blocks
    return []


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in double braces: `value={{"name": "Hive"}}`."""
    for match in _OBJECT.finditer(text):
        try:
            value, end = _DECODER.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        if _END.match(text, end):
            yield value


def member_blocks(value: Mapping[str, Any], span: Span) -> list[Block] | None:
    """Return the description and the members of a declaration in JSON; None if it has none."""
    text = text_of(value, "description")
    described = [plain_paragraph(text, span)] if text else []
    request, response = text_of(value, "request"), text_of(value, "response")
    if request and response and _NAME.fullmatch(text_of(value, "name")):
        sides = [
            f"stream {type_}" if value_of(value, role) is True else type_
            for role, type_ in (("request_stream", request), ("response_stream", response))
        ]
        name = text_of(value, "name")
        line = f"rpc {name}({sides[0]}) returns ({sides[1]})"
        routes = [plain_row({"method": name, **each}, span) for each in routes_of(value)]
        listed_routes = [made_table(routes, span)] if routes else []
        return [plain_paragraph(line, span), *described, *listed_routes]
    for listed, role, roles in (("fields", "field", _FIELD_ROLES), ("values", "name", ("number",))):
        members = value_of(value, listed)
        rows = _rows(members, role, roles, span) if isinstance(members, list) else None
        if rows is not None:
            return [*described, *([made_table(rows, span)] if rows else [])]
    return None


def _rows(
    members: Sequence[Any], role: str, roles: Sequence[str], span: Span
) -> list[MadeRow] | None:
    """Return the rows of the members; None if one is no member."""
    rows = []
    for member in members:
        name = text_of(member, "name") if isinstance(member, dict) else ""
        cells = {one: text_of(member, one) for one in roles} if name else {}
        if not _NAME.fullmatch(name) or not cells[roles[0]]:
            return None
        options = value_of(member, "options")
        is_deprecated = isinstance(options, dict) and options.get("deprecated") is True
        cells["description"] = ("**Deprecated.** " if is_deprecated else "") + text_of(
            member, "description"
        )
        texts = {one: text for one, text in cells.items() if text}
        rows.append(plain_row({role: name, roles[0]: "", "description": "", **texts}, span))
    return rows


def value_of(value: Mapping[str, Any], role: str) -> Any:
    """Return the first value that is there under one of the keys of a role."""
    return next((value[key] for key in JSON_KEYS[role] if value.get(key) not in (None, "")), None)


def text_of(value: Mapping[str, Any], role: str) -> str:
    """Return the text or the number under one of the keys of a role, or ""."""
    found = value_of(value, role)
    return str(found).strip() if isinstance(found, (str, int)) else ""


def routes_of(method: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the cells for each route of a method, from its option `google.api.http`."""
    options = method.get("options")
    rule = options.get("google.api.http") if isinstance(options, dict) else None
    for each in objects_of(rule.get("rules")) if isinstance(rule, dict) else ():
        keys = {"verb": "method", "path": "pattern", "body": "body"}
        yield {role: str(each.get(key, "")) for role, key in keys.items()}


def objects_of(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in a list of JSON."""
    yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()

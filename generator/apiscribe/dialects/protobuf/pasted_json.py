"""Code with declarations as JSON, as protoc-gen-doc writes them → headings and tables.

{"files": [{"name": "hive.proto", "package": "apiary.v1",
            "messages": [{"name": "Hive", "fields": [{"name": "roof", "type": "string"}]}],
            "enums": […], "services": […]}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.protobuf.component_values import (
    member_blocks,
    objects_of,
    routes_of,
    text_of,
    value_of,
)
from apiscribe.dialects.protobuf.made_tables import (
    MadeRow,
    made_table,
    plain_inline,
    plain_paragraph,
    plain_row,
)
from apiscribe.pages.blocks import Block, Code, Heading

_KINDS = {"messages": "message", "enums": "enum", "services": "service"}
_LEVEL = 2  # of the heading of a file


def read_pasted_json(code: Code) -> list[Block]:
    """Return the blocks that the JSON in a block of code declares; none of other code."""
    if not code.text.lstrip().startswith("{") or not any(f'"{key}"' in code.text for key in _KINDS):
        return []
    try:
        value = json.loads(code.text)
    except (ValueError, RecursionError):
        return []
    try:
        return list(_Reader(code).files(value))
    except _OtherJsonError:
        return []


class _OtherJsonError(Exception):
    """A declaration in the JSON has another form."""


class _Reader:
    """Finds the line of each declaration, from top to bottom."""

    def __init__(self, code: Code) -> None:
        self.code, self.at, self.line = code, 0, code.span.line + 1

    def files(self, value: Mapping[str, Any]) -> Iterator[Block]:
        """Yield the blocks of the files in an object, or of the object as one file."""
        files = value_of(value, "files")
        for file in objects_of(files) if isinstance(files, list) else iter([value]):
            yield from self.file(file)

    def file(self, file: Mapping[str, Any]) -> Iterator[Block]:
        """Yield the name and the package of a file, and its declarations."""
        blocks = list(self.declarations(file))
        if not blocks:
            return
        span = blocks[0].span
        path, package = text_of(file, "name"), text_of(file, "package")
        yield Heading(_LEVEL, plain_inline(path or package or "file", span), span)
        if package:
            yield plain_paragraph(f"package {package}", span)
        if description := text_of(file, "description"):
            yield plain_paragraph(description, span)
        yield from blocks

    def declarations(self, file: Mapping[str, Any]) -> Iterator[Block]:
        """Yield the headings of the declarations of a file, with their members."""
        for key, listed in file.items():
            kind = _KINDS.get(key, "")
            for declared in objects_of(listed) if kind else ():
                name = text_of(declared, "full_name")
                span = self.span(name)
                read = _methods if kind == "service" else member_blocks
                members = read(declared, span)
                if not name or members is None:
                    raise _OtherJsonError
                yield Heading(_LEVEL + 1, plain_inline(f"{kind} `{name}`", span), span)
                yield from members

    def span(self, name: str) -> Span:
        """Return the line with the next declaration of a name."""
        found = self.code.text.find(json.dumps(name), self.at)
        if found >= 0:
            self.line += self.code.text.count("\n", self.at, found)
        self.at = found if found >= 0 else len(self.code.text)  # no second search to the end
        line = min(self.line, self.code.span.end_line)
        return Span(self.code.span.path, line, line)


def _methods(service: Mapping[str, Any], span: Span) -> list[Block] | None:
    """Return the description of a service, and tables of its methods and their routes."""
    methods: list[MadeRow] = []
    routes: list[MadeRow] = []
    for method in objects_of(service.get("methods")):
        cells = {
            "method": text_of(method, "name"),
            "request": _side(method, "request"),
            "response": _side(method, "response"),
        }
        if not all(cells.values()):
            return None
        methods.append(plain_row({**cells, "description": text_of(method, "description")}, span))
        routes += (
            plain_row({"method": cells["method"], **each}, span) for each in routes_of(method)
        )
    description = text_of(service, "description")
    described: list[Block] = [plain_paragraph(description, span)] if description else []
    tables = (made_table(rows, span) for rows in (methods, routes) if rows)
    return [*described, *tables] if methods else None


def _side(method: Mapping[str, Any], side: str) -> str:
    """Return the type of a side, behind the word `stream` if it is one."""
    name = text_of(method, side)
    return f"stream {name}" if value_of(method, f"{side}_stream") is True else name

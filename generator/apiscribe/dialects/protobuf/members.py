"""Rows of tables → fields, values and methods."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from apiscribe.diagnostics.codes.pages import oneof_without_end
from apiscribe.dialects.outline import Coverage
from apiscribe.dialects.protobuf.member_names import (
    identifier,
    name_in_anchor,
    split_label,
    split_name,
)
from apiscribe.dialects.protobuf.tables import columns
from apiscribe.dialects.protobuf.types import Anchors, read_cell
from apiscribe.dialects.protobuf.words import RULES, mark
from apiscribe.dialects.tables import Cells, read_rows
from apiscribe.model.draft import FieldDraft, MethodDraft, RouteDraft, TypeDraft, ValueDraft
from apiscribe.model.names import snake
from apiscribe.model.types import MAP_KEYS
from apiscribe.pages.blocks import Inline, Table

# A mark before the description: `**Deprecated.**`, as protoc-gen-doc writes it, or ~~deprecated~~.
_MARKED = re.compile(r"\A\s*(?P<mark>\*\*|__|~~|\*|_)(?P<word>[^*_~\n]+)(?P=mark)[.:。：]?\s*")
# A mark as the first sentence: `Required. The name.`
_SENTENCE = re.compile(r"\A\s*[\[(*_]*(?P<word>[^\W\d_]+)[\])*_]*(?:[.。]|(?<=[\])]))")
_ROUTE = re.compile(
    r"(?P<verb>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)(?:\s*\|\s*|\s+)(?P<path>/[^\s|]*?)"
    r"(?=(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s*\||[\s|]|$)"
)
_RULE = re.compile(
    r"`(?P<name>[\w.]+)`\s*:\s*`(?P<value>[^`]*)`|(?P<name2>[\w.]+)\s*:\s*(?P<value2>\S+)"
)
_ONLY_ONE = re.compile(
    r"\s*(?:Only|Precisely|Exactly) one of (?P<names>.+?) (?:can|may|must) be set\.?\s*\Z",
    re.DOTALL,
)
# The types of a map's keys and values, beside a label that says so.
_PAIR = re.compile(r"(?P<key>\w+),\s*(?P<value>\.?[A-Za-z_][\w.]*)", re.ASCII)
_NAMES = re.compile(r"\b(?!(?:or|and)\b)\w+")


def read_fields(table: Table, anchors: Anchors, coverage: Coverage) -> list[FieldDraft]:
    """Read the fields that a table lists."""
    roles = columns(table)
    fields: list[FieldDraft] = []
    group = ""
    for row in read_rows(table, coverage, roles):
        if mark(row["type"].text) == "oneof":
            # protodoc lists a oneof as a field before its own.
            name = row["field"].text
            coverage.report.add(oneof_without_end(name), row["field"].span, mark=name)
            continue
        field, is_one = _read_field(row, anchors, "label" in roles)
        if is_one and not field.oneof:
            # Adjacent rows are one group; a class on its first row tells two groups apart.
            begins = not group or any(name.endswith("start") for name in row.row.classes)
            group = _group_of(field.name) if begins else group
            field = replace(field, oneof=group)
        elif not is_one:
            group = ""
        fields.append(field)
    return _with_groups(fields)


def _read_field(row: Cells, anchors: Anchors, labels: bool) -> tuple[FieldDraft, bool]:
    """Return the field of a row, and whether it is one of a group."""
    cell = row["field"]
    lines = cell.parsed.lines
    in_one_cell = "type" not in row and len(lines) > 1
    name = lines[0] if in_one_cell else cell.text
    typed = read_cell(
        cell if in_one_cell else row["type"], anchors, lines[1] if in_one_cell else ""
    )
    marks = set(typed.marks)
    group, beside = split_label(row["label"].text)
    marks |= beside
    marks |= {mark(line) for line in lines[2:]} if in_one_cell else set()
    # Columns of their own for marks: `Required`, `Repeated`.
    for role in ("required", "repeated", "optional"):
        marks |= {role} if mark(row[role].text) in (role, "yes") else set()
    if not labels and (match := _SENTENCE.match(row["description"].prose)):
        # Not "Optional.": it does not state presence.
        marks |= {mark(match["word"])} & {"required", "repeated"}
    split = split_name(name)
    name, marks = name_in_anchor(split.name, row), marks | split.marks
    description, deprecated = _without_mark(row["description"].prose)
    description = "\n\n".join(filter(None, [description, row["validations"].prose.strip()]))
    number = _number(row["number"].text) if "number" in row else split.number
    type_ = typed.type
    if "repeated" in marks and (pair := _PAIR.fullmatch(type_.name)) and pair["key"] in MAP_KEYS:
        type_ = replace(type_, name=f"map<{pair['key']}, {pair['value']}>")
    repeated = True if "repeated" in marks else (False if labels else typed.type.repeated)
    if type_.name.startswith("map<"):
        repeated = False  # `repeated map<string, Hive>`
    field = FieldDraft(
        name=name,
        type=replace(type_, repeated=repeated, streams=False),
        number=number,
        required=True if "required" in marks else None,
        optional="optional" in marks,
        oneof=split.group or group or identifier(row["oneof"].text),
        default=_default(row["default"].text),
        deprecated=deprecated or "deprecated" in marks,
        description=description,
        span=cell.span,
    )
    return field, "oneof" in marks


def read_values(table: Table, coverage: Coverage, *, begins: bool) -> list[ValueDraft]:
    """Read the values of an enum, from its only table or the one that `begins` it."""
    roles = ["value" if role == "name" else role for role in columns(table)]
    values: list[ValueDraft] = []
    for row in read_rows(table, coverage, roles):
        cell = row["value"]
        description, deprecated = _without_mark(row["description"].prose)
        number = _number(row["number"].text)
        if begins and not values and "number" not in row:
            number = 0  # proto3 requires it, and the page prints the order of the `.proto`
        values.append(
            ValueDraft(
                name=cell.text.strip("\"'`“”"),
                number=number,
                description=description,
                deprecated=deprecated,
                span=cell.span,
            )
        )
    return values


def read_methods(table: Table, anchors: Anchors, coverage: Coverage) -> Iterator[MethodDraft]:
    """Read the methods of a service; the table may have columns for their routes."""
    for row in read_rows(table, coverage, columns(table)):
        cell = row["method"]
        description, deprecated = _without_mark(row["description"].prose)
        yield MethodDraft(
            name=cell.text.strip("`"),
            request=read_cell(row["request"], anchors).type if row["request"].text else None,
            response=read_cell(row["response"], anchors).type if row["response"].text else None,
            routes=tuple(_routes(row, coverage)),
            deprecated=deprecated,
            description=description,
            span=cell.span,
        )


def read_bindings(table: Table, coverage: Coverage) -> Iterator[tuple[str, RouteDraft]]:
    """Read the routes of methods; yield each with its method."""
    for row in read_rows(table, coverage, columns(table)):
        for route in _routes(row, coverage):
            yield row["method"].text.strip("`"), route


def _routes(row: Cells, coverage: Coverage) -> Iterator[RouteDraft]:
    """Yield the routes of a row. Without an HTTP method, a path is only a prefix of real ones.

    A template prints further routes behind the first one: `GET|/v1/jobs/{id}GET|/v1/jobs`.
    """
    body = row["body"].text.strip("` ") if "body" in row else None
    for match in _ROUTE.finditer(
        f"{row['verb'].text.upper()} | {row['path'].text}".replace("`", "")
    ):
        coverage.read_route()
        yield RouteDraft(verb=match["verb"], path=match["path"], body=body, span=row["path"].span)


def read_deprecated(table: Table, coverage: Coverage) -> Iterator[str]:
    """Read a table about the option `deprecated`; yield the fields for which it is true."""
    for row in read_rows(table, coverage, columns(table)):
        if row["option"].text.strip("` ") == "true":
            yield row["field"].text.strip("`")


def read_rules(table: Table, coverage: Coverage) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Read the rules of validators: yield the field, its constraints, and the other rules."""
    for row in read_rows(table, coverage, columns(table)):
        constraints: dict[str, Any] = {}
        others: list[str] = []
        for name, value in _rules(row["validations"]):
            keywords = RULES.get(name.rpartition(".")[2], [])
            if name.rpartition(".")[2] == "required" or name.count(".") > 1:
                # `message.required`; `map.keys.string.max_len` is about parts of the value.
                keywords = []
            constraints |= {keyword: _json(value) for keyword in keywords}
            if not keywords:
                others.append(f"`{name}`: `{value}`")
        yield row["field"].text.strip("`"), constraints, others


def _rules(cell: Inline) -> Iterator[tuple[str, str]]:
    for match in _RULE.finditer(cell.prose):
        yield match["name"] or match["name2"], match["value"] or match["value2"] or ""


def _json(value: str) -> Any:
    """Return a rule's value as JSON; a text without quotes is a string."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _with_groups(fields: list[FieldDraft]) -> list[FieldDraft]:
    """Return the fields, with the groups that their descriptions list: `Only one of `a` or `b` can
    be set.` A group counts if all its names are fields.
    """
    names = {field.name for field in fields}
    result = []
    for field in fields:
        match = _ONLY_ONE.search(field.description)
        members = set(_NAMES.findall(match["names"])) if match else set()
        if match and field.name in members and members <= names:
            first = next(one.name for one in fields if one.name in members)
            field = replace(
                field, oneof=_group_of(first), description=field.description[: match.start()]
            )
        result.append(field)
    return result


def _group_of(field: str) -> str:
    """Return a name for a group of fields that the page does not name."""
    return f"one_of_{snake(field)}"


def _number(text: str) -> int | None:
    text = text.strip("` ")
    try:
        return int(text, 0) if len(text) < 12 else None
    except ValueError:
        return None


def _default(text: str) -> str:
    text = text.strip("` ")
    return json.dumps(_json(text)) if text and text != "-" else ""


def _without_mark(text: str) -> tuple[str, bool]:
    """Return a description without the mark of what is deprecated, and whether it has one. Some
    templates print a word where there is none.
    """
    if mark(text) == "nothing":
        return "", False
    match = _MARKED.match(text)
    if match and mark(match["word"]) == "deprecated":
        return text[match.end() :], True
    return text, False


def is_map_entry(message: str, fields: Iterable[FieldDraft]) -> bool:
    """Return whether a message has the name and the fields of the entries of a map."""
    return message.endswith("Entry") and [field.name for field in fields] == ["key", "value"]


def map_type(key: FieldDraft, value: FieldDraft, type_: TypeDraft) -> TypeDraft:
    """Return the type of a map field, in place of that of its entries."""
    name = f"map<{key.type.name}, {value.type.name.lstrip('.')}>"
    return replace(type_, name=name, repeated=False)

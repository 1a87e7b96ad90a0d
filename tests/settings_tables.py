"""The tables of docs/settings.md, made of the schemas: `entry | type | default | meaning`."""

from __future__ import annotations

import json
import re

from schemas import Schema

# What a table of the page is about: its schema, and the definition in it ("": the whole file).
_TABLE = re.compile(r"<!-- entries of (?P<name>\w+)(?: (?P<kind>\w+))? -->\n.*?<!-- end -->", re.S)
_DEFAULT = re.compile(r" ?Default: (?P<default>.*)\.$")


def with_tables(page: str, schemas: dict[str, Schema]) -> str:
    """Return the page with each table renewed between its two comments."""

    def table(match: re.Match[str]) -> str:
        head = match[0].partition("\n")[0]
        return f"{head}\n{_table(schemas[match['name']], match['kind'])}<!-- end -->"

    return _TABLE.sub(table, page)


def described(page: str) -> set[tuple[str, str]]:
    """Return the names of the schemas and definitions that have a table on the page."""
    return {(match["name"], match["kind"] or "") for match in _TABLE.finditer(page)}


def _table(schema: Schema, kind: str | None) -> str:
    node = schema["$defs"][kind] if kind else schema
    required = node.get("required", [])
    rows = [
        _row(name, entry, name in required, schema) for name, entry in node["properties"].items()
    ]
    lines = ["| entry | type | default | meaning |", "| --- | --- | --- | --- |", *rows]
    return f"{node['description']}\n\n" + "".join(f"{line}\n" for line in lines)


def _row(name: str, entry: Schema, required: bool, schema: Schema) -> str:
    meaning = entry["description"]
    default = "required" if required else _value(entry.get("default"))
    if stated := _DEFAULT.search(meaning):
        default, meaning = stated["default"], meaning[: stated.start()]
    cells = (f"`{name}`", _type(entry, schema), default, meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"`{value}`"
        case int() if not isinstance(value, bool):
            return f"{value:,}"
        case _:
            return json.dumps(value)


def _type(node: Schema, schema: Schema) -> str:
    """Return the type of an entry in words, with a link to the table of a definition."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        definition = schema["$defs"][name]
        if definition["type"] != "object":
            return _type(definition, schema)
        word = "object" if schema["title"].endswith(".json") else "table"
        return f"[{word}](#{_anchor(name)})"
    if "anyOf" in node and "type" not in node:
        return " or ".join(_type(kind, schema) for kind in node["anyOf"])
    match node.get("type", "enum"):
        case "array":
            return f"list of {_plural(_type(node['items'], schema))}"
        case "object" if "additionalProperties" not in node:
            return "map of any values"
        case "object":
            return f"map of {_plural(_type(node['additionalProperties'], schema))}"
        case "integer":
            return f"integer{_range(node)}"
        case "enum":
            return ", ".join(f"`{value}`" for value in node["enum"])
        case "string" if node.get("format") == "date":
            return "date"
        case kind:
            return str(kind)


def _range(node: Schema) -> str:
    lowest = node.get("minimum")
    highest = node.get("maximum", node.get("exclusiveMaximum", 0) - 1)
    if lowest is None:
        return ""
    return f", {lowest:,} to {highest:,}" if highest > lowest else f", {lowest:,} or more"


def _plural(kind: str) -> str:
    words = kind.split(" or ")
    return " or ".join(re.sub(r"^\[?\w+", r"\g<0>s", word) for word in words)


def _anchor(name: str) -> str:
    """Return the anchor of a definition: `severity-override` for `SeverityOverride`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()

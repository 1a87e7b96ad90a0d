"""Truths of HTTP pages without an OpenAPI document, written by hand from the pages.

tests/http_truths/PROJECT.json holds facts only: `routes` are all operations on the pages,
`operations` are ten of them in detail, `messages` are their types. A name with `*` is required; a
type is a word of JSON Schema, a message, either with `[]`, an object of fields, or a list of one
object; "" is a type that the page leaves open, or a response without a body. A `{}` in a path is a
parameter without a name on the page: any name is right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("http_truths")
_WORDS = ("string", "integer", "number", "boolean", "object")
_PARAMETER = re.compile(r"\{[^}]*\}")


def truths() -> list[str]:
    """The projects with a truth of this kind."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))


def read_truth(project: str) -> Mapping[str, Any]:
    """The truth of a project."""
    truth: Mapping[str, Any] = json.loads((FOLDER / f"{project}.json").read_text("utf-8"))
    return truth


def as_openapi(truth: Mapping[str, Any], built: Mapping[str, Any]) -> dict[str, Any]:
    """The truth as an OpenAPI document; `built` gives the names of parameters without one."""
    names = {
        (verb.upper(), _PARAMETER.sub("{}", path)): _PARAMETER.findall(path)
        for path, item in built["paths"].items()
        for verb in item
    }
    paths: dict[str, dict[str, Any]] = {}
    for line, facts in truth["operations"].items():
        verb, path = line.split()
        parameters = [
            _parameter(place, name, type_)
            for place in ("path", "query", "header")
            for name, type_ in facts.get(place, {}).items()
        ]
        if "{}" in path:
            made_up = names.get((verb, path), [])
            parameters += [_parameter("path", name[1:-1] + "*", "") for name in made_up]
        operation: dict[str, Any] = {"parameters": parameters, "responses": {}}
        if "body" in facts:
            operation["requestBody"] = _content(facts["body"])
        for status, type_ in facts["answers"].items():
            operation["responses"][status] = {"description": "", **_content(type_)}
        paths.setdefault(path, {})[verb.lower()] = operation
    schemas = {_key(name): _schema(fields) for name, fields in truth["messages"].items()}
    info = {"title": "", "version": ""}
    return {
        "openapi": "3.1.0",
        "info": info,
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _parameter(place: str, name: str, type_: Any) -> dict[str, Any]:
    required = name.endswith("*")
    return {
        "in": place,
        "name": name.removesuffix("*"),
        "required": required,
        "schema": _schema(type_),
    }


def _content(type_: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": _schema(type_)}}} if type_ else {}


def _schema(type_: Any) -> dict[str, Any]:
    match type_:
        case dict():
            properties = {name.removesuffix("*"): _schema(inner) for name, inner in type_.items()}
            required = [name.removesuffix("*") for name in type_ if name.endswith("*")]
            return {"type": "object", "properties": properties, "required": required}
        case [inner]:
            return {"type": "array", "items": _schema(inner)}
        case str() if type_.endswith("[]"):
            return {"type": "array", "items": _schema(type_.removesuffix("[]"))}
        case "":
            return {}
        case _ if type_ in _WORDS:
            return {"type": type_}
        case _:
            return {"$ref": f"#/components/schemas/{_key(type_)}"}


def _key(name: str) -> str:
    return name.replace(" ", "").replace("::", "")

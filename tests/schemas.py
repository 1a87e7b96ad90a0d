"""The JSON Schemas of the files that users write and review, made of the types that read them.

`generator/apiscribe/model/schemas/` holds them for editors and for `apiscribe schema`. The lock has
no types for its text, so its schema is written here, with the limits of its reader.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from apiscribe.drift.baseline import Baseline
from apiscribe.model.lock import ENUM_NUMBERS, FIELD_NUMBERS
from apiscribe.model.lock.entries import KEPT_BY_PROTOBUF, NAME_KINDS
from apiscribe.model.names import IDENTIFIER
from apiscribe.model.overlay import Overlay
from apiscribe.model.settings import Settings
from apiscribe.workspace.package_data import PACKAGE

FOLDER = PACKAGE / "model" / "schemas"

Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """Return the schemas by name."""
    return {
        "spec": _headed("spec", "spec.toml", _of_type(Settings)),
        "overlay": _headed("overlay", "overlay.toml", _of_type(Overlay)),
        "lock": _headed("lock", "lock.json", _lock()),
        "baseline": _headed("baseline", "drift-baseline.toml", _of_type(Baseline)),
    }


def schema_text(schema: Schema) -> str:
    """Return a schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _headed(name: str, file: str, schema: Schema) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        # Taplo refuses an $id that is not an absolute URI ("relative URL without a base").
        "$id": f"urn:apiscribe:{name}.schema.json",
        **schema,
        "title": file,
    }


def _of_type(kind: type[msgspec.Struct]) -> Schema:
    _, components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    definitions: Schema = _for_toml(components)
    schema: Schema = definitions.pop(kind.__name__)
    return {**schema, "$defs": definitions} if definitions else schema


def _for_toml(node: Any) -> Any:
    """Return a schema without `null`, which TOML lacks, and without defaults that say nothing."""
    if isinstance(node, list):
        return [_for_toml(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _for_toml(value) for key, value in node.items()}
    if schema.get("default") in (None, "", (), {}) or "$ref" in schema:
        schema.pop("default", None)
    if isinstance(schema.get("description"), str):
        schema["description"] = " ".join(schema["description"].split())
    if schema.get("required") == []:
        del schema["required"]
    if kinds := schema.get("anyOf"):
        kinds = [kind for kind in kinds if kind != {"type": "null"}]
        if all(kind.keys() == {"enum"} for kind in kinds):
            kinds = [{"enum": sorted(value for kind in kinds for value in kind["enum"])}]
        if len(kinds) == 1:
            return {**{k: v for k, v in schema.items() if k != "anyOf"}, **kinds[0]}
        schema["anyOf"] = kinds
    return schema


def _lock() -> Schema:
    return {
        "description": "Numbers of the fields and enum values of a spec, and names that were made up;"
        " they never change. `apiscribe build` and `apiscribe adopt` write the file.",
        **_object(
            messages=_map("Messages by full name.", "Message"),
            enums=_map("Enums by full name.", "Enum"),
            names=_map(
                "Identifiers that differ from the documented names, by the full name of the owner:"
                " a message, enum, package or service.",
                "Names",
            ),
        ),
        "$defs": {
            "Message": {
                "description": "The fields of a message.",
                **_object(
                    fields=_map("Fields on the pages, by documented name.", "Field"),
                    reserved=_map("Fields that are no longer on the pages.", "ReservedField"),
                    reserved_numbers=_list("Numbers in use by fields without a name.", "Number"),
                ),
            },
            "Field": {
                "description": "The number and type of a field.",
                **_numbered(),
                "required": ["number", "type"],
            },
            "ReservedField": {
                "description": "The number of a field that is no longer on the pages, and its type"
                " if it is known.",
                **_numbered(),
                "required": ["number"],
            },
            "Number": {
                "description": "Number of a field. Protobuf reserves 19000 to 19999.",
                "type": "integer",
                "minimum": FIELD_NUMBERS[0],
                "maximum": FIELD_NUMBERS[-1],
                "not": {"minimum": KEPT_BY_PROTOBUF[0], "maximum": KEPT_BY_PROTOBUF[-1]},
            },
            "Enum": {
                "description": "The values of an enum.",
                **_object(
                    values=_map("Values on the pages, by documented name.", "Value"),
                    reserved=_map("Values that are no longer on the pages.", "Value"),
                    reserved_numbers=_list("Numbers in use by values without a name.", "Value"),
                ),
            },
            "Names": {
                "description": "Identifiers that were made up, because a documented name is no"
                " identifier, or clashes with another. A documented name of a package may have its"
                " page before it: `pages/loan.md#Book`.",
                **_object(**{kind: _map(f"Names of {kind}.", "Identifier") for kind in NAME_KINDS}),
            },
            "Identifier": {
                "description": "The identifier in the outputs.",
                "type": "string",
                "pattern": f"^{IDENTIFIER.pattern}$",
            },
            "Value": {
                "description": "Number of an enum value.",
                "type": "integer",
                "minimum": ENUM_NUMBERS[0],
                "maximum": ENUM_NUMBERS[-1],
            },
        },
    }


def _numbered() -> Schema:
    return _object(
        number={"description": "Number of the field.", "$ref": "#/$defs/Number"},
        type={
            "description": "Type of the field as in a `.proto`, by full name:"
            " `repeated shop.v1.Book`.",
            "type": "string",
        },
    )


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _map(description: str, kind: str) -> Schema:
    values = {"$ref": f"#/$defs/{kind}"}
    return {"description": description, "type": "object", "additionalProperties": values}


def _list(description: str, kind: str) -> Schema:
    items = {"$ref": f"#/$defs/{kind}"}
    return {"description": description, "type": "array", "items": items}

"""Edits of an OpenAPI document of our own, each with one cause and the one entry that it gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _body(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def _answer(schema: Json) -> Json:
    return {"description": "The answer.", **_body(schema)}


_NAME = {"name": "ship", "in": "path", "required": True, "schema": {"type": "string"}}
_MISSING = _answer(_ref("Problem"))

DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {"title": "Ferries", "version": "1"},
    "paths": {
        "/ships": {
            "get": {
                "operationId": "listShips",
                "tags": ["Ships"],
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 10}},
                    {
                        "name": "sort",
                        "in": "query",
                        "schema": {"type": "string", "enum": ["a", "b"]},
                    },
                ],
                "responses": {"200": _answer({"type": "array", "items": _ref("Ship")})},
            },
            "post": {
                "operationId": "buildShip",
                "tags": ["Ships"],
                "requestBody": _body(_ref("NewShip")),
                "responses": {"201": _answer(_ref("Ship"))},
            },
        },
        "/ships/{ship}": {
            "parameters": [_NAME],
            "get": {
                "operationId": "getShip",
                "tags": ["Ships"],
                "responses": {"200": _answer(_ref("Ship")), "404": _MISSING},
            },
            "delete": {
                "operationId": "scrapShip",
                "tags": ["Ships"],
                "responses": {"204": {"description": "Gone."}, "404": _MISSING},
            },
        },
        "/ships/{ship}/cargo": {
            "parameters": [_NAME],
            "put": {
                "operationId": "loadShip",
                "requestBody": _body({"oneOf": [_ref("Crate"), _ref("Barrel")]}),
                "responses": {"200": _answer(_ref("Ship")), "404": _MISSING},
            },
        },
    },
    "components": {
        "schemas": {
            "Ship": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {
                    "id": {"type": "string", "readOnly": True},
                    "name": {"type": "string"},
                    "decks": {"type": "integer", "minimum": 1},
                    "yard": _ref("Yard"),
                    "state": _ref("State"),
                    "berths": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "sister": _ref("Ship"),
                },
            },
            "NewShip": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 80},
                    "yard": _ref("Yard"),
                    "state": _ref("State"),
                },
            },
            "Yard": {"type": "object", "properties": {"place": {"type": "string"}}},
            "State": {"type": "string", "enum": ["AFLOAT", "SUNK"]},
            "Crate": {"type": "object", "properties": {"width": {"type": "number"}}},
            "Barrel": {"type": "object", "properties": {"litres": {"type": "number"}}},
            "Problem": {"type": "object", "properties": {"code": {"type": "integer"}}},
        }
    },
}


@dataclass(frozen=True, kw_only=True)
class DocumentEdit:
    """One edit; `entry` is the grade, kind and symbol of its entry, None if it breaks nothing."""

    name: str
    make: Callable[[Json, Json], object]
    entry: tuple[str, str, str] | None

    def edited(self) -> Json:
        """Return the edited document."""
        document = deepcopy(DOCUMENT)
        self.make(document["paths"], document["components"]["schemas"])
        return document


def _every(paths: Json) -> list[Json]:
    verbs = ("get", "put", "post", "delete")
    return [item[verb] for item in paths.values() for verb in verbs if verb in item]


def _replace(document_part: Json, old: str, new: str) -> None:
    """Replace a text in all of a part."""
    text = json.dumps(document_part).replace(old, new)
    document_part.clear()
    document_part.update(json.loads(text))


def _rename_property(schema: Json, old: str, new: str) -> None:
    properties = schema["properties"]
    schema["properties"] = {new if name == old else name: properties[name] for name in properties}
    schema["required"] = [new if name == old else name for name in schema["required"]]


def _rename_schema(paths: Json, schemas: Json) -> None:
    _replace(paths, "schemas/Ship", "schemas/Vessel")
    _replace(schemas, "schemas/Ship", "schemas/Vessel")
    schemas["Vessel"] = schemas.pop("Ship")


def _split_schema(schemas: Json) -> None:
    schemas["Named"] = {"type": "object", "properties": {"name": {"type": "string"}}}
    del schemas["Ship"]["properties"]["name"]
    schemas["Ship"] = {"allOf": [_ref("Named"), schemas["Ship"]]}


def _rename_parameter(paths: Json) -> None:
    item = paths.pop("/ships/{ship}")
    paths["/ships/{id}"] = {**item, "parameters": [{**_NAME, "name": "id"}]}


def _with_prefix(paths: Json) -> None:
    items = dict(paths)
    paths.clear()
    paths.update({f"/v2{path}": item for path, item in items.items()})


def _list_parameters(paths: Json) -> list[Json]:
    parameters: list[Json] = paths["/ships"]["get"]["parameters"]
    return parameters


def _answers(paths: Json, path: str, verb: str) -> Json:
    answers: Json = paths[path][verb]["responses"]
    return answers


EDITS: tuple[DocumentEdit, ...] = (
    DocumentEdit(
        name="a value is added to an enum of requests and responses",
        make=lambda _, schemas: schemas["State"]["enum"].append("DOCKED"),
        entry=("source", "enum-value-added", "State"),
    ),
    DocumentEdit(
        name="a value is removed from an enum",
        make=lambda _, schemas: schemas["State"]["enum"].remove("SUNK"),
        entry=("json", "enum-value-removed", "State"),
    ),
    DocumentEdit(
        name="a property of a schema in many places is removed",
        make=lambda _, schemas: schemas["Ship"]["properties"].pop("decks"),
        entry=("json", "field-removed", "Ship.decks"),
    ),
    DocumentEdit(
        name="a property is renamed",
        make=lambda _, schemas: _rename_property(schemas["NewShip"], "name", "title"),
        entry=("json", "field-renamed", "NewShip.name"),
    ),
    DocumentEdit(
        name="a property may be null, as a reference or null",
        make=lambda _, schemas: schemas["Ship"]["properties"].update(
            yard={"anyOf": [_ref("Yard"), {"type": "null"}]}
        ),
        entry=("json", "null-changed", "Ship.yard"),
    ),
    DocumentEdit(
        name="a reference becomes a text",
        make=lambda _, schemas: schemas["Ship"]["properties"].update(yard={"type": "string"}),
        entry=("json", "field-type-changed", "Ship.yard"),
    ),
    DocumentEdit(
        name="the values of a map have another type",
        make=lambda _, schemas: schemas["Ship"]["properties"]["berths"].update(
            additionalProperties={"type": "string"}
        ),
        entry=("json", "field-type-changed", "Ship.berths.*"),
    ),
    DocumentEdit(
        name="a limit of a request is lowered",
        make=lambda _, schemas: schemas["NewShip"]["properties"]["name"].update(maxLength=40),
        entry=("json", "constraint-changed", "NewShip.name"),
    ),
    DocumentEdit(
        name="a limit of a request is raised",
        make=lambda _, schemas: schemas["NewShip"]["properties"]["name"].update(maxLength=90),
        entry=("safe", "constraint-changed", "NewShip.name"),
    ),
    DocumentEdit(
        name="a schema gets a keyword that no standard knows",
        make=lambda _, schemas: schemas["NewShip"]["properties"]["name"].update(rhymesWith="ship"),
        entry=("json", "constraint-changed", "NewShip.name"),
    ),
    DocumentEdit(
        name="an alternative of a request is removed",
        make=lambda paths, _: paths["/ships/{ship}/cargo"]["put"]["requestBody"]["content"][
            "application/json"
        ]["schema"]["oneOf"].pop(),
        entry=("json", "alternative-removed", "PUT /ships/{ship}/cargo request"),
    ),
    DocumentEdit(
        name="an answer that many operations share has another type",
        make=lambda _, schemas: schemas["Problem"]["properties"].update(code={"type": "string"}),
        entry=("json", "field-type-changed", "Problem.code"),
    ),
    DocumentEdit(
        name="all operations answer another status, too",
        make=lambda paths, _: [
            each["responses"].update({"401": _MISSING}) for each in _every(paths)
        ],
        entry=("safe", "answer-added", "GET /ships 401"),
    ),
    DocumentEdit(
        name="the status of success changes",
        make=lambda paths, _: _answers(paths, "/ships", "post").update(
            {"200": _answers(paths, "/ships", "post").pop("201")}
        ),
        entry=("json", "status-changed", "POST /ships 201"),
    ),
    DocumentEdit(
        name="a list of answers gets an object around it",
        make=lambda paths, _: _answers(paths, "/ships", "get").update(
            {"200": _answer({"type": "object", "properties": {"ships": {"type": "array"}}})}
        ),
        entry=("json", "field-label-changed", "GET /ships 200"),
    ),
    DocumentEdit(
        name="an answer becomes a list",
        make=lambda paths, _: _answers(paths, "/ships/{ship}", "get").update(
            {"200": _answer({"type": "array", "items": _ref("Ship")})}
        ),
        entry=("json", "field-label-changed", "GET /ships/{ship} 200"),
    ),
    DocumentEdit(
        name="a media type is a narrower one",
        make=lambda paths, _: _replace(
            _answers(paths, "/ships", "get"), "application/json", "application/fleet+json"
        ),
        entry=("safe", "media-type-changed", "GET /ships 200"),
    ),
    DocumentEdit(
        name="a body becomes required",
        make=lambda paths, _: paths["/ships"]["post"]["requestBody"].update(required=True),
        entry=("json", "required-added", "POST /ships request"),
    ),
    DocumentEdit(
        name="a query parameter is renamed",
        make=lambda paths, _: _list_parameters(paths)[0].update(name="count"),
        entry=("json", "parameter-renamed", "GET /ships query.limit"),
    ),
    DocumentEdit(
        name="a query parameter becomes a header",
        make=lambda paths, _: _list_parameters(paths)[0].update({"in": "header"}),
        entry=("json", "parameter-moved", "GET /ships query.limit"),
    ),
    DocumentEdit(
        name="a query parameter takes several values",
        make=lambda paths, _: _list_parameters(paths)[1].update(
            schema={"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}
        ),
        entry=("safe", "field-label-changed", "GET /ships query.sort"),
    ),
    DocumentEdit(
        name="every operation needs a header",
        make=lambda paths, _: [
            each.setdefault("parameters", []).append(
                {"name": "X-Port", "in": "header", "required": True, "schema": {"type": "string"}}
            )
            for each in _every(paths)
        ],
        entry=("json", "required-parameter-added", "GET /ships header.X-Port"),
    ),
    DocumentEdit(
        name="a path is removed",
        make=lambda paths, _: paths.pop("/ships/{ship}"),
        entry=("json", "method-removed", "GET /ships/{ship}"),
    ),
    DocumentEdit(
        name="all paths get a prefix",
        make=lambda paths, _: _with_prefix(paths),
        entry=("json", "route-changed", "GET /ships"),
    ),
    DocumentEdit(
        name="an operation has another verb",
        make=lambda paths, _: paths["/ships"].update(put=paths["/ships"].pop("post")),
        entry=("json", "route-changed", "POST /ships"),
    ),
    DocumentEdit(
        name="a path parameter has another name",
        make=lambda paths, _: _rename_parameter(paths),
        entry=("source", "path-parameter-renamed", "/ships/{ship} path.ship"),
    ),
    DocumentEdit(
        name="a framework makes ids and tags of its own",
        make=lambda paths, _: [
            each.update(operationId=f"{each['operationId']}_v1_ships", tags=["ship-controller"])
            for each in _every(paths)
        ],
        entry=("source", "operation-id-changed", "GET /ships"),
    ),
    DocumentEdit(
        name="a path and its id change",
        make=lambda paths, _: paths.update(
            {
                "/ships/{ship}/hold": {
                    "put": paths.pop("/ships/{ship}/cargo")["put"] | {"operationId": "fillHold"},
                    "parameters": [_NAME],
                }
            }
        ),
        entry=("json", "route-changed", "PUT /ships/{ship}/cargo"),
    ),
    DocumentEdit(
        name="an operation loses its id",
        make=lambda paths, _: paths["/ships"]["get"].pop("operationId"),
        entry=("source", "operation-id-changed", "GET /ships"),
    ),
    DocumentEdit(
        name="a value of an enum is renamed",
        make=lambda _, schemas: schemas["State"].update(enum=["AFLOAT", "WRECKED"]),
        entry=("json", "enum-value-renamed", "State"),
    ),
    DocumentEdit(
        name="a map becomes an object",
        make=lambda _, schemas: schemas["Ship"]["properties"].update(
            berths={"type": "object", "properties": {"bow": {"type": "integer"}}}
        ),
        entry=("json", "field-type-changed", "Ship.berths"),
    ),
    DocumentEdit(
        name="every operation needs a key",
        make=lambda paths, _: [each.update(security=[{"key": []}]) for each in _every(paths)],
        entry=("wire", "authentication-changed", "GET /ships"),
    ),
    DocumentEdit(
        name="all bodies have another media type",
        make=lambda paths, _: _replace(paths, "application/json", "application/xml"),
        entry=("json", "media-type-changed", "GET /ships 200"),
    ),
    DocumentEdit(
        name="all answers get an object around them",
        make=lambda paths, _: _replace(
            paths,
            json.dumps(_ref("Ship")),
            json.dumps({"type": "object", "properties": {"data": _ref("Ship")}}),
        ),
        entry=("json", "field-type-changed", "GET /ships 200.[]"),
    ),
    DocumentEdit(
        name="a status of success becomes the default",
        make=lambda paths, _: _answers(paths, "/ships", "post").update(
            default=_answers(paths, "/ships", "post").pop("201")
        ),
        entry=("json", "status-changed", "POST /ships 201"),
    ),
    DocumentEdit(
        name="one alternative is left",
        make=lambda paths, _: paths["/ships/{ship}/cargo"]["put"].update(
            requestBody=_body(_ref("Crate"))
        ),
        entry=("json", "alternative-removed", "PUT /ships/{ship}/cargo request"),
    ),
    DocumentEdit(
        name="a property is added with a schema of its own",
        make=lambda _, schemas: (
            schemas.update(Crew={"type": "object", "properties": {"cook": {"type": "string"}}}),
            schemas["Ship"]["properties"].update(crew=_ref("Crew")),
        ),
        entry=("safe", "field-added", "Ship.crew"),
    ),
    DocumentEdit(
        name="an enum of values becomes a text",
        make=lambda _, schemas: schemas.update(State={"type": "string"}),
        entry=("json", "constraint-changed", "State"),
    ),
    DocumentEdit(name="a schema has another name", make=_rename_schema, entry=None),
    DocumentEdit(
        name="a schema is split into parts of allOf",
        make=lambda _, schemas: _split_schema(schemas),
        entry=None,
    ),
    DocumentEdit(
        name="a schema is written out in place of a reference",
        make=lambda paths, schemas: _answers(paths, "/ships", "post").update(
            {"201": _answer(deepcopy(schemas["Ship"]))}
        ),
        entry=None,
    ),
    DocumentEdit(
        name="texts, tags and examples change",
        make=lambda paths, schemas: (
            _every(paths)[0].update(tags=["Fleet"], summary="List the fleet"),
            schemas["Ship"]["properties"]["name"].update(description="Its name.", example="Ida"),
        ),
        entry=None,
    ),
)

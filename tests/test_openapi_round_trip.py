"""Round trips: OpenAPI → Api → OpenAPI. Drift finds no difference in what the model has a place for."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from thorough import examples

from apiscribe.diagnostics.source import Source
from apiscribe.drift.compare import compare
from apiscribe.emit.openapi import emit_openapi
from apiscribe.emit.render_task import render_all
from apiscribe.model.http import FORMS
from apiscribe.model.settings import OpenapiSettings
from apiscribe.model.version import ApiVersion
from apiscribe.sources.openapi import version_of_document

Json = dict[str, Any]

SCHEMAS = ["Ship", "Yard", "Pilot"]
NAMES = ["ship", "port", "tons", "decks", "flag"]
# Integers have a format: without one they are int64, and written so. Numbers have none if double.
_small = st.integers(0, 9)
_texts = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "minLength": _small,
        "maxLength": st.integers(10, 99),
        "pattern": st.sampled_from(["^[a-z]+$", "[0-9]"]),
        "default": st.just("abcdefghij"),
    },
)
_numbers = st.fixed_dictionaries(
    {"type": st.just("integer"), "format": st.sampled_from(["int32", "int64"])},
    optional={"minimum": _small, "maximum": st.integers(10, 99), "default": st.just(9)},
)
_plain = st.one_of(
    _texts,
    _numbers,
    st.just({"type": "boolean"}),
    st.just({"type": "number"}),
    st.just({"type": "string", "format": "date-time"}),
)
_enums = st.lists(st.sampled_from(["RED", "GREEN", "BLUE"]), min_size=1, unique=True).map(
    lambda values: {"type": "string", "enum": values}
)
_references = st.sampled_from(SCHEMAS).map(lambda name: {"$ref": f"#/components/schemas/{name}"})
_values = _plain | _enums | _references
_lists = st.fixed_dictionaries(
    {"type": st.just("array"), "items": _values.filter(lambda schema: "default" not in schema)},
    optional={"minItems": _small, "uniqueItems": st.just(True)},
)
_maps = st.just({"type": "object", "additionalProperties": {"type": "string"}})


def _or_null(schema: Json) -> Json:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    nullable = {**schema, "type": [schema["type"], "null"]}
    return {**nullable, "enum": [*schema["enum"], None]} if "enum" in schema else nullable


_properties = st.dictionaries(
    st.sampled_from(NAMES), _values | _lists | _maps | _values.map(_or_null), min_size=1
)


@st.composite
def objects(draw: st.DrawFn) -> Json:
    """Draw the schema of an object."""
    properties = draw(_properties)
    required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
    deprecated = draw(st.booleans())
    schema = {"type": "object", "properties": properties}
    schema |= {"required": sorted(required)} if required else {}
    return {**schema, "deprecated": True} if deprecated else schema


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """Draw a document of what the model has a place for."""
    schemas = {name: draw(objects()) for name in SCHEMAS}
    query = draw(st.dictionaries(st.sampled_from(NAMES), _plain | _enums, max_size=3))
    listed = [
        {"name": name, "in": "query", "schema": schema, "required": draw(st.booleans())}
        for name, schema in query.items()
    ]
    header = {"name": "X-Line", "in": "header", "required": draw(st.booleans())}
    listed += [{**header, "schema": {"type": "string"}}] * draw(st.booleans())
    body = draw(st.sampled_from(SCHEMAS))
    is_list = draw(st.booleans())
    answer: Json = draw(_references)
    answer = {"type": "array", "items": answer} if is_list else answer
    media_type = draw(st.sampled_from(["application/json", *FORMS]))
    request: Json = {"content": {media_type: {"schema": {"$ref": _to(body)}}}}
    request |= {"required": True} if "required" in schemas[body] else {}
    status = draw(st.sampled_from(["200", "201", "202"]))
    security = draw(st.sampled_from([None, [], [{"pass": []}]]))
    post = {
        "operationId": "buildShip",
        "requestBody": request,
        "responses": {
            status: {
                "description": "Built.",
                "content": {"application/json": {"schema": draw(_references)}},
            },
            "404": {"description": "No yard."},
        },
    }
    get = {
        "operationId": "findShips",
        "parameters": [
            {"name": "yard", "in": "path", "required": True, "schema": {"type": "string"}},
            *listed,
        ],
        "responses": {
            "200": {"description": "Found.", "content": {"application/json": {"schema": answer}}}
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ferries", "version": "3"},
        "servers": [{"url": "https://ferries.example/v1"}],
        "security": [{"pass": []}],
        "paths": {
            "/yards/{yard}/ships": {"get": get},
            "/ships": {"post": post if security is None else {**post, "security": security}},
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {"pass": {"type": "http", "scheme": "bearer"}},
        },
    }


def _to(name: str) -> str:
    return f"#/components/schemas/{name}"


def version(name: str, document: Json) -> ApiVersion:
    text = json.dumps(document, indent=1)
    return version_of_document(name, deepcopy(document), Source(f"{name}.json", text))


@examples(12)
@given(documents())
def test_what_is_read_is_written_again(document: Json) -> None:
    read = version("old", document)
    [output] = render_all(emit_openapi(read.api, OpenapiSettings()))
    written = version("new", json.loads(output.content))
    changes = [
        (change.kind, change.symbol, change.message)
        for change in compare(read, written).changes
        if change.kind != "operation-id-changed"  # an id has the names of service and method
    ]
    assert changes == []
    [media_type] = document["paths"]["/ships"]["post"]["requestBody"]["content"]
    for one in (read, written):
        methods = [method for _, service in one.api.services() for method in service.methods]
        form = media_type if media_type in FORMS else ""
        assert {method.media_type for method in methods if method.routes[0].body} == {form}

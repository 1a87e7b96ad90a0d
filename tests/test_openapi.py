"""What a server tells of itself over HTTP: its OpenAPI document, and the page that shows it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from score import CORPUS, versions
from serving import WAIT, Json, Server, Servers, build, package, tree, write_rows, write_spec
from shop_api import SHOP_ROWS
from test_every_method import depot
from test_page_answers import PAGE as KILNS
from thorough import thorough

from apiscribe_runtime.openapi import describe

SAMPLES = ("cloudforet", "spaceone", "shop")
# What our schemas are made of. Source: JSON Schema 2020-12, which passes over words that it does not
# know: `ge` says nothing.
KEYWORDS = set(
    "type enum const anyOf not items properties additionalProperties required minimum maximum"
    " exclusiveMinimum exclusiveMaximum pattern minLength format default title description examples"
    " $ref contentEncoding contentMediaType contentSchema".split()
)


@cache
def document_of(built: Path, secured: bool = False) -> Json:
    """The document as it is served: as JSON."""
    api = package(built, "registry").API
    return dict(json.loads(json.dumps(describe(api, secured))))


def check_document(document: Json) -> None:
    """It is OpenAPI 3.1; its schemas are JSON Schema, with no keyword of another language; its
    examples are of their schemas.
    """
    validate(document)
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert set(keywords(schema)) <= KEYWORDS, name
    for path, verb, operation in operations(document):
        for parameter in operation["parameters"]:
            Draft202012Validator.check_schema(parameter["schema"])
        for media in media_of(operation):
            schema = {**media["schema"], "components": document["components"]}
            for example in media.get("examples", {}).values():
                errors = Draft202012Validator(schema).iter_errors(example["value"])
                assert [error.message for error in errors] == [], f"{verb} {path}"


def keywords(schema: Any) -> Iterator[str]:
    """The keywords in a schema; names of properties, examples and defaults are none."""
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if not key.startswith("x-"):
            yield key
        if key in ("properties", "$defs"):
            for inner in value.values():
                yield from keywords(inner)
        elif key not in ("default", "examples", "enum", "const"):
            for inner in value if isinstance(value, list) else [value]:
                yield from keywords(inner)


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            yield path, verb, operation


def media_of(operation: Json) -> Iterator[Json]:
    for part in (operation.get("requestBody", {}), operation["responses"]["200"]):
        yield from part.get("content", {}).values()


@pytest.mark.parametrize("api", SAMPLES)
@pytest.mark.parametrize("secured", [False, True])
def test_a_document_is_openapi_with_json_schemas(api: str, secured: bool) -> None:
    document = document_of(tree(api), secured)
    check_document(document)
    assert ("security" in document) == secured
    for _, _, operation in operations(document):
        assert ({"401", "403"} <= operation["responses"].keys()) == secured
        assert {"200", "400", "503", "504"} <= operation["responses"].keys()


@pytest.mark.skipif(not (CORPUS / "corpus").is_dir(), reason="no corpus")
@thorough
@pytest.mark.parametrize("version", versions())
def test_the_document_of_a_whole_version_is_too(version: str, tmp_path: Path) -> None:
    spec = tmp_path / f"version_{version.replace('.', '_').replace('-', '_')}"
    shutil.copytree(CORPUS / "corpus" / version, spec)
    check_document(document_of(build(spec, tmp_path / "out")))


def parameters(path: str, verb: str) -> dict[str, Json]:
    found = document_of(tree("shop"))["paths"][path][verb]["parameters"]
    return {parameter["name"]: parameter for parameter in found}


def test_a_parameter_has_the_schema_of_its_field() -> None:
    found = parameters("/shop/v1/orders", "get")
    assert found["gift"]["schema"] == {"type": "boolean"}
    assert found["state"]["schema"] == {"$ref": "#/components/schemas/State"}
    assert found["placed_at"]["schema"] == {"type": "string", "format": "date-time"}
    assert found["quantity"]["schema"] == {
        "type": ["integer", "string"],
        "format": "int32",
        "pattern": "^-?[0-9]+$",
        "minimum": -(2**31),
        "exclusiveMaximum": 2**31,
    }
    labels = found["labels"]
    assert (labels["style"], labels["explode"]) == ("form", True)
    assert labels["schema"] == {"type": "array", "items": {"type": "string"}}
    assert found["query.page.limit"]["schema"]["minimum"] == 0
    assert found["query.filter"]["schema"]["items"] == {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": "#/components/schemas/Filter"},
    }
    assert not {parameter["required"] for parameter in found.values()} - {False}


def test_a_field_in_the_path_is_optional_in_body_and_query_string() -> None:
    [in_path] = [
        p for p in parameters("/shop/v1/order/{order_id}", "get").values() if p["in"] == "path"
    ]
    assert in_path["name"] == "order_id"
    assert in_path["required"]
    assert in_path["schema"] == {"type": "string", "minLength": 1}
    cancel = document_of(tree("shop"))["paths"]["/shop/v1/order/{order_id}/cancel"]["put"]
    body = cancel["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["refund"]
    assert "order_id" not in body["properties"]


def test_an_absent_value_does_not_satisfy_a_required_field() -> None:
    document = document_of(tree("shop"))
    schema = {
        "$ref": "#/components/schemas/GetOrderRequest",
        "components": document["components"],
    }
    valid = Draft202012Validator(schema, format_checker=FormatChecker()).is_valid
    assert valid({"order_id": "a"})
    assert valid({"order_id": "a", "only": None})
    assert not valid({"order_id": ""})
    assert not valid({"order_id": "a", "bogus": 1})


def test_an_answer_from_a_page_is_marked_as_its_example(tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "kilns", {"pages/kiln.md": KILNS})
    paths = document_of(build(spec, tmp_path / "out"))["paths"]
    answers = {path.rpartition("/")[2]: item["post"]["responses"] for path, item in paths.items()}
    assert answers["inspect"]["200"]["headers"]["x-answer"]["schema"]["const"] == "example"
    assert "501" not in answers["inspect"]
    assert "headers" not in answers["fire"]["200"]
    assert "501" in answers["fire"]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("told")
    with Servers(folder) as servers:
        for api in ("cloudforet", "spaceone"):
            servers.start(api, sample=3)
        servers.start("shop", load=write_rows(folder, SHOP_ROWS))
        yield servers


@pytest.mark.slow
@pytest.mark.parametrize("api", SAMPLES)
def test_the_server_takes_its_own_examples(servers: Servers, api: str) -> None:
    for path, verb, operation in operations(document_of(tree(api))):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            for example in media.get("examples", {}).values():
                url = re.sub(r"\{\w+\}", "any", path)
                answer = servers[api].client.request(verb.upper(), url, json=example["value"])
                assert answer.status_code in (200, 404, 501), f"{path}: {answer.text}"


@pytest.mark.slow
def test_links_lead_from_a_new_row_to_its_end(tmp_path: Path) -> None:
    built = depot()
    document = document_of(built)
    paths = {
        operation["operationId"]: (verb, path) for path, verb, operation in operations(document)
    }
    create = document["paths"]["/depot/v1/thing/create"]["post"]
    links = create["responses"]["200"]["links"]
    assert links.keys() == {"update", "enable", "disable", "delete", "get"}
    with Server(built, tmp_path / "depot.db") as server:
        given = {"name": "a", "domain_id": "d"}
        made = server.client.post("/depot/v1/thing/create", json=given).json()
        for name in ("get", "update", "delete", "get"):
            verb, path = paths[links[name]["operationId"]]
            body = {
                key: made[value.removeprefix("$response.body#/")]
                for key, value in links[name]["requestBody"].items()
            }
            assert body == {"thing_id": made["thing_id"], "domain_id": "d"}
            status = server.client.request(verb.upper(), path, json=body).status_code
        assert status == 404


# --- the page


@pytest.mark.slow
def test_the_page_needs_nothing_of_another_origin(servers: Servers) -> None:
    client = servers["shop"].client
    page = BeautifulSoup(client.get("/docs").text, "html.parser")
    needed = [tag.get("src") or tag.get("href") for tag in page.find_all(["script", "link"])]
    assert sum(1 for url in needed if url) == 3
    for url in filter(None, needed):
        assert url.startswith("/docs-assets/")
        assert client.get(str(url)).status_code == 200
    style = client.get("/docs-assets/swagger-ui.css").text
    assert re.findall(r"url\((?!['\"]?data:)|@import", style) == []
    inline = "".join(tag.text for tag in page.find_all("script"))
    assert "http" not in inline


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_a_browser_without_the_internet_shows_the_page(servers: Servers, tmp_path: Path) -> None:
    url = f"http://{servers['shop'].http_address}/docs"
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    done = subprocess.run(
        [*command, alone, "--virtual-time-budget=20000", f"--user-data-dir={tmp_path}", url],
        capture_output=True,
        text=True,
        timeout=WAIT,
    )
    page = BeautifulSoup(done.stdout, "html.parser")
    shown = {tag.text.replace("\u200b", "") for tag in page.select(".opblock-summary-path")}
    assert shown == set(document_of(tree("shop"))["paths"])
    assert "No operations defined" not in page.text

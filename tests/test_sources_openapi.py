"""An OpenAPI document as the source of an API."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_server import LocalHandler, local_server
from served_samples import NEVER, fields, free_port, messages, methods
from source_samples import refusal

from apiscribe.model.version import ATTRIBUTE_FACTS
from apiscribe.sources.kinds import SourceError, open_source

LIBRARY = """
openapi: 3.0.3
info:
  title: Library
  version: "1"
tags:
  - name: books
    description: All books.
paths:
  /books/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: getBook
      summary: Reads one.
      tags: [books]
      parameters:
        - {name: deep, in: query, schema: {type: boolean}}
        - $ref: '#/components/parameters/Tenant'
      responses:
        200:
          description: ok
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Book'}
        default:
          description: no
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Problem'}
    delete:
      operationId: deleteBook
      tags: [books]
      responses:
        "204": {description: gone}
  /books:
    post:
      operationId: addBooks
      tags: [books]
      requestBody: {$ref: '#/components/requestBodies/New'}
      responses:
        "201":
          description: ok
          content:
            application/json:
              schema:
                type: array
                items: {$ref: '#/components/schemas/Book'}
  /ping:
    post:
      requestBody:
        content:
          application/json:
            schema: {type: object}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: {type: object, properties: {at: {type: string, format: date-time}}}
components:
  parameters:
    Tenant: {name: tenant, in: query, required: true, schema: {type: integer, format: int32}}
  requestBodies:
    New:
      content:
        application/json:
          schema:
            type: object
            required: [book]
            properties:
              book: {$ref: '#/components/schemas/Book'}
              place:
                type: object
                properties: {shelf: {type: integer}}
  schemas:
    Kind: {type: string, enum: [novel, no-novel, null]}
    Code: {type: string, format: byte}
    Thing:
      type: object
      required: [id]
      properties: {id: {type: string, description: Its key.}}
    Book:
      description: A book.
      allOf:
        - $ref: '#/components/schemas/Thing'
        - type: object
          required: [kind]
          properties:
            kind: {$ref: '#/components/schemas/Kind'}
            code: {$ref: '#/components/schemas/Code'}
            mood: {type: string, enum: [glad, sad]}
            either: {anyOf: [{$ref: '#/components/schemas/Kind'}, {type: string}]}
            maybe: {oneOf: [{type: number, format: float}, {type: 'null'}]}
            also: {allOf: [{$ref: '#/components/schemas/Thing'}], nullable: true}
            any: {}
            mixed: {oneOf: [{type: string}, {type: integer}]}
            count: {type: [integer, 'null'], format: int64}
            big: {type: string, format: int64}
            took: {type: string, format: duration}
            map: {type: object, additionalProperties: {type: string}}
            tags: {type: array, items: {type: string}}
            grid: {type: array, items: {type: array, items: {type: number}}}
            next: {$ref: '#/components/schemas/Book'}
            first-name: {type: string}
    Problem:
      type: object
      properties: {text: {type: string}}
    Unused:
      type: object
      properties: {text: {type: string}}
"""
LIBRARY_JSON = json.dumps(yaml.safe_load(LIBRARY), default=str).encode()
TYPES = {
    "id": "string",
    "kind": "Kind",
    "code": "bytes",
    "mood": "Book.Mood",
    "either": "Kind",
    "maybe": "float",
    "also": "Thing",
    "any": "google.protobuf.Value",
    "mixed": "google.protobuf.Value",
    "count": "int64",
    "big": "int64",
    "took": "google.protobuf.Duration",
    "map": "map<string, string>",
    "tags": "[string]",
    "grid": "[google.protobuf.ListValue]",
    "next": "Book",
    "first-name": "string",
}


def library(tmp_path: Path, name: str = "library.yaml", **changes: Any) -> Path:
    document = yaml.safe_load(LIBRARY) | changes
    file = tmp_path / name
    text = LIBRARY if not changes else yaml.safe_dump(document, sort_keys=False)
    if file.suffix == ".json":
        text = json.dumps(document, indent=2)
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("name", ["library.yaml", "library.json", "l.yml"])
def test_a_document_is_read_as_services_and_messages(tmp_path: Path, name: str) -> None:
    side = open_source(str(library(tmp_path, name)))
    assert side.unknown.keys() - set(ATTRIBUTE_FACTS) == {*NEVER, "packages", "enum names"}
    (file,) = side.api.files
    assert (file.page, side.api.name, side.folder) == (name, "library", str(tmp_path))
    book = messages(side.api)["Book"]
    types = {
        json_name: f"[{field.type.name}]" if field.repeated else field.type.name
        for json_name, field in fields(book).items()
    }
    assert types == TYPES
    assert [n for n, field in fields(book).items() if field.required] == ["id", "kind"]
    assert fields(book)["id"].description == "Its key."
    assert book.description == "A book."
    assert fields(book)["first-name"].name == "first_name"
    kind, mood = {enum.full_name: enum for enum in file.all_enums()}.values()
    assert [value.json_name for value in kind.values] == ["novel", "no-novel"]
    assert (kind.incomplete, mood.full_name, mood.incomplete) == (True, "Book.Mood", False)
    assert "Problem" not in messages(side.api)
    assert "Unused" in messages(side.api)


def test_operations_are_methods(tmp_path: Path) -> None:
    api = open_source(str(library(tmp_path))).api
    found = methods(api)
    assert set(found) == {
        "books.getBook",
        "books.deleteBook",
        "books.addBooks",
        "Library.post_ping",
    }
    get = found["books.getBook"]
    assert [(r.verb, r.path, r.body) for r in get.routes] == [("GET", "/books/{id}", "")]
    assert (get.description, get.request, get.response) == ("Reads one.", "GetBookRequest", "Book")
    request = fields(messages(api)["GetBookRequest"])
    assert {n: (f.type.name, f.required) for n, f in request.items()} == {
        "id": ("string", True),
        "deep": ("bool", False),
        "tenant": ("int32", True),
    }
    delete = found["books.deleteBook"]
    assert (delete.request, delete.response) == ("DeleteBookRequest", "google.protobuf.Empty")
    add = found["books.addBooks"]
    assert (add.request, add.routes[0].body) == ("AddBooksRequest", "*")
    assert fields(messages(api)["AddBooksRequest"])["place"].type.name == "AddBooksRequest.Place"
    (items,) = messages(api)[add.response].fields
    assert (add.response, items.repeated, items.type.name) == ("AddBooksResponse", True, "Book")
    ping = found["Library.post_ping"]
    assert (ping.request, ping.response) == ("google.protobuf.Struct", "PostPingResponse")
    (at,) = messages(api)["PostPingResponse"].fields
    assert at.type.name == "google.protobuf.Timestamp"
    services = {service.full_name: service.description for _, service in api.services()}
    assert services["books"] == "All books."


def test_a_document_without_required_anywhere_does_not_know_it(tmp_path: Path) -> None:
    components = {"schemas": {"A": {"type": "object", "properties": {"b": {"type": "string"}}}}}
    side = open_source(str(library(tmp_path, paths={}, components=components)))
    assert "required" in side.unknown


def test_dots_of_an_operation_are_its_service_and_package(tmp_path: Path) -> None:
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    paths = {"/a": {"post": {"operationId": "a.b.Things.get", "requestBody": content}}}
    api = open_source(str(library(tmp_path, paths=paths))).api
    assert methods(api)["a.b.Things.get"].request == "a.b.Thing"
    assert {file.package for file in api.files} == {"a.b"}


def changed(change: Callable[[Any], object]) -> str:
    document = json.loads(LIBRARY_JSON)
    change(document)
    return json.dumps(document)


def refer(to: str) -> Callable[[Any], object]:
    def change(document: Any) -> None:
        document["components"]["schemas"]["Book"]["allOf"][0]["$ref"] = to

    return change


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not an OpenAPI document"),
        ("- a\n- b\n", "is not an OpenAPI document"),
        ("a: [", "a complete OpenAPI document"),
        ("a: \0", "a complete OpenAPI document"),
        ("swagger: '1.2'", "convert it to OpenAPI 3"),
        ("openapi: 4.0.0", "convert it to OpenAPI 3"),
        (changed(refer("#/components/schemas/Nothing")), "does not exist"),
        (changed(refer("other.yaml#/Book")), "refers to another file"),
        (changed(refer("#/components/schemas/Book")), "nested too deeply"),
        (changed(lambda d: d.update(paths=[])), "\"paths\" is '[]', expected an object"),
        (changed(lambda d: d["paths"].update({"/x": 1})), "found '1', expected an object"),
        (
            changed(lambda d: d["components"].update(schemas=3)),
            "\"schemas\" is '3', expected an object",
        ),
        (changed(lambda d: d["components"]["schemas"].update(X=3)), "found '3', expected a schema"),
        (
            changed(lambda d: d["paths"]["/books"]["post"].update(parameters=[1])),
            "expected a list of objects",
        ),
    ],
)
def test_a_document_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text, "utf-8")
    assert said in refusal(file)


def parts(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of a document: what it stands in, and its key there."""
    inside = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in list(inside):
        yield part, key
        if isinstance(value, dict | list):
            yield from parts(value)


def test_a_torn_document_is_read_or_refused(tmp_path: Path) -> None:
    """Whatever stands in the wrong place: nothing else is raised."""
    wrong = [3, "x", [], None, {}, True, ["a"], [{}], {"a": 1}, {"$ref": 5}, {"$ref": "#/x"}, 1.5]
    chance = random.Random(7)
    file = tmp_path / "a.json"
    read = 0
    for _ in range(600):
        document = json.loads(LIBRARY_JSON)
        holder, key = chance.choice(list(parts(document)))
        holder[key] = chance.choice(wrong)
        file.write_text(json.dumps(document), "utf-8")
        with suppress(SourceError):
            open_source(str(file))
            read += 1
    assert 100 < read < 600


def test_half_a_json_document_is_refused(tmp_path: Path) -> None:
    file = library(tmp_path, "a.json")
    file.write_text(file.read_text("utf-8")[:900], "utf-8")
    assert "is not JSON" in refusal(file)


@contextmanager
def serving(answer: Callable[[str], tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """A server on this machine; `answer` takes a path."""

    class Handler(LocalHandler):
        def answer(self) -> None:
            self.send(*answer(self.path))

    with local_server(Handler) as address:
        yield address


@contextmanager
def answering(status: int, headers: dict[str, str], body: bytes) -> Iterator[str]:
    with serving(lambda _: (status, headers, body)) as url:
        yield f"{url}/openapi.json"


CATALOG = json.dumps({"linkset": [{"service-desc": [{"href": "/about/api"}]}]}).encode()


@pytest.mark.parametrize(
    "pages",
    [
        {"/openapi.json": LIBRARY_JSON},
        {"/v3/api-docs": LIBRARY_JSON},
        {"/openapi.json": b"<html>", "/api-json": LIBRARY_JSON},
        {"/openapi.yaml": LIBRARY.encode()},
        {"/.well-known/api-catalog": CATALOG, "/about/api": LIBRARY_JSON},
        {"/": b"<html>", "/described": LIBRARY_JSON},
    ],
    ids=lambda pages: " ".join(pages),
)
def test_the_document_of_a_server_is_found(pages: dict[str, bytes]) -> None:
    link = {"Link": '</>; rel="self", </described>; type="x"; rel="service-desc"'}

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        headers = link if path == "/" and "/described" in pages else {}
        return (200, headers, pages[path]) if path in pages else (404, headers, b"")

    with serving(answer) as url:
        version = open_source(url)
        assert "books.getBook" in methods(version.api)
        assert version.name.startswith(url)
        assert open_source(f"{url}/").api == version.api


def test_a_server_without_a_document_is_refused() -> None:
    with serving(lambda _: (200, {}, b"{}")) as url:
        assert "has no OpenAPI document at /openapi.json" in refusal(url)
    assert "no server answers" in refusal(f"http://127.0.0.1:{free_port()}")


def test_links_to_other_machines_are_not_followed() -> None:
    link = {"Link": '<http://example.com/openapi.json>; rel="service-desc"'}
    with serving(lambda _: (404, link, b"")) as url:
        assert "has no OpenAPI document" in refusal(url)


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (404, {}, b"{}", "answers 404"),
        (200, {}, b"<html>", "is not JSON"),
        (200, {"Content-Length": "99"}, b"{", "is not JSON"),
        (200, {}, b"{}", "is not an OpenAPI document"),
        (302, {"Location": "http://example.com/openapi.json"}, b"", "answers 302"),
    ],
)
def test_an_answer_that_is_no_document_is_refused(
    status: int, headers: dict[str, str], body: bytes, said: str
) -> None:
    with answering(status, headers, body) as url:
        assert said in refusal(url)


def test_where_nothing_answers_is_refused() -> None:
    assert "no server answers" in refusal(f"http://127.0.0.1:{free_port()}/openapi.json")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/openapi.json",
        "https://10.0.0.1/openapi.json",
        "http://127.0.0.1@example.com/openapi.json",
        "http://127.0.0.1.example.com/",
        "http:///x",
        "HTTP://EXAMPLE.COM/",
    ],
)
def test_other_machines_are_not_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apiscribe.sources.openapi_server.local_opener", None)
    assert "only this machine is queried" in refusal(url)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with answering(200, {}, LIBRARY_JSON) as url:
        assert "books.getBook" in methods(open_source(url).api)


def test_a_key_in_no_known_place_is_in_a_header(tmp_path: Path) -> None:
    scheme = {"type": "apiKey", "in": {"header": 1}, "name": "X-Key"}
    document = {"openapi": "3.1.0", "components": {"securitySchemes": {"key": scheme}}, "paths": {}}
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document), "utf-8")
    (read,) = open_source(str(file)).api.facts.schemes
    assert (read.location, read.parameter) == ("header", "X-Key")

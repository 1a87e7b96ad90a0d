"""OpenAPI documents, `.proto` files, descriptor sets and recordings with damage, for `make fuzz`."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from fuzz_pages import ROOT
from fuzz_settings import OTHERS, damaged

from apiscribe.drift.compare import compare
from apiscribe.drift.traffic.recording import RecordingError, is_recording, open_recording
from apiscribe.model.version import ApiVersion
from apiscribe.sources.kinds import SourceError, open_source

Json = dict[str, Any]
_SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
        "state": {"enum": ["A", "B", None]},
        "map": {"type": "object", "additionalProperties": {"type": ["integer", "null"]}},
    },
    "example": {"id": "x", "parts": [{"of": {}}]},
}
DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {"title": "Jobs", "version": "1"},
    "servers": [{"url": "https://{host}/v1", "variables": {"host": {"default": "a.example"}}}],
    "paths": {
        "/jobs/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "getJob",
                "security": [{"key": []}],
                "responses": {"200": {"$ref": "#/components/responses/Job"}},
            },
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Job"}}
                    }
                },
                "responses": {"default": {"description": "x"}, "4XX": {"description": "y"}},
            },
        }
    },
    "components": {
        "parameters": {
            "Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        },
        "responses": {
            "Job": {
                "description": "A job",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}},
            }
        },
        "schemas": {
            "Job": _SCHEMA,
            "Part": {
                "allOf": [
                    {"$ref": "#/components/schemas/Job"},
                    {"properties": {"of": {"$ref": "#/components/schemas/Part"}}},
                ],
                "discriminator": {"propertyName": "kind", "mapping": {"j": "#/x"}},
            },
        },
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}
SWAGGER: Json = {
    "swagger": "2.0",
    "info": {"title": "Jobs", "version": "1"},
    "basePath": "/v1",
    "paths": {
        "/jobs": {
            "post": {
                "parameters": [
                    {"in": "body", "name": "b", "schema": {"$ref": "#/definitions/Job"}}
                ],
                "responses": {"200": {"description": "x", "schema": {"type": "file"}}},
            }
        }
    },
    "definitions": {"Job": {"properties": {"next": {"$ref": "#/definitions/Job"}}}},
}
HAR: Json = {
    "log": {
        "entries": [
            {
                "startedDateTime": "2026-01-01T00:00:00Z",
                "request": {
                    "method": "GET",
                    "url": "https://a.example/v1/jobs/1?x=1",
                    "headers": [{"name": "accept", "value": "application/json"}],
                    "queryString": [{"name": "x", "value": "1"}],
                    "postData": {"mimeType": "application/json", "text": "{}"},
                },
                "response": {
                    "status": 200,
                    "headers": [],
                    "content": {"mimeType": "application/json", "text": '{"id": "x"}'},
                },
            }
        ]
    }
}
LOG = (
    '127.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET /v1/jobs/1?x=1 HTTP/1.1" 200 12 "-" "curl"\n'
    '{"method": "GET", "path": "/v1/jobs", "status": 404}\n'
)
POINTERS = (
    *("#", "#/", "#/components/schemas/Part", "#/components/schemas/Job", "#/paths", "a.yaml", "~"),
    *("#/components/schemas/Job/properties/parts/items", "#/components/parameters/Id", "http://x/"),
    *("#/components/responses/Job", "#/%00", "../../etc/passwd", "#/definitions/Job", ""),
)
LONGEST_LOG = 1000
WORDS = ("$ref", "allOf", "oneOf", "anyOf", "items", "type", "properties", "enum", "default", "not")


def changed(document: Any, rnd: random.Random) -> Any:
    """A JSON value with some of its parts replaced, moved, or put into one another."""
    document = json.loads(json.dumps(document))
    for _ in range(rnd.choice([0, 1, 1, 2, 4, 8])):
        holders = [part for part in _parts(document) if part]
        if not holders:
            break
        holder = rnd.choice(holders)
        keys: list[Any] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = rnd.choice(keys)
        match rnd.randrange(6):
            case 0:
                holder[key] = deepcopy(rnd.choice(OTHERS))
            case 1:
                holder[key] = {"$ref": rnd.choice(POINTERS)}
            case 2:
                holder[key] = json.loads(json.dumps(rnd.choice(holders)))
            case 3:
                holder[key] = {rnd.choice(WORDS): holder[key]}
            case 4:
                holder[key] = {rnd.choice(WORDS): [holder[key]] * rnd.choice([1, 2, 30])}
            case _:
                if isinstance(holder, dict):
                    holder[rnd.choice(["", "\x1b[31m", "::error::x", "a b", "é", key])] = holder[
                        key
                    ]
    return document


def _parts(value: Any) -> list[Any]:
    members = value.values() if isinstance(value, dict) else value
    inner = (
        [part for each in members for part in _parts(each)]
        if isinstance(value, dict | list)
        else []
    )
    return [value, *inner] if isinstance(value, dict | list) else []


@cache
def protos() -> list[str]:
    return [file.read_text("utf-8") for file in sorted((ROOT / "generated").rglob("*.proto"))]


def _document(rnd: random.Random) -> dict[str, str]:
    document = changed(rnd.choice([DOCUMENT, DOCUMENT, SWAGGER]), rnd)
    if rnd.random() < 0.5:
        return {"api.json": json.dumps(document)}
    return {"api.yaml": yaml.safe_dump(document, allow_unicode=True)}


def _protos(rnd: random.Random) -> dict[str, str]:
    return {f"protos/{n}.proto": rnd.choice(protos()) for n in range(rnd.choice([1, 1, 2]))}


FORMS: tuple[Callable[[random.Random], dict[str, str]], ...] = (
    _document,
    _document,
    _protos,
    lambda rnd: {"calls.har": json.dumps(changed(HAR, rnd))},
    lambda rnd: {"calls.ndjson": f"{json.dumps(changed(HAR['log']['entries'][0], rnd))}\n" * 3},
    lambda rnd: {"access.log": LOG * 3},
    lambda rnd: {"set.binpb": "".join(map(chr, rnd.randbytes(rnd.randint(1, 300))))},
)


@cache
def _known() -> ApiVersion:
    """The document without damage."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "api.json")
        file.write_text(json.dumps(DOCUMENT), "utf-8")
        return open_source(str(file))


def write_source(folder: Path, rnd: random.Random) -> None:
    """A file, or a folder of protos."""
    for name, text in rnd.choice(FORMS)(rnd).items():
        for _ in range(rnd.choice([0, 0, 1, 2])):
            text = damaged(text, rnd)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8", errors="surrogatepass", newline="")


def check_source(folder: Path) -> None:
    """Read the file or the folder, which may be refused as a source is."""
    (source,) = (str(each) for each in folder.iterdir())
    try:
        if is_recording(source):
            with open_recording(source) as recording:
                assert sum(1 for _ in recording.exchanges()) <= LONGEST_LOG
        else:
            read = open_source(source)
            if read.document:
                compare(_known(), read)
                compare(read, _known())
    except (SourceError, RecordingError):
        pass

"""openapi.json: the HTTP routes of an Api as an OpenAPI 3.1 document, in the words of its pages.

Each file of the Api is a part that is rendered and cached by itself; the document joins the parts.
Methods without a route are not in it, and its description names them. Extensions (`x-apiscribe-…`)
hold what OpenAPI has no place for: pages, full names, and the paths of google.api.http.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from apiscribe.emit.api_json import json_text, to_json
from apiscribe.emit.imported_files import ImportedFiles
from apiscribe.emit.openapi_document import Part, joined_document, referred_schemas
from apiscribe.emit.openapi_names import DocumentNames
from apiscribe.emit.openapi_operations import operations
from apiscribe.emit.openapi_schemas import Schemas
from apiscribe.emit.openapi_values import Schema
from apiscribe.emit.output import Output
from apiscribe.emit.python_files import NOTICE
from apiscribe.emit.render_task import RenderTask, render_all
from apiscribe.emit.yaml_text import yaml_text
from apiscribe.model.api import Api, File
from apiscribe.model.settings import OpenapiSettings
from apiscribe.workspace.kept import remembered


def emit_openapi(api: Api, settings: OpenapiSettings) -> Iterator[RenderTask]:
    """Yield the task of the document in the formats of the settings; none for an API without
    routes. The task raises SyntaxError if the document is not OpenAPI.
    """
    if settings.formats and _has_routes(api):
        digests = [api.digests[file.path].text for file in api.files]
        pages = [[file.path, digest] for file, digest in zip(api.files, digests, strict=True)]
        make = partial(_document, api, settings)
        of_api = (api.name, to_json(api.facts), settings)
        yield RenderTask("openapi", (of_api, pages), make, is_python=False)


def _document(api: Api, settings: OpenapiSettings) -> Iterator[Output]:
    parts = [_read(part.content) for part in render_all(_parts(api))]
    document = joined_document(api, parts, settings)
    for form in settings.formats:
        if form == "json":
            text = f"{json_text(document, 2)}\n"
        else:
            text = f"{NOTICE}\n{yaml_text(document)}"
        yield Output.text(f"openapi.{form}", text)


def _read(content: bytes) -> Part:
    """Read a part. The document shares its objects, and changes none of them."""

    def read() -> Part:
        part: Part = json.loads(content)
        return part

    return remembered(("openapi part", content), read)


def _parts(api: Api) -> Iterator[RenderTask]:
    """Yield a task for each file; its output is its part of the document."""
    schemas = Schemas(api, DocumentNames.of_api(api))
    names = schemas.names
    imported = ImportedFiles(api)
    for file in api.files:
        # A query string and an example show the fields of messages in other files, too.
        files = imported.with_imports(file)
        types = sorted(imported.type_names(files))
        tags = [names.tags[service.full_name] for service in file.services]
        digests = [api.digests[other.path] for other in files]
        shorts = [names.schemas.get(name, "") for name in types]
        answers = [name for name in types if name in schemas.in_answers]
        cache_key = (file.path, digests, shorts, answers, tags)
        size = sum(digest.size for digest in digests)
        make = partial(_part, file, schemas)
        yield RenderTask("openapi part", cache_key, make, size=size, is_python=False)


def _part(file: File, schemas: Schemas) -> list[Output]:
    declared = [message.full_name for message in file.messages]
    declared += [enum.full_name for enum in file.all_enums()]
    listed = [operation for service in file.services for operation in operations(service, schemas)]
    own = {schemas.names.schemas[name]: schemas.with_examples(name) for name in declared}
    part: Part = {
        "operations": [(o.path, o.verb, o.content, _referred(o.content)) for o in listed],
        "schemas": own,
        "references": {name: _referred(schema) for name, schema in own.items()},
    }
    # ASCII: a lone surrogate in the name of a page stays one.
    return [Output.text(file.path, json.dumps(part))]


def _referred(part: Schema) -> list[str]:
    return sorted(set(referred_schemas(part)))


def _has_routes(api: Api) -> bool:
    return any(method.routes for _, service in api.services() for method in service.methods)

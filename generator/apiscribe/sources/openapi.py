"""Read OpenAPI 3 documents as sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from apiscribe.diagnostics.source import Source
from apiscribe.model.api import Api
from apiscribe.model.openapi_document import Document, DocumentError
from apiscribe.model.version import ApiVersion, Fact
from apiscribe.sources.openapi_api import read_openapi
from apiscribe.sources.source_error import SourceError
from apiscribe.sources.swagger import openapi_of
from apiscribe.workspace.yaml_loader import yaml_loader

_YAML = (".yaml", ".yml")
VERSION_KEYS = ("openapi", "swagger")
MAX_BYTES = 64 * 2**20  # of a document
_ADVICE = "pass an OpenAPI document in one file"

# Facts that no OpenAPI document states, and facts that only some state (those of apiscribe do).
_NEVER_STATED: dict[Fact, str] = {
    "message names": "schemas may have no name, or a different one",
    "methods without routes": "OpenAPI describes routes only",
    "descriptions": "a server's document may omit them",
    "numbers": "OpenAPI has no field numbers",
    "oneofs": "OpenAPI has no oneofs of fields",
    "presence": "OpenAPI has no presence of zeros",
    "streams": "OpenAPI has no streams",
    "types": "JSON has fewer types than protobuf",
}
_SOMETIMES_STATED: dict[Fact, str] = {
    "authentication": "the document has no security schemes",
    "enum names": "enums in OpenAPI may have no name",
    "packages": "schemas in OpenAPI have no package",
    "required": "the document marks no field as required",
}


def is_openapi(text: str) -> bool:
    """Return whether the text names a YAML file, or a JSON file with an OpenAPI version."""
    file = Path(text)
    if not file.is_file() or file.suffix.lower() not in (*_YAML, ".json"):
        return False
    if file.suffix.lower() in _YAML:
        return True
    try:
        document = json.loads(_read(file))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(document, dict) and any(key in document for key in VERSION_KEYS)


def is_openapi_url(text: str) -> bool:
    """Return whether the text is an HTTP URL."""
    return text.lower().startswith(("http://", "https://"))


def open_openapi(text: str) -> ApiVersion:
    """Read the API of a document. Raise SourceError."""
    file = Path(text)
    try:
        content = _read(file)
        document = parse_yaml(content) if file.suffix.lower() in _YAML else json.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        reason = str(error) or "nested too deeply"
        raise SourceError(
            f"{text} cannot be read: {reason}; pass a complete OpenAPI document"
        ) from error
    return version_of_document(text, document, Source(file.name, content), str(file.parent))


def _read(file: Path) -> str:
    """Return the text of a file. Raise ValueError for a document that is too large."""
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES:,} bytes")
    return content.decode("utf-8")


def version_of_document(text: str, content: Any, source: Source, folder: str = "") -> ApiVersion:
    """Read the API of a document's content; `text` is what the user calls it. Raise SourceError."""
    if not isinstance(content, dict) or not any(key in content for key in VERSION_KEYS):
        raise SourceError(f'{text} is not an OpenAPI document: it has no "openapi"; {_ADVICE}')
    version = str(content.get("openapi", ""))
    is_swagger = str(content.get("swagger")).startswith("2")
    if not version.startswith("3.") and not is_swagger:
        found = version or f"Swagger {content.get('swagger')}"
        raise SourceError(f"{text} is OpenAPI {found}; convert it to OpenAPI 3")
    try:
        document = Document(openapi_of(content) if is_swagger else content, source)
        read = read_openapi(document)
    except DocumentError as error:
        raise SourceError(f"{text} cannot be read: {error}; {_ADVICE}") from error
    except RecursionError as error:
        raise SourceError(f"{text} is nested too deeply; {_ADVICE}") from error
    unknown = {fact: why for fact, why in _SOMETIMES_STATED.items() if fact not in read.stated}
    api = Api(name=read.name, facts=read.facts, files=read.files)
    return ApiVersion(
        name=text,
        api=api,
        unknown=_NEVER_STATED | unknown,
        texts={source.path: source},
        folder=folder,
        document=document,
    )


def parse_yaml(content: str) -> Any:
    """Parse a YAML text. Raise ValueError if it is malformed."""
    # Imported here because PyYAML is slow to load.
    import yaml

    try:
        return yaml.load(content, yaml_loader())  # noqa: S506, a safe loader
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error

"""An OpenAPI document that a page embeds → headings, operations, labels and JSON Schema.

The rest of such a page prints what the document holds, so it is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.declared_operations import parts_of
from apiscribe.dialects.http.made_blocks import made_inline, made_paragraph
from apiscribe.dialects.http.routes import VERBS
from apiscribe.pages.blocks import Block, Code, Heading, Paragraph

DOCUMENT = "openapi"  # the language of code that is a document
_MOST_PARTS = 4_000  # of schemas: parts that refer to each other grow without end
_DEEPEST = 8  # references that lead to references


def restate(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks of the documents that a page embeds; without one, all blocks."""
    documents = [b for b in blocks if isinstance(b, Code) and b.language == DOCUMENT]
    if not documents:
        return tuple(blocks)
    found = (_Document(json.loads(code.text), code.span).blocks() for code in documents)
    return tuple(block for document in found for block in document)


class _Document:
    def __init__(self, root: Mapping[str, Any], span: Span) -> None:
        self.root, self.span = root, span
        self.left = _MOST_PARTS

    def blocks(self) -> Iterator[Block]:
        """Yield the title, the operations and the schemas of the document."""
        info = _object(self.root.get("info"))
        yield self.heading(1, str(info.get("title") or "API"))
        yield from self.text(info.get("description"))
        servers = self.root.get("servers")
        for server in servers if isinstance(servers, list) else ():
            if url := _object(server).get("url"):
                yield from self.text(f"Base URL: `{url}`")
        for path, item in _object(self.root.get("paths")).items():
            shared = _object(item).get("parameters")
            for verb, operation in _object(item).items():
                if verb.upper() in VERBS and isinstance(operation, dict):
                    yield from self.operation(verb, path, operation, shared)
        schemas = _object(_object(self.root.get("components")).get("schemas"))
        schemas = schemas or _object(self.root.get("definitions"))
        if schemas:
            yield self.heading(2, "Schemas")
        for name, schema in schemas.items():
            yield self.heading(3, name)
            yield Code("json", json.dumps({"$schema": "", **self.joined(schema)}), self.span)

    def operation(
        self, verb: str, path: str, operation: Mapping[str, Any], shared: Any
    ) -> Iterator[Block]:
        name = operation.get("summary") or operation.get("operationId") or f"{verb.upper()} {path}"
        yield self.heading(2, str(name))
        yield from self.text(f"`{verb.upper()} {path}`")
        yield from self.text(operation.get("description"))
        listed = [*_list(shared), *_list(operation.get("parameters"))]
        parameters = [self.resolved(each) for each in listed]
        responses = _object(operation.get("responses"))
        stated = {
            "parameters": [_with_schema(p) for p in parameters],
            "requestBody": self.resolved(operation.get("requestBody")) or _body(parameters),
            "responses": {s: _with_content(self.resolved(r)) for s, r in responses.items()},
        }
        yield from parts_of(stated, self.span)

    def resolved(self, value: Any, depth: int = 0) -> Mapping[str, Any]:
        """Return an object that a reference leads to; one without a reference itself."""
        stated = _object(value)
        reference = stated.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/") or depth > _DEEPEST:
            return stated
        target: Any = self.root
        for step in reference[2:].split("/"):
            target = _object(target).get(step.replace("~1", "/").replace("~0", "~"))
        return self.resolved(target, depth + 1)

    def joined(self, schema: Any, depth: int = 0) -> Mapping[str, Any]:
        """Return a schema with those that `allOf` refers to in place of the references."""
        self.left -= 1
        stated = _object(schema)
        parts = stated.get("allOf")
        if not isinstance(parts, list) or depth > _DEEPEST or self.left < 0:
            return stated
        return {**stated, "allOf": [self.joined(self.resolved(p), depth + 1) for p in parts]}

    def heading(self, level: int, title: str) -> Heading:
        return Heading(level, made_inline(" ".join(title.split()), self.span), self.span)

    def text(self, text: Any) -> Iterator[Paragraph]:
        if isinstance(text, str) and text.strip():
            yield made_paragraph(text.strip().split("\n\n")[0], self.span)


def _with_schema(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a parameter with its type in a schema, where OpenAPI 2 has it beside the name."""
    return parameter if "schema" in parameter else {**parameter, "schema": _typed(parameter)}


def _typed(parameter: Mapping[str, Any]) -> dict[str, Any]:
    left_out = ("name", "in", "required", "description")
    return {key: value for key, value in parameter.items() if key not in left_out}


def _body(parameters: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the body that the parameters of OpenAPI 2 state."""
    for parameter in parameters:
        if parameter.get("in") == "body":
            return {"content": {"application/json": {"schema": parameter.get("schema")}}}
    fields = [p for p in parameters if p.get("in") == "formData" and isinstance(p.get("name"), str)]
    if not fields:
        return None
    properties = {p["name"]: {**_typed(p), "description": p.get("description")} for p in fields}
    required = [p["name"] for p in fields if p.get("required") is True]
    schema = {"type": "object", "properties": properties, "required": required}
    return {"content": {"multipart/form-data": {"schema": schema}}}


def _with_content(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an answer with its content, which OpenAPI 2 has as a schema."""
    if "schema" not in answer:
        return answer
    return {**answer, "content": {"application/json": {"schema": answer["schema"]}}}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

"""Operations that generated pages hold as OpenAPI writes them → labels with JSON Schema below them.

Docusaurus puts the operation into the front matter, as JSON or compressed, and its parts into the
attributes of components:

    api: eJzNVk1v4zYQ…
    <ParamsDetails parameters={[{"name": "limit", "in": "query", …}]} />
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.json_schema import schema_of
from apiscribe.dialects.http.made_blocks import made_paragraph, made_table
from apiscribe.dialects.http.routes import VERBS
from apiscribe.pages.blocks import (
    Block,
    Code,
    Component,
    Heading,
    Page,
    Paragraph,
)

_IMPORTS = re.compile(r"(?:import\s[^\n]*\sfrom\s+['\"][^'\"\n]*['\"];?\s*)+")
_LONGEST = 4_000_000  # bytes of an operation
_PLACES = ("path", "query", "header", "cookie")
_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def declared_operation(text: str) -> Mapping[str, Any] | None:
    """Return the operation that a text holds, as JSON or compressed; None for another text."""
    try:
        if not text.startswith("{"):
            unpacked = zlib.decompressobj().decompress(
                base64.b64decode(text, validate=True), _LONGEST
            )
            text = unpacked.decode("utf-8")
        value = json.loads(text)
    except (ValueError, RecursionError, zlib.error):
        return None
    if not isinstance(value, dict) or not isinstance(value.get("path"), str):
        return None
    return value if str(value.get("method")).upper() in VERBS else None


def restate(page: Page) -> tuple[Block, ...]:
    """Return the blocks of a page with labels and schemas in place of what declares parts.

    After an operation of the front matter, the components print only what it holds.
    """
    operation = declared_operation(page.front_matter.values.get("api", ""))
    blocks = [block for block in page.blocks if not _is_import(block)]
    if operation is None:
        return tuple(each for block in blocks for each in _restated(block))
    span = page.front_matter.spans.get("api", page.source.span(1))
    return (*_described(blocks), *parts_of(operation, span))


def _described(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the headings and the paragraphs up to the first other block after a paragraph."""
    described = False
    for block in blocks:
        if isinstance(block, Heading) or _is_prose(block):
            described = described or isinstance(block, Paragraph)
            yield block
        elif described:
            return


def _is_prose(block: Block) -> bool:
    return isinstance(block, Paragraph) and not block.inline.source.startswith("<")


def _is_import(block: Block) -> bool:
    return isinstance(block, Paragraph) and _IMPORTS.fullmatch(block.inline.source) is not None


def _restated(block: Block) -> Iterator[Block]:
    """Yield the parts that the attributes of a component declare; another block itself."""
    if not isinstance(block, Component) or not block.opens:
        yield block
        return
    parts = {
        "parameters": _value(block.attributes.get("parameters", "")),
        "requestBody": _value(block.attributes.get("body", "")),
        "responses": _value(block.attributes.get("responses", "")),
    }
    declared = list(parts_of(parts, block.span))
    yield from declared or (block,)


def _value(text: str) -> Any:
    """Return the value of an attribute that is JSON; None for another one."""
    try:
        return json.loads(text) if text[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return None


def parts_of(operation: Mapping[str, Any], span: Span) -> Iterator[Block]:
    """Yield the parameters, the body and the answers of an operation."""
    yield from _parameters(operation.get("parameters"), span)
    if media := _media(operation.get("requestBody")):
        yield from _labelled(f"Request body ({media[0]})", media[1], span)
    yield from _answers(operation.get("responses"), span)


def _parameters(parameters: Any, span: Span) -> Iterator[Block]:
    listed = [p for p in parameters if isinstance(p, dict)] if isinstance(parameters, list) else []
    named = [p for p in listed if isinstance(p.get("name"), str)]
    for place, presence in itertools.product(_PLACES, ("required", "optional")):
        properties = {
            p["name"]: _schema_of_parameter(p)
            for p in named
            if p.get("in") == place and (p.get("required") is True) == (presence == "required")
        }
        schema = {"type": "object", "properties": properties}
        yield from _labelled(f"{presence} {place} parameters", schema, span)


def _schema_of_parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    schema = parameter.get("schema")
    schema = schema if isinstance(schema, dict) else {}
    about = {k: parameter[k] for k in ("description", "deprecated") if k in parameter}
    return {**schema, **about}


def _answers(responses: Any, span: Span) -> Iterator[Block]:
    stated = (
        {status: answer for status, answer in responses.items() if isinstance(answer, dict)}
        if isinstance(responses, dict)
        else {}
    )
    rows = [
        (status, str(answer.get("description") or ""))
        for status, answer in stated.items()
        if status.isdecimal() or status == "default"
    ]
    if not rows:
        return
    yield made_paragraph("**Responses**", span)
    yield made_table(("Status", "Description"), rows, span)
    for status, _ in rows:
        if media := _media(stated[status]):
            yield from _labelled(f"Response {status}", media[1], span)


def _media(body: Any) -> tuple[str, Mapping[str, Any]] | None:
    """Return the first type of content with a schema, JSON before others."""
    content = body.get("content") if isinstance(body, dict) else None
    found = [
        (name, media["schema"])
        for name, media in (content.items() if isinstance(content, dict) else ())
        if isinstance(media, dict) and isinstance(media.get("schema"), dict)
    ]
    return min(found, key=lambda media: "json" not in media[0], default=None)


def _labelled(label: str, schema: Mapping[str, Any], span: Span) -> Iterator[Block]:
    """Yield a label and a schema below it; nothing of one that says no more than a choice."""
    text = json.dumps({"$schema": _SCHEMA, **schema}, ensure_ascii=False)
    if schema_of(text) is not None:
        yield made_paragraph(f"**{label}**", span)
        yield Code("json", text, span)

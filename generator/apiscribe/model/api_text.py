"""The Api as text: one line per declaration, with its location on the page and its provenance.

For people and tests: `explain` shows it, and cases keep it. api.json has the same for programs.
Descriptions and examples are left out, except how many characters and examples there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from apiscribe.diagnostics.source import Span
from apiscribe.model.api import Api, Enum, Field, File, Message, Method, Service
from apiscribe.model.conventions import Paging, PagingStyle
from apiscribe.model.facts import ApiFacts, Requirement
from apiscribe.model.reserved import Reserved
from apiscribe.model.resources import Resource, StandardMethod

_INDENT = "  "
# Style of paging → the meaning of the position.
_POSITIONS: Mapping[PagingStyle, str] = {
    "offset": "{} is the number of rows before the page",
    "page": "{} is the number of the page",
    "after": "{} is the key of the row before the page",
    "token": "{} is the token from the answer before",
}
# Operator of a filter → the condition on a field.
_SIGNS = {
    "eq": "{} =",
    "not": "{} !=",
    "gt": "{} >",
    "gte": "{} >=",
    "lt": "{} <",
    "lte": "{} <=",
    "in": "{} in",
    "contain": "{} with",
    "search": "any text with",
}
_RESOURCE_PARTS = "key tenant state created updated identifying parents prefix form".split()


@dataclass(frozen=True)
class Line:
    """A line about a declaration or one of its facts.

    `span` is its location, if it has one of its own; `provenance` has the facts that no page
    states, with their origins.
    """

    text: str
    span: Span | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0

    def __str__(self) -> str:
        lines = f" :{self.span.lines}" if self.span else ""
        return f"{_INDENT * self.depth}{self.text}{lines}{_origins(self.provenance)}"


def api_text(api: Api) -> str:
    """Return all declarations of an Api, file by file, in order."""
    facts = list(fact_lines(api.facts))
    facts += [Line(f"tenant {api.tenant}", provenance=api.provenance)] if api.tenant else []
    lines = [f"api {api.name}", *_inside(facts)]
    for file in api.files:
        lines += ["", *file_lines(file)]
    return "\n".join(map(str, lines)) + "\n"


def declaration_text(declaration: Service | Method | Message | Field | Enum) -> str:
    """Return the lines of one declaration and of its parts."""
    return "\n".join(map(str, _declaration(declaration)))


def _declaration(declaration: Service | Method | Message | Field | Enum) -> Iterable[Line]:
    match declaration:
        case Service():
            return _service(declaration)
        case Method():
            return _method(declaration)
        case Message():
            return _message(declaration)
        case Field():
            return [_field(declaration)]
        case Enum():
            return _enum(declaration)
        case _:
            assert_never(declaration)


def fact_lines(facts: ApiFacts) -> Iterator[Line]:
    """Yield the lines of the facts of an API as a whole."""
    texts = {"title": facts.title, "version": facts.version, "description": facts.description}
    for name, text in texts.items():
        if text is not None:
            shown = _quoted(text.text) if name != "description" else f"{len(text.text)} characters"
            yield _line(f"{name} {shown}", text.span, {})
    for server in facts.servers:
        yield _line(f"server {server.text}", server.span, {})
    for scheme in facts.schemes:
        place = f" in {scheme.location} {_quoted(scheme.parameter)}" if scheme.parameter else ""
        yield _line(f"scheme {scheme.name}: {scheme.kind}{place}", scheme.span, {}, scheme)
    if facts.security is not None:
        yield Line(f"requires {_requirements(facts.security)}")


def _requirements(alternatives: Iterable[Requirement]) -> str:
    texts = []
    for requirement in alternatives:
        schemes = (n + (f" ({', '.join(s)})" if s else "") for n, s in requirement.items())
        texts.append(" and ".join(schemes) or "nothing")
    return " or ".join(texts) or "nothing"


def file_lines(file: File) -> Iterator[Line]:
    """Yield the lines of a file: its page, and the declarations in it."""
    facts = [f"page {file.page}" if file.page else "without a page"]
    facts += [f"dialect {file.dialect}"] if file.dialect else []
    facts += [f"title {_quoted(file.title)}"] if file.title else []
    facts += [f"server {server}" for server in file.servers]
    yield Line(f"file {file.path}: {', '.join(facts)}")
    for service in file.services:
        yield from _inside(_service(service))
    for enum in file.enums:
        yield from _inside(_enum(enum))
    for message in file.messages:
        yield from _inside(_message(message))


def _service(service: Service) -> Iterator[Line]:
    yield _line(f"service {service.full_name}", service.span, service.provenance, service)
    if service.resource:
        yield from _inside([_resource(service.resource)])
    if errors := service.errors:
        facts = ", ".join(f"{path} {fact}" for path, fact in errors.fields.items())
        invalid = f", invalid {errors.invalid}" if errors.invalid != 400 else ""
        yield Line(f"errors with {facts}{invalid}", depth=1)
    for method in service.methods:
        yield from _inside(_method(method))


def _resource(resource: Resource) -> Line:
    parts = []
    for part in _RESOURCE_PARTS:
        value = getattr(resource, part)
        if value:
            parts.append(f"{part} {'+'.join(value) if isinstance(value, tuple) else value}")
    return Line(f"stores {resource.message}: {', '.join(parts)}", None, resource.provenance)


def _method(method: Method) -> Iterator[Line]:
    request = f"{'stream ' * method.request_streams}{method.request}"
    response = f"{'stream ' * method.response_streams}{method.response}"
    text = f"rpc {method.name}({request}) returns ({response})"
    text += f" {_quoted(method.summary)}" if method.summary else ""
    text += f" as {method.media_type}" if method.media_type else ""
    text += f", {method.standard.kind}" if method.standard else ""
    text += f", status {method.status}" if method.status else ""
    yield _line(text, method.span, method.provenance, method)
    if method.standard:
        yield from _inside(map(Line, conventions_text(method.standard)))
    for route in method.routes:
        body = f" body {route.body}" if route.body else ""
        body += f" response_body {route.response_body}" if route.response_body else ""
        text = f"{route.verb} {route.path}{body}"
        yield Line(text, route.span, route.provenance, depth=1)
    for header in method.headers:
        text = f"{header.location} {_quoted(header.name)}: {_label(header)}{header.type.name}"
        text += " required" if header.required else ""
        yield Line(text, header.span, depth=1)
    if method.security is not None:
        yield Line(f"requires {_requirements(method.security)}", depth=1)
    for answer in method.answers:
        type_ = f"{_label(answer)}{answer.type.name}" if answer.type else "nothing"
        yield Line(f"answers {answer.status}: {type_}", answer.span, depth=1)


def conventions_text(standard: StandardMethod) -> Iterator[str]:
    """Yield a line for each convention of a standard method."""
    if standard.parents:
        yield f"for rows below {', '.join(f'`{name}`' for name in standard.parents)}"
    if paging := standard.paging:
        yield _paging_text(paging)
    if sorting := standard.sorting:
        texts = [f"by the names in `{sorting.by}`"] if sorting.by else []
        texts += [f"in the direction of `{sorting.order}`"] if sorting.order else []
        yield f"sorts {', '.join(texts)}"
    if standard.filters:
        filters = (f"{_SIGNS[o].format(f)} `{name}`" for name, (f, o) in standard.filters.items())
        yield f"filters by {', '.join(filters)}"
    if standard.selection:
        yield f"returns the fields in `{standard.selection}`"
    if standard.values:
        values = (f"{name} {json.dumps(value)}" for name, value in standard.values.items())
        yield f"sets {', '.join(values)}"
    if facts := standard.page_facts:
        yield f"answers with {', '.join(f'{fact} in `{path}`' for fact, path in facts.items())}"
    if standard.link_header:
        yield "answers with a Link header"
    if standard.refused:
        yield f"refuses {', '.join(standard.refused)}"
    if standard.unused:
        yield f"ignores {', '.join(standard.unused)}"


def _paging_text(paging: Paging) -> str:
    """Return what the fields of a request mean for the page: `after` and `limit`, for example."""
    limits = f", {paging.default} by default" if paging.default else ""
    limits += f", at most {paging.maximum}" if paging.maximum else ""
    texts = [_POSITIONS[paging.style].format(f"`{paging.position}`")] if paging.position else []
    texts += [f"`{paging.size}` is the number of rows{limits}"] if paging.size else []
    return f"pages: {'; '.join(texts)}"


def _message(message: Message) -> Iterator[Line]:
    marks = [
        word
        for word, holds in (
            ("incomplete", message.incomplete),
            ("required fields are enforced", message.enforces_required),
        )
        if holds
    ]
    text = f"message {message.full_name}{''.join(f', {mark}' for mark in marks)}"
    yield _line(text, message.span, message.provenance, message)
    yield from _inside(_reserved(message.reserved))
    yield from _inside(map(_field, message.fields))
    for enum in message.enums:
        yield from _inside(_enum(enum))


def _field(field: Field) -> Line:
    name = _names(field.name, field.json_name)
    words = [f"{field.number} {name}: {_label(field)}{field.type.name}"]
    words += ["required"] if field.required else []
    words += ["not required"] if field.required is False else []
    words += ["optional"] if field.optional else []
    words += [f"oneof {field.oneof}"] if field.oneof else []
    words += ["nullable"] if field.nullable else []
    words += [f"in {field.location}"] if field.location else []
    words += [f"default {field.default}"] if field.default else []
    words += [_json(dict(field.constraints))] if field.constraints else []
    return _line(" ".join(words), field.span, field.provenance, field)


def _enum(enum: Enum) -> Iterator[Line]:
    text = f"enum {enum.full_name}{', incomplete' * enum.incomplete}"
    yield _line(text, enum.span, enum.provenance, enum)
    yield from _inside(_reserved(enum.reserved))
    for value in enum.values:
        name = _names(value.name, value.json_name)
        text = f"{value.number} {name}{' undocumented' * (not value.documented)}"
        yield from _inside([_line(text, value.span, {}, value)])


def _reserved(reserved: Iterable[Reserved]) -> Iterator[Line]:
    texts = [f"{e.numbers_text} {_names(e.name, e.json_name)}".strip() for e in reserved]
    if texts:
        yield Line(f"reserved {', '.join(texts)}")


def _line(text: str, span: Span, provenance: Mapping[str, str], declaration: Any = None) -> Line:
    """Return the line of a declaration, with its marks."""
    if getattr(declaration, "deprecated", False):
        text += " deprecated"
    description = getattr(declaration, "description", "")
    text += f" ({len(description)} characters)" if description else ""
    examples = getattr(declaration, "examples", ())
    text += f" ({len(examples)} example{'s'[: len(examples) > 1]})" if examples else ""
    return Line(text, span, provenance)


def _origins(provenance: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{fact} by {origin}" for fact, origin in sorted(provenance.items()))
    return f" [{pairs}]" if pairs else ""


def _label(part: Any) -> str:
    return "repeated " if part.repeated else ""


def _names(name: str, json_name: str) -> str:
    """Return an identifier, and the documented name if it is another."""
    return name if name == json_name else f"{name} {_quoted(json_name)}".strip()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True)


def _inside(lines: Iterable[Line]) -> Iterator[Line]:
    yield from (replace(line, depth=line.depth + 1) for line in lines)

"""Joins the parts of the OpenAPI document: paths, the schemas that they use, facts of the API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypedDict

from apiscribe.emit.encoders import markdown, plain_lines
from apiscribe.emit.openapi_names import DocumentNames
from apiscribe.emit.openapi_paths import parameter_names, shape
from apiscribe.emit.openapi_schemas import SCHEMAS
from apiscribe.emit.openapi_security import requirements, security_scheme
from apiscribe.emit.openapi_values import Schema
from apiscribe.emit.servers import server_urls
from apiscribe.model.api import Api, File
from apiscribe.model.facts import StatedText
from apiscribe.model.settings import OpenapiSettings

_VERSION = re.compile(r"v\d+(?:(?:alpha|beta)\d*)?")
# OpenAPI requires a version; this one is also that of the documents of generated servers.
_NO_VERSION = "0"
# Keywords with values in place of schemas.
_VALUES = frozenset({"default", "enum", "examples"})
_VARIABLE = re.compile(r"\{+([^{}]+)\}+")


class Part(TypedDict):
    """The part of a file: its operations with path and verb, and its schemas; and the names of the
    schemas that each of these refers to.
    """

    operations: list[tuple[str, str, Schema, list[str]]]
    schemas: dict[str, Schema]
    references: dict[str, list[str]]


def joined_document(api: Api, parts: Sequence[Part], settings: OpenapiSettings) -> Schema:
    """Return the document. Raises SyntaxError if it is not OpenAPI."""
    names = DocumentNames.of_api(api)
    servers = server_urls(api)
    paths, used_first = _paths(api, parts, servers)
    hidden = _methods_without_path(api, names, paths)
    document: Schema = {"openapi": "3.1.0", "info": _info(api, hidden, settings)}
    if servers:
        document["servers"] = [_server(url) for url in servers]
    if api.facts.security is not None:
        document["security"] = requirements(api.facts.security)
    document["tags"] = list(_tags(api, names, paths))
    document["paths"] = paths
    schemas = {name: schema for part in parts for name, schema in part["schemas"].items()}
    components: Schema = {}
    references = {name: listed for part in parts for name, listed in part["references"].items()}
    if used := _used(used_first, references):
        components["schemas"] = {name: schemas[name] for name in sorted(used)}
    if schemes := {scheme.name: security_scheme(scheme) for scheme in api.facts.schemes}:
        components["securitySchemes"] = dict(sorted(schemes.items()))
    if components:
        document["components"] = components
    _check(document)
    return document


def _info(api: Api, hidden: Sequence[str], settings: OpenapiSettings) -> Schema:
    files = [file for file in api.files if file.services]
    titles = list(dict.fromkeys(title for file in files if (title := _line(file.title))))
    facts = api.facts
    title = settings.title or _stated(facts.title) or (titles[0] if len(titles) == 1 else api.name)
    # The description of one page of many is that of its service.
    alone = files[0].description if len(files) == 1 else ""
    description: str = markdown(_stated(facts.description) or alone)
    if hidden:
        names = ", ".join(f"`{name}`" for name in hidden)
        text = (
            f"These methods have no HTTP route of their own and are not in this document: {names}."
        )
        description = f"{description}\n\n{text}".strip()
    version = settings.version or _stated(facts.version) or _version(api)
    info: Schema = {"title": _line(title), "version": _line(version)}
    return {**info, "description": description} if description else info


def _stated(text: StatedText | None) -> str:
    return text.text if text else ""


def _version(api: Api) -> str:
    """Return the version that all packages or all paths have in common: `v1`."""
    packages: set[str] = set()
    paths: set[str] = set()
    for file, service in api.services():
        for route in (route for method in service.methods for route in method.routes):
            packages.add(file.package.rpartition(".")[2])
            found = [part for part in route.path.split("/") if _VERSION.fullmatch(part)]
            paths.add(found[0] if found else "")
    for versions in (packages, paths):
        if len(versions) == 1 and _VERSION.fullmatch(version := versions.pop()):
            return version
    return _NO_VERSION


def _server(url: str) -> Schema:
    """Return a server; a variable of its address has its name as the default value."""
    url = _VARIABLE.sub(lambda match: f"{{{match[1].strip()}}}", _line(url).rstrip("/")) or "/"
    names = dict.fromkeys(_VARIABLE.findall(url))
    server: Schema = {"url": url}
    if names:
        server["variables"] = {name: {"default": name} for name in names}
    return server


def _tags(api: Api, names: DocumentNames, paths: Mapping[str, Schema]) -> Iterator[Schema]:
    """Yield a tag for each service with an operation."""
    used = {operation["tags"][0] for item in paths.values() for operation in item.values()}
    for file, service in api.services():
        name = names.tags[service.full_name]
        if name not in used:
            continue
        tag: Schema = {"name": name}
        is_only = len(file.services) == 1 and len(api.files) > 1
        if text := service.description or (file.description if is_only else ""):
            tag["description"] = markdown(text)
        yield {**tag, "x-apiscribe-name": service.full_name}


def _paths(
    api: Api, parts: Sequence[Part], servers: Sequence[str]
) -> tuple[dict[str, Schema], set[str]]:
    """Return the operations by path and verb, and the names of the schemas that they refer to.

    Paths that differ only in the names of parameters are one path, with the first one's names. The
    first method of a route wins.
    """
    paths: dict[str, Schema] = {}
    used: set[str] = set()
    names: dict[str, str] = {}
    for file, part in zip(api.files, parts, strict=True):
        for path, verb, operation, references in part["operations"]:
            key = names.setdefault(shape(path), path)
            item = paths.setdefault(key, {})
            if verb not in item:
                item[verb] = _renamed(operation, path, key) | _own_servers(file, servers)
                used.update(references)
    return paths, used


def _methods_without_path(api: Api, names: DocumentNames, paths: Mapping[str, Schema]) -> list[str]:
    """Return the methods that have no route, or only routes of other methods."""
    shown = {operation["operationId"] for item in paths.values() for operation in item.values()}
    return [
        ids[0]
        for _, service in api.services()
        for method in service.methods
        if not shown.intersection(
            ids := [
                names.operation_id(service, method.name, number)
                for number in range(max(len(method.routes), 1))
            ]
        )
    ]


def _own_servers(file: File, servers: Sequence[str]) -> Schema:
    """Return the servers of an operation if its page states only some of all servers."""
    if not file.servers or set(file.servers) == set(servers):
        return {}
    return {"servers": [_server(url) for url in file.servers]}


def _renamed(operation: Schema, path: str, key: str) -> Schema:
    """Return an operation with the parameters' names of another path of the same shape."""
    renamed = dict(zip(parameter_names(path), parameter_names(key), strict=True))
    if path == key:
        return operation
    parameters = []
    for parameter in operation["parameters"]:
        name = parameter["name"]
        if parameter["in"] == "path" and renamed[name] != name:
            field = {"x-apiscribe-field": parameter.get("x-apiscribe-field", name)}
            parameter = {**parameter, "name": renamed[name], **field}
        parameters.append(parameter)
    return {"x-apiscribe-path": path, **operation, "parameters": parameters}


def _used(first: Iterable[str], references: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the names of schemas, and of those that these refer to, directly or not. Raise
    SyntaxError for a reference without a target.
    """
    used: set[str] = set()
    pending = set(first)
    while pending:
        if unknown := pending - references.keys():
            names = ", ".join(sorted(unknown))
            raise SyntaxError(f"openapi.json refers to unknown schemas: {names}")
        used |= pending
        pending = set().union(*(references[name] for name in pending)) - used
    return used


def referred_schemas(part: Any) -> Iterator[str]:
    """Yield the names of the schemas that a part refers to; examples and values refer to none."""
    pending = [(part, False)]
    while pending:
        current, is_named = pending.pop()
        if isinstance(current, list):
            pending += ((value, False) for value in current)
        elif isinstance(current, dict):
            reference = current.get("$ref")
            if isinstance(reference, str) and not is_named:
                yield reference.removeprefix(SCHEMAS)
            for key, value in current.items():
                # The keys of `properties` are names, and `responses` has a `default`.
                if is_named or key not in _VALUES:
                    pending.append((value, key in ("properties", "responses") and not is_named))


def _check(document: Schema) -> None:
    """Raise SyntaxError for two operations with one id, and for a path with other
    parameters than its operations.
    """
    ids: set[str] = set()
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            if operation["operationId"] in ids:
                raise SyntaxError(f"openapi.json has {operation['operationId']} twice")
            ids.add(operation["operationId"])
            declared = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"]
            if sorted(declared) != sorted(parameter_names(path)):
                raise SyntaxError(f"openapi.json lacks a parameter of {verb} {path}")


def _line(text: str) -> str:
    return " ".join(plain_lines(text))

"""The registry of the generated package: services and methods, a module for each page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from apiscribe.emit.encoders import (
    Encoded,
    docstring,
    python_call,
    python_import,
    python_literal,
)
from apiscribe.emit.examples import AcceptedExamples
from apiscribe.emit.output import Output
from apiscribe.emit.python_classes import ModelClasses, ProtoClasses
from apiscribe.emit.python_files import Module, module_of, python_output
from apiscribe.emit.python_imports import Imports
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.servers import base_paths
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, File, Method, Route, Service
from apiscribe.model.conventions import ErrorShape, Paging, Sorting
from apiscribe.model.http import FORMS, ExampleRole
from apiscribe.model.resources import Resource, StandardMethod

_PAGE, _INDEX = "registry/page.py.j2", "registry/index.py.j2"
_INDEX_MODULE = Module(("registry", "__init__"))

# The names that the modules of pages have or import.
_NAMES = (
    *("PAGE", "PageServices", "Service", "Resource", "Method", "Route", "StandardMethod"),
    *("Empty", "OpaqueMessage", "_pool"),
)
_STREAMS = ("request_streams", "response_streams")
_ROLES: tuple[ExampleRole, ...] = ("request", "response")
_RESOURCE_FIELDS = "key tenant state created updated identifying parents prefix form".split()


@dataclass(frozen=True)
class _PageInput:
    """The input of a page's module. `method_examples`: service and method → role → examples.
    `resource_examples`: message of a resource → examples.
    """

    package: str
    file: File
    models: ModelClasses
    protos: ProtoClasses
    method_examples: dict[str, dict[ExampleRole, tuple[Any, ...]]]
    resource_examples: dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class _ServiceView:
    """The arguments of a service; a method is the list of its arguments."""

    full_name: Encoded
    resource: Encoded | None
    habits: list[Encoded]
    methods: list[list[Encoded]]


def emit_registry(api: Api) -> Iterator[RenderTask]:
    """Yield the modules in <package>/registry/."""
    models, protos = ModelClasses.of_api(api), ProtoClasses.of_api(api)
    accepted, resource_examples = AcceptedExamples(api), _resource_examples(api)
    modules = []
    for file in api.files:
        resources = {s.resource.message for s in file.services if s.resource}
        page = _PageInput(
            package=api.name,
            file=file,
            models=models.seen_by(file),
            protos=protos.seen_by(file),
            method_examples={
                f"{service.name}.{method.name}": {
                    role: accepted.of_method(method, role) for role in _ROLES
                }
                for service in file.services
                for method in service.methods
            },
            resource_examples={
                name: resource_examples[name]
                for name in sorted(resources & resource_examples.keys())
            },
        )
        if file.services or _value_names(file) or _opaque_types(file):
            modules.append(module_of(file, "registry"))
            cache_key = (
                *(api.name, api.digests[file.path], page.models, page.protos),
                *(page.method_examples, page.resource_examples),
            )
            size = api.digests[file.path].size
            yield RenderTask("registry", cache_key, partial(_render_page, page), (_PAGE,), size)
    index = (api.name, {"tenant": api.tenant, "base_paths": base_paths(api)}, modules)
    yield RenderTask("registry index", index, partial(_render_index, *index), (_INDEX,))


def _render_index(package: str, facts: dict[str, Any], modules: list[Module]) -> list[Output]:
    imports = Imports(_INDEX_MODULE, ("API", "merge", "_pool"), least=3)
    pages = [Encoded(f"{imports.name_of_module(module)}.PAGE") for module in modules]
    text = render(
        _INDEX,
        imports=imports.statements(),
        name=python_literal(package),
        arguments=[_argument(*fact) for fact in facts.items() if fact[1]],
        pages=pages,
    )
    return [python_output(package, _INDEX_MODULE.path, text)]


def _render_page(page: _PageInput) -> list[Output]:
    writer = _Writer(page)
    return [python_output(page.package, writer.module.path, writer.render(), page.file.page)]


class _Writer:
    """Writes the views of a module, and collects its imports."""

    def __init__(self, page: _PageInput) -> None:
        self.page, self.file = page, page.file
        self.module = module_of(page.file, "registry")
        self.others = Imports(self.module, _NAMES)
        self.classes = {"PageServices"}  # of the runtime
        self.messages: set[str] = set()  # of the runtime
        self.uses_pool = False

    def render(self) -> str:
        services = [self.service(service) for service in self.file.services]
        if services:
            self.classes.add("Service")
            # Reflection needs the file of the service in the pool, even if all its messages are in
            # other files.
            self.others.name_of_module(module_of(self.file, "stubs", "_pb2"))
        others = {
            "value_names": _value_names(self.file),
            "opaque_types": _opaque_types(self.file),
            "examples": self.page.resource_examples,
        }
        return render(
            _PAGE,
            docstring=docstring(f"The services of a page of {self.file.package}."),
            imports=self.imports(),
            services=services,
            others=[_argument(name, value) for name, value in others.items() if value],
        )

    def imports(self) -> list[Encoded]:
        names = {"messages": sorted(self.messages), "registry": sorted(self.classes)}
        pool = python_import(f"{self.module.up_to_root()}pool", "POOL as _pool")
        return [
            *(python_import(f"apiscribe_runtime.{m}", *names[m]) for m in names if names[m]),
            *([pool] if self.uses_pool else []),
            *self.others.statements(),
        ]

    def service(self, service: Service) -> _ServiceView:
        return _ServiceView(
            full_name=_argument("full_name", service.full_name),
            resource=self.resource(service.resource) if service.resource else None,
            habits=list(self.habits(service)),
            methods=[self.method(service, method) for method in service.methods],
        )

    def resource(self, resource: Resource) -> Encoded:
        self.classes.add("Resource")
        values = {name: value for name in _RESOURCE_FIELDS if (value := getattr(resource, name))}
        if resource.prefix is not None:
            values["prefix"] = resource.prefix
        return python_call(
            "Resource",
            model=self.model(resource.message),
            proto=self.proto(resource.message),
            **{name: python_literal(value) for name, value in values.items()},
        )

    def habits(self, service: Service) -> Iterator[Encoded]:
        """Yield the arguments for the conventions of a service over HTTP."""
        if service.plain_numbers:
            yield _argument("plain_numbers", True)
        if errors := service.errors:
            self.classes.add("ErrorShape")
            values = {name: python_literal(value) for name, value in _set_values(errors)}
            yield Encoded(f"errors={python_call('ErrorShape', **values)}")

    def method(self, service: Service, method: Method) -> list[Encoded]:
        self.classes |= {"Method", "Route"} if method.routes else {"Method"}
        response = method.response
        has_model = response in self.page.models.classes or response == "google.protobuf.Empty"
        routes = [python_call("Route", **_route(route)) for route in method.routes]
        examples = self.page.method_examples[f"{service.name}.{method.name}"]
        return [
            _argument("name", method.name),
            Encoded(f"request={self.model(method.request)}"),
            Encoded(f"response={self.model(response) if has_model else None}"),
            Encoded(f"request_proto={self.proto(method.request)}"),
            Encoded(f"response_proto={self.proto(response)}"),
            Encoded(f"routes=({''.join(f'{route}, ' for route in routes)})"),
            *(_argument(side, True) for side in _STREAMS if getattr(method, side)),
            *([_argument("form", method.media_type)] if method.media_type in FORMS else []),
            *([_argument("status", method.status)] if method.status else []),
            *([self.standard(method.standard)] if method.standard else []),
            _argument("description", method.description),
            *(_argument(f"{role}_examples", examples[role]) for role in _ROLES if examples[role]),
            *([_argument("answers", answers)] if (answers := _answers(method)) else []),
        ]

    def standard(self, standard: StandardMethod) -> Encoded:
        self.classes.add("StandardMethod")
        given = {}
        for name, value in _set_values(standard):
            if isinstance(value, Paging | Sorting):
                kind = type(value).__name__
                self.classes.add(kind)
                parts = {part: python_literal(inner) for part, inner in _set_values(value)}
                given[name] = python_call(kind, **parts)
            else:
                given[name] = python_literal(value)
        return Encoded(f"standard={python_call('StandardMethod', **given)}")

    def model(self, full_name: str) -> Encoded:
        if full_name in self.page.models.modules:
            return self.page.models.reference(full_name, self.others)
        runtime = "Empty" if full_name == "google.protobuf.Empty" else "OpaqueMessage"
        self.messages.add(runtime)
        return Encoded(runtime)

    def proto(self, full_name: str) -> Encoded:
        self.uses_pool = self.uses_pool or full_name not in self.page.protos.modules
        return self.page.protos.reference(full_name, self.others)


def _set_values(part: StandardMethod | Paging | Sorting | ErrorShape) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that differ from their defaults, with their values."""
    for attribute in fields(part):
        value = getattr(part, attribute.name)
        if (value and value != attribute.default) or (value == 0 and attribute.name == "first"):
            yield attribute.name, value


def _answers(method: Method) -> tuple[tuple[int, Any], ...]:
    """Return the status and the body of each documented answer; None for a body without an
    example.
    """
    result: list[tuple[int, Any]] = []
    for answer in method.answers:
        if answer.status.isdigit():
            shown = [example.value for example in answer.examples if example.value is not None]
            result += [(int(answer.status), value) for value in shown or [None]]
    return tuple(result)


def _route(route: Route) -> dict[str, Encoded]:
    """Return the arguments of a route; its body is the whole request without one."""
    values = {"verb": route.verb, "path": route.path}
    values |= {"body": route.body} if route.body not in ("", "*") else {}
    values |= {"response_body": route.response_body} if route.response_body else {}
    return {name: python_literal(value) for name, value in values.items()}


def _value_names(file: File) -> dict[str, dict[str, str]]:
    """Return enum → documented name → protobuf name, for values with two names."""
    result = {}
    for enum in file.all_enums():
        differ = {v.json_name: v.name for v in enum.values if v.json_name != v.name}
        if differ:
            result[enum.full_name] = differ
    return result


def _opaque_types(file: File) -> dict[str, str]:
    """Return full name of an incomplete type → its name for `[[declare]]` in overlay.toml."""
    messages = {m.full_name: m.full_name for m in file.messages if m.incomplete}
    enums = (enum for enum in file.all_enums() if enum.incomplete)
    return {**messages, **{enum.full_name: f"{file.package}.{enum.name}" for enum in enums}}


def _resource_examples(api: Api) -> Mapping[str, tuple[Any, ...]]:
    """Return message → its examples, and the response examples of its methods."""
    result: dict[str, list[Any]] = {}
    for _, message in api.messages():
        result[message.full_name] = [e.value for e in message.examples]
    for _, service in api.services():
        for method in service.methods:
            examples = [e.value for e in method.examples if e.role == "response"]
            result.setdefault(method.response, []).extend(examples)
    without_gaps = {
        name: tuple(value for value in values if value is not None)
        for name, values in result.items()
    }
    return {name: values for name, values in without_gaps.items() if values}


def _argument(name: str, value: Any) -> Encoded:
    return Encoded(f"{name}={python_literal(value)}")

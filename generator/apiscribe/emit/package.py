"""The rest of the generated package: its catalog, its runtime, and what starts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from apiscribe.emit.encoders import Encoded, docstring, python_literal
from apiscribe.emit.examples import AcceptedExamples
from apiscribe.emit.output import Output
from apiscribe.emit.python_classes import ModelClasses, ProtoClasses
from apiscribe.emit.python_files import Module, module_of, python_output
from apiscribe.emit.templates import render
from apiscribe.ir import Api, ExampleRole, Method, Resource, Service

_CATALOG = Module(("catalog",))


_ROLES: tuple[ExampleRole, ...] = ("request", "response")


@dataclass(frozen=True)
class _MethodView:
    name: Encoded
    request: Encoded
    response: Encoded
    request_proto: Encoded
    response_proto: Encoded
    routes: list[tuple[Encoded, Encoded]]
    streams: list[Encoded]
    description: Encoded
    examples: list[tuple[Encoded, Encoded]]


@dataclass(frozen=True)
class _ResourceView:
    model: Encoded
    proto: Encoded
    fields: list[tuple[Encoded, Encoded]]


@dataclass(frozen=True)
class _ServiceView:
    full_name: Encoded
    resource: _ResourceView | None
    methods: list[_MethodView]


def emit_package(api: Api) -> Iterator[Output]:
    """The package's own modules, requirements.txt, and the runtime as it stands."""
    package = api.name
    about = docstring(f"The API {api.name}: models, protobuf stubs and a server.")
    yield python_output(package, "__init__.py", about)
    yield python_output(package, "__main__.py", render("package/main.py.j2"))
    yield python_output(package, "catalog.py", _Catalog(api).render())
    yield Output(f"{package}/py.typed", b"")
    yield Output.text("requirements.txt", render("package/requirements.txt.j2"))
    for file in sorted(files("apiscribe.runtime").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py"):
            yield Output(f"{package}/runtime/{file.name}", file.read_bytes())


class _Catalog:
    def __init__(self, api: Api) -> None:
        self.api = api
        self.models, self.protos = ModelClasses(api), ProtoClasses(api)
        self.modules: set[Module] = set()
        self.messages = {message.full_name: message for _, message in api.messages()}
        self.accepted = AcceptedExamples(api)

    def render(self) -> str:
        services = [self.service(service) for _, service in self.api.services()]
        # Reflection tells of a service only when its file is in the pool: one whose messages all
        # stand in other files would not be.
        self.modules |= {module_of(file, "stubs", "_pb2") for file, _ in self.api.services()}
        return render(
            "package/catalog.py.j2",
            imports=sorted(module.import_from(_CATALOG) for module in self.modules),
            name=python_literal(self.api.name),
            services=services,
            value_names=self.value_names(),
            open_types=[
                (python_literal(full_name), python_literal(entry))
                for full_name, entry in sorted(self.open_types())
            ],
            examples=self.examples(),
        )

    def service(self, service: Service) -> _ServiceView:
        return _ServiceView(
            full_name=python_literal(service.full_name),
            resource=self.resource(service.resource) if service.resource else None,
            methods=[self.method(method) for method in service.methods],
        )

    def resource(self, resource: Resource) -> _ResourceView:
        return _ResourceView(
            model=self.model(resource.message),
            proto=self.proto(resource.message),
            fields=[
                (Encoded(name), python_literal(value))
                for name in (
                    "key",
                    "tenant",
                    "state",
                    "created",
                    "updated",
                    "identifying",
                    "prefix",
                )
                if (value := getattr(resource, name))
            ],
        )

    def method(self, method: Method) -> _MethodView:
        response = method.response
        has_model = response in self.messages or response == "google.protobuf.Empty"
        return _MethodView(
            name=python_literal(method.name),
            request=self.model(method.request),
            response=self.model(response) if has_model else Encoded("None"),
            request_proto=self.proto(method.request),
            response_proto=self.proto(response),
            routes=[(python_literal(r.verb), python_literal(r.path)) for r in method.routes],
            streams=[
                Encoded(side)
                for side in ("request_streams", "response_streams")
                if getattr(method, side)
            ],
            description=python_literal(method.description),
            examples=[
                (Encoded(f"{role}_examples"), python_literal(examples))
                for role in _ROLES
                if (examples := self.accepted.of_method(method, role))
            ],
        )

    def model(self, full_name: str) -> Encoded:
        if full_name in self.messages:
            self.modules.add(self.models.modules[full_name])
            return self.models.reference(full_name, _CATALOG)
        return Encoded("Empty" if full_name == "google.protobuf.Empty" else "OpenMessage")

    def proto(self, full_name: str) -> Encoded:
        if module := self.protos.module(full_name):
            self.modules.add(module)
        return self.protos.reference(full_name, _CATALOG)

    def value_names(self) -> list[tuple[Encoded, Encoded]]:
        """Enum → documented name → protobuf name, of the values where the two differ."""
        found = []
        for file in self.api.files:
            for enum in file.all_enums():
                differ = {v.json_name: v.name for v in enum.values if v.json_name != v.name}
                if differ:
                    found.append((python_literal(enum.full_name), python_literal(differ)))
        return found

    def open_types(self) -> Iterator[tuple[str, str]]:
        """Full name of each open type → the name that overlay.toml would declare it by."""
        for file in self.api.files:
            yield from ((m.full_name, m.full_name) for m in file.messages if m.open)
            enums = (enum for enum in file.all_enums() if enum.open)
            yield from ((enum.full_name, f"{file.package}.{enum.name}") for enum in enums)

    def examples(self) -> list[tuple[Encoded, Encoded]]:
        """Resource message → the examples of it: its own, and those of methods that answer it."""
        found: dict[str, list[object]] = {}
        for message in self.messages.values():
            found[message.full_name] = [e.value for e in message.examples]
        for _, service in self.api.services():
            for method in service.methods:
                shown = [e.value for e in method.examples if e.role == "response"]
                found.setdefault(method.response, []).extend(shown)
        resources = {s.resource.message for _, s in self.api.services() if s.resource}
        return [
            (python_literal(full_name), python_literal(tuple(values)))
            for full_name in sorted(resources)
            if (values := [value for value in found.get(full_name, []) if value is not None])
        ]

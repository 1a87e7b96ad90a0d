"""The registry of the generated package: what the server serves, a module a page, and an index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from apiscribe.emit.encoders import Encoded, docstring
from apiscribe.emit.examples import AcceptedExamples
from apiscribe.emit.layout import Code, call, import_statement, laid_out, literal, prefixed
from apiscribe.emit.layout import sequence as tuple_of
from apiscribe.emit.output import Output
from apiscribe.emit.python_classes import ModelClasses, ProtoClasses
from apiscribe.emit.python_files import Module, module_of, python_output
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, ExampleRole, File, Method, Resource, Service

_PAGE, _INDEX = "registry/page.py.j2", "registry/index.py.j2"
_INDEX_MODULE = Module(("registry", "__init__"))

_STREAMS = ("request_streams", "response_streams")
_ROLES: tuple[ExampleRole, ...] = ("request", "response")
_FIELDS_OF_RESOURCES = ("key", "tenant", "state", "created", "updated", "identifying", "prefix")


@dataclass(frozen=True)
class _Part:
    """All that the module of one page depends on. `shown`: service and method → role → examples of
    it; `kept`: resource message → examples of it.
    """

    package: str
    file: File
    models: ModelClasses
    protos: ProtoClasses
    shown: dict[str, dict[ExampleRole, tuple[Any, ...]]]
    kept: dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class _ServiceView:
    """Each argument is laid out for where it stands; a method is its arguments."""

    full_name: Encoded
    resource: Encoded | None
    methods: list[list[Encoded]]


def emit_registry(api: Api) -> Iterator[RenderTask]:
    """The modules below <package>/registry/."""
    models, protos = ModelClasses.of_api(api), ProtoClasses.of_api(api)
    accepted, kept = AcceptedExamples(api), _kept(api)
    modules = []
    for file in api.files:
        resources = {s.resource.message for s in file.services if s.resource}
        part = _Part(
            package=api.name,
            file=file,
            models=models.seen_by(file),
            protos=protos.seen_by(file),
            shown={
                f"{service.name}.{method.name}": {
                    role: accepted.of_method(method, role) for role in _ROLES
                }
                for service in file.services
                for method in service.methods
            },
            kept={name: kept[name] for name in sorted(resources & kept.keys())},
        )
        if file.services or _value_names(file) or _open_types(file):
            modules.append(module_of(file, "registry"))
            cache_key = (
                *(api.name, api.digests[file.path], part.models, part.protos),
                *(part.shown, part.kept),
            )
            size = api.digests[file.path].size
            yield RenderTask("registry", cache_key, partial(_page, part), (_PAGE,), size)
    yield RenderTask(
        "registry index", (api.name, modules), partial(_index, api.name, modules), (_INDEX,)
    )


def _index(package: str, modules: list[Module]) -> list[Output]:
    text = render(
        _INDEX,
        imports=[module.import_from(_INDEX_MODULE) for module in sorted(modules)],
        name=laid_out(literal(package), 4, "argument"),
        parts=[Encoded(f"{module.alias()}.PART") for module in modules],
    )
    return [python_output(package, _INDEX_MODULE.path, text)]


def _page(part: _Part) -> list[Output]:
    writer = _Writer(part)
    return [python_output(part.package, writer.module.path, writer.render())]


class _Writer:
    """Makes the views of one module, and notes what it has to import."""

    def __init__(self, part: _Part) -> None:
        self.part, self.file = part, part.file
        self.module = module_of(part.file, "registry")
        self.modules: set[Module] = set()
        self.classes = {"PageServices"}  # of the runtime
        self.messages: set[str] = set()  # of the runtime
        self.uses_pool = False

    def render(self) -> str:
        services = [self.service(service) for service in self.file.services]
        if services:
            self.classes.add("Service")
            # Reflection tells of a service only when its file is in the pool: one whose messages
            # all stand in other files would not be.
            self.modules.add(module_of(self.file, "stubs", "_pb2"))
        others = {
            "value_names": _value_names(self.file),
            "opaque_types": _open_types(self.file),
            "examples": self.part.kept,
        }
        return render(
            _PAGE,
            docstring=docstring(f"What the server knows of {self.file.package}, from one page."),
            imports=self.imports(),
            services=services,
            others=[
                laid_out(_argument(name, value), 4, "argument")
                for name, value in others.items()
                if value
            ],
        )

    def imports(self) -> list[Encoded]:
        runtime = f"{self.module.up_to_root()}runtime"
        names = {"": ["pool as _m_pool"] if self.uses_pool else []}
        names |= {".registry": sorted(self.classes), ".messages": sorted(self.messages)}
        return [
            *(import_statement(f"{runtime}{m}", *names[m]) for m in names if names[m]),
            *(module.import_from(self.module) for module in sorted(self.modules)),
        ]

    def service(self, service: Service) -> _ServiceView:
        return _ServiceView(
            full_name=laid_out(_argument("full_name", service.full_name), 12, "argument"),
            resource=self.resource(service.resource) if service.resource else None,
            methods=[self.method(service, method) for method in service.methods],
        )

    def resource(self, resource: Resource) -> Encoded:
        self.classes.add("Resource")
        stated = {name: getattr(resource, name) for name in _FIELDS_OF_RESOURCES}
        made = call(
            "Resource",
            model=self.model(resource.message),
            proto=self.proto(resource.message),
            **{name: literal(value) for name, value in stated.items() if value},
        )
        return laid_out(prefixed("resource=", made), 12, "argument")

    def method(self, service: Service, method: Method) -> list[Encoded]:
        self.classes |= {"Method", "Route"} if method.routes else {"Method"}
        response = method.response
        has_model = response in self.part.models.classes or response == "google.protobuf.Empty"
        routes = (call("Route", verb=literal(r.verb), path=literal(r.path)) for r in method.routes)
        shown = self.part.shown[f"{service.name}.{method.name}"]
        arguments = [
            _argument("name", method.name),
            prefixed("request=", self.model(method.request)),
            prefixed("response=", self.model(response) if has_model else Encoded("None")),
            prefixed("request_proto=", self.proto(method.request)),
            prefixed("response_proto=", self.proto(response)),
            prefixed("routes=", tuple_of(*routes)),
            *(_argument(side, True) for side in _STREAMS if getattr(method, side)),
            _argument("description", method.description),
            *(_argument(f"{role}_examples", shown[role]) for role in _ROLES if shown[role]),
        ]
        return [laid_out(argument, 20, "argument") for argument in arguments]

    def model(self, full_name: str) -> Encoded:
        if module := self.part.models.modules.get(full_name):
            self.modules.add(module)
            return self.part.models.reference(full_name, self.module)
        runtime = "Empty" if full_name == "google.protobuf.Empty" else "OpaqueMessage"
        self.messages.add(runtime)
        return Encoded(runtime)

    def proto(self, full_name: str) -> Encoded:
        modules = self.part.protos.modules_of([full_name])
        self.modules |= modules
        self.uses_pool = self.uses_pool or not modules
        return self.part.protos.reference(full_name, self.module)


def _value_names(file: File) -> dict[str, dict[str, str]]:
    """Enum → documented name → protobuf name, of the values where the two differ."""
    found = {}
    for enum in file.all_enums():
        differ = {v.json_name: v.name for v in enum.values if v.json_name != v.name}
        if differ:
            found[enum.full_name] = differ
    return found


def _open_types(file: File) -> dict[str, str]:
    """Full name of each open type → the name that overlay.toml would declare it by."""
    found = {m.full_name: m.full_name for m in file.messages if m.incomplete}
    enums = (enum for enum in file.all_enums() if enum.incomplete)
    return {**found, **{enum.full_name: f"{file.package}.{enum.name}" for enum in enums}}


def _kept(api: Api) -> Mapping[str, tuple[Any, ...]]:
    """Message → the examples of it: its own, and those of methods that answer it."""
    found: dict[str, list[Any]] = {}
    for _, message in api.messages():
        found[message.full_name] = [e.value for e in message.examples]
    for _, service in api.services():
        for method in service.methods:
            shown = [e.value for e in method.examples if e.role == "response"]
            found.setdefault(method.response, []).extend(shown)
    without_gaps = {
        name: tuple(value for value in values if value is not None)
        for name, values in found.items()
    }
    return {name: values for name, values in without_gaps.items() if values}


def _argument(name: str, value: Any) -> Code:
    return prefixed(f"{name}=", literal(value))

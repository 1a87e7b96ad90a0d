"""The rest of the generated package: its catalog, its runtime, and what starts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from apiscribe.emit.encoders import Encoded, docstring
from apiscribe.emit.examples import AcceptedExamples
from apiscribe.emit.layout import Code, call, laid_out, literal, prefixed, sequence
from apiscribe.emit.output import Output
from apiscribe.emit.python_classes import ModelClasses, ProtoClasses
from apiscribe.emit.python_files import Module, module_of, python_output
from apiscribe.emit.templates import render
from apiscribe.emit.unit import Unit
from apiscribe.ir import Api, ExampleRole, Method, Resource, Service

_TEMPLATE = "package/catalog.py.j2"
_MAIN, _REQUIREMENTS = "package/main.py.j2", "package/requirements.txt.j2"
_CATALOG = Module(("catalog",))


_STREAMS = ("request_streams", "response_streams")
_ROLES: tuple[ExampleRole, ...] = ("request", "response")


_FIELDS_OF_RESOURCES = ("key", "tenant", "state", "created", "updated", "identifying", "prefix")


@dataclass(frozen=True)
class _ServiceView:
    """Each argument is laid out for where it stands; a method is its arguments."""

    full_name: Encoded
    resource: Encoded | None
    methods: list[list[Encoded]]


def emit_package(api: Api) -> Iterator[Unit]:
    """The package's own modules, requirements.txt, and the runtime as it stands."""
    yield Unit("package", api.name, lambda: _package(api.name), (_MAIN, _REQUIREMENTS))
    yield Unit("catalog", api, lambda: [_catalog(api)], (_TEMPLATE,))


def _catalog(api: Api) -> Output:
    return python_output(api.name, "catalog.py", _Catalog(api).render())


def _package(package: str) -> Iterator[Output]:
    about = docstring(f"The API {package}: models, protobuf stubs and a server.")
    yield python_output(package, "__init__.py", f"{about}\n")
    yield python_output(package, "__main__.py", render(_MAIN))
    yield Output(f"{package}/py.typed", b"")
    yield Output.text("requirements.txt", render(_REQUIREMENTS))
    for file in sorted(files("apiscribe.runtime").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py"):
            yield Output(f"{package}/runtime/{file.name}", file.read_bytes())


class _Catalog:
    def __init__(self, api: Api) -> None:
        self.api = api
        self.models, self.protos = ModelClasses.of_api(api), ProtoClasses.of_api(api)
        self.modules: set[Module] = set()
        self.messages = {message.full_name: message for _, message in api.messages()}
        self.accepted = AcceptedExamples(api)

    def render(self) -> str:
        services = [self.service(service) for _, service in self.api.services()]
        # Reflection tells of a service only when its file is in the pool: one whose messages all
        # stand in other files would not be.
        self.modules |= {module_of(file, "stubs", "_pb2") for file, _ in self.api.services()}
        return render(
            _TEMPLATE,
            imports=[module.import_from(_CATALOG) for module in sorted(self.modules)],
            services=services,
            api=[
                laid_out(_argument(name, value), 4, "argument")
                for name, value in (
                    ("name", self.api.name),
                    ("value_names", self.value_names()),
                    ("open_types", self.open_types()),
                    ("examples", self.examples()),
                )
            ],
        )

    def service(self, service: Service) -> _ServiceView:
        return _ServiceView(
            full_name=laid_out(_argument("full_name", service.full_name), 8, "argument"),
            resource=self.resource(service.resource) if service.resource else None,
            methods=[self.method(method) for method in service.methods],
        )

    def resource(self, resource: Resource) -> Encoded:
        stated = {name: getattr(resource, name) for name in _FIELDS_OF_RESOURCES}
        made = call(
            "Resource",
            model=self.model(resource.message),
            proto=self.proto(resource.message),
            **{name: literal(value) for name, value in stated.items() if value},
        )
        return laid_out(prefixed("resource=", made), 8, "argument")

    def method(self, method: Method) -> list[Encoded]:
        response = method.response
        has_model = response in self.messages or response == "google.protobuf.Empty"
        routes = (call("Route", verb=literal(r.verb), path=literal(r.path)) for r in method.routes)
        arguments = [
            _argument("name", method.name),
            prefixed("request=", self.model(method.request)),
            prefixed("response=", self.model(response) if has_model else Encoded("None")),
            prefixed("request_proto=", self.proto(method.request)),
            prefixed("response_proto=", self.proto(response)),
            prefixed("routes=", sequence(*routes)),
            *(_argument(side, True) for side in _STREAMS if getattr(method, side)),
            _argument("description", method.description),
            *(
                _argument(f"{role}_examples", examples)
                for role in _ROLES
                if (examples := self.accepted.of_method(method, role))
            ),
        ]
        return [laid_out(argument, 16, "argument") for argument in arguments]

    def model(self, full_name: str) -> Encoded:
        if full_name in self.messages:
            self.modules.add(self.models.modules[full_name])
            return self.models.reference(full_name, _CATALOG)
        return Encoded("Empty" if full_name == "google.protobuf.Empty" else "OpenMessage")

    def proto(self, full_name: str) -> Encoded:
        self.modules |= self.protos.modules_of([full_name])
        return self.protos.reference(full_name, _CATALOG)

    def value_names(self) -> dict[str, dict[str, str]]:
        """Enum → documented name → protobuf name, of the values where the two differ."""
        found = {}
        for file in self.api.files:
            for enum in file.all_enums():
                differ = {v.json_name: v.name for v in enum.values if v.json_name != v.name}
                if differ:
                    found[enum.full_name] = differ
        return found

    def open_types(self) -> dict[str, str]:
        """Full name of each open type → the name that overlay.toml would declare it by."""
        found: dict[str, str] = {}
        for file in self.api.files:
            found |= {m.full_name: m.full_name for m in file.messages if m.open}
            enums = (enum for enum in file.all_enums() if enum.open)
            found |= {enum.full_name: f"{file.package}.{enum.name}" for enum in enums}
        return dict(sorted(found.items()))

    def examples(self) -> dict[str, tuple[object, ...]]:
        """Resource message → the examples of it: its own, and those of methods that answer it."""
        found: dict[str, list[object]] = {}
        for message in self.messages.values():
            found[message.full_name] = [e.value for e in message.examples]
        for _, service in self.api.services():
            for method in service.methods:
                shown = [e.value for e in method.examples if e.role == "response"]
                found.setdefault(method.response, []).extend(shown)
        resources = {s.resource.message for _, s in self.api.services() if s.resource}
        return {
            full_name: tuple(values)
            for full_name in sorted(resources)
            if (values := [value for value in found.get(full_name, []) if value is not None])
        }


def _argument(name: str, value: Any) -> Code:
    return prefixed(f"{name}=", literal(value))

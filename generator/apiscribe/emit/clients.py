"""gRPC clients: `…_pb2_grpc.py` with a class for each service, and its types in a `.pyi`.

A client calls over a channel of grpc or of grpc.aio. Only their types differ: the second class of a
service is for type checkers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded, docstring, name, python_literal
from apiscribe.emit.output import Output
from apiscribe.emit.python_classes import ProtoClasses
from apiscribe.emit.python_files import module_of, python_output
from apiscribe.emit.python_imports import Imports
from apiscribe.emit.templates import render
from apiscribe.model.api import File, Method, Service
from apiscribe.model.names import python_module, unique
from apiscribe.model.types import WELL_KNOWN

CLIENT_TEMPLATES = _CLIENTS, _TYPES = "stubs/pb2_grpc.py.j2", "stubs/pb2_grpc.pyi.j2"

# (request streams, response streams) → the names of the four kinds of calls begin with these.
_KINDS = {False: "Unary", True: "Stream"}


@dataclass(frozen=True)
class _MethodView:
    attribute: Encoded
    path: Encoded
    channel_method: Encoded
    callable: Encoded
    request: Encoded
    response: Encoded


@dataclass(frozen=True)
class _ServiceView:
    docstring: Encoded
    stub: Encoded
    async_stub: Encoded
    methods: list[_MethodView]


def client_outputs(package: str, file: File, classes: ProtoClasses) -> Iterator[Output]:
    """Yield the clients of the services of a file, and their types."""
    module = module_of(file, "stubs", "_pb2_grpc")
    taken = {f"{service.name}Stub" for service in file.services}
    about = docstring(f"Clients of {file.package}.")

    imports = Imports(module, {*taken, "grpc", "_pool"})
    references = {type_: classes.reference(type_, imports) for type_ in _types(file)}
    text = render(
        _CLIENTS,
        docstring=about,
        root=module.up_to_root(),
        uses_pool=not references.keys() <= classes.modules.keys(),
        imports=imports.statements(),
        services=_services(file, references),
    )
    yield python_output(package, module.path, text, file.page)

    imports = Imports(module, {"_grpc", "_aio", *map(_well_known_module, WELL_KNOWN)}, prefix="_")
    references = {
        type_: (
            classes.reference(type_, imports)
            if type_ in classes.modules
            else Encoded(f"{_well_known_module(type_)}.{name(type_.rpartition('.')[2])}")
        )
        for type_ in _types(file)
    }
    well_known = sorted({WELL_KNOWN[type_] for type_ in references.keys() - classes.modules.keys()})
    text = render(
        _TYPES,
        docstring=about,
        well_known=[name(f"{module_}_pb2") for module_ in well_known],
        imports=imports.statements(),
        services=_services(file, references),
    )
    yield python_output(package, f"{module.path}i", text, file.page)


def _types(file: File) -> list[str]:
    methods = [method for service in file.services for method in service.methods]
    return list(dict.fromkeys(t for method in methods for t in (method.request, method.response)))


def _well_known_module(full_name: str) -> str:
    return f"_{WELL_KNOWN[full_name]}_pb2"


def _services(file: File, references: dict[str, Encoded]) -> list[_ServiceView]:
    taken = {f"{service.name}Stub" for service in file.services}
    result = []
    for service in file.services:
        async_stub = unique(f"{service.name}AsyncStub", taken)
        taken.add(async_stub)
        result.append(
            _ServiceView(
                docstring=docstring(service.description or f"Calls {service.full_name}.", 4),
                stub=name(f"{service.name}Stub"),
                async_stub=name(async_stub),
                methods=[_method(service, method, references) for method in service.methods],
            )
        )
    return result


def _method(service: Service, method: Method, references: dict[str, Encoded]) -> _MethodView:
    kinds = _KINDS[method.request_streams], _KINDS[method.response_streams]
    return _MethodView(
        attribute=name(python_module(method.name)),
        path=python_literal(f"/{service.full_name}/{method.name}"),
        channel_method=Encoded("_".join(kinds).lower()),
        callable=Encoded(f"{''.join(kinds)}MultiCallable"),
        request=references[method.request],
        response=references[method.response],
    )

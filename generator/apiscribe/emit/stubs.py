"""Protobuf stubs: `…_pb2.py` with the messages, `…_pb2_grpc.py` with the clients.

Written from protoc's descriptors and not by protoc's Python plug-in: its modules import each
other by absolute names, share one pool for the whole process, and differ with its version.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from apiscribe.emit.encoders import Encoded, docstring, name, python_literal
from apiscribe.emit.output import Output
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.python_classes import ProtoClasses
from apiscribe.emit.python_files import Module, class_name, module_of, python_output
from apiscribe.emit.templates import render
from apiscribe.ir import WELL_KNOWN, Api, Field, File, Message
from apiscribe.names import is_identifier, python_module
from apiscribe.protoc import compile_protos

_PYTHON_TYPES = {"string": "str", "bytes": "bytes", "bool": "bool", "double": "float"} | {
    "float": "float"
}

# The method of grpc.Channel, by whether request and response stream.
_KINDS = {
    (False, False): "unary_unary",
    (False, True): "unary_stream",
    (True, False): "stream_unary",
    (True, True): "stream_stream",
}


@dataclass(frozen=True)
class _FieldView:
    name: Encoded
    type: Encoded
    argument: Encoded | None


@dataclass(frozen=True)
class _MessageView:
    name: Encoded
    full_name: Encoded
    enums: list[Encoded]
    values: list[Encoded]
    fields: list[_FieldView]


@dataclass(frozen=True)
class _MethodView:
    kind: Encoded
    attribute: Encoded
    path: Encoded
    request: Encoded
    response: Encoded


def emit_stubs(api: Api) -> Iterator[Output]:
    """The modules below <package>/stubs/. Raises ProtocError where the `.proto` do not compile."""
    protos = {output.path.removeprefix("proto/"): output.content for output in emit_proto(api)}
    compiled = compile_protos(protos)
    for file in api.files:
        yield from _Writer(api, file).outputs(compiled[file.path])


class _Writer:
    def __init__(self, api: Api, file: File) -> None:
        self.api, self.file = api, file
        self.classes = ProtoClasses(api)
        self.module = module_of(file, "stubs", "_pb2")
        self.imported = [
            module_of(other, "stubs", "_pb2")
            for other in api.files
            if other.path in api.imports(file)
        ]

    def outputs(self, compiled: FileDescriptorProto) -> Iterator[Output]:
        package, path = self.api.name, self.module.path
        serialized = compiled.SerializeToString(deterministic=True)
        view = {
            "docstring": docstring(f"Protobuf messages of {self.file.package}."),
            "root": self.module.up_to_root(),
            "imports": sorted(module.import_from(self.module) for module in self.imported),
            "serialized": python_literal(serialized),
            "messages": [self.message(message) for message in self.file.messages],
            "enums": [
                (name(class_name(enum.name)), python_literal(enum.full_name))
                for enum in self.file.enums
            ],
        }
        yield python_output(package, path, render("stubs/pb2.py.j2", **view))
        well_known = sorted(
            {WELL_KNOWN[f.type.name] for f in self._fields() if f.type.name in WELL_KNOWN}
        )
        view["well_known"] = [name(f"{module}_pb2") for module in well_known]
        yield python_output(package, path + "i", render("stubs/pb2.pyi.j2", **view))
        if self.file.services:
            yield python_output(package, path.replace("_pb2.py", "_pb2_grpc.py"), self.grpc())

    def _fields(self) -> Iterator[Field]:
        for message in self.file.messages:
            yield from message.fields

    def message(self, message: Message) -> _MessageView:
        values = [value.name for enum in message.enums for value in enum.values]
        return _MessageView(
            name=name(class_name(message.name)),
            full_name=python_literal(message.full_name),
            enums=[name(enum.name) for enum in message.enums],
            values=[name(value) for value in values if class_name(value) == value],
            fields=[
                self.field(field)
                for field in message.fields
                if is_identifier(field.name) and not keyword.iskeyword(field.name)
            ],
        )

    def field(self, field: Field) -> _FieldView:
        type_ = field.type
        if type_.kind == "message":
            item = self.message_type(type_.name)
            container = "RepeatedCompositeFieldContainer"
        else:
            item = "int" if type_.kind == "enum" else _PYTHON_TYPES.get(type_.name, "int")
            container = "RepeatedScalarFieldContainer"
        argument = f"_Iterable[{item}]" if field.repeated else item
        if type_.kind == "enum":
            argument = argument.replace("int", "int | str")
        return _FieldView(
            name=name(field.name),
            type=Encoded(f"_containers.{container}[{item}]" if field.repeated else item),
            # A field named self can be set, but not by the constructor.
            argument=Encoded(argument) if field.name != "self" else None,
        )

    def message_type(self, full_name: str) -> str:
        if full_name in WELL_KNOWN:
            return f"_{WELL_KNOWN[full_name]}_pb2.{full_name.rpartition('.')[2]}"
        return self.classes.reference(full_name, self.module)

    def grpc(self) -> str:
        module = Module((*self.module.parts[:-1], f"{self.module.parts[-1]}_grpc"))
        services = []
        used: set[Module] = set()
        for service in self.file.services:
            methods = []
            for method in service.methods:
                used |= {
                    target
                    for full_name in (method.request, method.response)
                    if (target := self.classes.module(full_name))
                }
                methods.append(
                    _MethodView(
                        kind=Encoded(_KINDS[method.request_streams, method.response_streams]),
                        attribute=name(python_module(method.name)),
                        path=python_literal(f"/{service.full_name}/{method.name}"),
                        request=self.classes.reference(method.request, None),
                        response=self.classes.reference(method.response, None),
                    )
                )
            about = docstring(f"Calls {service.full_name} over a channel.", 4)
            services.append((name(f"{service.name}Stub"), about, methods))
        return render(
            "stubs/pb2_grpc.py.j2",
            docstring=docstring(f"Clients of {self.file.package}."),
            root=module.up_to_root(),
            imports=sorted(target.import_from(module) for target in used),
            services=services,
        )

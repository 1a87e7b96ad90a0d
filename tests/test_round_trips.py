"""Round trips: descriptors → Api → `.proto` → protoc → the same descriptors."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from hypothesis import given
from hypothesis import strategies as st
from thorough import examples

from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.model.api_text import api_text
from apiscribe.sources.descriptors import convert_files, read_files
from apiscribe.workspace.protoc import compile_protos

F = FieldDescriptorProto
SCALARS = [
    F.TYPE_DOUBLE, F.TYPE_FLOAT, F.TYPE_INT64, F.TYPE_UINT64, F.TYPE_INT32, F.TYPE_FIXED64,
    F.TYPE_FIXED32, F.TYPE_BOOL, F.TYPE_STRING, F.TYPE_BYTES, F.TYPE_UINT32, F.TYPE_SFIXED32,
    F.TYPE_SFIXED64, F.TYPE_SINT32, F.TYPE_SINT64,
]  # fmt: skip
KEYS = [kind for kind in SCALARS if kind not in (F.TYPE_DOUBLE, F.TYPE_FLOAT, F.TYPE_BYTES)]
NAMES = ["alpha", "beta", "gamma", "delta", "message", "optional", "map"]


def rebuilt(files: Iterable[FileDescriptorProto]) -> dict[str, FileDescriptorProto]:
    """What protoc reads in the `.proto` files that come of descriptors."""
    outputs = render_all(emit_proto(convert_files("trip", files)))
    return compile_protos({o.path.removeprefix("proto/"): o.content for o in outputs})


def modelled(file: FileDescriptorProto) -> FileDescriptorProto:
    """A file without what the model leaves out: imports, extensions, options but `deprecated`."""
    file = FileDescriptorProto.FromString(file.SerializeToString())
    for name in ("source_code_info", "options", "dependency", "public_dependency", "extension"):
        file.ClearField(name)  # type: ignore[arg-type]
    file.syntax = ""
    file.ClearField("syntax")
    for message in file.message_type:
        _plain_message(message)
    for enum in file.enum_type:
        _plain_enum(enum)
    for service in file.service:
        service.ClearField("options")
        for method in service.method:
            _only_deprecated(method)
    return file


def _plain_message(message: DescriptorProto) -> None:
    message.ClearField("extension")
    is_entry = message.options.map_entry
    _only_deprecated(message)
    if is_entry:
        message.options.map_entry = True
    for field in message.field:
        field.ClearField("json_name")
        _only_deprecated(field)
    nested = sorted(message.nested_type, key=lambda inner: inner.name)
    del message.nested_type[:]
    message.nested_type.extend(nested)
    for inner in message.nested_type:
        _plain_message(inner)
    for enum in message.enum_type:
        _plain_enum(enum)


def _plain_enum(enum: EnumDescriptorProto) -> None:
    _only_deprecated(enum)
    for value in enum.value:
        _only_deprecated(value)


def _only_deprecated(part: Any) -> None:
    deprecated = part.options.deprecated
    part.ClearField("options")
    if deprecated:
        part.options.deprecated = True


def test_published_files_are_the_same_after_a_round_trip(tmp_path: Path) -> None:
    """The files of googleapis that are installed with grpc: nested messages, maps, oneofs."""
    spec = find_spec("google.type")
    assert spec
    assert spec.submodule_search_locations
    shared = Path(next(iter(spec.submodule_search_locations))).parent
    for folder in ("cloud", "logging", "longrunning", "rpc", "type"):
        shutil.copytree(shared / folder, tmp_path / "google" / folder)
    files = read_files(tmp_path)
    assert len(files) > 20
    again = rebuilt(files)
    for file in files:
        assert str(modelled(again[file.name])) == str(modelled(file))


@st.composite
def descriptors(draw: st.DrawFn) -> FileDescriptorProto:
    """A file with nested messages, an enum in each scope, and fields of every kind."""
    file = FileDescriptorProto(name="trip/v1/trip.proto", package="trip.v1", syntax="proto3")
    file.enum_type.append(draw(enums("Kind", "KIND")))
    messages = ["First", "Second"]
    types = {".trip.v1.Kind": F.TYPE_ENUM, ".trip.v1.First.Inner.Deep": F.TYPE_MESSAGE}
    types |= {f".trip.v1.{name}": F.TYPE_MESSAGE for name in messages}
    types |= {f".trip.v1.{name}.Inner": F.TYPE_MESSAGE for name in messages}
    types |= {f".trip.v1.{name}.State": F.TYPE_ENUM for name in messages}
    types[".google.protobuf.Timestamp"] = F.TYPE_MESSAGE
    for name in messages:
        message = draw(message_of(name, f".trip.v1.{name}", types))
        message.enum_type.append(draw(enums("State", f"{name.upper()}_STATE")))
        inner = draw(message_of("Inner", f".trip.v1.{name}.Inner", types))
        inner.nested_type.append(draw(message_of("Deep", f".trip.v1.{name}.Inner.Deep", types)))
        message.nested_type.append(inner)
        file.message_type.append(message)
    service = file.service.add(name="Trips")
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3)):
        service.method.add(
            name=name,
            input_type=".trip.v1.First",
            output_type=".trip.v1.Second.Inner",
            client_streaming=draw(st.booleans()) or None,
            server_streaming=draw(st.booleans()) or None,
        )
    return file


@st.composite
def enums(draw: st.DrawFn, name: str, prefix: str) -> EnumDescriptorProto:
    enum = EnumDescriptorProto(name=name)
    enum.value.add(name=f"{prefix}_UNSPECIFIED", number=0)
    for number in draw(st.lists(st.integers(1, 2**31 - 1), unique=True, max_size=3)):
        value = enum.value.add(name=f"{prefix}_{number}", number=number)
        if draw(st.booleans()):
            value.options.deprecated = True
    return enum


@st.composite
def message_of(
    draw: st.DrawFn, name: str, full_name: str, types: dict[str, Any]
) -> DescriptorProto:
    message = DescriptorProto(name=name)
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    numbers = draw(
        st.lists(st.integers(1, 18_000), unique=True, min_size=len(names), max_size=len(names))
    )
    explicit = []
    for field_name, number in zip(names, numbers, strict=True):
        field = F(name=field_name, number=number, label=F.LABEL_OPTIONAL)
        kind = draw(st.sampled_from(["single", "list", "map", "optional", "oneof"]))
        if kind == "map":
            entry = message.nested_type.add(name=f"{field_name.capitalize()}Entry")
            entry.options.map_entry = True
            key = draw(st.sampled_from(KEYS))
            entry.field.add(name="key", number=1, label=F.LABEL_OPTIONAL, type=key)
            value = entry.field.add(name="value", number=2, label=F.LABEL_OPTIONAL)
            _set_type(value, draw(any_type(types)), types)
            field.type, field.type_name = F.TYPE_MESSAGE, f"{full_name}.{entry.name}"
            field.label = F.LABEL_REPEATED
        else:
            _set_type(field, draw(any_type(types)), types)
        if kind == "list":
            field.label = F.LABEL_REPEATED
        if kind == "optional" and field.type != F.TYPE_MESSAGE:
            field.proto3_optional = True
            explicit.append(field_name)
        if kind == "oneof":
            if not message.oneof_decl:
                message.oneof_decl.add(name="choice")
            field.oneof_index = 0
        if draw(st.booleans()):
            field.options.deprecated = True
        message.field.append(field)
    # protoc puts the oneofs that it makes for `optional` last.
    for field in message.field:
        if field.name in explicit:
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{field.name}")
    _gather_oneof(message)
    return message


def _gather_oneof(message: DescriptorProto) -> None:
    """Put the fields of the oneof after its first: a `.proto` has them in one block."""
    fields = list(message.field)
    chosen = [f for f in fields if f.HasField("oneof_index") and not f.proto3_optional]
    if chosen:
        at = fields.index(chosen[0])
        rest = [f for f in fields if f not in chosen]
        before = sum(1 for f in fields[:at] if f not in chosen)
        del message.field[:]
        message.field.extend([*rest[:before], *chosen, *rest[before:]])


def any_type(types: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([*SCALARS, *types])


def _set_type(field: FieldDescriptorProto, type_: Any, types: dict[str, Any]) -> None:
    if isinstance(type_, str):
        field.type, field.type_name = types[type_], type_
    else:
        field.type = type_


@examples(25)
@given(descriptors())
def test_all_properties_of_proto3_fields_are_kept(file: FileDescriptorProto) -> None:
    (again,) = rebuilt([file]).values()
    assert str(modelled(again)) == str(modelled(file))
    first, second = convert_files("trip", [file]), convert_files("trip", [again])
    assert _without_places(api_text(second)) == _without_places(api_text(first))


def _without_places(text: str) -> list[str]:
    """The lines of an Api without the numbers of lines."""
    return [line.rpartition(" :")[0] for line in text.splitlines()]

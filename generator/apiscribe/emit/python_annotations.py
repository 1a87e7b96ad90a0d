"""The types of fields in annotations of Python, and the attributes of models for fields."""

from __future__ import annotations

from collections.abc import Collection

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.python_classes import RUNTIME_TYPES, ModelClasses
from apiscribe.emit.python_files import Module
from apiscribe.emit.python_imports import Imports
from apiscribe.model.api import Field, Message
from apiscribe.model.names import is_identifier, python_attribute, unique
from apiscribe.model.types import Map, Scalar, Type

# Protobuf type → the type in a model; the runtime has those that are not built in.
_SCALARS = {
    "string": "str",
    "bool": "bool",
    "bytes": "Bytes",
    "double": "Double",
    "float": "Double",
    **dict.fromkeys(("int32", "sint32", "sfixed32"), "Int32"),
    **dict.fromkeys(("uint32", "fixed32"), "Uint32"),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), "Int64"),
    **dict.fromkeys(("uint64", "fixed64"), "Uint64"),
}
_WELL_KNOWN = {
    "google.protobuf.Any": "Struct",
    "google.protobuf.BoolValue": "bool",
    "google.protobuf.BytesValue": "Bytes",
    "google.protobuf.DoubleValue": "Double",
    "google.protobuf.Duration": "Duration",
    "google.protobuf.Empty": "Empty",
    "google.protobuf.FieldMask": "str",
    "google.protobuf.FloatValue": "Double",
    "google.protobuf.Int32Value": "Int32",
    "google.protobuf.Int64Value": "Int64",
    "google.protobuf.ListValue": "list[JsonValue]",
    "google.protobuf.StringValue": "str",
    "google.protobuf.Struct": "Struct",
    "google.protobuf.Timestamp": "Timestamp",
    "google.protobuf.UInt32Value": "Uint32",
    "google.protobuf.UInt64Value": "Uint64",
    "google.protobuf.Value": "JsonValue",
}


class Annotations:
    """Writes the annotations of a module, and collects the classes that it imports: from others of
    its package into `imports`, and from the runtime into `runtime`.
    """

    def __init__(
        self,
        module: Module,
        names: ModelClasses,
        incomplete_enums: Collection[str],
        imports: Imports,
    ) -> None:
        self.module, self.names, self.imports = module, names, imports
        self.runtime: set[str] = set()
        self._incomplete_enums = incomplete_enums

    def of(self, type_: Type) -> str:
        """Return the annotation of a type in a model."""
        if isinstance(type_, Map):
            return f"dict[{self.of(Scalar(name=type_.key))}, {self.of(type_.value)}]"
        if type_.name in _SCALARS or type_.name in _WELL_KNOWN:
            annotation = _SCALARS.get(type_.name) or _WELL_KNOWN[type_.name]
            words = annotation.replace("]", "[").split("[")
            self.runtime |= RUNTIME_TYPES.intersection(words)
            return annotation
        class_ = self.class_of(type_.name)
        return f"{class_} | str" if type_.name in self._incomplete_enums else class_

    def class_of(self, full_name: str) -> Encoded:
        """Return the class of a message or enum of the API."""
        module, class_ = self.names.modules[full_name], self.names.classes[full_name]
        return class_ if module == self.module else self.imports.name_of_class(module, class_)


def attributes_of(message: Message) -> dict[str, str]:
    """Return documented name → attribute of the model, for each field of a message."""
    result: dict[str, str] = {}
    # JSON objects also have attributes as keys, so none is the name of another field.
    documented = {field.json_name for field in message.fields}
    for field in message.fields:
        others = {*result.values(), *(documented - {field.json_name})}
        result[field.json_name] = unique(_wanted(field, others), others)
    return result


def _wanted(field: Field, others: set[str]) -> str:
    attribute = python_attribute(field.json_name)
    if is_identifier(field.json_name) and attribute not in others:
        return attribute
    return python_attribute(field.name)

"""Requests for the command lines of the reference: examples in the pages, or made from types."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, assert_never

from apiscribe.emit.examples import AcceptedExamples
from apiscribe.emit.openapi_paths import openapi_path
from apiscribe.model.api import Api, Enum, Field, Message, Method, Route, Service
from apiscribe.model.types import EnumRef, Map, MessageRef, Scalar, Type

JsonObject = dict[str, Any]

_DEEPEST = 3  # of messages in messages: a message may contain itself
_WELL_KNOWN: Mapping[str, Any] = {
    "google.protobuf.Duration": "1s",
    "google.protobuf.FieldMask": "",
    "google.protobuf.ListValue": [],
    "google.protobuf.StringValue": "",
    "google.protobuf.BytesValue": "",
    "google.protobuf.BoolValue": True,
    "google.protobuf.Timestamp": "2024-01-01T00:00:00Z",
    "google.protobuf.Value": None,
}
_FORMATS = {"date": "2024-01-01", "date-time": "2024-01-01T00:00:00Z"}
_WORD = re.compile(r"\W+", re.ASCII)


class SampleRequests:
    """Requests of methods: those that the pages show, and others with what the method requires."""

    def __init__(self, api: Api, examples: AcceptedExamples) -> None:
        self._examples = examples
        self.messages: dict[str, Message] = {m.full_name: m for _, m in api.messages()}
        self.enums: dict[str, Enum] = {
            enum.full_name: enum for file in api.files for enum in file.all_enums()
        }

    def of_method(self, service: Service, method: Method, route: Route | None) -> JsonObject:
        """Return a request: an example in the page, else one with what it requires; with the
        fields in the path of a route.
        """
        examples = self._examples.of_method(method, "request")
        in_path = self._in_path(service, method, route) if route else {}
        if examples:
            return {**in_path, **examples[0]}
        return {**self._message(method.request, _DEEPEST), **in_path}

    def in_protobuf(self, value: Any, message: str) -> Any:
        """Return a request with the protobuf names of enum values: gRPC has no others."""
        if isinstance(value, list):
            return [self.in_protobuf(entry, message) for entry in value]
        types = {field.json_name: field.type for field in self._fields(message)}
        if not isinstance(value, dict) or not types:
            return value
        return {
            name: self._value_in_protobuf(entry, types[name]) if name in types else entry
            for name, entry in value.items()
        }

    def _value_in_protobuf(self, value: Any, type_: Type) -> Any:
        match type_:
            case Scalar():
                return value
            case MessageRef(name=name):
                return self.in_protobuf(value, name)
            case EnumRef(name=name):
                return _renamed(value, self.enums.get(name))
            case Map(value=inner) if isinstance(value, dict):
                return {key: self._value_in_protobuf(v, inner) for key, v in value.items()}
            case Map():
                return value
            case _:
                assert_never(type_)

    def _in_path(self, service: Service, method: Method, route: Route) -> JsonObject:
        """Return the fields in the path of a route."""
        fields = {name: f for f in self._fields(method.request) for name in (f.name, f.json_name)}
        key = method.standard.key if method.standard else ""
        in_path: JsonObject = {}
        for parameter in openapi_path(route.path).parameters:
            if field := fields.get(parameter.field):
                shown = self._shown_key(service) if field.json_name == key else None
                in_path[field.json_name] = shown or self._value(field, _DEEPEST)
        return in_path

    def _shown_key(self, service: Service) -> Any:
        """Return the key of a row in the examples; None if they show none."""
        if service.resource is None or service.resource.message not in self.messages:
            return None
        examples = self._examples.of_message(self.messages[service.resource.message])
        keys = (example.get(service.resource.key) for example in examples)
        return next((key for key in keys if isinstance(key, str | int)), None)

    def _fields(self, message: str) -> tuple[Field, ...]:
        return self.messages[message].fields if message in self.messages else ()

    def _message(self, message: str, depth: int) -> JsonObject:
        if message in _WELL_KNOWN or not depth:
            return {}
        return {
            field.json_name: self._value(field, depth - 1)
            for field in self._fields(message)
            if field.required
        }

    def _value(self, field: Field, depth: int) -> Any:
        if field.default:
            try:
                return json.loads(field.default)
            except ValueError:
                pass
        value = self._of_type(field, field.type, depth)
        return [value] if field.repeated and not isinstance(field.type, Map) else value

    def _of_type(self, field: Field, type_: Type, depth: int) -> Any:
        match type_:
            case Scalar(name="string"):
                return _FORMATS.get(str(field.constraints.get("format")), _placeholder(field.name))
            case Scalar(name="bytes"):
                return "Ynl0ZXM="
            case Scalar(name="bool"):
                return True
            case Scalar():
                return 1
            case MessageRef(name=name):
                return _WELL_KNOWN[name] if name in _WELL_KNOWN else self._message(name, depth)
            case EnumRef(name=name):
                values = self.enums[name].documented_values if name in self.enums else ()
                return values[-1 if len(values) < 2 else 1].json_name if values else ""
            case Map():
                return {}
            case _:
                assert_never(type_)


def _placeholder(name: str) -> str:
    """Return a word that readers replace: `BOOK_ID`."""
    return _WORD.sub("_", name).strip("_").upper() or "TEXT"


def _renamed(value: Any, enum: Enum | None) -> Any:
    names = {each.json_name: each.name for each in enum.values} if enum else {}
    if isinstance(value, list):
        return [names.get(entry, entry) if isinstance(entry, str) else entry for entry in value]
    return names.get(value, value) if isinstance(value, str) else value

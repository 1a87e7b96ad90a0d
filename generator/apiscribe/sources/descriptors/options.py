"""Read the options of googleapis: routes of methods, and required fields.

Source: google/api/http.proto, google/api/field_behavior.proto. Both are imported before any
descriptor is parsed, because protobuf does not decode options that are unknown at that time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.api import annotations_pb2, field_behavior_pb2, http_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
)

from apiscribe.diagnostics.source import Span
from apiscribe.model.api import Route


def routes(method: MethodDescriptorProto, span: Span) -> Iterator[Route]:
    """Yield the routes of a method, in order."""
    if not method.options.HasExtension(annotations_pb2.http):
        return
    rule = method.options.Extensions[annotations_pb2.http]
    for binding in (rule, *rule.additional_bindings):
        if route := _route(binding, span):
            yield route


def _route(rule: http_pb2.HttpRule, span: Span) -> Route | None:
    kind = rule.WhichOneof("pattern")
    if kind is None:
        return None
    if kind == "custom":
        return Route(verb=rule.custom.kind, path=rule.custom.path, body=rule.body, span=span)
    return Route(verb=kind.upper(), path=getattr(rule, kind), body=rule.body, span=span)


def is_required(field: FieldDescriptorProto) -> bool:
    """Return whether a field is marked as required."""
    if field.label == FieldDescriptorProto.LABEL_REQUIRED:
        return True
    return field_behavior_pb2.REQUIRED in _behaviors(field)


def marks_required(files: Iterable[FileDescriptorProto]) -> bool:
    """Return whether any field of the files is marked as required or optional."""
    marks = {field_behavior_pb2.REQUIRED, field_behavior_pb2.OPTIONAL}
    return any(
        marks & set(_behaviors(field)) or field.label == FieldDescriptorProto.LABEL_REQUIRED
        for file in files
        for message in file.message_type
        for field in _fields(message)
    )


def states_routes(files: Iterable[FileDescriptorProto]) -> bool:
    """Return whether any method of the files states a route."""
    return any(
        method.options.HasExtension(annotations_pb2.http)
        for file in files
        for service in file.service
        for method in service.method
    )


def _behaviors(field: FieldDescriptorProto) -> Iterable[int]:
    return tuple(field.options.Extensions[field_behavior_pb2.field_behavior])


def _fields(message: DescriptorProto) -> Iterator[FieldDescriptorProto]:
    yield from message.field
    for nested in message.nested_type:
        yield from _fields(nested)

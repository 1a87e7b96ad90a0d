"""What googleapis' options say of methods and fields: routes, and what is required.

Source: google/api/http.proto, google/api/field_behavior.proto. These are imported before any
descriptor is read, for protobuf keeps only the bytes of an option that it does not know.
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
    """The routes of a method, in order."""
    if not method.options.HasExtension(annotations_pb2.http):
        return
    rule = method.options.Extensions[annotations_pb2.http]
    for each in (rule, *rule.additional_bindings):
        if route := _route(each, span):
            yield route


def _route(rule: http_pb2.HttpRule, span: Span) -> Route | None:
    kind = rule.WhichOneof("pattern")
    if kind is None:
        return None
    if kind == "custom":
        return Route(verb=rule.custom.kind, path=rule.custom.path, body=rule.body, span=span)
    return Route(verb=kind.upper(), path=getattr(rule, kind), body=rule.body, span=span)


def is_required(field: FieldDescriptorProto) -> bool:
    """Whether a field is marked as required."""
    if field.label == FieldDescriptorProto.LABEL_REQUIRED:
        return True
    return field_behavior_pb2.REQUIRED in _behaviors(field)


def marks_required(files: Iterable[FileDescriptorProto]) -> bool:
    """Whether any field of the files is marked as required, or as optional."""
    marks = {field_behavior_pb2.REQUIRED, field_behavior_pb2.OPTIONAL}
    return any(
        marks & set(_behaviors(field)) or field.label == FieldDescriptorProto.LABEL_REQUIRED
        for file in files
        for message in file.message_type
        for field in _fields(message)
    )


def states_routes(files: Iterable[FileDescriptorProto]) -> bool:
    """Whether any method of the files states a route."""
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
    for inside in message.nested_type:
        yield from _fields(inside)

"""What the options of googleapis say in descriptors: routes, and what is required."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.api import annotations_pb2, field_behavior_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor_pb2 import FieldOptions, FileDescriptorProto, MethodOptions

from apiscribe.ir import Route
from apiscribe.source import Span


def routes_of(options: MethodOptions, span: Span) -> tuple[Route, ...]:
    """The routes of a method, those of `additional_bindings` last."""
    if not options.HasExtension(annotations_pb2.http):
        return ()
    rule = options.Extensions[annotations_pb2.http]
    return tuple(_routes((rule, *rule.additional_bindings), span))


def _routes(rules: Iterable[HttpRule], span: Span) -> Iterator[Route]:
    for rule in rules:
        match rule.WhichOneof("pattern"):
            case None:
                continue
            case "custom":
                verb, path = rule.custom.kind, rule.custom.path
            case verb:
                path = getattr(rule, verb)
        yield Route(verb=verb.upper(), path=path, body=rule.body, span=span)


def is_required(options: FieldOptions) -> bool:
    """Whether a field is marked as REQUIRED."""
    behaviors = options.Extensions[field_behavior_pb2.field_behavior]
    return field_behavior_pb2.REQUIRED in behaviors


def marks_fields(files: Iterable[FileDescriptorProto]) -> bool:
    """Whether any field of the files says how it behaves: then one without a mark says that too."""
    return any(
        field.options.Extensions[field_behavior_pb2.field_behavior]
        for file in files
        for message in file.message_type
        for field in message.field
    )

"""The protobuf descriptors of this package, in a pool of their own.

Two packages that were generated from two editions of one API declare the same names. In
protobuf's default pool the second one could not be imported.
"""

from __future__ import annotations

from google.api import annotations_pb2, field_behavior_pb2
from google.protobuf import (
    any_pb2,
    descriptor_pool,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

POOL = DescriptorPool()

# Files of others that generated ones import. Importing the modules puts them into the default pool.
_PROVIDED = (
    annotations_pb2,
    any_pb2,
    duration_pb2,
    empty_pb2,
    field_behavior_pb2,
    field_mask_pb2,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)


def add_file(serialized: bytes) -> FileDescriptor:
    """The descriptor of a file, from its serialized FileDescriptorProto; it is added to `POOL`.
    Files of the same package that it imports must have been added.
    """
    return POOL.AddSerializedFile(serialized)


def message_class(full_name: str) -> type[Message]:
    """The class of a message of `POOL`."""
    return GetMessageClass(POOL.FindMessageTypeByName(full_name))


def enum_wrapper(full_name: str) -> EnumTypeWrapper:
    """The names and numbers of an enum of `POOL` that stands in no message."""
    return EnumTypeWrapper(POOL.FindEnumTypeByName(full_name))


def _add_provided(file: FileDescriptor, added: set[str]) -> None:
    if file.name in added:
        return
    added.add(file.name)
    for imported in file.dependencies:
        _add_provided(imported, added)
    POOL.AddSerializedFile(file.serialized_pb)


_added: set[str] = set()
for _module in _PROVIDED:
    _add_provided(descriptor_pool.Default().FindFileByName(_module.DESCRIPTOR.name), _added)

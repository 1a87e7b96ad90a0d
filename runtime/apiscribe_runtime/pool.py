"""Descriptor pools: each generated package has its own.

Packages of two versions of an API declare the same protobuf names. With protobuf's default pool,
the second one could not be imported.
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

# Files that generated files import. Importing their modules adds them to the default pool.
_IMPORTED_MODULES = (
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


class Pool:
    """The protobuf files of a package; `descriptors` is protobuf's own pool."""

    def __init__(self) -> None:
        self.descriptors = DescriptorPool()
        added: set[str] = set()
        for module in _IMPORTED_MODULES:
            file = descriptor_pool.Default().FindFileByName(module.DESCRIPTOR.name)
            self._add_with_imports(file, added)

    def add_file(self, serialized: bytes) -> FileDescriptor:
        """Add a serialized FileDescriptorProto, and return its descriptor. The files that it
        imports must have been added before.
        """
        return self.descriptors.AddSerializedFile(serialized)

    def message_class(self, full_name: str) -> type[Message]:
        """Return the class of a message."""
        return GetMessageClass(self.descriptors.FindMessageTypeByName(full_name))

    def enum_wrapper(self, full_name: str) -> EnumTypeWrapper:
        """Return the wrapper of a top-level enum."""
        return EnumTypeWrapper(self.descriptors.FindEnumTypeByName(full_name))

    def _add_with_imports(self, file: FileDescriptor, added: set[str]) -> None:
        if file.name in added:
            return
        added.add(file.name)
        for imported in file.dependencies:
            self._add_with_imports(imported, added)
        self.descriptors.AddSerializedFile(file.serialized_pb)

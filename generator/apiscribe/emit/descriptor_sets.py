"""Compiles the `.proto` files with protoc, concurrently with other work, and caches the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import msgspec

from apiscribe.workspace import protoc
from apiscribe.workspace.cache import Cache

# Path from the import root → the compiled file, a FileDescriptorProto, serialized.
Descriptors = dict[str, bytes]


@contextmanager
def compiling(protos: Mapping[str, bytes]) -> Iterator[Callable[[], Descriptors]]:
    """Run protoc on `.proto` files (path → content), and yield a function that waits for the
    descriptors. Raises ProtocError if protoc rejects the files.
    """
    cache = Cache("descriptors")
    name = cache.name_of(msgspec.msgpack.encode(protos))
    if (cached := cache.get(name)) is not None:
        yield lambda: msgspec.msgpack.decode(cached, type=Descriptors)
        return
    with protoc.compiling(protos) as result:

        def wait() -> Descriptors:
            descriptors = {
                path: file.SerializeToString(deterministic=True) for path, file in result().items()
            }
            cache.put(name, msgspec.msgpack.encode(descriptors))
            return descriptors

        yield wait

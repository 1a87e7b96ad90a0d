"""Compiles the `.proto` files with protoc, concurrently with other work, and caches each result.

The descriptor of a file depends on its text, and on the texts of the files that it imports,
directly or not. protoc compiles the files of which any of these is new, against the descriptors of
the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from apiscribe.emit.imported_files import ImportedFiles
from apiscribe.model.api import Api
from apiscribe.workspace import protoc
from apiscribe.workspace.cache import Cache
from apiscribe.workspace.kept import remembered

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

# Files that protoc compiles at once.
_AT_ONCE = 500
# Path from the import root → the compiled file, a FileDescriptorProto, serialized.
Descriptors = dict[str, bytes]


class _Compiled(msgspec.Struct):
    """A compiled file: its serialized descriptor, its package, and the full names in it."""

    descriptor: bytes
    package: str
    names: list[str]


@contextmanager
def compiling(
    api: Api, protos: Mapping[str, bytes], counts: Counter[str]
) -> Iterator[Callable[[], Descriptors]]:
    """Run protoc on the `.proto` files of an Api (path → content), and yield a function that waits
    for the descriptors. Raises ProtocError if protoc rejects the files. `counts["descriptors"]`
    counts the files that it compiles.
    """
    cache = Cache("descriptors")
    imported = ImportedFiles(api)
    closures = {file.path: imported.with_imports(file) for file in api.files}
    digests = {path: sha256(content).hexdigest() for path, content in protos.items()}
    entries = {
        path: cache.name_of(msgspec.json.encode([path, *(digests[f.path] for f in files)]))
        for path, files in closures.items()
    }
    known = {path: found for path, name in entries.items() if (found := _cached(cache, name))}
    new = {path: content for path, content in protos.items() if path not in known}
    counts["descriptors"] += len(new)
    used = {file.path for path in new for file in closures[path]} & known.keys()

    with (
        protoc.compiling(new, [known[path].descriptor for path in sorted(used)], _AT_ONCE)
        if new
        else nullcontext(dict)
    ) as result:

        def wait() -> Descriptors:
            compiled = {path: _compiled(file) for path, file in result().items()}
            together = {**known, **compiled}
            if not _are_distinct(together.values()):
                protoc.compile_protos(protos)  # which reports the name that two files declare
            for path, file in compiled.items():
                cache.put(entries[path], msgspec.msgpack.encode(file))
            return {path: file.descriptor for path, file in together.items()}

        yield wait


def _cached(cache: Cache, name: str) -> _Compiled | None:
    def read() -> _Compiled | None:
        content = cache.get(name)
        return msgspec.msgpack.decode(content, type=_Compiled) if content else None

    return remembered(("descriptor", name), read)


def _compiled(file: FileDescriptorProto) -> _Compiled:
    names = [message.name for message in file.message_type]
    names += [service.name for service in file.service]
    for enum in file.enum_type:
        # The values of an enum are beside it.
        names += [enum.name, *(value.name for value in enum.value)]
    return _Compiled(
        descriptor=file.SerializeToString(deterministic=True),
        package=file.package,
        names=[f"{file.package}.{name}" for name in names],
    )


def _are_distinct(files: Collection[_Compiled]) -> bool:
    """Return whether no two files declare one name, or the name of a package: protoc has compared
    only files that it has compiled together.
    """
    names = [name for file in files for name in file.names]
    packages = {file.package for file in files}
    packages |= {".".join(p.split(".")[:n]) for p in packages for n in range(1, p.count(".") + 1)}
    return len(set(names)) == len(names) and packages.isdisjoint(names)

"""Run protoc, the compiler of `.proto` files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from apiscribe.workspace.scratch import scratch_folder

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto


_MOST_DESCRIPTORS = 2**24  # bytes; of 10,000 files
# What `python -m grpc_tools.protoc` does, in a quarter of the time for a single file: without
# Python's `site` and the modules with which grpc_tools finds the folder of its `.proto` files. The
# first argument is the folder of grpc_tools, the second is how many files to compile at once:
# protoc needs fifty times as much memory as the files. Each batch has a descriptor set of its own.
_MAIN = """
import sys
sys.path.append(sys.argv.pop(1))
from grpc_tools._protoc_compiler import run_main
most = int(sys.argv.pop(1))
words = [text.encode("utf-8", "surrogateescape") for text in sys.argv[1:]]
options = [word for word in words if word.startswith(b"--")]
paths = words[len(options):]
for start in range(0, len(paths), most):
    status = run_main([b"protoc", *options, *paths[start : start + most]])
    if status:
        sys.exit(status)
    options[-1] = options[-1].partition(b".binpb")[0] + b".binpb.%d" % (start // most + 1)
"""


class ProtocError(Exception):
    """protoc rejected the files; the text is its output."""


def compile_protos(protos: Mapping[str, bytes]) -> dict[str, FileDescriptorProto]:
    """Compile files, path → content. Return their descriptors by path. Raise ProtocError."""
    with compiling(protos) as result:
        return result()


@contextmanager
def compiling(
    protos: Mapping[str, bytes], known: Sequence[bytes] = (), at_once: int = 0
) -> Iterator[Callable[[], dict[str, FileDescriptorProto]]]:
    """Run protoc in the background, and yield a function that waits for its result.

    The function returns what `compile_protos` returns, and raises ProtocError. The files may import
    the serialized descriptors `known`. protoc compiles so many files at once (0: all), and compares
    only these with each other.
    """
    with scratch_folder(sum(map(len, protos.values()))) as folder:
        for path, content in protos.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        paths = list(protos)
        with _Protoc(Path(folder), paths, False, known, at_once or len(paths)) as protoc:
            yield protoc.result


def compile_folder(root: Path, paths: Sequence[str]) -> dict[str, FileDescriptorProto]:
    """Compile files below an import root, with comments and line numbers. Raise ProtocError.

    Imports are resolved below the root, in protobuf's own files and in googleapis.
    """
    with _Protoc(root, paths, True, (), len(paths)) as protoc:
        return protoc.result()


class _Protoc:
    """A protoc process; leaving the context kills it."""

    def __init__(
        self,
        root: Path,
        paths: Sequence[str],
        with_comments: bool,
        known: Sequence[bytes],
        at_once: int,
    ) -> None:
        self._folder = scratch_folder(_MOST_DESCRIPTORS)
        self._target = Path(self._folder.name, "set.binpb")
        tools = _installed("grpc_tools").parent
        command = [
            *(sys.executable, "-IS", "-c", _MAIN, str(tools.parent), str(at_once or 1)),
            "--proto_path=.",
            f"--proto_path={tools / '_proto'}",
            f"--proto_path={_installed('google.api.annotations_pb2').parents[2]}",
            *([f"--descriptor_set_in={self._write(known)}"] if known else []),
            *(["--include_source_info"] if with_comments else []),
            f"--descriptor_set_out={self._target}",
            # `./` because a file name may look like an option.
            *(f"./{path}" for path in paths),
        ]
        # protoc splits --proto_path at colons; the folder's path may have one, and `.` has none.
        self._process = subprocess.Popen(
            command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def _write(self, known: Sequence[bytes]) -> Path:
        """Write serialized descriptors as a FileDescriptorSet. Return its path."""
        # Imported here because protobuf is slow to load.
        from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

        files = FileDescriptorSet(file=map(FileDescriptorProto.FromString, known))
        path = Path(self._folder.name, "known.binpb")
        path.write_bytes(files.SerializeToString())
        return path

    def result(self) -> dict[str, FileDescriptorProto]:
        """Wait for protoc. Return the descriptors by path. Raise ProtocError."""
        _, errors = self._process.communicate()
        if self._process.returncode != 0:
            raise ProtocError(errors.strip())
        sets = [self._target, *sorted(self._target.parent.glob(f"{self._target.name}.*"))]
        compiled = (file for each in sets for file in _files(each))
        return {file.name: file for file in compiled}

    def __enter__(self) -> _Protoc:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        with self._process:  # waits for the process, and closes the pipe
            self._folder.cleanup()


def _files(descriptor_set: Path) -> Iterable[FileDescriptorProto]:
    """Return the files of a descriptor set."""
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

    return FileDescriptorSet.FromString(descriptor_set.read_bytes()).file


def _installed(module: str) -> Path:
    """Return the file of an installed module without importing it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ProtocError(f"{module} is not installed")
    return Path(spec.origin)

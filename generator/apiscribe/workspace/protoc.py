"""protoc, the real compiler of `.proto` files."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto


class ProtocError(Exception):
    """protoc refused the files; the text is what it said."""


def compile_protos(protos: Mapping[str, bytes]) -> dict[str, FileDescriptorProto]:
    """Path from the import root → the compiled file; `protos` are path → content."""
    with compiling(protos) as result:
        return result()


@contextmanager
def compiling(
    protos: Mapping[str, bytes],
) -> Iterator[Callable[[], dict[str, FileDescriptorProto]]]:
    """A run of protoc on files, beside what is done meanwhile; the function that is given waits for
    what `compile_protos` returns, or raises.
    """
    with tempfile.TemporaryDirectory() as folder:
        for path, content in protos.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        with _Protoc(Path(folder), list(protos), with_comments=False) as protoc:
            yield protoc.result


def compile_folder(root: Path, paths: Sequence[str]) -> dict[str, FileDescriptorProto]:
    """The files of those paths below an import root, compiled with their comments and lines; what
    they import is looked for there, among protobuf's own files and among googleapis.
    """
    with _Protoc(root, paths, with_comments=True) as protoc:
        return protoc.result()


class _Protoc:
    """One run of protoc, in a process of its own, which ends with the `with` at the latest."""

    def __init__(self, root: Path, paths: Sequence[str], with_comments: bool) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._target = Path(self._folder.name, "set.binpb")
        command = [
            *(sys.executable, "-m", "grpc_tools.protoc"),
            "--proto_path=.",
            f"--proto_path={_installed('grpc_tools').parent / '_proto'}",
            f"--proto_path={_installed('google.api.annotations_pb2').parents[2]}",
            f"--descriptor_set_out={self._target}",
            *(["--include_source_info"] if with_comments else []),
            # A file may be named like an option.
            *(f"./{path}" for path in paths),
        ]
        # protoc takes a colon in --proto_path for the end of one path; no colon is in `.`.
        self._process = subprocess.Popen(
            command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def result(self) -> dict[str, FileDescriptorProto]:
        """Path → the compiled file. Raises ProtocError."""
        _, said = self._process.communicate()
        if self._process.returncode != 0:
            raise ProtocError(said.strip())
        # protobuf takes its time to load.
        from google.protobuf.descriptor_pb2 import FileDescriptorSet

        compiled = FileDescriptorSet.FromString(self._target.read_bytes())
        return {file.name: file for file in compiled.file}

    def __enter__(self) -> _Protoc:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        with self._process:  # waits for it, and closes the pipe
            self._folder.cleanup()


def _installed(module: str) -> Path:
    """The file of an installed module, found without importing it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ProtocError(f"{module} is not installed")
    return Path(spec.origin)

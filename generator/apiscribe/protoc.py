"""protoc, the real compiler of `.proto` files."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet


class ProtocError(Exception):
    """protoc refused the files; the text is what it said."""


def compile_protos(protos: Mapping[str, bytes]) -> dict[str, FileDescriptorProto]:
    """Path from the import root → the compiled file; `protos` are path → content."""
    with tempfile.TemporaryDirectory() as folder:
        for path, content in protos.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return compile_folder(Path(folder), list(protos))


def compile_folder(
    root: Path, paths: Sequence[str], with_comments: bool = False
) -> dict[str, FileDescriptorProto]:
    """The files of those paths below an import root, compiled; what they import is looked for
    there, among protobuf's own files and among googleapis. `with_comments` keeps comments and
    lines, too.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "set.binpb")
        command = [
            *(sys.executable, "-m", "grpc_tools.protoc"),
            "--proto_path=.",
            f"--proto_path={_installed('grpc_tools').parent / '_proto'}",
            f"--proto_path={_installed('google.api.annotations_pb2').parents[2]}",
            f"--descriptor_set_out={target}",
            *(["--include_source_info"] if with_comments else []),
            # A file may be named like an option.
            *(f"./{path}" for path in paths),
        ]
        # protoc takes a colon in --proto_path for the end of one path; no colon is in `.`.
        result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ProtocError(result.stderr.strip())
        compiled = FileDescriptorSet.FromString(target.read_bytes())
        return {file.name: file for file in compiled.file}


def _installed(module: str) -> Path:
    """The file of an installed module, found without importing it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ProtocError(f"{module} is not installed")
    return Path(spec.origin)

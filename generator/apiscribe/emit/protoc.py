"""protoc, the real compiler: every `.proto` goes through it before anything is written."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from apiscribe.emit.output import Output


class ProtocError(Exception):
    """protoc refused the files; the text is what it said."""


def compile_protos(outputs: Iterable[Output]) -> dict[str, FileDescriptorProto]:
    """Path from the import root → the compiled file, for all `proto/….proto` among the outputs."""
    protos = [output for output in outputs if output.path.endswith(".proto")]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for output in protos:
            file = root / output.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(output.content)
        target = root / "set.binpb"
        paths = [output.path.removeprefix("proto/") for output in protos]
        command = [
            *(sys.executable, "-m", "grpc_tools.protoc"),
            f"--proto_path={root / 'proto'}",
            f"--proto_path={_installed('grpc_tools').parent / '_proto'}",
            f"--proto_path={_installed('google.api.annotations_pb2').parents[2]}",
            f"--descriptor_set_out={target}",
            *paths,
        ]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ProtocError(result.stderr.strip().replace(f"{root / 'proto'}/", ""))
        compiled = FileDescriptorSet.FromString(target.read_bytes())
        return {file.name: file for file in compiled.file}


def _installed(module: str) -> Path:
    """The file of an installed module, found without importing it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ProtocError(f"{module} is not installed")
    return Path(spec.origin)

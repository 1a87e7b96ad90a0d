"""Published `.proto` files as descriptors: those of googleapis, and of the corpus that compile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# Known before any file is parsed, or their options are not decoded.
from google.api import annotations_pb2, field_behavior_pb2  # noqa: F401
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from score import CORPUS

from apiscribe.workspace.protoc import compile_protos

_IMPORT = re.compile(r'^\s*import\s+(?:public |weak )?"([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Files:
    """A set of files that import only each other; `own` are those to edit."""

    name: str
    files: list[FileDescriptorProto]
    own: set[str]


def published() -> Iterator[Files]:
    """Yield the files of googleapis that are installed, and those of the corpus that compile."""
    google = _installed("google.type.date_pb2").parents[2]
    parts = ("cloud", "logging", "longrunning", "rpc", "type", "gapic")
    paths = [path for part in parts for path in sorted((google / "google" / part).rglob("*.proto"))]
    yield compile_files(
        "googleapis-common-protos", {str(p.relative_to(google)): p.read_bytes() for p in paths}
    )
    for folder in sorted((CORPUS / "other").glob("*/truth")):
        protos = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.proto")}
        if compilable := _compilable(protos):
            yield compile_files(folder.parent.name, compilable)


def compile_files(name: str, protos: dict[str, bytes]) -> Files:
    """Compile files with all that they import, which is installed."""
    everything, waiting = dict(protos), list(protos.values())
    while waiting:
        for needed in _imports(waiting.pop()):
            if needed not in everything:
                everything[needed] = _installed_file(needed).read_bytes()
                waiting.append(everything[needed])
    files = _in_order(compile_protos(everything))
    # Messages of options are left alone: what holds values of them would no longer be valid.
    own = {file.name for file in files if file.name in protos and not file.extension}
    return Files(name, files, own)


def _in_order(pool: dict[str, FileDescriptorProto]) -> list[FileDescriptorProto]:
    """The files, each after those that it imports."""
    ordered: dict[str, FileDescriptorProto] = {}

    def add(file: FileDescriptorProto) -> None:
        for name in file.dependency:
            if name not in ordered:
                add(pool[name])
        ordered.setdefault(file.name, file)

    for file in pool.values():
        add(file)
    return list(ordered.values())


def _compilable(protos: dict[str, bytes]) -> dict[str, bytes]:
    """The files, by the paths that others import them by, that need no file from elsewhere."""
    imports = {path: _imports(text) for path, text in protos.items()}
    wanted = {name for names in imports.values() for name in names}
    paths: dict[str, str] = {}
    for path in protos:
        ends = {n for n in wanted if n == path or path.endswith(f"/{n}") or n.endswith(f"/{path}")}
        paths[path] = min(ends, default=path)
    files = {paths[path]: text for path, text in protos.items() if not _is_installed(paths[path])}
    needs = {paths[path]: names for path, names in imports.items()}
    while missing := {
        path
        for path in files
        if any(name not in files and not _is_installed(name) for name in needs[path])
    }:
        files = {path: text for path, text in files.items() if path not in missing}
    return files


def _imports(text: bytes) -> list[str]:
    return _IMPORT.findall(text.decode("utf-8", "replace"))


def _installed_file(name: str) -> Path:
    protobuf = _installed("grpc_tools").parent / "_proto" / name
    return protobuf if protobuf.exists() else _installed("google.type.date_pb2").parents[2] / name


def _is_installed(name: str) -> bool:
    return _installed_file(name).exists()


def _installed(module: str) -> Path:
    spec = find_spec(module)
    assert spec
    assert spec.origin
    return Path(spec.origin)

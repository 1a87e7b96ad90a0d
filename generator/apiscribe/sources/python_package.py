"""Packages of `_pb2` modules as sources.

Nothing is imported: a module holds its descriptor as a literal, and one process cannot import two
editions of an API.
"""

from __future__ import annotations

import ast
import importlib.machinery
import sys
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError

from apiscribe.drift.side import Side
from apiscribe.sources.descriptor_files import side_of_files
from apiscribe.sources.failure import SourceError


def open_source(text: str) -> Side:
    """The API of an installed package: `python:spaceone.api`. Raises SourceError."""
    package = text.removeprefix("python:")
    folders = _folders(package)
    if not folders:
        raise SourceError(
            f"no package {package} is installed here ({sys.prefix}); install it, or name the folder"
            " that holds it"
        )
    return _side([file for folder in folders for file in _modules(folder)], text)


def open_folder(folder: Path, name: str) -> Side:
    """The API of the modules below a folder. Raises SourceError."""
    return _side(_modules(folder), name)


def _folders(package: str) -> list[Path]:
    """The folders of an installed package; a namespace package has several."""
    path = None
    for part in package.split("."):
        spec = importlib.machinery.PathFinder.find_spec(part, path)
        if spec is None or not spec.submodule_search_locations:
            return []
        path = list(spec.submodule_search_locations)
    return [Path(folder) for folder in path or ()]


def _modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*_pb2.py"))


def _side(modules: list[Path], name: str) -> Side:
    files: dict[str, FileDescriptorProto] = {}
    for module in modules:
        for file in _descriptors(module, name):
            files.setdefault(file.name, file)
    if not files:
        raise SourceError(f"{name} holds no _pb2.py module with a descriptor")
    return side_of_files(files.values(), name)


def _descriptors(module: Path, name: str) -> Iterator[FileDescriptorProto]:
    """The descriptor of a module: what protoc wrote for `AddSerializedFile`, or before version 3.20
    for `FileDescriptor(serialized_pb=…)`.
    """
    try:
        tree = ast.parse(module.read_bytes())
        for call in ast.walk(tree):
            if isinstance(call, ast.Call):
                for literal in _literals(call):
                    yield FileDescriptorProto.FromString(literal)
    except (SyntaxError, ValueError, DecodeError) as error:
        raise SourceError(f"{name}: {module.name} holds no descriptor: {error}") from error


def _literals(call: ast.Call) -> Iterator[bytes]:
    function = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    given: list[ast.expr] = []
    if function == "AddSerializedFile":
        given = call.args[:1]
    elif function == "FileDescriptor":
        given = [word.value for word in call.keywords if word.arg == "serialized_pb"]
    for value in given:
        # `_b('…')` in modules for Python 2, too: a text of which each character is a byte.
        inner = value.args[0] if isinstance(value, ast.Call) and value.args else value
        if isinstance(inner, ast.Constant):
            if isinstance(inner.value, bytes):
                yield inner.value
            elif isinstance(inner.value, str):
                yield inner.value.encode("latin-1")

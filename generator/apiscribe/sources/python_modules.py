"""Read packages of `_pb2` modules as sources.

Modules are parsed and never imported: each holds a serialized descriptor.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path

from apiscribe.model.version import ApiVersion
from apiscribe.sources.from_descriptors import version_from_descriptors
from apiscribe.sources.source_error import SourceError
from apiscribe.sources.spec_version import states_pages

_PREFIX = "python:"
_MODULES = "*_pb2.py"
# The functions that modules call with their descriptor: in protoc's output and in ours.
_REGISTRATIONS = ("AddSerializedFile", "add_file")


def is_python(text: str) -> bool:
    """Return whether the text has the form python:NAME."""
    return text.startswith(_PREFIX)


def open_python(text: str) -> ApiVersion:
    """Read the API of an installed package or module. Raise SourceError."""
    name = text.removeprefix(_PREFIX)
    if not all(part.isidentifier() for part in name.split(".")):
        raise SourceError(
            f'"{name}" is not a package name; write {_PREFIX}NAME, as in an import statement'
        )
    spec = _find(name.split("."))
    if spec is None:
        raise SourceError(
            f"package {name} is not installed beside apiscribe; `pip install` it, or unpack its"
            " wheel and pass the folder"
        )
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    if not folders and spec.origin and spec.origin.endswith("_pb2.py"):
        return _version(text, name, [Path(spec.origin)])
    return _version(text, name, _modules(folders))


def is_module_folder(text: str) -> bool:
    """Return whether the text names a folder with `_pb2` modules that is not a spec."""
    folder = Path(text)
    return folder.is_dir() and not states_pages(folder) and any(folder.rglob(_MODULES))


def open_module_folder(text: str) -> ApiVersion:
    """Read the API of the modules in a folder. Raise SourceError."""
    folder = Path(text)
    return _version(text, folder.resolve().name, _modules([folder]))


def _find(parts: Sequence[str]) -> ModuleSpec | None:
    """Find a package or module. `find_spec` would import the parents of a dotted name."""
    # PathFinder first: it finds the installed package, not a module imported under its name.
    spec = PathFinder.find_spec(parts[0])
    try:
        spec = spec or find_spec(parts[0])
    except ValueError:  # a module without a spec: __main__
        return None
    for part in parts[1:]:
        folders = list(spec.submodule_search_locations or ()) if spec else []
        spec = PathFinder.find_spec(part, folders) if folders else None
    return spec


def _modules(folders: Iterable[Path]) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.rglob(_MODULES))]


def _version(text: str, name: str, modules: Sequence[Path]) -> ApiVersion:
    # Imported here because protobuf is slow to load.
    from apiscribe.sources.descriptors import DescriptorsError, read_serialized

    if not modules:
        raise SourceError(f"{text} has no _pb2 modules; pass the package that holds them")
    files = []
    for module in modules:
        try:
            files.append(read_serialized(_descriptor(module)))
        except (DescriptorsError, SourceError) as error:
            raise SourceError(
                f"{module} is not a complete module of protoc: {error}; generate it again, or pass"
                " another folder"
            ) from error
    return version_from_descriptors(text, name, files)


def _descriptor(module: Path) -> bytes:
    """Return the serialized descriptor in a module. Raise SourceError."""
    try:
        tree = ast.parse(module.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise SourceError(f"syntax error: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (content := _descriptor_argument(node)) is not None:
            return content
    raise SourceError("it has no descriptor")


def _descriptor_argument(call: ast.Call) -> bytes | None:
    """Return the descriptor in a call's arguments, or None.

    The call is `AddSerializedFile(b'...')`, or up to protobuf 3.19 `FileDescriptor(...,
    serialized_pb=b'...')`.
    """
    name = _name(call.func)
    if name in _REGISTRATIONS and call.args:
        return _bytes(call.args[0])
    if name == "FileDescriptor":
        values = (word.value for word in call.keywords if word.arg == "serialized_pb")
        return next((content for value in values if (content := _bytes(value)) is not None), None)
    return None


def _bytes(value: ast.expr) -> bytes | None:
    """Return the bytes of a literal, or of `_b('...')`: Latin-1, in code for Python 2 and 3."""
    match value:
        case ast.Constant(value=bytes(content)):
            return content
        case ast.Constant(value=str(text)):
            try:
                return text.encode("latin-1")
            except UnicodeEncodeError:
                return None
        case ast.Call(args=[argument]) if _name(value.func) == "_b":
            return _bytes(argument)
        case _:
            return None


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""

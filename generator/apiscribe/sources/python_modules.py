"""Packages of `_pb2` modules as sources. Nothing is imported: the modules are parsed, and the
descriptors that they carry are read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path

from apiscribe.model.version import ApiVersion
from apiscribe.sources.described import side_of
from apiscribe.sources.failure import SourceError
from apiscribe.sources.pages import states_pages

_PREFIX = "python:"
_MODULES = "*_pb2.py"
# The functions that modules give their descriptor to: protoc's, and that of our own packages.
_TAKERS = ("AddSerializedFile", "add_file")


def is_python(text: str) -> bool:
    """Whether the text has the form python:NAME."""
    return text.startswith(_PREFIX)


def open_python(text: str) -> ApiVersion:
    """The API of an installed package, or module. Raises SourceError."""
    name = text.removeprefix(_PREFIX)
    if not all(part.isidentifier() for part in name.split(".")):
        raise SourceError(f'"{name}" is no name of a package; write {_PREFIX}NAME, as in an import')
    spec = _find(name.split("."))
    if spec is None:
        raise SourceError(
            f"no package {name} is installed beside apiscribe; `pip install` it, or unpack its"
            " wheel and give the folder"
        )
    places = [Path(place) for place in spec.submodule_search_locations or ()]
    if not places and spec.origin and spec.origin.endswith("_pb2.py"):
        return _side(text, name, [Path(spec.origin)])
    return _side(text, name, _modules(places))


def is_module_folder(text: str) -> bool:
    """Whether the text names a folder with `_pb2` modules that is no spec."""
    place = Path(text)
    return place.is_dir() and not states_pages(place) and any(place.rglob(_MODULES))


def open_module_folder(text: str) -> ApiVersion:
    """The API of the modules in a folder. Raises SourceError."""
    place = Path(text)
    return _side(text, place.resolve().name, _modules([place]))


def _find(parts: Sequence[str]) -> ModuleSpec | None:
    """Where a package or module lies. `find_spec` of a dotted name would import its parents."""
    # What is installed, and not what this process has imported under the name.
    spec = PathFinder.find_spec(parts[0])
    try:
        spec = spec or find_spec(parts[0])
    except ValueError:  # a module without a spec: __main__
        return None
    for part in parts[1:]:
        places = list(spec.submodule_search_locations or ()) if spec else []
        spec = PathFinder.find_spec(part, places) if places else None
    return spec


def _modules(places: Iterable[Path]) -> list[Path]:
    return [file for place in places for file in sorted(place.rglob(_MODULES))]


def _side(text: str, name: str, modules: Sequence[Path]) -> ApiVersion:
    # protobuf takes its time to load.
    from apiscribe.sources.descriptors import DescriptorsError, read_serialized

    if not modules:
        raise SourceError(f"{text} holds no _pb2 modules; name the package that does")
    files = []
    for module in modules:
        try:
            files.append(read_serialized(_descriptor(module)))
        except (DescriptorsError, SourceError) as error:
            raise SourceError(
                f"{module} is no module that protoc wrote whole: {error}; write it anew, or give"
                " another folder"
            ) from error
    return side_of(text, name, files)


def _descriptor(module: Path) -> bytes:
    """The serialized descriptor in a module."""
    try:
        tree = ast.parse(module.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise SourceError(f"it cannot be parsed: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (content := _given(node)) is not None:
            return content
    raise SourceError("it carries no descriptor")


def _given(call: ast.Call) -> bytes | None:
    """The descriptor that a call is given: `AddSerializedFile(b'...')`, and until protobuf 3.19
    `FileDescriptor(..., serialized_pb=b'...')`.
    """
    name = _name(call.func)
    if name in _TAKERS and call.args:
        return _bytes(call.args[0])
    if name == "FileDescriptor":
        given = (word.value for word in call.keywords if word.arg == "serialized_pb")
        return next((content for value in given if (content := _bytes(value)) is not None), None)
    return None


def _bytes(value: ast.expr) -> bytes | None:
    """The bytes of a literal. protoc for Python 2 and 3 wrote `_b('...')`, which is Latin-1."""
    match value:
        case ast.Constant(value=bytes(content)):
            return content
        case ast.Constant(value=str(text)):
            try:
                return text.encode("latin-1")
            except UnicodeEncodeError:
                return None
        case ast.Call(args=[inside]) if _name(value.func) == "_b":
            return _bytes(inside)
        case _:
            return None


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""

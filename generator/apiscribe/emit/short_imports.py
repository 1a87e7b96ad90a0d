"""Short paths for the imports of users: `from shop.v1 import Book`, without the name of a page.

The path is the name of the API and the parts of the package, without those at the front that all
packages of the API share. The last part stays, and the one before a version; a first part that is
the name of the API is dropped, too. If two packages would get the same path, all keep all parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import takewhile

from apiscribe.emit.encoders import docstring, name, python_import, python_literal
from apiscribe.emit.output import Output
from apiscribe.emit.python_classes import ModelClasses
from apiscribe.emit.python_files import Module, module_of, python_output
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, File
from apiscribe.model.names import python_module

_TEMPLATE = "models/short.py.j2"
_VERSION = re.compile(r"v\d+\w*", re.ASCII)
# What is at the top of a generated package.
_RESERVED = ("client", "models", "pool", "registry", "stubs")

Path = tuple[str, ...]


def emit_short_imports(api: Api) -> Iterator[RenderTask]:
    """Yield a module for each package, which exports the models of its pages."""
    classes = ModelClasses.of_api(api)
    files: dict[str, list[File]] = {}
    for file in api.files:
        files.setdefault(file.package, []).append(file)
    paths = short_paths(api.name, files)
    # The modules and folders in the folder of each path.
    inside: dict[Path, set[str]] = {}
    for path in paths.values():
        for depth, part in enumerate(path):
            inside.setdefault(path[:depth], set()).add(part)
    for package, path in sorted(paths.items()):
        exports = _exports(package, files[package], classes, inside.get(path, set()))
        if exports:
            key = (api.name, package, path, list(exports.items()))
            make = partial(_outputs, api.name, package, path, exports)
            yield RenderTask("short imports", key, make, (_TEMPLATE,))


def _exports(
    package: str, files: Iterable[File], classes: ModelClasses, inside: set[str]
) -> dict[Module, list[str]]:
    """Return module of a page → its classes that the package exports.

    Of two pages with a class of the same name, the one with a message or enum of this name in
    the package exports it; neither does if the name is made up for both.
    """
    names = [(file, _full_names(file)) for file in files]
    counts = Counter(str(classes.classes[n]) for _, listed in names for n in listed)
    result = {}
    for file, listed in names:
        own = ((str(classes.classes[full_name]), full_name) for full_name in listed)
        exported = sorted(
            class_
            for class_, full_name in own
            if class_ not in inside and (counts[class_] == 1 or full_name == f"{package}.{class_}")
        )
        if exported:
            result[module_of(file, "models")] = exported
    return result


def _full_names(file: File) -> list[str]:
    return [*(m.full_name for m in file.messages), *(enum.full_name for enum in file.all_enums())]


def _outputs(
    api: str, package: str, path: Path, exports: Mapping[Module, list[str]]
) -> list[Output]:
    module = Module((*path, "__init__"))
    text = render(
        _TEMPLATE,
        docstring=docstring(f"The messages and enums of {package}."),
        imports=[
            python_import(module.path_to(there.parts), *map(name, names))
            for there, names in sorted(exports.items())
        ],
        names=python_literal(sorted(n for names in exports.values() for n in names)),
    )
    return [python_output(api, module.path, text)]


def short_paths(api: str, packages: Iterable[str]) -> dict[str, Path]:
    """Return package → the parts of its path in the package of an API."""
    parts = {package: tuple(package.split(".")) for package in packages}
    fixed = (len(each) - (2 if _VERSION.fullmatch(each[-1]) else 1) for each in parts.values())
    columns = zip(*parts.values(), strict=False)
    common = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
    shared = max(0, min([common, *fixed]))
    short = {
        package: _modules(_without_own_name(api, each[shared:])) for package, each in parts.items()
    }
    if len({tuple(map(str.casefold, path)) for path in short.values()}) < len(short):
        return {package: _modules(each) for package, each in parts.items()}
    return short


def _without_own_name(api: str, path: Path) -> Path:
    return path[1:] if path[0] == api and len(path) > 1 else path


def _modules(path: Path) -> Path:
    first, *rest = map(python_module, path)
    return (f"{first}_" if first.casefold() in _RESERVED else first, *rest)

"""A generated package in a temporary folder, with the modules of the last outputs.

When the outputs change, only the modules that differ run again, and those that import them: most
of a large API stays as it is. They run under their own names, so that handlers find them. Code that
is running keeps the modules that it has. Their code comes from memory: caches of bytecode compare
files by their size and the second of their last change.
"""

from __future__ import annotations

import ast
import importlib
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import resolve_name, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from apiscribe.emit import Output
from apiscribe.workspace.output_dir import OutputDir

_MODULES_KEPT = 20_000  # with their code and imports, in memory


class ServedPackage(MetaPathFinder, InspectLoader):
    """The modules of a package by name; a context manager, in which they are imported."""

    def __init__(self, name: str) -> None:
        """Create a package without modules."""
        self.name = name
        self._sources: dict[str, str] = {}
        self._packages: set[str] = set()
        self._before: dict[str, ModuleType] = {}

    def __enter__(self) -> ServedPackage:
        self._before = self._forget(name for name in sys.modules if self._is_own(name))
        self._folder = tempfile.TemporaryDirectory(prefix="apiscribe-")
        sys.meta_path.insert(0, self)
        return self

    def __exit__(self, *_: object) -> None:
        sys.meta_path.remove(self)
        self._forget([name for name in sys.modules if self._is_own(name)])
        sys.modules.update(self._before)
        self._folder.cleanup()

    def update(self, outputs: Iterable[Output]) -> ModuleType:
        """Take the modules of new outputs. Return the registry of the package, which has its API.

        Raises the error of a module that cannot be imported; then nothing has changed.
        """
        sources, packages = self._sources, self._packages
        outputs = [o for o in outputs if o.path.startswith(f"{self.name}/")]
        self._sources, self._packages = _modules(outputs)
        names = sources.keys() | self._sources.keys()
        changed = {name for name in names if sources.get(name) != self._sources.get(name)}
        if any(name.endswith("_pb2") for name in changed):
            changed.add(f"{self.name}.pool")  # a pool cannot replace a file
        stale = self._with_importers(changed) & sys.modules.keys()
        for name in stale:
            _build_models(sys.modules[name])
        replaced = self._forget(stale)
        try:
            registry = importlib.import_module(f"{self.name}.registry")
        except BaseException:
            self._forget(self._with_importers(changed) & sys.modules.keys())
            self._sources, self._packages = sources, packages
            sys.modules.update(replaced)
            for name, module in replaced.items():
                _set_in_parent(name, module)
            raise
        self._write(outputs)
        return registry

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """Return the spec of a module of the package; None for any other."""
        if fullname not in self._sources:
            return None
        file = self._file(fullname)
        folders = [str(file.parent)] if fullname in self._packages else None
        return spec_from_file_location(
            fullname, file, loader=self, submodule_search_locations=folders
        )

    def get_source(self, fullname: str) -> str:
        """Return the text of a module, for tracebacks."""
        return self._sources[fullname]

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of a module."""
        return _code(self._sources[fullname], str(self._file(fullname)))

    def is_package(self, fullname: str) -> bool:
        """Return whether a module is a package."""
        return fullname in self._packages

    def _file(self, module: str) -> Path:
        parts = module.split(".")
        parts += ["__init__"] if module in self._packages else []
        return Path(self._folder.name, *parts).with_suffix(".py")

    def _write(self, outputs: Iterable[Output]) -> None:
        """Write the files of the package that differ: for tracebacks, and pages of the server."""
        OutputDir(Path(self._folder.name)).write({o.path: o.content for o in outputs})

    def _is_own(self, name: str) -> bool:
        return name == self.name or name.startswith(f"{self.name}.")

    def _with_importers(self, changed: set[str]) -> set[str]:
        """Return modules and all that import them, directly or not."""
        importers: dict[str, set[str]] = {}
        for name, text in self._sources.items():
            package = name if name in self._packages else name.rpartition(".")[0]
            for imported in _imports(text, package):
                importers.setdefault(imported, set()).add(name)
        result: set[str] = set()
        pending = [*changed]
        while pending:
            name = pending.pop()
            if name not in result:
                result.add(name)
                pending += importers.get(name, ())
                # A new module object of a package does not have the modules in it as attributes.
                pending += [other for other in self._sources if other.startswith(f"{name}.")]
        return result

    def _forget(self, names: Iterable[str]) -> dict[str, ModuleType]:
        """Remove modules from sys.modules and from the packages that have them. Return them."""
        removed = {name: sys.modules.pop(name) for name in list(names)}
        for name, module in removed.items():
            parent, _, attribute = name.rpartition(".")
            if vars(sys.modules.get(parent, ModuleType(""))).get(attribute) is module:
                delattr(sys.modules[parent], attribute)
        return removed


def _set_in_parent(name: str, module: ModuleType) -> None:
    parent, _, attribute = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], attribute, module)


def _build_models(module: ModuleType) -> None:
    """Build the models of a module that calls in progress may still need: when pydantic builds a
    model, it looks its annotations up in the module that has the name of the model's then.
    """
    for value in list(vars(module).values()):
        rebuild: Any = getattr(value, "model_rebuild", None)
        if isinstance(value, type) and value.__module__ == module.__name__ and rebuild:
            rebuild()


def _modules(outputs: Iterable[Output]) -> tuple[dict[str, str], set[str]]:
    """Return the texts of modules by name, and the names of packages among them."""
    sources, packages = {}, set()
    for output in outputs:
        if output.path.endswith(".py"):
            name = output.path.removesuffix(".py").replace("/", ".")
            if name.endswith(".__init__"):
                name = name.removesuffix(".__init__")
                packages.add(name)
            sources[name] = output.content.decode()
    return sources, packages


@lru_cache(maxsize=_MODULES_KEPT)
def _code(text: str, file: str) -> CodeType:
    code: CodeType = compile(text, file, "exec", dont_inherit=True)
    return code


@lru_cache(maxsize=_MODULES_KEPT)
def _imports(text: str, package: str) -> tuple[str, ...]:
    """Return the names of modules that a module may import, and others."""
    return tuple(_names(ast.parse(text), package))


def _names(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            stated = "." * node.level + (node.module or "")
            module = resolve_name(stated, package) if node.level else stated
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)

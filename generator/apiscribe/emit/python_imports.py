"""The imports of a generated module, under the shortest names that are free in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apiscribe.emit.encoders import Encoded, name, python_import
from apiscribe.emit.python_files import Module
from apiscribe.model.names import unique


class Imports:
    """Collects the imports of a module from others of its package.

    A class keeps its name, and a module the last `least` parts of its path: `Query`, `query_pb2`.
    If the importing module uses that for another thing, a module gets more of its path, and then a
    number.
    """

    def __init__(
        self, importer: Module, taken: Iterable[str], prefix: str = "", least: int = 1
    ) -> None:
        self._importer, self._prefix, self._least = importer, prefix, least
        self._taken = set(taken)
        self._classes: dict[tuple[Module, str], Encoded] = {}
        self._modules: dict[Module, Encoded] = {}

    def name_of_class(self, module: Module, class_: str) -> Encoded:
        """Return the name of a class of another module."""
        if (module, class_) not in self._classes:
            self._classes[module, class_] = self._free([class_])
        return self._classes[module, class_]

    def name_of_module(self, module: Module) -> Encoded:
        """Return the name of another module."""
        if module not in self._modules:
            parts = module.parts[1:]
            # With the version goes what it is a version of: `inventory_v1_job`.
            counts = (self._least, max(3, self._least), len(parts))
            names = ["_".join(parts[-count:]) for count in counts]
            self._modules[module] = self._free([f"{self._prefix}{name_}" for name_ in names])
        return self._modules[module]

    def _free(self, names: list[str]) -> Encoded:
        free = (name_ for name_ in names if name_ not in self._taken)
        chosen = next(free, None) or unique(names[-1], self._taken)
        self._taken.add(chosen)
        return name(chosen)

    def statements(self) -> list[Encoded]:
        """Return the import statements, in the order of their modules."""
        of_path: dict[str, list[str]] = {}
        for parts, imported in self._imported():
            of_path.setdefault(self._importer.path_to(parts), []).append(imported)
        return [python_import(path, *sorted(of_path[path])) for path in sorted(of_path)]

    def _imported(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the parts of a module or folder, and what is imported from it."""
        for (module, class_), chosen in self._classes.items():
            yield module.parts, _as(class_, chosen)
        for module, chosen in self._modules.items():
            yield module.parts[:-1], _as(module.parts[-1], chosen)


def _as(imported: str, chosen: str) -> str:
    return imported if imported == chosen else f"{imported} as {chosen}"

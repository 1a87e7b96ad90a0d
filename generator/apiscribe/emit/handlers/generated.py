"""Imports of a generated package from a temporary folder."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from apiscribe.emit import Output


@contextmanager
def imported(name: str, outputs: Iterable[Output]) -> Iterator[Callable[[str], ModuleType]]:
    """Yield a function that imports a module of the package: `registry`.

    The modules that this process had imported under the package's name are restored afterwards.
    Raises ImportError if a library of the server is missing.
    """
    with tempfile.TemporaryDirectory(prefix="apiscribe-") as folder:
        for output in outputs:
            file = Path(folder) / output.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(output.content)
        previous = _forget(name)
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            yield lambda module: importlib.import_module(f"{name}.{module}")
        finally:
            sys.path.remove(folder)
            _forget(name)
            sys.modules.update(previous)


def _forget(name: str) -> dict[str, ModuleType]:
    """Remove the modules of a package from sys.modules, and return them."""
    names = [module for module in sys.modules if module == name or module.startswith(f"{name}.")]
    return {module: sys.modules.pop(module) for module in names}

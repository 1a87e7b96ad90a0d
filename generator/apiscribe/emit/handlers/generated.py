"""Imports a generated package from a folder that is gone afterwards."""

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
    """Gives the modules of a package by their names in it: `registry`, `runtime.serve`.

    What this process knew by the package's name is known again afterwards. Raises ImportError where
    a library of the server is missing.
    """
    with tempfile.TemporaryDirectory(prefix="apiscribe-") as folder:
        for output in outputs:
            file = Path(folder) / output.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(output.content)
        known = _forget(name)
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            yield lambda module: importlib.import_module(f"{name}.{module}")
        finally:
            sys.path.remove(folder)
            _forget(name)
            sys.modules.update(known)


def _forget(name: str) -> dict[str, ModuleType]:
    """The modules of a package, no longer known."""
    found = [each for each in sys.modules if each == name or each.startswith(f"{name}.")]
    return {each: sys.modules.pop(each) for each in found}

"""Benchmarks of builds and servers, compared with alternatives."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType


def import_from_tests(name: str) -> ModuleType:
    """Import a module of the tests, which also start servers and databases."""
    folder = str(Path(__file__).parent.parent / "tests")
    if folder not in sys.path:
        sys.path.append(folder)
    return import_module(name)

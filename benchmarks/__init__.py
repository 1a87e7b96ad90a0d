"""What builds and servers cost, beside what people would use or write instead."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType


def of_tests(name: str) -> ModuleType:
    """A module of the tests: they start servers and databases, too."""
    folder = str(Path(__file__).parent.parent / "tests")
    if folder not in sys.path:
        sys.path.append(folder)
    return import_module(name)

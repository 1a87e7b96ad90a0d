"""Python outputs: where modules lie, how they import each other, how they are formatted."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from apiscribe.cache import Cache
from apiscribe.emit.encoders import WIDTH, Encoded
from apiscribe.emit.output import Output
from apiscribe.ir import File
from apiscribe.names import ANNOTATIONS, python_module

if TYPE_CHECKING:
    import black

_LAYS_OUT = ContextVar("lays_out", default=True)


@dataclass(frozen=True)
class Module:
    """A module of the generated package: its parts from the package's root."""

    parts: tuple[str, ...]

    @property
    def path(self) -> str:
        """Its file, from the package's folder."""
        return "/".join(self.parts) + ".py"

    def alias(self) -> Encoded:
        """A name for the module in others, unlike those of fields and messages."""
        return Encoded("__".join(("_m", *self.parts[1:])))

    def import_from(self, importer: Module) -> Encoded:
        """The statement by which another module of the package imports this one."""
        here, there = importer.parts[:-1], self.parts[:-1]
        shared = 0
        while shared < min(len(here), len(there)) and here[shared] == there[shared]:
            shared += 1
        dots = "." * (len(here) - shared + 1)
        return Encoded(
            f"from {dots}{'.'.join(there[shared:])} import {self.parts[-1]} as {self.alias()}"
        )

    def up_to_root(self) -> Encoded:
        """The dots of a relative import that starts at the package's root."""
        return Encoded("." * len(self.parts))


def module_of(file: File, folder: str, suffix: str = "") -> Module:
    """The module in `models` or `stubs` that stands for a `.proto` file."""
    parts = [python_module(part) for part in file.path.removesuffix(".proto").split("/")]
    parts[-1] += suffix
    return Module((folder, *parts))


def class_name(text: str) -> str:
    """The Python class of a message: a keyword or a type of Python gets a trailing `_`."""
    return f"{text}_" if keyword.iskeyword(text) or text in ANNOTATIONS else text


def python_output(package: str, path: str, text: str) -> Output:
    """A module, formatted by black. Raises SyntaxError where the text is not Python."""
    laid_out = _laid_out(text) if _LAYS_OUT.get() else text
    ast.parse(laid_out)
    return Output.text(f"{package}/{path}", laid_out)


@contextmanager
def not_laid_out() -> Iterator[None]:
    """Leave modules as templates make them: for what is run and not kept, black takes too long."""
    token = _LAYS_OUT.set(False)
    try:
        yield
    finally:
        _LAYS_OUT.reset(token)


def with_package_folders(package: str, outputs: Iterable[Output]) -> list[Output]:
    """The outputs, with an `__init__.py` in every folder of the package that has none."""
    found = list(outputs)
    paths = {output.path for output in found}
    folders = {
        folder
        for path in paths
        if path.endswith(".py")
        for folder in PurePosixPath(path).parents
        if folder.parts and folder.parts[0] == package
    }
    missing = {f"{folder}/__init__.py" for folder in folders} - paths
    return [*found, *(Output.text(path, "") for path in missing)]


def _laid_out(text: str) -> str:
    return _cache().remembered(text, _format)


@lru_cache(maxsize=1)
def _cache() -> Cache:
    """Modules as black formats them: of what a build does, the dearest."""
    return Cache("formatted", f"black {version('black')}, py311, width {WIDTH}")


def _format(text: str) -> str:
    import black

    return black.format_str(text, mode=_mode())


@lru_cache(maxsize=1)
def _mode() -> black.Mode:
    import black
    from black.mode import TargetVersion

    return black.Mode(target_versions={TargetVersion.PY311}, line_length=WIDTH)

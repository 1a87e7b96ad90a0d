"""Python outputs: the paths of modules, and their imports of each other."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded, generated_by, python_comment
from apiscribe.emit.output import Output
from apiscribe.model.api import File
from apiscribe.model.names import ANNOTATIONS, python_module
from apiscribe.workspace import ruff

# In the comments of Python, TOML, YAML and the files of pip.
NOTICE = python_comment(generated_by())


@dataclass(frozen=True)
class Module:
    """A module of the generated package: the parts of its path from the package's root."""

    parts: tuple[str, ...]

    def __lt__(self, other: Module) -> bool:
        return self.parts < other.parts

    @property
    def path(self) -> str:
        """The path of the file from the package's folder."""
        return "/".join(self.parts) + ".py"

    def path_to(self, there: tuple[str, ...]) -> str:
        """Return the relative path of another module or folder in imports of this module."""
        here = self.parts[:-1]
        shared = 0
        while shared < min(len(here), len(there)) and here[shared] == there[shared]:
            shared += 1
        return f"{'.' * (len(here) - shared + 1)}{'.'.join(there[shared:])}"

    def up_to_root(self) -> Encoded:
        """Return the dots of a relative import from the package's root."""
        return Encoded("." * len(self.parts))


def module_of(file: File, folder: str, suffix: str = "") -> Module:
    """Return the module of a `.proto` file in `models` or `stubs`."""
    parts = [python_module(part) for part in file.path.removesuffix(".proto").split("/")]
    parts[-1] += suffix
    return Module((folder, *parts))


def class_name(text: str) -> str:
    """Return the name of a message's class; a keyword or built-in type gets a trailing `_`."""
    return f"{text}_" if keyword.iskeyword(text) or text in ANNOTATIONS else text


def python_output(package: str, path: str, text: str, page: str = "") -> Output:
    """Return the output of a module from a page, or from all. Raises SyntaxError if the text is not
    Python.
    """
    text = f"{python_comment(generated_by(page))}\n\n{text}"
    ast.parse(text)
    return Output.text(f"{package}/{path}", text)


def format_modules(outputs: Sequence[Output], *, sort_imports: bool = False) -> list[Output]:
    """Return the outputs with their Python modules formatted. Raises RuffError.

    Imports may be sorted where all absolute ones are of libraries.
    """
    modules = {o.path: o.content for o in outputs if o.path.endswith((".py", ".pyi"))}
    formatted = ruff.formatted(modules, sort_imports=sort_imports)
    return [Output(o.path, formatted.get(o.path, o.content)) for o in outputs]


def with_package_folders(package: str, outputs: Iterable[Output]) -> Iterator[Output]:
    """Yield the outputs, and an `__init__.py` for each folder of the package without one."""
    paths = set()
    for output in outputs:
        paths.add(output.path)
        yield output
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while path.startswith(f"{package}/") and path.endswith(".py") and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0] or package
    missing = {f"{folder}/__init__.py" for folder in folders} - paths
    yield from (Output.text(path, f"{NOTICE}\n") for path in sorted(missing))

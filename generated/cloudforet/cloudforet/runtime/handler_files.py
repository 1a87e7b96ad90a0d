"""Loads the handlers that `--handlers` names: Python files, folders of them, modules.

What cannot be a handler is told when the server starts, with the file and line where it stands.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import pkgutil
import sys
import sysconfig
import traceback
import typing
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from .handlers import MARK, Answered, Call, Handler
from .messages import Message
from .registry import Api, Method


def load_handlers(places: Sequence[str], api: Api) -> dict[str, Handler]:
    """Full name of a method → its handler, from files, folders and modules.

    Raises ValueError where one cannot be loaded, a handler is for a method that the API lacks or that
    another handler is for, or is no function that a handler can be.
    """
    methods = {f"{s.full_name}.{m.name}": m for s in api.services for m in s.methods}
    found: dict[str, Callable[..., Any]] = {}
    for place in places:
        for function in _marked(place):
            where = _where(function)
            for name in getattr(function, MARK):
                if name not in methods:
                    near = difflib.get_close_matches(name, methods, n=1)
                    hint = f" (did you mean {near[0]}?)" if near else ""
                    raise ValueError(f"{where}: {name} is no method of {api.name}{hint}")
                if found.setdefault(name, function) is not function:
                    other = _where(found[name])
                    raise ValueError(f"{where}: {name} has a handler already, at {other}")
    return {name: _as_handler(function, name, methods[name]) for name, function in found.items()}


def _as_handler(function: Callable[..., Any], name: str, method: Method) -> Handler:
    """The function as it is called. Raises ValueError where it cannot be called so."""
    where = f"{_where(function)}: the handler of {name}"
    signature = inspect.signature(function)
    yields = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    if yields and not method.response_streams:
        raise ValueError(f"{where} yields; it must return its answer")
    takes = next((count for count in (3, 2) if _can_take(signature, count)), 0)
    if not takes:
        raise ValueError(f"{where} takes {signature}; it must take (request, rows) and maybe call")
    hint = _hint(function, next(iter(signature.parameters)))
    is_model = isinstance(hint, type) and issubclass(hint, Message)
    if is_model and not method.request_streams and not issubclass(method.request, hint):
        wanted = method.request.__name__
        raise ValueError(f"{where} takes a {hint.__name__}; its request is a {wanted}")
    if takes == 3:
        return function

    def without_call(request: Any, rows: Any, _: Call) -> Answered:
        answered: Answered = function(request, rows)
        return answered

    return without_call


def _can_take(signature: inspect.Signature, count: int) -> bool:
    try:
        signature.bind(*[None] * count)
    except TypeError:
        return False
    return True


def _hint(function: Callable[..., Any], parameter: str) -> Any:
    """The type that a function states of a parameter; None where it states none that is known."""
    try:
        return typing.get_type_hints(inspect.unwrap(function)).get(parameter)
    except Exception:  # names that are imported for type checkers alone, and whatever else
        return None


def _where(function: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def _marked(place: str) -> Iterator[Callable[..., Any]]:
    """The functions in a place that have been made handlers. Raises ValueError."""
    for module in _load(place):
        for value in vars(module).values():
            if callable(value) and isinstance(getattr(value, MARK, None), tuple):
                yield value


def _load(place: str) -> list[ModuleType]:
    """The modules of a place. Raises ValueError that says where their code fails."""
    path = Path(place)
    try:
        if path.is_dir():
            return list(_with_submodules(_import_from(path)))
        if path.is_file():
            in_package = (path.parent / "__init__.py").is_file()
            return [_import_from(path.with_suffix("")) if in_package else _run(path)]
        return list(_with_submodules(_import_named(place)))
    except (Exception, SystemExit) as error:
        # The last line that is neither ours nor Python's own: the import system's are.
        passed = ("<", __file__, sysconfig.get_path("stdlib"))
        frames = reversed(traceback.extract_tb(error.__traceback__))
        frame = next((f for f in frames if not f.filename.startswith(passed)), None)
        at = f"{frame.filename}:{frame.lineno}: " if frame else ""
        kind = "" if isinstance(error, _UnusableError) else f"{type(error).__name__}: "
        raise ValueError(f"--handlers {place}: {at}{kind}{error}") from error


class _UnusableError(Exception):
    """A place that holds no handlers, whatever its code."""


def _run(file: Path) -> ModuleType:
    """The module of a file that is in no package; it can import those beside it."""
    spec = importlib.util.spec_from_file_location(f"handlers:{file}", file)
    if spec is None or spec.loader is None:
        raise _UnusableError("it is no Python file")
    _import_also_from(file.parent)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _import_from(path: Path) -> ModuleType:
    """The package in a folder, or the module of a file in a package, by its full name."""
    path = path.resolve()
    root = path.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    _import_also_from(root)
    name = ".".join(path.relative_to(root).parts)
    module = importlib.import_module(name)
    places = [*getattr(module, "__path__", ()), str(module.__file__).removesuffix(".py")]
    if str(path) not in {str(Path(each).resolve()) for each in places}:
        raise _UnusableError(f"Python knows {name} as something else; give it another name")
    return module


def _import_named(name: str) -> ModuleType:
    _import_also_from(Path.cwd())
    try:
        return importlib.import_module(name)
    except (ModuleNotFoundError, TypeError, ValueError) as error:
        # TypeError and ValueError: a name that no module can have, as `./handlers` and the empty one.
        if isinstance(error, ModuleNotFoundError) and error.name not in _parents(name):
            raise
        raise _UnusableError("there is no such file, folder or module") from error


def _parents(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:count]) for count in range(1, len(parts) + 1)}


def _with_submodules(module: ModuleType) -> Iterator[ModuleType]:
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if found.name != "__main__":
            yield from _with_submodules(importlib.import_module(f"{module.__name__}.{found.name}"))


def _import_also_from(folder: Path) -> None:
    """Let Python look for modules in a folder too, where it knows none of their name."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

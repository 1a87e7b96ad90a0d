"""The handlers of `--handlers`: Python files, folders and modules.

An invalid handler is an error when the server starts, with its file and line.
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

from .handlers import METHODS_ATTRIBUTE, Call, Handler, HandlerResult
from .messages import Message
from .registry import Api, Method


def load_handlers(sources: Sequence[str], api: Api) -> dict[str, Handler]:
    """Load files, folders and modules. Return full name of a method → its handler.

    Raises ValueError if one cannot be loaded, if the API lacks the method of a handler, if a method
    has two handlers, or if a function does not have the signature of a handler.
    """
    methods = {f"{s.full_name}.{m.name}": m for s in api.services for m in s.methods}
    functions: dict[str, Callable[..., Any]] = {}
    for source in sources:
        for function in _find_handlers(source):
            location = _location(function)
            for name in getattr(function, METHODS_ATTRIBUTE):
                if name not in methods:
                    near = difflib.get_close_matches(name, methods, n=1)
                    hint = f" (did you mean {near[0]}?)" if near else ""
                    raise ValueError(f"{location}: {name} is not a method of {api.name}{hint}")
                if functions.setdefault(name, function) is not function:
                    other = _location(functions[name])
                    raise ValueError(f"{location}: {name} already has a handler, at {other}")
    return {
        name: _to_handler(function, name, methods[name]) for name, function in functions.items()
    }


def forget_handlers(sources: Sequence[str]) -> None:
    """Forget the modules of files and folders, so that `load_handlers` runs them again: those of a
    folder, or a file and those beside it.
    """
    importlib.invalidate_caches()
    folders = {Path(source).resolve() for source in sources if Path(source).is_dir()}
    beside = {Path(source).resolve().parent for source in sources if Path(source).is_file()}
    for name, module in list(sys.modules.items()):
        if name != "__main__" and (file := getattr(module, "__file__", None)):
            parents = Path(file).resolve().parents
            if folders.intersection(parents) or parents[0] in beside:
                del sys.modules[name]


def _to_handler(function: Callable[..., Any], name: str, method: Method) -> Handler:
    """Return the function with the signature of a handler. Raises ValueError if it has another."""
    subject = f"{_location(function)}: the handler of {name}"
    signature = inspect.signature(function)
    yields = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    if yields and not method.response_streams:
        raise ValueError(f"{subject} yields; it must return its response")
    count = next((count for count in (3, 2) if _accepts(signature, count)), 0)
    if not count:
        raise ValueError(
            f"{subject} takes {signature}; it must take (request, rows) or (request, rows, call)"
        )
    hint = _type_hint(function, next(iter(signature.parameters)))
    is_model = isinstance(hint, type) and issubclass(hint, Message)
    if is_model and not method.request_streams and not issubclass(method.request, hint):
        expected = method.request.__name__
        raise ValueError(f"{subject} takes a {hint.__name__}; its request is a {expected}")
    if count == 3:
        return function

    def without_call(request: Any, rows: Any, _: Call) -> HandlerResult:
        result: HandlerResult = function(request, rows)
        return result

    return without_call


def _accepts(signature: inspect.Signature, count: int) -> bool:
    try:
        signature.bind(*[None] * count)
    except TypeError:
        return False
    return True


def _type_hint(function: Callable[..., Any], parameter: str) -> Any:
    """Return the type hint of a parameter; None without one, or if it cannot be resolved."""
    try:
        return typing.get_type_hints(inspect.unwrap(function)).get(parameter)
    except Exception:  # NameError of an import for type checkers only, or any other
        return None


def _location(function: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def _find_handlers(source: str) -> Iterator[Callable[..., Any]]:
    """Yield the functions with @implements in a source. Raises ValueError."""
    for module in _load(source):
        for value in vars(module).values():
            if callable(value) and isinstance(getattr(value, METHODS_ATTRIBUTE, None), tuple):
                yield value


def _load(source: str) -> list[ModuleType]:
    """Return the modules of a source. Raises ValueError with the line of code that fails."""
    path = Path(source)
    try:
        if path.is_dir():
            return list(_with_submodules(_import_from(path)))
        if path.is_file():
            in_package = (path.parent / "__init__.py").is_file()
            return [_import_from(path.with_suffix("")) if in_package else _run_file(path)]
        return list(_with_submodules(_import_named(source)))
    except (Exception, SystemExit) as error:
        # The last line of user code: not in this file, the import system or the standard library.
        ignored = ("<", __file__, sysconfig.get_path("stdlib"))
        frames = reversed(traceback.extract_tb(error.__traceback__))
        frame = next((f for f in frames if not f.filename.startswith(ignored)), None)
        location = f"{frame.filename}:{frame.lineno}: " if frame else ""
        kind = "" if isinstance(error, _UnusableError) else f"{type(error).__name__}: "
        raise ValueError(f"--handlers {source}: {location}{kind}{error}") from error


class _UnusableError(Exception):
    """A source that cannot be imported, for a reason that is not in its code."""


def _run_file(file: Path) -> ModuleType:
    """Import a file outside of any package. It can import modules from its own folder."""
    spec = importlib.util.spec_from_file_location(f"handlers:{file}", file)
    if spec is None or spec.loader is None:
        raise _UnusableError("it is not a Python file")
    _append_to_path(file.parent)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _import_from(path: Path) -> ModuleType:
    """Import the package in a folder, or a file in a package, by its full name."""
    path = path.resolve()
    root = path.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    _append_to_path(root)
    name = ".".join(path.relative_to(root).parts)
    module = importlib.import_module(name)
    paths = [*getattr(module, "__path__", ()), str(module.__file__).removesuffix(".py")]
    if str(path) not in {str(Path(found).resolve()) for found in paths}:
        raise _UnusableError(f"another module is named {name}; rename it")
    return module


def _import_named(name: str) -> ModuleType:
    _append_to_path(Path.cwd())
    try:
        return importlib.import_module(name)
    except (ModuleNotFoundError, TypeError, ValueError) as error:
        # TypeError and ValueError: an impossible name, such as `./handlers` or an empty one.
        if isinstance(error, ModuleNotFoundError) and error.name not in _parents(name):
            raise
        raise _UnusableError("no such file, folder or module") from error


def _parents(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:count]) for count in range(1, len(parts) + 1)}


def _with_submodules(module: ModuleType) -> Iterator[ModuleType]:
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if found.name != "__main__":
            yield from _with_submodules(importlib.import_module(f"{module.__name__}.{found.name}"))


def _append_to_path(folder: Path) -> None:
    """Let Python search a folder for modules, after all other folders."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

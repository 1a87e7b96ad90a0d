"""Hooks: what a method does, written by the service's own people.

    @implements("name.of.package.Service.method")
    async def method(request: MethodRequest, rows: Rows | None) -> MethodResponse: ...

A hook, `async` or not, takes the request's model and the rows of the service's resource, and
gives the response's model, or a JSON object. It comes before what the server does by itself.
"""

from __future__ import annotations

import difflib
import importlib.util
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from .catalog import Api
from .messages import Message
from .rows import Rows

Answer = Message | Mapping[str, Any]
Hook = Callable[[Any, "Rows | None"], Awaitable[Answer] | Answer]
H = TypeVar("H", bound=Callable[..., Any])

_MARK = "__implements__"


def implements(method: str) -> Callable[[H], H]:
    """Make a function the hook of a method, given by its full name."""

    def mark(function: H) -> H:
        setattr(function, _MARK, method)
        return function

    return mark


def load_hooks(file: Path, api: Api) -> dict[str, Hook]:
    """Full name of a method → its hook, from a Python file.

    Raises ValueError where the file is none, or a hook is for a method that the API lacks.
    """
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ValueError(f"{file}: {type(error).__name__}: {error}") from error
    found = {
        getattr(value, _MARK): value for value in vars(module).values() if hasattr(value, _MARK)
    }
    known = {f"{service.full_name}.{m.name}" for service in api.services for m in service.methods}
    for name in sorted(set(found) - known):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise ValueError(f"{file}: {name} is no method of {api.name}{hint}")
    return found

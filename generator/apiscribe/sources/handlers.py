"""Read the handlers in a folder without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from apiscribe.diagnostics.codes.handlers import orphaned_handler, unreadable_handler
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.model.api import Api
from apiscribe.workspace.inputs import InputError, files_below, read_input

# Method names that are not suggested as a new name: the server usually implements these itself.
_COMMON_METHODS = frozenset(
    "add analyze create delete deregister disable enable get list register set stat update".split()
)


@dataclass(frozen=True, kw_only=True)
class Handler:
    """A function with `@implements("…")`: the full name of the method, and its location."""

    method: str
    span: Span


@dataclass
class ExistingHandlers:
    """The handlers in a folder, and its Python files by their path in the folder.

    `unreadable` lists the files that are not Python, with the reason.
    """

    files: dict[str, Source] = field(default_factory=dict)
    handlers: list[Handler] = field(default_factory=list)
    unreadable: list[tuple[Span, str]] = field(default_factory=list)

    @property
    def methods(self) -> set[str]:
        """The full names of the implemented methods."""
        return {handler.method for handler in self.handlers}


def read_handlers(folder: Path, shown: str) -> ExistingHandlers:
    """Read the handlers below a folder; `shown` is the folder in the paths of spans.

    Only literal names are recognised: `@implements("shop.v1.Order.cancel")`.
    """
    existing = ExistingHandlers()
    try:
        names = ["/".join(parts) for parts in files_below(folder)] if folder.is_dir() else []
    except InputError as error:
        existing.unreadable.append((Span(shown, 1, 1), f"the folder {error}"))
        return existing
    for path in sorted(name for name in names if name.endswith(".py")):
        try:
            text = read_input(folder / path, folder).decode("utf-8", "replace")
            source = existing.files[path] = Source(f"{shown}/{path}", text)
            tree = ast.parse(text)
        except InputError as error:
            existing.unreadable.append((Span(f"{shown}/{path}", 1, 1), f"it {error}"))
            continue
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            existing.unreadable.append((Span(source.path, line, line), _reason(error)))
            continue
        existing.handlers += _handlers(tree, source.path)
    return existing


def check_handlers(existing: ExistingHandlers, api: Api, report: Report) -> None:
    """Report handlers of methods that the API does not have, and files that are not Python."""
    for span, reason in existing.unreadable:
        report.add(unreadable_handler(reason), span)
    services = {service.full_name: service for _, service in api.services()}
    methods = {f"{name}.{m.name}" for name, service in services.items() for m in service.methods}
    for handler in existing.handlers:
        if handler.method in methods:
            continue
        service, _, _ = handler.method.rpartition(".")
        free = [
            name
            for name in sorted(methods - existing.methods)
            if name.rpartition(".")[0] == service and name.rpartition(".")[2] not in _COMMON_METHODS
        ]
        message = orphaned_handler(
            handler.method,
            has_service=service in services,
            candidate=free[0] if len(free) == 1 else "",
        )
        report.add(message, handler.span, mark=handler.method)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError | MemoryError):
        return "its expressions are nested too deeply"
    return error.msg if isinstance(error, SyntaxError) else str(error)


def _handlers(tree: ast.Module, path: str) -> Iterator[Handler]:
    names = {"implements"} | {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "implements"
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            match decorator:
                case ast.Call(
                    func=ast.Name(id=name) | ast.Attribute(attr=name),
                    args=[ast.Constant(value=str(method), lineno=line)],
                ) if (
                    name in names
                ):
                    yield Handler(method=method, span=Span(path, line, line))

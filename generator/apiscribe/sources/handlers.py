"""The handlers that stand in a folder, read and not run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from apiscribe.diagnostics.codes.handlers import orphaned_handler, unreadable_handler
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.model.api import Api

# What a handler's method is hardly renamed to: the server mostly answers these by itself.
_PLAIN_VERBS = frozenset(
    "add analyze create delete deregister disable enable get list register set stat update".split()
)


@dataclass(frozen=True, kw_only=True)
class Handler:
    """A function with `@implements("…")`: the method named there, and the place of that name."""

    method: str
    span: Span


@dataclass
class ExistingHandlers:
    """What a folder of handlers holds: its Python files by path from the folder, and the handlers.

    `unreadable`: where a file is not Python, and why.
    """

    files: dict[str, Source] = field(default_factory=dict)
    handlers: list[Handler] = field(default_factory=list)
    unreadable: list[tuple[Span, str]] = field(default_factory=list)

    @property
    def methods(self) -> set[str]:
        """The full names of the methods that have a handler."""
        return {handler.method for handler in self.handlers}


def read_handlers(folder: Path, shown: str) -> ExistingHandlers:
    """The handlers below a folder; their spans begin with the folder as it is `shown`.

    A method counts where its name is written out: `@implements("shop.v1.Order.cancel")`.
    """
    standing = ExistingHandlers()
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder).as_posix()
        text = file.read_bytes().decode("utf-8", "replace")
        source = standing.files[path] = Source(f"{shown}/{path}", text)
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            standing.unreadable.append((Span(source.path, line, line), _reason(error)))
            continue
        standing.handlers += _handlers(tree, source.path)
    return standing


def check_handlers(standing: ExistingHandlers, api: Api, report: Report) -> None:
    """Report the handlers of methods that the API does not have, and files that are no Python."""
    for span, reason in standing.unreadable:
        report.add(unreadable_handler(reason), span)
    services = {service.full_name: service for _, service in api.services()}
    methods = {f"{name}.{m.name}" for name, service in services.items() for m in service.methods}
    for handler in standing.handlers:
        if handler.method in methods:
            continue
        service, _, _ = handler.method.rpartition(".")
        free = [
            each
            for each in sorted(methods - standing.methods)
            if each.rpartition(".")[0] == service and each.rpartition(".")[2] not in _PLAIN_VERBS
        ]
        message = orphaned_handler(
            handler.method,
            has_service=service in services,
            candidate=free[0] if len(free) == 1 else "",
        )
        report.add(message, handler.span, mark=handler.method)


def _reason(error: SyntaxError | ValueError) -> str:
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

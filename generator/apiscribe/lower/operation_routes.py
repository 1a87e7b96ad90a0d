"""The routes of HTTP operations, and operations that several pages name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.codes.methods import repeated_operation
from apiscribe.diagnostics.report import Report
from apiscribe.model.draft import OperationDraft, PageDraft, RouteDraft
from apiscribe.model.names import identifier

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_PARAMETER = re.compile(r"\{([^{}]*)\}")


def method_routes(
    operation: OperationDraft, body: str, response_body: str
) -> tuple[RouteDraft, ...]:
    """Return the routes with the identifiers of their parameters."""
    return tuple(
        replace(
            route,
            path=_PARAMETER.sub(lambda m: f"{{{identifier(m[1])}}}", route.path),
            body=body,
            response_body=response_body,
        )
        for route in operation.routes
    )


def takes_body(operation: OperationDraft) -> bool:
    """Return whether a request has a body by its verb."""
    return any(route.verb in _WITH_BODY for route in operation.routes)


def shape(route: RouteDraft) -> tuple[str, str]:
    """Return what decides which requests a route matches: all but the names of parameters."""
    return route.verb, _PARAMETER.sub("{}", route.path).rstrip("/").lower()


def without_repeated(pages: Sequence[PageDraft], report: Report) -> list[PageDraft]:
    """Return the pages with each operation once: where a page says most about it. Report members
    that only another description of the operation has.
    """
    fullest: dict[tuple[str, str], tuple[bool, int]] = {}
    for page in pages:
        for operation in page.operations:
            for route in operation.routes:
                count = _content(operation)
                fullest[shape(route)] = max(count, fullest.get(shape(route), count))
    seen: dict[tuple[str, str], OperationDraft] = {}
    result = []
    for page in pages:
        kept = []
        for operation in page.operations:
            routes = tuple(
                route
                for route in operation.routes
                if shape(route) not in seen and _content(operation) == fullest[shape(route)]
            )
            if routes:
                seen.update(dict.fromkeys(map(shape, routes), operation))
                kept.append(replace(operation, routes=routes))
        result.append(replace(page, operations=tuple(kept)))
    for operation in (operation for page in pages for operation in page.operations):
        for route in operation.routes:
            used = seen[shape(route)]
            lost = [name for name in _members(operation) if name not in _members(used)]
            if lost and not operation.former and not operation.by_command:
                message = repeated_operation(route.verb, route.path, used.span, lost)
                report.add(message, route.span, mark=route.path)
    return result


def _members(operation: OperationDraft) -> dict[str, None]:
    """Return the names of the members of a request that are not in its path, in order."""
    fields = operation.body.fields if operation.body else ()
    others = (field for field in operation.parameters if field.location != "path")
    return dict.fromkeys(field.name for field in (*others, *fields))


def without_calls(pages: Sequence[PageDraft]) -> list[PageDraft]:
    """Return the pages without the operations that only commands call, if other pages say more:
    then the commands are those of a guide.

    Where all pages only show messages, without a list of members, commands are as good as them.
    """
    declared = [o for page in pages for o in page.operations if not o.by_command]
    if not declared and not any(page.services for page in pages):
        return list(pages)
    only_shown = not any(page.services or page.messages for page in pages)
    only_shown = only_shown and all(map(_only_shows, declared))
    known = [route for operation in declared for route in operation.routes]
    return [
        replace(
            page,
            operations=tuple(
                o
                for o in page.operations
                if not o.by_command or (only_shown and not any(_calls(o, r) for r in known))
            ),
        )
        for page in pages
    ]


def _only_shows(operation: OperationDraft) -> bool:
    """Return whether a page describes an operation by examples, and lists no members."""
    shows = bool(operation.examples) or any(a.examples for a in operation.answers)
    listed = [f for f in operation.parameters if f.description or f.type.name not in ("", "string")]
    typed = operation.body or listed or any(a.type for a in operation.answers)
    return not typed and (shows or bool(operation.answers)) and not operation.listed


def _calls(operation: OperationDraft, known: RouteDraft) -> bool:
    """Return whether an operation is a known one, with values in place of its parameters."""
    wanted = shape(known)
    pattern = re.escape(wanted[1]).replace(r"\{\}", r"[^/]+")
    return any(
        verb == wanted[0] and re.fullmatch(pattern, path) is not None
        for verb, path in map(shape, operation.routes)
    )


def _content(operation: OperationDraft) -> tuple[bool, int]:
    """Return whether a page describes an operation as it is, and count what it says of it."""
    if operation.listed:
        return False, -1
    stated = [f for f in operation.parameters if f.description or f.type.name not in ("", "string")]
    body = len(operation.body.fields) + 1 if operation.body else 0
    count = len(stated) + body + 2 * len(operation.answers) + len(operation.examples)
    return not operation.former, count

"""The services of a page about HTTP: one, or one for each of its collections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence

from apiscribe.lower.operation_names import first_word, service_of_page, service_of_path
from apiscribe.model.draft import OperationDraft, PageDraft
from apiscribe.model.lock import Lock

# Package and route of an operation → the name of its service.
LockedServices = Mapping[tuple[str, str], str]


def locked_services(lock: Lock, renamed: Container[str]) -> LockedServices:
    """Return the services that the lock has for routes.

    Those that the overlay has `renamed` are left out: it names them as their pages do.
    """
    return {
        (owner.rpartition(".")[0], route): owner.rpartition(".")[2]
        for owner, kinds in lock.names.items()
        if owner not in renamed
        for route in kinds.get("methods", {})
    }


def services_of(
    page: PageDraft, package: str, locked: LockedServices
) -> dict[str, list[OperationDraft]]:
    """Return the operations of a page by service.

    An operation stays in the service that the lock has for it, whatever the title of the page says
    now, and new ones join it.
    """
    services: dict[str, list[OperationDraft]] = {}
    for name, operations in _by_rule(page).items():
        kept = [locked.get((package, route_key(operation)), "") for operation in operations]
        known = Counter(filter(None, kept)).most_common(1)
        for operation, own in zip(operations, kept, strict=True):
            own = own or (known[0][0] if known else name)
            services.setdefault(own, []).append(operation)
    return services


def route_key(operation: OperationDraft) -> str:
    """Return the name of an operation in the lock: its first route, `POST /v1/invoices`."""
    return f"{operation.routes[0].verb} {operation.routes[0].path}"


def _by_rule(page: PageDraft) -> dict[str, list[OperationDraft]]:
    operations = list(page.operations)
    words = Counter(first_word(operation.routes[0]) for operation in operations)
    name = service_of_page(page, operations)
    many = len(words) > 3 and len(operations) > 2 * len(words)
    collections = [word for word, count in words.items() if _is_collection(word, count, operations)]
    groups: dict[str, list[OperationDraft]] = {}
    for operation in operations:
        apart = len(collections) > 1 and first_word(operation.routes[0]) in collections
        own = service_of_path(operation) if many or apart or not name else name
        groups.setdefault(own, []).append(operation)
    return groups


def _is_collection(word: str, count: int, operations: Sequence[OperationDraft]) -> bool:
    """Return whether a word begins several routes, and is a route without more."""
    return count > 1 and any(
        first_word(route) == word
        and route.path.rstrip("/").rpartition("/")[2].split(".")[0] == word
        for operation in operations
        for route in operation.routes
    )

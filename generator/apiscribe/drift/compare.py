"""Compares two versions of an API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from apiscribe.diagnostics.source import Span
from apiscribe.drift.addition import Addition, operation_of_method
from apiscribe.drift.alignment import aligned
from apiscribe.drift.change import Change, Drift, Grade
from apiscribe.drift.change_list import Changes
from apiscribe.drift.declarations import Declarations, declared_names, last_part, packages
from apiscribe.drift.documents import compare_documents
from apiscribe.drift.enums import compare_enums
from apiscribe.drift.fields import compare_messages
from apiscribe.drift.grouping import group_with_users
from apiscribe.drift.merging import merge_entries
from apiscribe.drift.names import compare_names
from apiscribe.drift.pairing import Pairs, pair
from apiscribe.drift.security import compare_security
from apiscribe.drift.services import compare_services
from apiscribe.model.api import File, Service
from apiscribe.model.version import ApiVersion

# The kind of a declaration, its location and the names of its parts.
_Declared = tuple[str, Span, tuple[str, ...]]


def compare(old: ApiVersion, new: ApiVersion) -> Drift:
    """Return the changes in the order of the old version's pages, additions last."""
    old, new = aligned(old, new)
    changes = Changes(Declarations(old), Declarations(new))
    if old.document and new.document:
        not_compared = compare_documents(changes, old.document, new.document)
    else:
        _compare_apis(changes)
        not_compared = changes.not_compared()
    return Drift(
        old=old.name,
        new=new.name,
        changes=tuple(sorted(changes.entries, key=_order(old, new))),
        not_compared=not_compared,
    )


def _compare_apis(changes: Changes) -> None:
    """Add the changes between two Apis."""
    # Pairs first: a renamed declaration is not a removal, and its users did not change.
    pairs = pair(changes.old, changes.new)
    # Pages before declarations: a removed page is one entry.
    reported = _compare_pages(changes, pairs)
    _compare_declarations(changes, pairs, reported)
    compare_services(changes, pairs)
    compare_security(changes, pairs)
    compare_messages(changes, pairs)
    compare_enums(changes, pairs)
    merge_entries(changes, pairs)


def _order(old: ApiVersion, new: ApiVersion) -> Callable[[Change], tuple[object, ...]]:
    """Return a sort key for document order: by page of the old version, then of the new one, then
    by line.
    """
    old_pages = {file.page: at for at, file in reversed(list(enumerate(old.api.files)))}
    new_pages = {file.page: at for at, file in reversed(list(enumerate(new.api.files)))}

    def key(change: Change) -> tuple[object, ...]:
        location: tuple[int, int, int]
        if change.old:
            location = (0, old_pages.get(change.old.path, len(old_pages)), change.old.line)
        else:
            page, line = (change.new.path, change.new.line) if change.new else ("", 0)
            if page in old_pages:  # an addition follows the other changes of its page
                location = (0, old_pages[page], 10**9 + line)
            else:
                location = (1, new_pages.get(page, 0), line)
        return (*location, change.symbol, change.kind, change.message)

    return key


def _compare_pages(changes: Changes, pairs: Pairs) -> frozenset[str]:
    """Report renamed packages, and pages that were removed or added as a whole. Return the full
    names of the declarations of these pages.
    """
    for package, target in pairs.packages.items():
        if package != target:
            spans = [
                next(
                    _first_span(file)
                    for file in declarations.version.api.files
                    if file.package == name and declared_names(file)
                )
                for declarations, name in ((changes.old, package), (changes.new, target))
            ]
            message = f"{package} was renamed to {target}"
            changes.add("package-renamed", package, message, *spans)
    paired_old = {*pairs.services, *pairs.messages, *pairs.enums}
    paired_new = {*pairs.services.values(), *pairs.messages.values(), *pairs.enums.values()}
    return frozenset(
        {
            *_report_pages("page-removed", changes.old, changes.new, paired_old, changes),
            *_report_pages("page-added", changes.new, changes.old, paired_new, changes),
        }
    )


def _report_pages(
    kind: str, declarations: Declarations, other: Declarations, paired: set[str], changes: Changes
) -> Iterator[str]:
    """Report the pages without any paired declaration, and yield their declarations.

    The types of a page without services are reported one by one, unless the other version lacks
    their whole package.
    """
    shared_packages = set(packages(other))
    named = declarations.names_messages and other.names_messages
    for file in declarations.version.api.files:
        names = declared_names(file)
        # Types that no page declares are reported one by one.
        if not file.page or not names or any(name in paired for name in names):
            continue
        if not file.services and (file.package in shared_packages or not named):
            continue
        if file.services and not any(_can_express(other, service) for service in file.services):
            continue
        yield from names
        removed = kind == "page-removed"
        span = _first_span(file)
        changes.add(
            kind,
            file.services[0].full_name if file.services else file.package,
            f"{file.page} was {'removed' if removed else 'added'}: {_count_text(file)}",
            span if removed else None,
            None if removed else span,
            details=_parts(file),
            grade=_grade_of_removal(removed, named, bool(file.services)),
        )


def _grade_of_removal(removed: bool, named: bool, has_services: bool = True) -> Grade | None:
    """Return the grade of a removal: `json` if a version states only HTTP."""
    if not removed:
        return None
    if not has_services:
        return "source"
    return None if named else "json"


def _compare_declarations(changes: Changes, pairs: Pairs, reported: frozenset[str]) -> None:
    """Report services, methods, messages and enums that were removed, added, renamed or moved."""
    old, new = changes.old, changes.new
    removed = {*_methods(old, new, pairs.methods), *old.messages, *old.enums}
    removed -= {*pairs.messages, *pairs.enums}
    reverse = {
        pairs.services[service]: {new_name: old_name for old_name, new_name in names.items()}
        for service, names in pairs.methods.items()
    }
    added = {*_methods(new, old, reverse), *new.messages, *new.enums}
    added -= {*pairs.messages.values(), *pairs.enums.values()}
    named = old.names_messages and new.names_messages
    if not named:
        removed -= old.messages.keys() | old.enums.keys()
        added -= new.messages.keys() | new.enums.keys()
    known_old: set[str] = {*pairs.services, *reported}
    known_new: set[str] = {*pairs.services.values(), *reported}
    known_old |= {name for name, s in old.services.items() if not _can_express(new, s)}
    known_new |= {name for name, s in new.services.items() if not _can_express(old, s)}
    _report_unpaired("removed", old, removed - reported, changes, known_old, named)
    _report_unpaired("added", new, added - reported, changes, known_new, named, pairs)
    compare_names(changes, pairs, named)


def _methods(
    declarations: Declarations, other: Declarations, paired: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Yield the full names of the unpaired methods of services that both versions have."""
    needs_route = _needs_routes(other)
    for name, names in paired.items():
        for method in declarations.services[name].methods:
            if method.name not in names and (method.routes or not needs_route):
                yield f"{name}.{method.name}"


def _needs_routes(declarations: Declarations) -> bool:
    return "methods without routes" in declarations.version.unknown


def _can_express(declarations: Declarations, service: Service) -> bool:
    """Return whether a version could have a service: one with routes, if it only has routes."""
    return not _needs_routes(declarations) or any(method.routes for method in service.methods)


def _unpaired_declarations(
    declarations: Declarations,
    unpaired: set[str],
    known: set[str],
    named: bool,
    pairs: Pairs | None,
) -> tuple[dict[str, _Declared], dict[str, tuple[Addition, ...]]]:
    """Return the declarations that only one version has, and what is known of added methods. Add
    the methods of unpaired services to `unpaired`.
    """
    declared: dict[str, _Declared] = {}
    additions: dict[str, tuple[Addition, ...]] = {}
    for name, service in declarations.services.items():
        if name not in known:
            methods = tuple(method.name for method in service.methods)
            declared[name] = ("service", service.span, methods)
            unpaired |= {f"{name}.{method}" for method in methods}
        for method in service.methods:
            if f"{name}.{method.name}" in unpaired and name in known:
                routes = () if named else tuple(f"{r.verb} {r.path}" for r in method.routes)
                declared[f"{name}.{method.name}"] = ("method", method.span, routes)
                if pairs:
                    home = next(old for old, new in pairs.services.items() if new == name)
                    operation = operation_of_method(home, method, pairs, declarations)
                    additions[f"{name}.{method.name}"] = operation
    for name, message in declarations.messages.items():
        if name in unpaired:
            fields = tuple(field.json_name for field in message.fields)
            declared[name] = ("message", message.span, fields)
    for name, enum in declarations.enums.items():
        # An enum that is incomplete or not named by a page is reported with its field.
        if name in unpaired and "name" not in enum.provenance and not enum.incomplete:
            values = tuple(value.json_name for value in enum.documented_values)
            declared[name] = ("enum", enum.span, values)
    return declared, additions


def _report_unpaired(
    what: str,
    declarations: Declarations,
    unpaired: set[str],
    changes: Changes,
    known: set[str],
    named: bool,
    pairs: Pairs | None = None,
) -> None:
    """Report the declarations that only one version has; types together with their users. `pairs`
    are those of added declarations.
    """
    declared, additions = _unpaired_declarations(declarations, unpaired, known, named, pairs)
    members: dict[str, list[str]] = {}
    roots = group_with_users(declarations, unpaired)
    for name in declared:
        root = roots.get(name, name)
        root = root if root in declared else root.rpartition(".")[0]
        if root != name and root in declared:
            members.setdefault(root, []).append(last_part(name))
    hidden = {name for name, root in roots.items() if root != name}
    # A message's enum is reported with the message, or with the fields that use it.
    used = {name for message in declarations.messages.values() for name in message.type_names()}
    for name, (kind, span, parts) in declared.items():
        owner = name.rpartition(".")[0]
        is_part = kind == "enum" and owner in declarations.messages
        if name in hidden or (is_part and (name in used or owner in unpaired)):
            continue
        changes.add(
            f"{kind}-{what}",
            name,
            f"{last_part(name)} was {what}",
            span if what == "removed" else None,
            None if what == "removed" else span,
            grade=_grade_of_removal(what == "removed", named) if kind in _CALLED else None,
            details=(*parts, *members.get(name, ())),
            additions=additions.get(name, ()),
        )


_CALLED = frozenset({"service", "method"})


def _parts(file: File) -> tuple[str, ...]:
    services = [f"{s.name}.{method.name}" for s in file.services for method in s.methods]
    return (*services, *(m.name for m in file.messages), *(e.name for e in file.enums))


def _count_text(file: File) -> str:
    counts = (
        (len(file.services), "service"),
        (sum(len(service.methods) for service in file.services), "method"),
        (len(file.messages), "message"),
        (len(file.enums), "enum"),
    )
    return ", ".join(f"{count} {word}{'s'[: count > 1]}" for count, word in counts if count)


def _first_span(file: File) -> Span:
    spans = [service.span for service in file.services]
    spans += [message.span for message in file.messages]
    spans += [enum.span for enum in file.enums]
    # The spans of declarations from the overlay are in the overlay.
    return min([span for span in spans if span.path == file.page] or spans)

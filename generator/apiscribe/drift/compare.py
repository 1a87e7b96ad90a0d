"""Two editions → what differs between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import Change, Drift
from apiscribe.drift.changes import Changes
from apiscribe.drift.declarations import Declarations, packages, short
from apiscribe.drift.enums import compare_enums
from apiscribe.drift.fields import compare_messages
from apiscribe.drift.grouping import gathered
from apiscribe.drift.pairing import Pairs, pair
from apiscribe.drift.services import compare_services
from apiscribe.model.api import Enum, File, Message, Service
from apiscribe.model.version import ApiVersion


def compare(old: ApiVersion, new: ApiVersion) -> Drift:
    """What differs, in the order of the old side's pages, and behind it what is new."""
    changes = Changes(Declarations(old), Declarations(new))
    # Pairs first: what has another name is no removal, and what uses it did not change.
    pairs = pair(changes.old, changes.new)
    # Whole pages before what stands on them: a page that is gone is one entry.
    gone = _compare_pages(changes, pairs)
    _compare_declarations(changes, pairs, gone)
    compare_services(changes, pairs)
    compare_messages(changes, pairs)
    compare_enums(changes, pairs)
    return Drift(
        old=old.name,
        new=new.name,
        changes=tuple(sorted(changes.found, key=_order(old, new))),
        not_compared=changes.not_compared(),
    )


def _order(old: ApiVersion, new: ApiVersion) -> Callable[[Change], tuple[object, ...]]:
    """Document order: by page of the old side, then of the new one, then by line."""
    pages = {file.page: at for at, file in reversed(list(enumerate(old.api.files)))}
    others = {file.page: at for at, file in reversed(list(enumerate(new.api.files)))}

    def key(change: Change) -> tuple[object, ...]:
        if change.old:
            place = (0, pages.get(change.old.path, len(pages)), change.old.line)
        else:
            span = change.new
            page, line = (span.path, span.line) if span else ("", 0)
            # What is new on a page that both have stands with it.
            place = (
                (0, pages[page], 10**9 + line) if page in pages else (1, others.get(page, 0), line)
            )
        return (*place, change.symbol, change.kind, change.message)

    return key


def _compare_pages(changes: Changes, pairs: Pairs) -> frozenset[str]:
    """Report packages with another name, and pages that are gone or new as a whole; the full names
    of what stood on these.
    """
    for package, target in pairs.packages.items():
        if package != target:
            spans = [
                next(
                    _first_span(f)
                    for f in edition.side.api.files
                    if f.package == name and _declared(f)
                )
                for edition, name in ((changes.old, package), (changes.new, target))
            ]
            changes.add("package-renamed", package, f"{package} is {target} now", *spans)
    kept = {*pairs.services, *pairs.messages, *pairs.enums}
    found = {*pairs.services.values(), *pairs.messages.values(), *pairs.enums.values()}
    return frozenset(
        {
            *_whole_pages("page-removed", changes.old, changes.new, kept, changes),
            *_whole_pages("page-added", changes.new, changes.old, found, changes),
        }
    )


def _whole_pages(
    kind: str, edition: Declarations, other: Declarations, known: set[str], changes: Changes
) -> Iterator[str]:
    """Report the pages of an edition of which the other one has nothing; what stands on them.

    A page without a service is a shelf of types: these are told one by one, unless their whole
    package is on one side alone.
    """
    shared = set(packages(other))
    named = edition.names_messages and other.names_messages
    for file in edition.side.api.files:
        names = _declared(file)
        if not names or any(name in known for name in names):
            continue
        if not file.services and (file.package in shared or not named):
            continue
        yield from names
        removed = kind == "page-removed"
        span = _first_span(file)
        changes.add(
            kind,
            file.services[0].full_name if file.services else file.package,
            f"{file.page} {'is gone' if removed else 'is new'}: {_counted(file)}",
            span if removed else None,
            None if removed else span,
            details=_parts(file),
            grade="source" if removed and not file.services else None,
        )


def _compare_declarations(changes: Changes, pairs: Pairs, told: frozenset[str]) -> None:
    """Report services, methods, messages and enums that one side alone has, or both under other
    names.
    """
    old, new = changes.old, changes.new
    gone = {*_methods(old, new, pairs.methods), *(old.messages.keys() | old.enums.keys())}
    gone -= {*pairs.messages, *pairs.enums}
    named = old.names_messages and new.names_messages
    kept = {target: {b: a for a, b in names.items()} for target, names in _by_target(pairs).items()}
    added = {*_methods(new, old, kept), *(new.messages.keys() | new.enums.keys())}
    added -= {*pairs.messages.values(), *pairs.enums.values()}
    if not named:
        gone -= old.messages.keys() | old.enums.keys()
        added -= new.messages.keys() | new.enums.keys()
    _one_sided("removed", old, gone - told, changes, set(pairs.services) | told)
    _one_sided("added", new, added - told, changes, set(pairs.services.values()) | told)
    for name, target in pairs.services.items():
        service, other = old.services[name], new.services[target]
        if service.name != other.name:
            said = f"{service.name} is {other.name} now"
            changes.add("service-renamed", name, said, service.span, other.span)
        elif named:
            _compare_places(service, other, changes)
    for name, target in pairs.enums.items() if named else ():
        enum, other_enum = old.enums[name], new.enums[target]
        if enum.name == other_enum.name and not {**enum.provenance, **other_enum.provenance}.get(
            "name"
        ):
            _compare_places(enum, other_enum, changes)
    for name, target in pairs.messages.items() if named else ():
        ours, theirs = old.messages[name], new.messages[target]
        if ours.name != theirs.name:
            said = f"{ours.name} is {theirs.name} now"
            changes.add("message-renamed", name, said, ours.span, theirs.span)
        else:
            _compare_places(ours, theirs, changes)


def _compare_places(
    ours: Service | Message | Enum, theirs: Service | Message | Enum, changes: Changes
) -> None:
    """Report a declaration that stands in another file of its package, or in another message."""
    before = changes.old.files[ours.full_name]
    after = changes.new.files[theirs.full_name]
    holders = [each.full_name.rpartition(".")[0] for each in (ours, theirs)]
    # An enum of a message goes where that goes.
    if holders[0] in changes.old.messages and holders[1] in changes.new.messages:
        return
    if before.package != after.package or ours.name != theirs.name:
        return
    if before.path != after.path:
        said = f"{ours.name} stood on {before.page} and stands on {after.page}"
    elif holders[0] != holders[1]:
        said = f"{ours.name} stood in {holders[0]} and stands in {holders[1]}"
    else:
        return
    changes.add("declaration-moved", ours.full_name, said, ours.span, theirs.span)


def _by_target(pairs: Pairs) -> dict[str, dict[str, str]]:
    """New service → old name and new name of its methods."""
    return {pairs.services[name]: names for name, names in pairs.methods.items()}


def _methods(
    edition: Declarations, other: Declarations, known: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """The full names of the methods of services that both sides have, which one alone has."""
    routed = "methods without routes" in other.side.unknown
    for name, names in known.items():
        for method in edition.services[name].methods:
            if method.name not in names and (method.routes or not routed):
                yield f"{name}.{method.name}"


def _one_sided(
    what: str, edition: Declarations, alone: set[str], changes: Changes, known: set[str]
) -> None:
    """Report what one edition alone has. What goes with something else is told with that."""
    declared: dict[str, tuple[str, Span, tuple[str, ...]]] = {}
    for name, service in edition.services.items():
        if name not in known:
            methods = tuple(method.name for method in service.methods)
            declared[name] = ("service", service.span, methods)
            alone |= {f"{name}.{method}" for method in methods}
        for method in service.methods:
            if f"{name}.{method.name}" in alone and name in known:
                declared[f"{name}.{method.name}"] = ("method", method.span, ())
    for name, message in edition.messages.items():
        if name in alone:
            fields = tuple(field.json_name for field in message.fields)
            declared[name] = ("message", message.span, fields)
    for name, enum in edition.enums.items():
        # An enum that no page names, or that is open, is told of with its field.
        if name in alone and "name" not in enum.provenance and not enum.incomplete:
            values = tuple(value.json_name for value in enum.values)
            declared[name] = ("enum", enum.span, values)
    with_others: dict[str, list[str]] = {}
    roots = gathered(edition, alone)
    for name in declared:
        root = roots.get(name, name)
        root = root if root in declared else root.rpartition(".")[0]
        if root != name and root in declared:
            with_others.setdefault(root, []).append(short(name))
    hidden = {name for name, root in roots.items() if root != name}
    for name, (kind, span, parts) in declared.items():
        owner = name.rpartition(".")[0]
        if name in hidden or (kind == "enum" and owner in edition.messages):
            continue
        changes.add(
            f"{kind}-{what}",
            name,
            f"{short(name)} is {'gone' if what == 'removed' else 'new'}",
            span if what == "removed" else None,
            None if what == "removed" else span,
            details=(*parts, *with_others.get(name, ())),
        )


def _declared(file: File) -> list[str]:
    names = [each.full_name for each in file.services]
    names += [each.full_name for each in file.messages]
    return names + [each.full_name for each in file.all_enums()]


def _parts(file: File) -> tuple[str, ...]:
    services = [f"{s.name}.{method.name}" for s in file.services for method in s.methods]
    return (*services, *(m.name for m in file.messages), *(e.name for e in file.enums))


def _counted(file: File) -> str:
    counts = (
        (len(file.services), "service"),
        (sum(len(service.methods) for service in file.services), "method"),
        (len(file.messages), "message"),
        (len(file.enums), "enum"),
    )
    return ", ".join(f"{count} {word}{'s'[: count > 1]}" for count, word in counts if count)


def _first_span(file: File) -> Span:
    spans = [each.span for each in file.services]
    spans += [each.span for each in file.messages]
    spans += [each.span for each in file.enums]
    # What the overlay declares has its place there.
    return min([span for span in spans if span.path == file.page] or spans)

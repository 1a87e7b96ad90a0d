"""Compares the names and locations of declarations that both versions have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from apiscribe.drift.change_list import Changes
from apiscribe.drift.pairing import Pairs
from apiscribe.model.api import Enum, Message, Service

Declaration = Service | Message | Enum

# The message on declarations that moved together names this many of them.
_MAX_NAMES = 3


def compare_names(changes: Changes, pairs: Pairs, named: bool) -> None:
    """Report services, messages and enums that were renamed, and those that moved: one entry for
    all that moved between the same two packages, pages or messages.
    """
    old, new = changes.old, changes.new
    moves: defaultdict[tuple[str, str], list[tuple[Declaration, Declaration]]] = defaultdict(list)
    for one, other in _pairs_with_equal_names(changes, pairs, named):
        if location := _locations(one, other, pairs, changes):
            moves[location].append((one, other))
    for old_name, new_name in pairs.services.items():
        services = old.services[old_name], new.services[new_name]
        if services[0].name != services[1].name:
            message = f"{services[0].name} was renamed to {services[1].name}"
            spans = services[0].span, services[1].span
            # Its page may have got another name with it.
            pages = old.files[old_name].page, new.files[new_name].page
            details = tuple(one.name for one, _ in moves.pop(pages, ()))
            changes.add("service-renamed", old_name, message, *spans, details=details)
    for old_name, new_name in pairs.messages.items() if named else ():
        messages = old.messages[old_name], new.messages[new_name]
        if messages[0].name != messages[1].name:
            message = f"{messages[0].name} was renamed to {messages[1].name}"
            spans = messages[0].span, messages[1].span
            changes.add("message-renamed", old_name, message, *spans)
    for (source, target), moved in moves.items():
        _report_moved(moved, source, target, changes)


def _pairs_with_equal_names(
    changes: Changes, pairs: Pairs, named: bool
) -> Iterator[tuple[Declaration, Declaration]]:
    """Yield the declarations that have the same last name in both versions, services first."""
    if not named:
        return
    old, new = changes.old, changes.new
    for old_name, new_name in pairs.services.items():
        yield old.services[old_name], new.services[new_name]
    for old_name, new_name in pairs.enums.items():
        yield old.enums[old_name], new.enums[new_name]
    for old_name, new_name in pairs.messages.items():
        yield old.messages[old_name], new.messages[new_name]


def _locations(
    old: Declaration, new: Declaration, pairs: Pairs, changes: Changes
) -> tuple[str, str] | None:
    """Return the packages, files or messages between which a declaration moved; None if it did not.
    Where a rule put what no page declares is no location, and neither is the file that a page would
    be.
    """
    if old.name != new.name or not (changes.old.declares(old) and changes.new.declares(new)):
        return None
    old_file = changes.old.files[old.full_name]
    new_file = changes.new.files[new.full_name]
    old_scope, new_scope = (d.full_name.rpartition(".")[0] for d in (old, new))
    # An enum of a message moves with the message.
    if old_scope in changes.old.messages and new_scope in changes.new.messages:
        return None
    if pairs.packages.get(old_file.package, old_file.package) != new_file.package:
        known = changes.both_know("packages", old.full_name, new.full_name)
        return (old_file.package, new_file.package) if known else None
    if old_file.package != new_file.package:
        return None  # with its package
    is_alike = changes.old.version.is_pages == changes.new.version.is_pages
    if is_alike and not _is_same_file(old_file.path, new_file.path):
        return old_file.page, new_file.page
    return (old_scope, new_scope) if old_scope != new_scope else None


def _report_moved(
    moved: Sequence[tuple[Declaration, Declaration]], source: str, target: str, changes: Changes
) -> None:
    """Report declarations that moved together, services first."""
    old, new = moved[0]
    names = [one.name for one, _ in moved]
    rest = len(names) - _MAX_NAMES
    listed = [*names[:_MAX_NAMES], f"{rest} more"] if rest > 0 else names
    what = " and ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else names[0]
    to_package = isinstance(old, Service) and source == changes.old.files[old.full_name].package
    kind = "service-moved" if to_package else "declaration-moved"
    details = tuple(names) if len(names) > 1 else ()
    message = f"{what} moved from {source} to {target}"
    changes.add(kind, old.full_name, message, old.span, new.span, details=details)


def _is_same_file(old: str, new: str) -> bool:
    """Return whether two paths mean the same file.

    The folder of a source may be above its import root, so that its paths begin with more folders.
    """
    return f"/{old}".endswith(f"/{new}") or f"/{new}".endswith(f"/{old}")

"""Compares the names and locations of declarations that both versions have."""

from __future__ import annotations

from apiscribe.drift.change_list import Changes
from apiscribe.drift.pairing import Pairs
from apiscribe.model.api import Enum, Message, Service


def compare_names(changes: Changes, pairs: Pairs, named: bool) -> None:
    """Report services, messages and enums that were renamed or moved."""
    old, new = changes.old, changes.new
    for old_name, new_name in pairs.services.items():
        services = old.services[old_name], new.services[new_name]
        if services[0].name != services[1].name:
            message = f"{services[0].name} was renamed to {services[1].name}"
            spans = services[0].span, services[1].span
            changes.add("service-renamed", old_name, message, *spans)
        elif named:
            _compare_location(*services, pairs, changes)
    if not named:
        return
    for old_name, new_name in pairs.enums.items():
        enums = old.enums[old_name], new.enums[new_name]
        if enums[0].name == enums[1].name:
            _compare_location(*enums, pairs, changes)
    for old_name, new_name in pairs.messages.items():
        messages = old.messages[old_name], new.messages[new_name]
        if messages[0].name != messages[1].name:
            message = f"{messages[0].name} was renamed to {messages[1].name}"
            spans = messages[0].span, messages[1].span
            changes.add("message-renamed", old_name, message, *spans)
        else:
            _compare_location(*messages, pairs, changes)


def _compare_location(
    old: Service | Message | Enum, new: Service | Message | Enum, pairs: Pairs, changes: Changes
) -> None:
    """Report a declaration that moved to another package, file or message. Where a rule put what
    no page declares is no location, and neither is the file that a page would be.
    """
    if not changes.old.declares(old) or not changes.new.declares(new):
        return
    old_file = changes.old.files[old.full_name]
    new_file = changes.new.files[new.full_name]
    old_scope, new_scope = (d.full_name.rpartition(".")[0] for d in (old, new))
    # An enum of a message moves with the message.
    if old_scope in changes.old.messages and new_scope in changes.new.messages:
        return
    if old.name != new.name:
        return
    is_alike = changes.old.version.is_pages == changes.new.version.is_pages
    if pairs.packages.get(old_file.package, old_file.package) != new_file.package:
        if not changes.both_know("packages", old.full_name, new.full_name):
            return
        message = f"{old.name} moved from {old_file.package} to {new_file.package}"
        if isinstance(old, Service):
            changes.add("service-moved", old.full_name, message, old.span, new.span)
            return
    elif old_file.package != new_file.package:
        return  # with its package
    elif is_alike and not _is_same_file(old_file.path, new_file.path):
        message = f"{old.name} moved from {old_file.page} to {new_file.page}"
    elif old_scope != new_scope:
        message = f"{old.name} moved from {old_scope} to {new_scope}"
    else:
        return
    changes.add("declaration-moved", old.full_name, message, old.span, new.span)


def _is_same_file(old: str, new: str) -> bool:
    """Return whether two paths mean the same file.

    The folder of a source may be above its import root, so that its paths begin with more folders.
    """
    return f"/{old}".endswith(f"/{new}") or f"/{new}".endswith(f"/{old}")

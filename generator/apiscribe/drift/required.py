"""Compares whether requests must have fields, and whether responses have them."""

from __future__ import annotations

from apiscribe.drift.change_list import Changes
from apiscribe.model.api import Field


def compare_required(
    symbol: str, old: Field, new: Field, names: tuple[str, str], changes: Changes
) -> None:
    """Report a field that became required or optional, by what that means for clients."""
    if changes.are_protobuf and "proto2" in (
        old.provenance.get("required"),
        new.provenance.get("required"),
    ):
        if bool(old.required) != bool(new.required):
            state = "is now required" if new.required else "is no longer required"
            message = f"{old.json_name} {state}, as a label of proto2"
            changes.add("required-label-changed", symbol, message, old.span, new.span)
        return
    if _is_silent(old, new, names, changes) and changes.both_know("required", *names):
        message = f"{old.json_name} is required, and the page does not say so"
        changes.add("required-added", symbol, message, old.span, new.span)
        return
    if old.required is None or new.required is None or old.required == new.required:
        return
    if not changes.both_know("required", *names):
        return
    in_requests = names[1] in changes.new.request_messages
    in_responses = names[1] in changes.new.response_messages
    if new.required:
        kind = "required-added" if in_requests or not in_responses else "required-relaxed"
        message = f"{old.json_name} is now required"
    else:
        kind = "required-removed" if in_responses or not in_requests else "required-relaxed"
        message = f"{old.json_name} is no longer required"
    changes.add(kind, symbol, message, old.span, new.span)


def _is_silent(old: Field, new: Field, names: tuple[str, str], changes: Changes) -> bool:
    """Return whether a required field of requests has no mark on pages that mark other fields as
    required and as optional. Where only optional fields are marked, one without a mark is required.
    """
    is_needed = bool(new.required) and names[1] in changes.new.request_messages
    is_silent = old.required is None and names[1] not in changes.new.response_messages
    is_marked = changes.old.version.is_pages and old.span.path in changes.old.pages_with_marks
    return is_needed and is_silent and is_marked

"""Compares the responses of methods where messages have no names: a document with pages.

A response is a list or an object, and has a body or none.
"""

from __future__ import annotations

from collections.abc import Set

from apiscribe.drift.change import Grade
from apiscribe.drift.change_list import Changes
from apiscribe.drift.declarations import Declarations, is_list
from apiscribe.drift.pairing import Pairs
from apiscribe.model.api import Method
from apiscribe.model.version import ApiVersion

_WITHOUT_CONTENT = frozenset({204, 205})
_EMPTY, _ANY = "google.protobuf.Empty", "google.protobuf.Value"
# Responses with a smaller share of common fields are of different objects.
_MIN_SHARED = 0.3


def compare_responses(
    symbol: str, old: Method, new: Method, pairs: Pairs, changes: Changes
) -> None:
    """Report a response that has another form (a list, no body) or object."""
    for method, declarations in ((old, changes.old), (new, changes.new)):
        if method.response == _ANY:
            changes.skip("types", declarations, "it leaves a type open")
            return
    spans = old.span, new.span
    lists = is_list(old, changes.old), is_list(new, changes.new)
    bodies = [method.response != _EMPTY for method in (old, new)]
    if bodies[0] != bodies[1]:
        if old.status and new.status and old.status != new.status:
            return  # the status is reported, which is the cause
        # Pages that state no answer leave it open.
        sides = (old, bodies[0], changes.old.version), (new, bodies[1], changes.new.version)
        if all(has_body or _states_none(method, version) for method, has_body, version in sides):
            state = "now has a body" if bodies[1] else "no longer has a body"
            grade: Grade = "safe" if bodies[1] else "json"
            message = f"the response of {old.name} {state}"
            changes.add("response-type-changed", symbol, message, *spans, grade=grade)
    elif lists[0] != lists[1]:
        state = "is now a list" if lists[1] else "is no longer a list"
        message = f"the response of {old.name} {state}"
        changes.add("response-type-changed", symbol, message, *spans, grade="json")
    elif _are_different(old, new, pairs, changes):
        message = f"the response of {old.name} is another object"
        changes.add("response-type-changed", symbol, message, *spans, grade="json")


def _states_none(method: Method, version: ApiVersion) -> bool:
    """Return whether a method states that it has no body: by its document, or by a status without
    content on its page and no other success. Pages may state a body in words.
    """
    if version.is_pages:
        stated = {method.status, *(int(a.status) for a in method.answers if a.status[:1] == "2")}
        return stated <= _WITHOUT_CONTENT
    return bool(method.answers or method.status)


def _are_different(old: Method, new: Method, pairs: Pairs, changes: Changes) -> bool:
    if pairs.messages.get(old.response) == new.response:
        return False
    names = [_names(old, changes.old), _names(new, changes.new)]
    if not names[0] or not names[1]:
        return False
    return len(names[0] & names[1]) < _MIN_SHARED * len(names[0] | names[1])


def _names(method: Method, declarations: Declarations) -> Set[str]:
    message = declarations.messages.get(method.response)
    return {field.json_name for field in message.fields} if message else set()

"""Codes for the entries of overlay.toml."""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.diagnostics.codes.code import Code, Message
from apiscribe.diagnostics.source import Span

MALFORMED_OVERLAY = Code(
    word="malformed-overlay",
    level="error",
    summary="overlay.toml is not valid TOML, or an entry is incomplete or invalid.",
    action="Correct the entry; docs/settings.md lists the keys of each entry.",
)


def malformed_overlay(reason: str) -> Message:
    """Report an overlay.toml that cannot be decoded; `reason` is the decoder's."""
    return MALFORMED_OVERLAY(f"overlay.toml is not valid: {reason}")


def entry_without_reason() -> Message:
    """Report an entry with an empty reason."""
    return MALFORMED_OVERLAY("the entry has no reason", help="State a `reason`.")


def change_without_facts() -> Message:
    """Report a [[change]] entry that does not change anything."""
    return MALFORMED_OVERLAY("`set` is empty; expected at least one fact")


def unsettable_fact(fact: str, kind: str, settable: Sequence[str]) -> Message:
    """Report a fact that a kind of declaration does not have, or that cannot be set."""
    return MALFORMED_OVERLAY(
        f"`{fact}` cannot be set for this {kind}; expected {', '.join(settable)}",
        help="Correct the key under `set` or `was`.",
    )


def declaration_without_parts(name: str) -> Message:
    """Report a [[declare]] entry that has neither values nor fields."""
    return MALFORMED_OVERLAY(f"{name} has neither `enum` nor `fields`; expected one of them")


def declaration_of_both(name: str) -> Message:
    """Report a [[declare]] entry that has both values and fields."""
    return MALFORMED_OVERLAY(f"{name} has both `enum` and `fields`; expected one of them")


def number_without_origin() -> Message:
    """Report a [[number]] entry that does not change anything."""
    return MALFORMED_OVERLAY("the entry has neither `renamed_from` nor `retyped_from`")


UNKNOWN_TARGET = Code(
    word="unknown-target",
    level="error",
    summary="An overlay entry names something that no page declares.",
    action="Correct the name in the entry.",
)


def undeclared_target(name: str, suggestion: str) -> Message:
    """Report the `at` of an entry that no page declares."""
    return UNKNOWN_TARGET(f"{name} is not declared on any page{suggestion}")


def undeclared_on_page(name: str, page: str, suggestion: str) -> Message:
    """Report the `at` of an entry that no page matching its `page` declares."""
    return UNKNOWN_TARGET(f'{name} is not declared on any page that matches "{page}"{suggestion}')


def not_a_container(owner: str) -> Message:
    """Report an [[add]] entry for something that has neither fields nor methods."""
    return UNKNOWN_TARGET(f"{owner} is neither a message nor a service; nothing can be added to it")


def unknown_predecessor(owner: str, after: str, added: str, suggestion: str) -> Message:
    """Report the `after` of an [[add]] entry."""
    return UNKNOWN_TARGET(f"{owner} has no {after}{suggestion}; {added} cannot be added after it")


def name_in_use(old: str, new: str) -> Message:
    """Report a [[rename]] entry to a name that is declared already."""
    return UNKNOWN_TARGET(f"{old} cannot be renamed to {new}, which is already declared")


def unknown_package(package: str, suggestion: str) -> Message:
    """Report a [[declare]] entry for a package without pages."""
    return UNKNOWN_TARGET(f"no page has the package {package}{suggestion}")


def renamed_to_undeclared(old: str, new: str) -> Message:
    """Report a [[number]] entry with a new name that no page declares."""
    return UNKNOWN_TARGET(f"{new}, the new name of {old}, is not declared on any page")


def renamed_from_declared(old: str, new: str) -> Message:
    """Report a [[number]] entry with an old name that is still declared."""
    return UNKNOWN_TARGET(f"{old} is still declared, so {new} cannot take over its numbers")


def renamed_from_unknown(old: str) -> Message:
    """Report a [[number]] entry with an old name that lock.json does not have."""
    return UNKNOWN_TARGET(f"{old} is not in lock.json, so it has no number to keep")


STALE_CORRECTION = Code(
    word="stale-correction",
    level="error",
    summary="The page has changed, so an overlay entry does not fit it any more.",
    action="Compare the entry with the page; update or delete the entry.",
)


def already_on_page(name: str) -> Message:
    """Report an [[add]] entry for something that the page has now."""
    return STALE_CORRECTION(f"{name} is now declared on the page", help="Delete the entry.")


def already_declared(name: str, at: Span, entry: Span) -> Message:
    """Report a [[declare]] entry for a type that is declared elsewhere."""
    return STALE_CORRECTION(
        f"{name} is already declared at {at}", help=f"Delete the entry at {entry}."
    )


def unused_declaration(name: str) -> Message:
    """Report a [[declare]] entry for a type without uses."""
    return STALE_CORRECTION(f"{name} is not used anywhere", help="Delete the entry.")


def changed_fact(name: str, fact: str, on_page: object, was: object, entry: Span) -> Message:
    """Report a fact with another value on the page than in the entry's `was`."""
    return STALE_CORRECTION(
        f"`{fact}` of {name} is {_value(on_page)} on the page, but {_value(was)} in `was`",
        help=f"Compare the entry at {entry} with the page; update or delete it.",
    )


def _value(value: object) -> str:
    match value:
        case None:
            return "not stated"
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(map(str, value)) or "empty"
        case _:
            return f'"{value}"'


UNUSED_ACCEPT = Code(
    word="unused-accept",
    level="error",
    summary="An [[accept]] entry does not match any diagnostic that can be accepted.",
    action="Delete the entry.",
)


def unused_accept(code: str, at: str) -> Message:
    """Report an [[accept]] entry without effect."""
    return UNUSED_ACCEPT(f'"{code}" at "{at}" does not match any diagnostic')


def accepted_error(code: str, at: str) -> Message:
    """Report an [[accept]] entry for an error."""
    return UNUSED_ACCEPT(
        f'"{code}" at "{at}" is an error and cannot be accepted',
        help="Correct the error, and delete the entry.",
    )

"""Codes for facts that no page states: inferred, suggested, or from a reference version."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.diagnostics.codes.code import Code, Message
from apiscribe.diagnostics.codes.methods import MethodPart
from apiscribe.diagnostics.source import Span

INFERRED_TYPE = Code(
    word="inferred-type",
    level="note",
    summary="The page does not state the full name of the type; a rule found it.",
    action="No action is needed. To remove this note, write the full name on the page.",
)


def inferred_type(name: str, full_name: str, rule: str) -> Message:
    """Report a type that was found by a rule."""
    return INFERRED_TYPE(f"{name} is resolved to {full_name} by the rule `{rule}`")


INFERRED_PACKAGE = Code(
    word="inferred-package",
    level="note",
    summary="Pages about HTTP state no package; a rule chose one for all of them.",
    action="No action is needed. To choose another, set `package` in spec.toml.",
)


def inferred_package(package: str, rule: str) -> Message:
    """Report the package of pages about HTTP."""
    return INFERRED_PACKAGE(f"the package of the HTTP pages is {package} by the rule `{rule}`")


SHARED_PACKAGE = Code(
    word="shared-package",
    level="note",
    summary="A page states no package; a rule put it into that of the other pages.",
    action="No action is needed. To choose another, write `Package: name.of.package` on the page.",
)


def shared_package(package: str, rule: str) -> Message:
    """Report a page that is in the package of the others."""
    return SHARED_PACKAGE(f"no package is stated; it is {package} by the rule `{rule}`")


INFERRED_REPEATED = Code(
    word="inferred-repeated",
    level="note",
    summary="The page does not mark lists; a rule inferred that the field is a list.",
    action="No action is needed. If the field is not a list, set `repeated = false` in"
    " overlay.toml.",
)


def inferred_repeated(field: str, rule: str) -> Message:
    """Report a field that a rule made a list."""
    return INFERRED_REPEATED(f"{field} is treated as a list by the rule `{rule}`")


def shown_repeated(field: str, rule: str, example: Span) -> Message:
    """Report a field that is a list in examples."""
    return INFERRED_REPEATED(f"{field} is treated as a list by the rule `{rule}`; see {example}")


REFERENCE_FACT = Code(
    word="reference-fact",
    level="note",
    summary="A fact that no page states was taken from a reference version of the API.",
    action="No action is needed. An overlay entry outranks a reference version.",
)


def repeated_in_reference(field: str, reference: str) -> Message:
    """Report a field that is a list in a reference version."""
    return REFERENCE_FACT(f"{field} is a list, according to {reference}")


def enum_name_in_reference(field: str, enum: str, reference: str) -> Message:
    """Report the name of an enum that a page lists without a name."""
    return REFERENCE_FACT(f"the enum of {field} is named {enum}, according to {reference}")


def stream_in_reference(method: str, part: MethodPart, reference: str) -> Message:
    """Report a method that streams in a reference version."""
    return REFERENCE_FACT(f"the {part} of {method} is a stream, according to {reference}")


def values_in_reference(name: str, enum: str, reference: str) -> Message:
    """Report an undeclared enum that gets the values of a reference version's enum."""
    return REFERENCE_FACT(f"{name} has the values of {enum}, according to {reference}")


def message_in_reference(full_name: str, reference: str) -> Message:
    """Report an undeclared message that gets the fields of a reference version's message."""
    return REFERENCE_FACT(f"the fields of {full_name} are taken from {reference}")


SUGGESTED_FACT = Code(
    word="suggested-fact",
    level="note",
    summary="A rule suggests a fact that no page states. It is not certain enough to be used.",
    action="If the fact is true, state it in overlay.toml;"
    " `apiscribe lint --suggest` prints the entry.",
)


def suggested_fact(at: str, facts: Mapping[str, object], rule: str) -> Message:
    """Report facts that are likely, but not used."""
    stated = ", ".join(f"{fact} = {str(value).lower()}" for fact, value in facts.items())
    return SUGGESTED_FACT(f"the rule {rule} suggests {stated} for {at}")


GUESSED_KEY = Code(
    word="guessed-key",
    level="warning",
    summary="No method shows which field identifies a row; the server uses a field with a name"
    " that ends in `_id`.",
    action="Set the key of the service under [resources] in spec.toml.",
)


def guessed_key(service: str, key: str, rule: str) -> Message:
    """Report a key that a weak rule found."""
    return GUESSED_KEY(f"the key of the rows of {service} may be {key}, by the rule `{rule}`")

"""Codes for the entries of spec.toml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from apiscribe.diagnostics.codes.code import Code, Level, Message
from apiscribe.diagnostics.source import Span

MALFORMED_SPEC = Code(
    word="malformed-spec",
    level="error",
    summary="spec.toml is not valid TOML, or has an unknown key or an invalid value.",
    action="Correct the entry that the message names; docs/settings.md lists all settings.",
)


def malformed_spec(reason: str) -> Message:
    """Report a spec.toml that cannot be decoded; `reason` is the decoder's."""
    return MALFORMED_SPEC(f"spec.toml is not valid: {reason}")


def name_hides_module(name: str) -> Message:
    """Report a name of the API that is also the name of a Python module or keyword."""
    return MALFORMED_SPEC(
        f'the API name "{name}" would hide a Python module that the generated package imports',
        help="Set another `name` in spec.toml.",
    )


def pages_outside_spec(path: str) -> Message:
    """Report a folder of pages outside of the spec folder."""
    return MALFORMED_SPEC(f'pages = "{path}" is outside the spec folder; expected a folder in it')


def unknown_output(name: str, known: Sequence[str], suggestion: str) -> Message:
    """Report an output under [outputs] that does not exist."""
    return MALFORMED_SPEC(
        f'[outputs] names "{name}", which is not an output{suggestion}',
        help=f"Name {', '.join(known[:-1])} or {known[-1]}, or remove the entry.",
    )


def unknown_meaning(
    table: str, word: str, meaning: str, known: Sequence[str], suggestion: str
) -> Message:
    """Report a word under [words] with a meaning that does not exist; `known` are all meanings,
    unless these are the types.
    """
    listed = f"{', '.join(known[:-1])} or {known[-1]}" if known else ""
    types = "a type of protobuf, such as int64, or a type word, such as timestamp or uuid"
    return MALFORMED_SPEC(
        f'[words.{table}] sets "{word}" to "{meaning}", which is unknown{suggestion}',
        help=f"Set it to {listed or types}.",
    )


def repeated_word(table: str, before: str, word: str) -> Message:
    """Report two spellings of one word under [words] with different meanings."""
    return MALFORMED_SPEC(
        f'[words.{table}] has "{before}" and "{word}", which are one word, with two meanings'
    )


def protobuf_word(word: str) -> Message:
    """Report a type of protobuf under [words.types]: pages may be in the language of protobuf."""
    return MALFORMED_SPEC(
        f'[words.types] has "{word}", which is a type of protobuf and always means itself'
    )


def unknown_resource_service(service: str, suggestion: str) -> Message:
    """Report a service under [resources] that no page declares."""
    return MALFORMED_SPEC(
        f"[resources] names {service}, but no page declares this service{suggestion}"
    )


def unknown_resource_field(
    field: str, part: str, service: str, message: str, suggestion: str
) -> Message:
    """Report a field under [resources] that neither the resource nor a request has."""
    return MALFORMED_SPEC(
        f"[resources] sets {part} of {service} to {field}, but neither {message} nor a request"
        f" has this field{suggestion}"
    )


def unknown_convention(name: str, suggestion: str) -> Message:
    """Report a method or service under [conventions] that no page declares."""
    return MALFORMED_SPEC(
        f"[conventions] names {name}, but no page declares this method or service{suggestion}"
    )


def unknown_convention_field(
    field: str, part: str, method: str, owner: str, suggestion: str
) -> Message:
    """Report a field under [conventions] that its owner, such as the request, lacks."""
    return MALFORMED_SPEC(
        f"[conventions] sets {part} of {method} to {field}, but the {owner} lacks this"
        f" field{suggestion}"
    )


def unknown_severity_code(code: str, suggestion: str) -> Message:
    """Report a severity override for a code that does not exist."""
    return MALFORMED_SPEC(f'"{code}" does not match any diagnostic code{suggestion}')


def severity_without_reason(code: str) -> Message:
    """Report a severity override with an empty reason."""
    return MALFORMED_SPEC(f'the severity override for "{code}" has no reason')


def lowered_error(code: str, level: Level | Literal["off"]) -> Message:
    """Report a severity override that would hide errors."""
    return MALFORMED_SPEC(f'"{code}" is an error and cannot be lowered to {level}')


UNUSED_SEVERITY = Code(
    word="unused-severity",
    level="note",
    summary="A [[severity]] entry of spec.toml does not match any diagnostic.",
    action="Delete the entry, or correct its `code` or `at`. Keep it if it is for future pages.",
)


def unused_severity(code: str, at: str) -> Message:
    """Report a severity override without effect."""
    return UNUSED_SEVERITY(
        f'the severity override for "{code}" at "{at}" does not match any diagnostic'
    )


UNUSED_SETTING = Code(
    word="unused-setting",
    level="warning",
    summary="An entry of spec.toml names something that the spec lacks, so it has no effect.",
    action="Correct the name, or delete the entry.",
)


def unused_setting(entry: str, name: str, reason: str) -> Message:
    """Report an entry of spec.toml without effect."""
    return UNUSED_SETTING(f"{name} in `{entry}` of spec.toml has no effect: {reason}")


UNUSABLE_REFERENCE = Code(
    word="unusable-reference",
    level="error",
    summary="A reference version cannot be read, or its own pages have errors.",
    action="Correct its path under `references` in spec.toml, or correct the reference version.",
)


def missing_reference(path: str) -> Message:
    """Report a reference version that does not exist."""
    return UNUSABLE_REFERENCE(f'the reference version "{path}" does not exist')


def unreadable_reference(path: str, reason: str) -> Message:
    """Report a reference version that cannot be parsed."""
    return UNUSABLE_REFERENCE(f'the reference version "{path}" cannot be read: {reason}')


def erroneous_reference(path: str, at: Span, error: str) -> Message:
    """Report the first error of a reference version's own pages."""
    return UNUSABLE_REFERENCE(f'the reference version "{path}" has an error at {at}: {error}')


UNKNOWN_DIALECT = Code(
    word="unknown-dialect",
    level="warning",
    summary="The dialect of a page (gitbook, hugo, protobuf or http) was not recognized, so the"
    " page is not read.",
    action="Name the package in a line `Package: name.of.package`, and each message or service in"
    " a heading above its table; or set the dialect under [dialects] in spec.toml.",
)


def unread_api(seen: str) -> Message:
    """Report a page that has the marks of an API, and is written in no known dialect."""
    return UNKNOWN_DIALECT(f"the page looks like an API and is not read: {seen}")


def generated_from_protobuf(kind: str, places: int) -> Message:
    """Report a page about code that is generated from `.proto` files."""
    where = "one place" if places == 1 else f"{places} places"
    return UNKNOWN_DIALECT(
        f"the page shows {kind} that are generated from protobuf (in {where}); it is not read",
        help="Generated code leaves out much of a `.proto`. Put the text of the `.proto` files on"
        " pages, in blocks of code, or use pages that protoc-gen-doc prints from them.",
    )


def without_routes(what: str) -> Message:
    """Report a page about something without routes, such as JSON-RPC calls."""
    return UNKNOWN_DIALECT(
        f"the page describes {what}, which have no routes; it is not read",
        help="Remove the page from the spec: only HTTP APIs with routes and protobuf APIs are read."
        " If the page has routes, set its dialect to `http` under [dialects] in spec.toml.",
    )


NOTHING_DECLARED = Code(
    word="nothing-declared",
    level="note",
    summary="A page has no services, types or HTTP routes, so it is not part of the API.",
    action="No action is needed if the page is about something else.",
)


def nothing_declared() -> Message:
    """Report a page that is about something else."""
    return NOTHING_DECLARED("the page declares nothing; it is not read")


def unknown_pinned_dialect(name: str, known: Sequence[str], suggestion: str) -> Message:
    """Report a dialect in spec.toml that does not exist."""
    return UNKNOWN_DIALECT(
        f'spec.toml sets the unknown dialect "{name}" for this page{suggestion}',
        help=f"Set {', '.join(known[:-1])} or {known[-1]}, or remove the entry.",
    )

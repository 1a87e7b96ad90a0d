"""All diagnostics: each code with its level, its texts and the functions that make its messages.

To add one: a `Code` in the module of its area, a function for each of its messages, a row in
`_REGISTRY`, a case that shows it, and an example in `explanations/`.
"""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.diagnostics.codes import (
    adopting,
    declarations,
    examples,
    files,
    handlers,
    inference,
    lock,
    methods,
    outputs,
    overlay,
    pages,
    settings,
    types,
)
from apiscribe.diagnostics.codes.code import Code, Level, Message

__all__ = ["CODES", "Code", "Level", "Message"]

_REGISTRY: tuple[Code, ...] = (
    files.NOT_UTF_8,
    files.UNCLOSED_FRONT_MATTER,
    files.NO_PAGES,
    files.UNREAD_FILES,
    files.PAGE_OVER_BUDGET,
    files.SPEC_OVER_BUDGET,
    settings.MALFORMED_SPEC,
    settings.UNUSED_SEVERITY,
    settings.UNUSABLE_REFERENCE,
    settings.UNKNOWN_DIALECT,
    settings.NOTHING_DECLARED,
    pages.MISSING_PACKAGE,
    pages.UNREAD_BLOCK,
    pages.UNREAD_PARTS,
    pages.STRAY_TEXT,
    pages.UNKNOWN_MARK,
    pages.CONTRADICTORY_REQUIRED,
    pages.OPEN_ONEOF,
    pages.MALFORMED_ROW,
    methods.REPEATED_TABLE,
    methods.CONTRADICTORY_TABLE,
    methods.MALFORMED_ROUTE,
    methods.UNLISTED_METHOD,
    methods.INCOMPLETE_METHOD,
    methods.UNUSABLE_TYPE,
    methods.DUPLICATE_ROUTE,
    methods.UNKNOWN_PATH_PARAMETER,
    declarations.RENAMED_IDENTIFIER,
    declarations.ASSUMED_PACKAGE,
    declarations.CONTRADICTORY_PACKAGE,
    declarations.DUPLICATE_DECLARATION,
    declarations.REPEATED_DECLARATION,
    declarations.DUPLICATE_FIELD,
    declarations.LIST_IN_ONEOF,
    types.MALFORMED_TYPE,
    types.UNSUPPORTED_TYPE,
    types.UNKNOWN_TYPE_WORD,
    types.UNUSED_OBJECT,
    types.UNDECLARED_TYPE,
    types.AMBIGUOUS_TYPE,
    types.CONTRADICTORY_LINK,
    types.PACKAGE_CYCLE,
    inference.INFERRED_TYPE,
    inference.INFERRED_PACKAGE,
    inference.SHARED_PACKAGE,
    inference.INFERRED_REPEATED,
    inference.REFERENCE_FACT,
    inference.SUGGESTED_FACT,
    inference.GUESSED_KEY,
    overlay.MALFORMED_OVERLAY,
    overlay.UNKNOWN_TARGET,
    overlay.STALE_CORRECTION,
    overlay.UNUSED_ACCEPT,
    lock.MALFORMED_LOCK,
    lock.MERGED_LOCK,
    lock.LOST_DECLARATION,
    lock.INCOMPATIBLE_TYPE,
    lock.LIKELY_RENAME,
    lock.RESERVED_NUMBER,
    lock.PRINTED_NUMBER,
    adopting.CONTRADICTORY_SOURCE,
    adopting.MISSING_IN_SOURCE,
    adopting.RANGE_NOT_TAKEN,
    examples.LENIENT_EXAMPLE,
    examples.UNREAD_EXAMPLE,
    examples.EXAMPLE_UNKNOWN_FIELD,
    examples.EXAMPLE_WRONG_TYPE,
    examples.EXAMPLE_MISSING_FIELD,
    handlers.ORPHANED_HANDLER,
    handlers.UNREADABLE_HANDLER,
    outputs.UNCOMPILABLE_OUTPUT,
)
# Word → code.
CODES: Mapping[str, Code] = {code.word: code for code in _REGISTRY}

"""Codes for the handlers that users write."""

from __future__ import annotations

from apiscribe.diagnostics.codes.code import Code, Message

ORPHANED_HANDLER = Code(
    word="orphaned-handler",
    level="error",
    summary="A handler implements a method that no page declares. The method may have been removed"
    " or renamed.",
    action="Change the handler to the method's new name, or delete it."
    " Nothing is written until then.",
)


def orphaned_handler(method: str, *, has_service: bool, candidate: str) -> Message:
    """Report a handler without a method; `candidate` is a likely new name of the method."""
    what = method if has_service else f"the service of {method}"
    suggestion = f" (was it renamed to {candidate}?)" if candidate else ""
    return ORPHANED_HANDLER(
        f"{what} is not declared on any page{suggestion}",
        help=(
            f'Write @implements("{candidate}") if this is the new name, or delete the handler.'
            if candidate
            else ""
        ),
    )


UNREADABLE_HANDLER = Code(
    word="unreadable-handler",
    level="error",
    summary="A handler file is not valid Python, so its handlers are not known.",
    action="Correct the file.",
)


def unreadable_handler(reason: str) -> Message:
    """Report a handler file that cannot be read; `reason` is Python's, or says what the file is."""
    return UNREADABLE_HANDLER(f"the file is not valid Python: {reason}")

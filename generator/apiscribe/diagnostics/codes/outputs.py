"""Codes for outputs that are not usable."""

from __future__ import annotations

from apiscribe.diagnostics.codes.code import Code, Message

UNCOMPILABLE_OUTPUT = Code(
    word="uncompilable-output",
    level="error",
    summary="The generated code does not compile. This is a bug in apiscribe.",
    action="Report it, with the page that the message names.",
)


def uncompilable_output(reason: str) -> Message:
    """Report an output that a compiler refuses; `reason` is the compiler's."""
    return UNCOMPILABLE_OUTPUT(f"the generated code does not compile: {reason}")

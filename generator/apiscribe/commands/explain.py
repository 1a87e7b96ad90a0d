"""`apiscribe explain`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from apiscribe.commands.specs import Failure, compile_all, specs_argument


@click.command()
@click.argument("word", metavar="CODE|RULE|SYMBOL")
@specs_argument
def explain(word: str, specs: Sequence[Path]) -> None:
    """Explain a diagnostic CODE, a RULE or a kind of change, or show a SYMBOL of the SPECs.

    The SPECs default to those of the current folder. A SYMBOL is the name of a service, method,
    message, field or enum: the full name, or its last parts.
    """
    from apiscribe.commands.explain_text import (
        explain_code,
        explain_symbol,
        similar_code,
        similar_symbol,
    )

    text = explain_code(word)
    if text is None and "-" in word:  # no symbol has a hyphen
        raise Failure(f"{word} is neither a code nor a rule{similar_code(word)}")
    if text is None:
        apis = [compilation.api for compilation in compile_all(specs)]
        text = explain_symbol(word, apis)
        if text is None:
            similar = similar_symbol(word, apis)
            raise Failure(f"{word} is neither a code, a rule nor a symbol of an API{similar}")
    click.echo(text)

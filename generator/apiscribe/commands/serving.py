"""Runs the server of outputs that are not written to the user's folders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apiscribe.emit import Output
from apiscribe.emit.handlers.generated import imported


def serve_outputs(name: str, outputs: Iterable[Output], options: Sequence[str]) -> int:
    """Serve until a signal comes; the server's exit status.

    The generated package runs from a temporary folder in this process, as it would on its own.
    """
    with imported(name, outputs) as module:
        return int(module("runtime.serve").main(module("registry").API, list(options)))

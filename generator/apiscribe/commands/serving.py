"""Run a server from outputs that are not written to the user's folders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apiscribe.emit import Output
from apiscribe.emit.handlers.generated import imported


def serve_outputs(name: str, outputs: Iterable[Output], options: Sequence[str]) -> int:
    """Serve until a signal arrives, and return the server's exit status.

    The generated package runs in this process, from a temporary folder.
    """
    with imported(name, outputs) as module:
        return int(module("runtime.serve").main(module("registry").API, list(options)))

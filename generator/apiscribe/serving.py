"""Runs the server of outputs that are not written to the user's folders."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from apiscribe.emit import Output


def serve_outputs(name: str, outputs: Iterable[Output], options: Sequence[str]) -> int:
    """Serve until a signal comes; the server's exit status.

    The generated package runs from a temporary folder in this process, as it would on its own.
    """
    with tempfile.TemporaryDirectory(prefix="apiscribe-") as folder:
        for output in outputs:
            file = Path(folder) / output.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(output.content)
        sys.path.insert(0, folder)
        try:
            catalog = importlib.import_module(f"{name}.catalog")
            serve = importlib.import_module(f"{name}.runtime.serve")
            return int(serve.main(catalog.API, list(options)))
        finally:
            sys.path.remove(folder)

"""protoc in the process of the tests: its own process would take ten times as long as its work.

Tests that start `apiscribe` as a process start protoc as it does.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from grpc_tools import protoc

from apiscribe.workspace import protoc as protoc_module


@contextlib.contextmanager
def protoc_here() -> Iterator[None]:
    """Run protoc in this process."""
    instead = SimpleNamespace(Popen=ProtocHere, DEVNULL=None, PIPE=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protoc_module, "subprocess", instead)
        yield


class ProtocHere:
    """The interface of a subprocess.Popen of protoc, without a process."""

    def __init__(self, command: list[str], cwd: Path, **_: Any) -> None:
        arguments = ["protoc", *command[command.index("--proto_path=.") :]]
        kept = os.dup(2)
        with tempfile.TemporaryFile() as said:
            os.dup2(said.fileno(), 2)
            try:
                with contextlib.chdir(cwd):
                    self.returncode = protoc.main(arguments)
            finally:
                os.dup2(kept, 2)
                os.close(kept)
            said.seek(0)
            self.said = said.read().decode(errors="replace")

    def communicate(self) -> tuple[None, str]:
        return None, self.said

    def kill(self) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

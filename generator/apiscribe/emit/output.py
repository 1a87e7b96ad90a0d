"""What is to be written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Output:
    """One file: its path from the API's output folder, written with `/`, and its content."""

    path: str
    content: bytes

    @classmethod
    def text(cls, path: str, text: str) -> Output:
        """A text file, UTF-8."""
        return cls(path, text.encode("utf-8"))

"""Files to be written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Output:
    """A file: its path from the API's output folder, with `/`, and its content."""

    path: str
    content: bytes

    @classmethod
    def text(cls, path: str, text: str) -> Output:
        """Return a text file in UTF-8."""
        return cls(path, text.encode("utf-8"))

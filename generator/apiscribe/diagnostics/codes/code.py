"""The parts of a diagnostic that do not depend on where it occurs: its code and its message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """A kind of diagnostic.

    `word` is stable: reports, overlay.toml, spec.toml and `apiscribe explain` use it. An `error`
    stops the build, a `warning` needs a decision, a `note` names a rule that was applied. `summary`
    says what the code means, `action` what the reader can do.
    """

    word: str
    level: Level
    summary: str
    action: str

    def __call__(self, text: str, *, help: str = "") -> Message:
        """Return a message with this code; `help` replaces the action."""
        return Message(code=self, text=text, help=help or self.action)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """The text of one diagnostic, with its code and what the reader can do."""

    code: Code
    text: str
    help: str

"""The kinds of changes: what each one breaks, and its consequence for clients."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apiscribe.drift.change import Grade


@dataclass(frozen=True)
class Kind:
    """A kind of change; `grade` is the default, which a single change may override."""

    word: str
    grade: Grade
    summary: str
    consequence: str


def _read() -> dict[str, Kind]:
    text = Path(__file__).with_name("change_kinds.toml").read_text("utf-8")
    return {word: Kind(word=word, **entry) for word, entry in tomllib.loads(text).items()}


KINDS: Mapping[str, Kind] = _read()

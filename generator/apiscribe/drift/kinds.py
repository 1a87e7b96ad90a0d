"""The kinds of changes: words, what each breaks, what it does to a client."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apiscribe.drift.change import Grade


@dataclass(frozen=True)
class Kind:
    """A kind of change; a change of it has this grade, or where it is milder, another."""

    word: str
    grade: Grade
    summary: str
    consequence: str


def _read() -> dict[str, Kind]:
    text = Path(__file__).with_name("kinds.toml").read_text("utf-8")
    return {word: Kind(word=word, **entry) for word, entry in tomllib.loads(text).items()}


KINDS: Mapping[str, Kind] = _read()

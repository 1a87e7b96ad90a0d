"""Every finding that apiscribe can make, as diagnostic_codes.toml lists them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Code:
    """A kind of finding: how grave it is, what it says, and what the reader can do about it."""

    word: str
    level: Level
    summary: str
    action: str


_TABLE = Path(__file__).with_suffix(".toml")

CODES = {
    word: Code(word, **entry)
    for word, entry in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items()
}

"""Masks secrets in what a report shows of a recording: by their names, and by their shapes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

MASK = "***"
_MAX_LENGTH = 40


def _read() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads(Path(__file__).with_name("secrets.toml").read_text("utf-8"))
    names = "|".join(data["names"])
    return re.compile(names), re.compile("|".join(f"(?:{shape})" for shape in data["shapes"]))


_NAMES, _SHAPES = _read()
_WORD = re.compile(r"[^a-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_secret_name(name: str) -> bool:
    """Return whether a parameter, field or cookie of this name holds a secret."""
    words = _WORD.sub("_", _HUMP.sub("_", name).lower())
    return _NAMES.search(f"_{words}_") is not None


def masked(value: str, name: str = "") -> str:
    """Return a value as reports show it: masked if its name or its shape is that of a secret."""
    if (name and is_secret_name(name)) or _SHAPES.search(unquote(value)):
        return MASK
    return value if len(value) <= _MAX_LENGTH else f"{value[:_MAX_LENGTH]}…"


def masked_line(verb: str, path: str, query: Sequence[tuple[str, str]], status: int) -> str:
    """Return a request line and the status, without secrets."""
    segments = "/".join(masked(segment) for segment in path.split("/"))
    pairs = "&".join(f"{masked(name)}={masked(value, name)}" for name, value in query)
    return f"{verb} {segments}{'?' if pairs else ''}{pairs} → {status or 'no answer'}"

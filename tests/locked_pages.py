"""Pages whose numbers are kept from one reading to the next, for tests of the lock."""

from __future__ import annotations

from pathlib import Path

from apiscribe.model.lock import LOCK_FILE, lock_text
from apiscribe.sources.compilation import Compilation, compile_folder


def type_of(values: tuple[str, ...]) -> str:
    """Return the type of a field in a cell of HTML: its values, or a text."""
    items = "".join(f"<li>{value}</li>" for value in values)
    return f"<ul>{items}</ul>" if values else "string"


def read_and_lock(folder: Path) -> Compilation:
    """Read the pages and keep the lock, as `apiscribe build` does."""
    compilation = compile_folder(folder)
    assert compilation.report.at("error") == []
    (folder / LOCK_FILE).write_text(lock_text(compilation.lock), "utf-8")
    return compilation

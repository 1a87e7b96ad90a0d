"""Drift on edits of pages and `.proto` files of our own: one cause, one entry.

tests/drift_edits/ has three bases and a list of edits for each; tests/document_edits.py has those of an
OpenAPI document.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from apiscribe.drift.compare import compare
from apiscribe.model.version import ApiVersion
from apiscribe.sources.kinds import open_source

FOLDER = Path(__file__).with_name("drift_edits")
BASES = ("protos", "pages", "harbour")

Edit = dict[str, Any]


def edits() -> list[Any]:
    return [
        pytest.param(base, edit, id=f"{base}: {edit['name']}")
        for base in BASES
        for edit in tomllib.loads((FOLDER / f"{base}.toml").read_text("utf-8"))["edit"]
    ]


@cache
def files_of(base: str) -> dict[str, str]:
    """Path → text of the files of a base."""
    folder = FOLDER / base
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


@cache
def old_version(base: str) -> ApiVersion:
    return open_source(str(FOLDER / base))


def edited(base: str, edit: Edit) -> dict[str, str]:
    """The files of a base after an edit, each part of which applies."""
    files = dict(files_of(base))
    for old, new in edit.get("replace", ()):
        assert any(old in text for text in files.values()), old
        files = {path: text.replace(old, new) for path, text in files.items()}
    for old, new in edit.get("moved", {}).items():
        text = files.pop(old)
        files |= {new: text} if new else {}
    return files | edit.get("add", {})


@pytest.mark.parametrize(("base", "edit"), edits())
def test_one_cause_is_one_entry(base: str, edit: Edit, tmp_path: Path) -> None:
    folder = tmp_path / base
    for path, text in edited(base, edit).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    drift = compare(old_version(base), open_source(str(folder)))
    found = [f"{c.grade} {c.kind} {c.symbol}" for c in drift.changes if c.grade != "docs"]
    assert sorted(found) == edit["entries"]
    assert len({change.fingerprint for change in drift.changes}) == len(drift.changes)

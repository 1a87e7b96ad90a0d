"""Temporary folders: in memory where there is room, and gone afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from apiscribe.workspace import scratch


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the one in memory."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(scratch, "_MEMORY", str(folder))
    monkeypatch.delenv("TMPDIR", raising=False)
    return folder


def test_a_small_folder_is_in_memory_and_removed(memory: Path) -> None:
    with scratch.scratch_folder(1) as folder:
        assert Path(folder).parent == memory
        (Path(folder) / "module.py").touch()
    assert not list(memory.iterdir())


def test_a_folder_without_room_in_memory_is_elsewhere(memory: Path) -> None:
    found = os.statvfs(memory)
    with scratch.scratch_folder(found.f_bavail * found.f_frsize) as folder:
        assert Path(folder).parent != memory


def test_a_folder_that_the_user_chose_is_used(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(memory.parent))
    with scratch.scratch_folder(1) as folder:
        assert Path(folder).parent != memory


def test_a_system_without_a_folder_in_memory_has_others(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "_MEMORY", str(memory / "missing"))
    with scratch.scratch_folder(1) as folder:
        assert Path(folder).is_dir()

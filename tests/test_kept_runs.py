"""Kept runs: printed again while nothing has changed, and never after a change."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from apiscribe.workspace import kept_runs

WORDS = ["build", "spec"]


class Command:
    """A command that prints its number of runs, and depends on a folder."""

    def __init__(self, folder: Path, status: int = 0) -> None:
        self.folder, self.status, self.runs = folder, status, 0

    def __call__(self) -> None:
        self.runs += 1
        print(f"run {self.runs}")
        print("a warning", file=sys.stderr)
        kept_runs.depends_on([self.folder])
        sys.exit(self.status)

    def run(self, *words: str) -> int:
        with pytest.raises(SystemExit) as end:
            kept_runs.run(list(words) or WORDS, self)
        return int(end.value.code or 0)


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pages that was written long ago by the clock of the runs."""
    folder = tmp_path / "spec"
    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "book.md").write_text("# Book", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kept_runs, "_paths", None)
    monkeypatch.setattr(kept_runs, "_OWN", (str(tmp_path / "code"),))
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "lower.py").write_text("x = 1", "utf-8")
    monkeypatch.setattr(sys, "path", [])
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, getattr(sys, stream))  # `run` replaces it
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 3_000_000_000)
    return folder


def test_a_run_is_printed_again(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = Command(spec, status=1)
    assert (command.run(), command.run()) == (1, 1)
    assert command.runs == 1
    assert capsys.readouterr() == ("run 1\nrun 1\n", "a warning\na warning\n")


def _edit(spec: Path) -> None:
    (spec / "pages" / "book.md").write_text("# Boot", "utf-8")


def _edit_with_old_time(spec: Path) -> None:
    page = spec / "pages" / "book.md"
    before = page.stat()
    _edit(spec)
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replace_with_old_time(spec: Path) -> None:
    page, other = spec / "pages" / "book.md", spec.parent / "other.md"
    other.write_text("# Boot", "utf-8")
    os.utime(other, ns=(page.stat().st_atime_ns, page.stat().st_mtime_ns))
    other.replace(page)


def _add(spec: Path) -> None:
    (spec / "pages" / "depot.md").write_text("# Depot", "utf-8")


def _remove(spec: Path) -> None:
    (spec / "pages" / "book.md").unlink()


def _change_code(spec: Path) -> None:
    (spec.parent / "code" / "lower.py").write_text("x = 2", "utf-8")


def _damage(spec: Path) -> None:
    (file,) = (spec.parent / "cache").rglob("*.run")
    file.write_bytes(file.read_bytes().replace(b"run 1", b"run 7"))


@pytest.mark.parametrize(
    "change",
    [_edit, _edit_with_old_time, _replace_with_old_time, _add, _remove, _change_code, _damage],
)
def test_a_change_runs_the_command_again(spec: Path, change: Callable[[Path], None]) -> None:
    command = Command(spec)
    command.run()
    change(spec)
    command.run()
    assert command.runs == 2


def test_other_words_and_another_terminal_are_other_runs(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = Command(spec)
    command.run()
    command.run(*WORDS, "--check")
    monkeypatch.setenv("COLUMNS", "30")
    command.run()
    assert command.runs == 3


def test_a_file_that_changed_in_the_tick_of_the_run_is_not_trusted(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = (spec / "pages" / "book.md").stat().st_ctime_ns + 1_000_000
    monkeypatch.setattr(time, "time_ns", lambda: began)
    command = Command(spec)
    command.run()
    command.run()
    assert command.runs == 2


def test_a_file_that_changes_during_the_run_is_not_trusted(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(spec.parent / "cache"))
    command = Command(spec)

    def edits() -> None:
        _edit(spec)
        command()

    for _ in range(2):
        with pytest.raises(SystemExit):
            kept_runs.run(WORDS, edits)
    assert command.runs == 2


@pytest.mark.skipif(sys.platform == "win32", reason="has no such links for users")
def test_a_link_is_not_trusted(spec: Path) -> None:
    (spec.parent / "else.md").write_text("# Else", "utf-8")
    (spec / "pages" / "else.md").symlink_to(spec.parent / "else.md")
    command = Command(spec)
    command.run()
    command.run()
    assert command.runs == 2


def test_a_command_that_states_nothing_is_not_kept(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_runs, "depends_on", lambda _: None)
    command = Command(spec)
    command.run()
    command.run()
    assert command.runs == 2


def test_a_run_that_watches_is_not_kept(spec: Path) -> None:
    """What it prints until Ctrl-C would stay in memory."""
    command, stream = Command(spec), sys.stdout
    assert (command.run(*WORDS, "--watch"), command.run(*WORDS, "--watch")) == (0, 0)
    assert command.runs == 2
    assert sys.stdout is stream

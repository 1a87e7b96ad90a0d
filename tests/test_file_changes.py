"""`FileChanges` on real files, and `build --watch` as a process on a terminal."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from apiscribe.workspace.file_changes import FileChanges

pytest.importorskip("watchfiles")
ROOT = Path(__file__).parent.parent
WAIT = 60.0  # seconds for anything to happen; on an idle machine it takes a tenth of one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "watched" / "pages").mkdir(parents=True)
    (tmp_path / "watched" / "pages" / "book.md").write_text("one")
    return tmp_path / "watched"


def returns_after(changes: FileChanges, paths: list[Path], act: Callable[[], object]) -> None:
    """Wait in this thread, and act in another one. It fails by the time limit of the test."""
    done = threading.Event()
    timer = threading.Timer(0.1, lambda: (act(), done.set()))
    watchdog = threading.Timer(WAIT, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    watchdog.start()
    try:
        changes.wait(paths)
        assert done.wait(WAIT), "it returned before anything had changed"
    finally:
        watchdog.cancel()


def replaced(file: Path) -> None:
    (file.parent / f".{file.name}.tmp").write_text("two")
    os.replace(file.parent / f".{file.name}.tmp", file)


def test_it_returns_after_each_kind_of_change(folder: Path) -> None:
    changes = FileChanges()
    changes.wait([folder])
    page = folder / "pages" / "book.md"
    for act in (
        lambda: page.write_text("two"),
        lambda: replaced(page),
        lambda: shutil.copytree(folder / "pages", folder / "more" / "pages"),
        lambda: (folder / "more" / "pages" / "new.md").write_text("in a new folder"),
        lambda: shutil.rmtree(folder / "more"),
    ):
        returns_after(changes, [folder], act)


def test_what_changes_before_it_waits_is_not_missed(folder: Path) -> None:
    changes = FileChanges()
    changes.wait([folder])
    (folder / "pages" / "book.md").write_text("two")
    returns_after(changes, [folder], lambda: None)


def test_a_folder_may_be_moved_away_and_return(folder: Path) -> None:
    changes = FileChanges()
    changes.wait([folder])
    away = folder.parent / "away"
    for move in (lambda: folder.rename(away), lambda: away.rename(folder)):
        returns_after(changes, [folder], move)
        changes.wait([folder])  # watches what is there now
    returns_after(changes, [folder], lambda: (folder / "pages" / "book.md").write_text("two"))


def test_a_replaced_file_is_still_watched(folder: Path) -> None:
    page = folder / "pages" / "book.md"
    changes = FileChanges()
    changes.wait([page])
    for _ in range(2):
        returns_after(changes, [page], lambda: replaced(page))
        changes.wait([page])


def test_it_is_stopped_from_another_thread(folder: Path) -> None:
    for paths in ([folder], [folder / "missing"]):
        changes = FileChanges()
        assert changes.wait(paths)
        returns_after(changes, paths, changes.stop)
        assert not changes.wait(paths)


def test_some_folders_are_left_out(folder: Path) -> None:
    changes = FileChanges([folder / "generated"])
    changes.wait([folder])
    for name in ("generated", ".git"):
        (folder / name).mkdir()
    returns_after(changes, [folder], lambda: None)  # the folders themselves

    def act() -> None:
        for name in ("generated", ".git"):
            (folder / name / "page.md").write_text("not watched")
        time.sleep(0.2)
        order.append("act")
        (folder / "pages" / "book.md").write_text("watched")

    order: list[str] = []
    returns_after(changes, [folder], act)
    assert order == ["act"]


def test_it_waits_until_git_is_done(folder: Path) -> None:
    lock = folder.parent / ".git" / "index.lock"
    lock.parent.mkdir()
    changes = FileChanges()
    changes.wait([folder])
    order: list[str] = []

    def checkout() -> None:
        lock.touch()
        (folder / "pages" / "book.md").write_text("two")
        time.sleep(0.2)
        order.append("checked out")
        lock.unlink()

    returns_after(changes, [folder], checkout)
    assert order == ["checked out"]


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        import pty

        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
            os.execv(sys.executable, [sys.executable, "-m", "apiscribe", *arguments])
        self.text = ""

    def wait_for(self, pattern: str) -> str:
        """Return what is printed up to a pattern."""
        end = time.monotonic() + WAIT
        while not (found := re.search(pattern, self.text)):
            ready, _, _ = select.select([self._file], [], [], max(0, end - time.monotonic()))
            assert ready, f"{pattern} was not printed: {self.text}"
            self.text += os.read(self._file, 4096).decode()
        before, self.text = self.text[: found.end()], self.text[found.end() :]
        return before

    def end(self) -> tuple[int, str]:
        """Press Ctrl-C. Return the exit status, and what is printed until then."""
        os.write(self._file, b"\x03")
        text = self.text
        while True:
            try:
                part = os.read(self._file, 4096)
            except OSError:  # Linux ends a terminal so
                part = b""
            if not part:
                break
            text += part.decode()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), text


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    shutil.copytree(ROOT / "specs" / "invoicing", tmp_path / "invoicing")
    started: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        started.append(Terminal(tmp_path, *arguments))
        return started[-1]

    yield start
    for each in started:
        with suppress(ProcessLookupError):
            os.kill(each.pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="has no such terminals")
def test_a_watching_build_prints_a_line_a_build_and_ends_with_130(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    watching = terminal("build", "invoicing", "--watch")
    assert "watching for changes; stop with Ctrl-C" in watching.wait_for(r"files written \(.*s\)")
    page = next((tmp_path / "invoicing" / "pages").rglob("*.md"))
    page.write_text(page.read_text("utf-8").replace("invoice", "bill", 1), "utf-8")
    line = watching.wait_for(r"files written.*\n").strip()
    assert re.fullmatch(r"invoicing/pages/\S+: \d+ files written.* \([\d.]+ s\)", line)
    status, text = watching.end()
    assert status == 130
    assert text.strip() in ("", "^C")

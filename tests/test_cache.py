"""What is kept between runs: never stale, never half, and never needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from apiscribe.workspace import cache as cache_module
from apiscribe.workspace.cache import Cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "apiscribe"


class Kept:
    """A cache, asked by content."""

    def __init__(self, kind: str) -> None:
        self.cache = Cache(kind)

    def get(self, content: bytes) -> bytes | None:
        return self.cache.get(self.cache.name_of(content))

    def put(self, content: bytes, made: bytes) -> None:
        self.cache.put(self.cache.name_of(content), made)


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("??/*"))


def spoil_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def spoil_all(file: Path) -> None:
    file.write_bytes(b"")


def remove(file: Path) -> None:
    file.unlink()


def test_a_cached_entry_is_found_again(folder: Path) -> None:
    assert Kept("shouted").get(b"a") is None
    Kept("shouted").put(b"a", b"A")
    assert Kept("shouted").get(b"a") == b"A"
    assert Kept("shouted").get(b"b") is None
    assert Kept("whispered").get(b"a") is None
    assert len(entries(folder)) == 1


def test_an_entry_of_other_code_is_not_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Kept("shouted").put(b"a", b"A")
    monkeypatch.setattr(cache_module, "_code_digest", lambda: "another release")
    assert Kept("shouted").get(b"a") is None


def test_a_change_of_the_code_is_seen(tmp_path: Path) -> None:
    program = "from apiscribe.workspace.cache import _code_digest; print(_code_digest())"

    def code_digest() -> str:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        command = [sys.executable, "-c", program]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout

    package = tmp_path / "apiscribe"
    installed = Path(cache_module.__file__).parents[1]
    for name in (
        "__init__.py",
        "workspace/__init__.py",
        "workspace/cache.py",
        "workspace/cache_folder.py",
        "workspace/package_data.py",
    ):
        (package / name).parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(installed / name, package / name)
    (package / "other.py").write_text("x = 1", "utf-8")
    before = code_digest()
    assert code_digest() == before
    (package / "other.py").write_text("x = 2", "utf-8")
    assert code_digest() != before


@pytest.mark.parametrize("spoil", [spoil_half, spoil_all, remove])
def test_a_damaged_entry_is_not_found(folder: Path, spoil: Callable[[Path], None]) -> None:
    cache = Kept("shouted")
    cache.put(b"a", b"A")
    spoil(entries(folder)[0])
    assert cache.get(b"a") is None
    cache.put(b"a", b"A")
    assert cache.get(b"a") == b"A"


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(folder: Path) -> None:
    folder.write_text("a file stands where the folder would be", "utf-8")
    cache = Kept("shouted")
    cache.put(b"a", b"A")
    assert cache.get(b"a") is None


def test_an_entry_unused_for_a_month_is_deleted(folder: Path) -> None:
    cache = Kept("shouted")
    cache.put(b"old", b"OLD")
    month_ago = time.time() - 31 * 24 * 3600
    for file in (*entries(folder), folder / "swept"):
        os.utime(file, (month_ago, month_ago))
    Kept("shouted").put(b"new", b"NEW")
    assert (cache.get(b"old"), cache.get(b"new")) == (None, b"NEW")


def test_a_full_cache_deletes_the_oldest_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_MAX_BYTES", 100)
    for age, name in ((3, b"oldest"), (2, b"old")):
        Kept("shouted").put(name, name.upper())
        for file in (*entries(folder), folder / "swept"):
            if file.stat().st_mtime > time.time() - 3600:
                os.utime(file, (time.time() - age * 7200,) * 2)
    cache = Kept("shouted")
    cache.put(b"new", b"NEW")
    assert (cache.get(b"oldest"), cache.get(b"old")) == (None, b"OLD")
    assert cache.get(b"new") == b"NEW"

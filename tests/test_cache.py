"""What is kept between runs: never stale, never half, and never needed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from apiscribe.cache import Cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "apiscribe" / "shouted"


class Shout:
    """Makes texts loud, and counts how often."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self, text: str) -> str:
        self.made.append(text)
        return text.upper()


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("??/*"))


def spoil_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def spoil_all(file: Path) -> None:
    file.write_bytes(b"")


def remove(file: Path) -> None:
    file.unlink()


def test_what_was_made_is_not_made_again(folder: Path) -> None:
    first, second = Shout(), Shout()
    assert Cache("shouted", "by 1").remembered("é", first) == "É"
    assert Cache("shouted", "by 1").remembered("é", second) == "É"
    assert (first.made, second.made) == (["é"], [])
    assert len(entries(folder)) == 1


def test_another_maker_makes_it_again(folder: Path) -> None:
    shout = Shout()
    for made_by in ("by 1", "by 2"):
        Cache("shouted", made_by).remembered("a", shout)
    assert shout.made == ["a", "a"]


@pytest.mark.parametrize("spoil", [spoil_half, spoil_all, remove])
def test_what_was_spoilt_is_made_again(folder: Path, spoil: Callable[[Path], None]) -> None:
    cache, shout = Cache("shouted", "by 1"), Shout()
    cache.remembered("a", shout)
    spoil(entries(folder)[0])
    assert cache.remembered("a", shout) == "A"
    assert cache.remembered("a", shout) == "A"
    assert shout.made == ["a", "a"]


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(folder: Path) -> None:
    folder.parent.write_text("a file stands where the folder would be", "utf-8")
    shout = Shout()
    cache = Cache("shouted", "by 1")
    assert [cache.remembered("a", shout) for _ in range(2)] == ["A", "A"]
    assert shout.made == ["a", "a"]


def test_what_nobody_asks_for_in_a_month_is_deleted(folder: Path) -> None:
    cache = Cache("shouted", "by 1")
    cache.remembered("old", Shout())
    month_ago = time.time() - 31 * 24 * 3600
    for file in (*entries(folder), folder / "swept"):
        os.utime(file, (month_ago, month_ago))
    cache.remembered("new", Shout())
    assert len(entries(folder)) == 1

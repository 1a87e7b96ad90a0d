"""Patterns that are compiled at their first use."""

from __future__ import annotations

import re

import pytest

from apiscribe.workspace.late_pattern import late_pattern


def test_a_late_pattern_answers_as_a_compiled_one() -> None:
    text, late = "One, two", late_pattern(r"(?P<word>\w+)", re.IGNORECASE | re.UNICODE)
    compiled = re.compile(late.pattern, late.flags)
    assert late.findall(text) == compiled.findall(text)
    assert late.sub("x", text) == compiled.sub("x", text)
    assert [match["word"] for match in late.finditer(text)] == ["One", "two"]
    assert late.fullmatch(text) is None


def test_a_late_pattern_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    original = re.compile

    def compile_counted(pattern: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(pattern)
        return original(pattern, flags)

    monkeypatch.setattr(re, "compile", compile_counted)
    late = late_pattern("a+")
    assert compiled == []
    assert late.search("baa")
    assert not late.search("b")
    assert compiled == ["a+"]

"""The log of a server, where a fault repeats."""

from __future__ import annotations

import logging

from apiscribe_runtime.logs import _Repetitions


def record(message: str, created: float, level: int = logging.ERROR) -> logging.LogRecord:
    result = logging.LogRecord("a", level, "", 1, "%s failed", (message,), None)
    result.created = created
    return result


def test_a_repeated_fault_is_one_line_a_second() -> None:
    repetitions = _Repetitions()
    records = [record("a", at / 100) for at in range(250)]
    written = [each for each in records if repetitions.filter(each)]
    assert [each.created for each in written] == [0, 1, 2]
    assert [getattr(each, "repeated", 0) for each in written] == [0, 99, 99]


def test_other_faults_and_requests_are_not_dropped() -> None:
    repetitions = _Repetitions()
    assert all(repetitions.filter(record(str(at), 0)) for at in range(300))
    assert len(repetitions._last) == 100
    assert all(repetitions.filter(record("a", 0, logging.INFO)) for _ in range(9))

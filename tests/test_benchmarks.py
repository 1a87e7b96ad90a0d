"""The harness of the benchmarks, without a clock: what a row must reach, what RESULTS.md says, the specs
that growth is measured on.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.kept import Measured, keep, kept  # noqa: E402
from benchmarks.results import results  # noqa: E402
from benchmarks.row import Row  # noqa: E402


def row(**values: object) -> Row:
    return Row(**{"section": "build", "what": "a build", "value": 1.0, "unit": "s", **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "reached"),
    [
        ({"limit": 1.0}, True),
        ({"limit": 0.9}, False),
        ({"limit": 0.9, "at_least": True}, True),
        ({"limit": 1.1, "at_least": True}, False),
        ({"limit": 2.0, "reference": 0.5}, True),
        ({"limit": 1.9, "reference": 0.5}, False),
        ({"limit": 0.8, "reference": 1.25, "at_least": True}, True),
        ({"limit": 0.8, "reference": 1.3, "at_least": True}, False),
        ({}, True),
    ],
)
def test_a_row_is_reached_where_its_value_keeps_to_the_limit(
    values: dict[str, object], reached: bool
) -> None:
    assert row(**values).reached is reached


def test_results_tell_what_is_reached_and_what_is_not() -> None:
    rows = (
        row(limit=2.0, reference=0.25, against="others", note="of some"),
        row(section="growth", what="memory", value=1234.5, unit="MB", limit=2000.0),
        row(what="information"),
    )
    text = results([Measured("build", "2026-01-01 00:00", 3, rows)], [("Growth", "growth.svg")])
    assert "1 of 2 rows are reached" in text
    assert (
        "| a build (of some) | 1.00 s | others: 0.250 s | 4.00 | ≤ 2 × | **not reached** |" in text
    )
    assert "## Growth\n\n| what |" in text
    assert "| memory | 1,234 MB |  |  | ≤ 2000 MB | reached |" in text
    assert "| information | 1.00 s |  |  |  |  |" in text
    assert "![Growth](growth.svg)" in text
    assert "Measured 2026-01-01 00:00 UTC, 3 runs." in text


def test_results_say_when_sections_are_of_different_runs() -> None:
    sections = [Measured(name, f"2026-01-0{name}", 3, (row(),)) for name in "12"]
    assert "different runs" in results(sections, [])
    assert "- 2: 2026-01-02 UTC, 3 runs" in results(sections, [])


def test_a_section_that_was_measured_is_kept(tmp_path: Path) -> None:
    measured = Measured("build", "2026-01-01 00:00", 3, (row(limit=1.0, reference=2.0),))
    keep(measured, tmp_path)
    assert kept(["serving", "build"], tmp_path) == [measured]

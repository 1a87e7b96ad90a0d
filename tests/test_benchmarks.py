"""The harness of the benchmarks, without a clock: what a row must reach, what RESULTS.md says, the specs
that growth is measured on.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from benchmarks.copies import write_copies
from benchmarks.edits import page_to_edit
from benchmarks.measurements import Point, Section, load_sections, save_section
from benchmarks.results import format_results
from benchmarks.row import Row

from apiscribe.sources.compilation import Compilation, compile_folder

ROOT = Path(__file__).parent.parent
SAMPLES = [ROOT / "specs" / name / "pages" for name in ("spaceone", "cloudforet")]


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
    assert row(**values).meets_limit is reached


def test_results_show_reached_and_missed_goals() -> None:
    rows = (
        row(limit=2.0, reference=0.25, against="others", note="of some"),
        row(section="growth", what="memory", value=1234.5, unit="MB", limit=2000.0),
        row(what="information"),
    )
    text = format_results(
        [Section("build", "2026-01-01 00:00", 3, rows)], [("Growth", "growth.svg")]
    )
    assert "1 of 2 limits are met" in text
    assert "| a build (of some) | 1.00 s | others: 0.250 s | 4.00 | ≤ 2 × | **not met** |" in text
    assert "## Growth\n\n| what |" in text
    assert "| memory | 1,234 MB |  |  | ≤ 2000 MB | met |" in text
    assert "| information | 1.00 s |  |  |  |  |" in text
    assert "![Growth](growth.svg)" in text
    assert "Measured 2026-01-01 00:00 UTC, 3 runs of each." in text


def test_results_name_sections_of_different_runs() -> None:
    sections = [Section(name, f"2026-01-0{name}", 3, (row(),)) for name in "12"]
    assert "different runs" in format_results(sections, [])
    assert "- 2: 2026-01-02 UTC, 3 runs of each" in format_results(sections, [])


def test_a_section_that_was_measured_is_kept(tmp_path: Path) -> None:
    measured = Section("build", "2026-01-01 00:00", 3, (row(limit=1.0, reference=2.0),))
    save_section(measured, tmp_path)
    assert load_sections(["serving", "build"], tmp_path) == [measured]


def codes(compilation: Compilation, level: str) -> Counter[str]:
    return Counter(found.code for found in compilation.report.at(level))  # type: ignore[arg-type]


def test_copies_of_pages_have_the_findings_that_the_pages_have(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    pages = write_copies(SAMPLES, 10, one)
    assert write_copies(SAMPLES, 2 * pages, two) == 2 * pages == len(list(two.rglob("*.md")))
    once, twice = compile_folder(one), compile_folder(two)
    assert codes(twice, "error") == Counter(
        {code: 2 * n for code, n in codes(once, "error").items()}
    )
    services = {service.name for file in once.api.files for service in file.services}
    # A package has one file for what no page declares, however many pages it has.
    read_once, read_twice = (
        [file for file in side.api.files if file.page] for side in (once, twice)
    )
    assert len(read_twice) == 2 * len(read_once)
    assert services


def facts(spec: Path) -> Counter[str]:
    """The descriptions and the names of fields of a spec."""
    files = compile_folder(spec).api.files
    services = [service for file in files for service in file.services]
    methods = [method for service in services for method in service.methods]
    fields = [field for file in files for message in file.messages for field in message.fields]
    described = [one.description for one in (*files, *services, *methods)]
    return Counter([*described, *(field.name for field in fields)])


@pytest.mark.parametrize("pages", SAMPLES, ids=["gitbook", "hugo"])
def test_edits_change_one_fact_of_a_page(pages: Path, tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    shutil.copytree(pages, spec / "pages")
    page, before = page_to_edit(spec), facts(spec)
    page.change_description(1)
    page.change_description(2)
    described = facts(spec)
    assert list(described - before) == [f"{page.description} Edit 2."]
    page.add_field(3)
    assert list(facts(spec) - described) == [f"{page.field.name}_3"]


def test_charts_are_alike_whenever_they_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `bench`")
    pytest.importorskip("psutil", reason="needs the extra `bench`")
    from benchmarks.charts import draw_charts

    rows = [row(what="cold build of it", against="others", reference=2.0, limit=0.25)]
    points = [Point(10, 1.0, 50.0), Point(100, 11.0, 80.0)]
    drawn = []
    for name in ("first", "second"):
        (folder := tmp_path / name).mkdir()
        assert [path for _, path in draw_charts(rows, points, folder)] == [
            "build.svg",
            "growth.svg",
        ]
        drawn.append([file.read_bytes() for file in sorted(folder.iterdir())])
    assert drawn[0] == drawn[1]

"""What `lint --suggest` prints is an overlay that settles what it was printed for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from score import CORPUS, editions

from apiscribe.build import Reading, read
from apiscribe.cli import main
from apiscribe.report import Report
from apiscribe.suggestions import suggested_overlay

SETTLED = {
    "ambiguous-type",
    "contradictory-link",
    "contradictory-required",
    "contradictory-table",
    "duplicate-declaration",
    "suggested-fact",
    "undeclared-type",
}
HERE = Path(__file__).parent
CASES = sorted(
    folder
    for folder in (HERE / "cases").glob("*/*")
    if not (folder / "overlay.toml").exists()
    and "error: " not in (folder / "diagnostics.txt").read_text("utf-8")
)


def open_codes(reading: Reading) -> set[str]:
    return {found.code for found in reading.report} & SETTLED


def settled(folder: Path, to: Path) -> tuple[set[str], Reading]:
    """What is open in a spec, and the spec read again with the overlay that is suggested."""
    before = read(folder)
    shutil.copytree(folder, to)
    if not (to / "spec.toml").exists() and not (to / "pages").exists():
        (to / "spec.toml").write_text('pages = "."\n', "utf-8")
    text = suggested_overlay(before.api, before.report)
    (to / "overlay.toml").write_text(text, "utf-8")
    return open_codes(before), read(to)


@pytest.mark.parametrize("folder", CASES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_a_case_is_settled(folder: Path, tmp_path: Path) -> None:
    _, after = settled(folder, tmp_path / "spec")
    assert [str(found) for found in after.report.at("error")] == []
    assert open_codes(after) == set()


@pytest.mark.skipif(not (CORPUS / "truth").is_dir(), reason="no corpus: see APISCRIBE_CORPUS")
@pytest.mark.parametrize("edition", editions())
def test_an_edition_is_settled(edition: str, tmp_path: Path) -> None:
    _, after = settled(CORPUS / "corpus" / edition, tmp_path / "spec")
    assert [f"{f.span} {f.message}" for f in after.report.at("error")] == []
    assert open_codes(after) == set()


def test_the_most_used_comes_first(tmp_path: Path) -> None:
    page = "# Book\n\n> **Package : shop.v1**\n\n## Message\n\n### BookInfo\n{}"
    fields = "".join(
        f"* **f{n}** ({name})\n\n" for n, name in enumerate(["Seldom", "Often", "Often"])
    )
    (tmp_path / "book.md").write_text(page.format(fields), "utf-8")
    told = CliRunner().invoke(main, ["lint", "--suggest", str(tmp_path)])
    assert told.exit_code == 1
    entries = [line for line in told.output.splitlines() if line.startswith(("at ", "# used"))]
    assert entries == [
        "# used 2 times",
        'at = "shop.v1.Often"',
        "# used 1 time",
        'at = "shop.v1.Seldom"',
    ]
    assert "book.md:8: no page declares Seldom" in told.output


def test_nothing_is_suggested_where_nothing_is_open() -> None:
    api = read(HERE / "cases" / "hugo" / "a-mark-repeated-makes-a-list").api
    assert suggested_overlay(api, Report()) == ""

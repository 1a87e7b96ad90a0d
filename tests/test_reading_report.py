"""`lint --format html` shows each page as it was read, beside what was read."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from click.testing import CliRunner
from serving import WAIT

from apiscribe.commands import main
from apiscribe.model.api_text import file_lines
from apiscribe.sources.compilation import compile_folder

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "specs" / "spaceone"
HOSTILE = ROOT / "tests" / "cases" / "pages" / "hostile-text-is-harmless"

# Of each state one part: a heading that states, a `*` whose field gets a type by a rule, a field
# that the overlay corrects, a rule that arranges the page, and a paragraph of no declaration.
PAGE = """# Ferry

> **Package : harbour.v1**

---

## Ferry

| Method | Request | Response |
| :--- | :--- | :--- |
| dock | DockRequest | DockInfo |

### dock

> **POST** /harbour/v1/ferry/dock

## Message

### DockRequest

| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| ferry_id | string | ✅ |  |
| speed | integer |  |  |
| places | string |  |  |

### DockInfo

| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| ferry_id | string |  |  |

| Wat | Uit |
| :--- | :--- |
| a | <b onclick="x()">b</b> |
"""
OVERLAY = """[[change]]
at = "harbour.v1.DockRequest.places"
was = {}
set = { repeated = true }
reason = "the server sends a list"
"""


def report(folder: Path) -> tuple[int, BeautifulSoup]:
    """Return the exit status and the report of a spec, with sections for the templates of its
    pages: CSS selectors find nothing in templates.
    """
    result = CliRunner().invoke(main, ["lint", str(folder), "--format", "html"])
    text = result.stdout.replace("<template", "<section").replace("</template", "</section")
    return result.exit_code, BeautifulSoup(text, "html.parser")


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    folder = tmp_path / "harbour"
    (folder / "pages").mkdir(parents=True)
    (folder / "spec.toml").write_text("", "utf-8")
    (folder / "pages" / "ferry.md").write_text(PAGE, "utf-8")
    (folder / "overlay.toml").write_text(OVERLAY, "utf-8")
    return folder


def parts(page: BeautifulSoup, line: int) -> Iterator[Tag]:
    yield from page.select(f'.rendered [data-first="{line}"]')


def line_of(text: str) -> int:
    return PAGE[: PAGE.index(text)].count("\n") + 1


def test_each_part_says_how_it_was_read(harbour: Path) -> None:
    status, page = report(harbour)
    states = {
        "# Ferry": ("stated", "Read as stated."),
        "| speed": ("inferred", "type by type-word"),
        "| places": ("corrected", "repeated by overlay"),
        "---\n": ("skipped", "layout"),
        "| Wat": ("unread", "Not read."),
    }
    for text, (state, why) in states.items():
        (part,) = parts(page, line_of(text))
        assert state in part["class"], text
        assert why in str(part["title"])
    assert status == 1
    (note,) = page.select(".rendered .note.warning")
    assert "unread" in note.get_text()


def test_a_part_and_its_facts_have_the_same_lines(harbour: Path) -> None:
    _, page = report(harbour)
    line = line_of("| speed")
    (fact,) = page.select(f'.facts [data-first="{line}"]')
    (part,) = parts(page, line)
    assert "speed" in fact.get_text()
    assert "speed" in part.get_text()
    assert fact["data-last"] == part["data-last"]


def test_the_report_shows_all_that_was_read() -> None:
    """Every line of the Api is there, and the marks add up to the coverage that `--stats` counts."""
    status, page = report(SAMPLE)
    compilation = compile_folder(SAMPLE)
    lines = sum(1 for file in compilation.api.files if file.page for _ in file_lines(file))
    assert len(page.select(".facts .fact")) == lines
    counted: Counter[str] = Counter()
    for (_, kind, state), count in compilation.report.coverage.items():
        if kind != "route":
            counted["skipped" if state not in ("read", "unread") else state] += count
    shown = Counter(str(part["data-state"]) for part in page.select(".rendered [data-state]"))
    assert shown["skipped"] == counted["skipped"]
    assert shown["stated"] + shown["inferred"] + shown["corrected"] == counted["read"]
    assert status == 0


def test_what_was_read_before_comes_first(harbour: Path) -> None:
    build = ["build", str(harbour), "--out", str(harbour.parent / "out")]
    assert CliRunner().invoke(main, build).exit_code == 0
    torn = PAGE.replace("| Field | Type | Required |", "| Feld | Typ | Muss |", 1)
    (harbour / "pages" / "ferry.md").write_text(torn, "utf-8")
    _, page = report(harbour)
    first = page.select_one("#overview h2")
    assert first
    assert first.get_text() == "Lost since the last build"
    link = page.select_one("#overview .note a")
    assert link
    assert str(link["href"]).startswith("#page-1:")


def test_the_text_of_pages_is_harmless(harbour: Path) -> None:
    for folder in (HOSTILE, harbour):
        _, page = report(folder)
        assert not page.find_all(["link", "img", "iframe", "object", "base"])
        for tag in page.find_all(True):
            loads = {"src", "style", "action", "formaction"} & set(tag.attrs)
            assert not loads
            assert not [name for name in tag.attrs if name.startswith("on")]
            assert str(tag.get("href", "#")).startswith("#")
        assert len(page.find_all("script")) == 1


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_a_browser_shows_the_page_of_an_address(harbour: Path, tmp_path: Path) -> None:
    """The policy lets the report's script run: it shows a page, and highlights the line."""
    file = tmp_path / "report.html"
    result = CliRunner().invoke(main, ["lint", str(harbour), "--format", "html"])
    assert result.stderr == "1 warning, 1 note\n"
    file.write_text(result.stdout, "utf-8")
    line = line_of("| speed")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    done = subprocess.run(
        [*command, f"--user-data-dir={tmp_path / 'profile'}", f"{file.as_uri()}#page-1:{line}"],
        capture_output=True,
        text=True,
        timeout=WAIT,
    )
    page = BeautifulSoup(done.stdout, "html.parser")
    assert page.select_one("#overview[hidden]")
    chosen = page.select("#shown .on")
    assert [str(each["data-first"]) for each in chosen] == [str(line)] * 2
    assert {"facts", "rendered"} == {
        str(parent["class"][0])
        for each in chosen
        for parent in each.find_parents(class_=["facts", "rendered"])
    }

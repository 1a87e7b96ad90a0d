"""What `lint --suggest` prints is an overlay that settles what it was printed for."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from score import CORPUS, versions
from thorough import parameters

from apiscribe.commands import main
from apiscribe.diagnostics.report import Report
from apiscribe.emit.suggestions import suggested_overlay
from apiscribe.sources.compilation import Compilation, compile_folder

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


def open_codes(compilation: Compilation) -> set[str]:
    return {found.code for found in compilation.report} & SETTLED


def settled(folder: Path, to: Path) -> tuple[set[str], Compilation]:
    """What is open in a spec, and the spec read again with the overlay that is suggested."""
    before = compile_folder(folder)
    shutil.copytree(folder, to)
    if not (to / "spec.toml").exists() and not (to / "pages").exists():
        (to / "spec.toml").write_text('pages = "."\n', "utf-8")
    text = suggested_overlay(before.api, before.report)
    (to / "overlay.toml").write_text(text, "utf-8")
    return open_codes(before), compile_folder(to)


@pytest.mark.parametrize("folder", CASES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_a_case_is_settled(folder: Path, tmp_path: Path) -> None:
    _, after = settled(folder, tmp_path / folder.name)
    assert [str(found) for found in after.report.at("error")] == []
    assert open_codes(after) == set()


@pytest.mark.skipif(not (CORPUS / "truth").is_dir(), reason="no corpus: see APISCRIBE_CORPUS")
@pytest.mark.parametrize("version", parameters(versions()))
def test_a_version_is_settled(version: str, tmp_path: Path) -> None:
    _, after = settled(CORPUS / "corpus" / version, tmp_path / "spec")
    assert [f"{f.span} {f.message}" for f in after.report.at("error")] == []
    assert open_codes(after) == set()


def test_the_most_used_comes_first(tmp_path: Path) -> None:
    page = "# Book\n\n> **Package : shop.v1**\n\n## Message\n\n### BookInfo\n{}"
    fields = "".join(
        f"* **f{n}** ({name})\n\n" for n, name in enumerate(["Seldom", "Often", "Often"])
    )
    (tmp_path / "book.md").write_text(page.format(fields), "utf-8")
    result = CliRunner().invoke(main, ["lint", "--suggest", str(tmp_path)])
    assert result.exit_code == 1
    entries = [line for line in result.output.splitlines() if line.startswith(("at ", "# used"))]
    assert entries == [
        "# used 2 times",
        'at = "shop.v1.Often"',
        "# used 1 time",
        'at = "shop.v1.Seldom"',
    ]
    assert "book.md:8: Seldom is not declared" in result.output


def test_nothing_is_suggested_where_nothing_is_open() -> None:
    api = compile_folder(HERE / "cases" / "hugo" / "a-mark-repeated-makes-a-list").api
    assert suggested_overlay(api, Report()) == ""


OPEN_TYPES = """# Book

> **Package : shop.v1**

## Message

### BookInfo
* **state** (State)

* **size** (Size)

* **parts** (Part) `Repeated`

```json
{"state": "NEW", "size": {"width": 3}, "parts": [{"name": "one", "tags": ["a"]}]}
```

### Other
* **state** (State)

```json
{"state": "OLD"}
```
"""


def test_examples_give_the_shape_of_undeclared_types(tmp_path: Path) -> None:
    (tmp_path / "book.md").write_text(OPEN_TYPES, "utf-8")
    compilation = compile_folder(tmp_path)
    entries = tomllib.loads(suggested_overlay(compilation.api, compilation.report))["declare"]
    assert {entry["at"]: entry.get("enum", entry.get("fields")) for entry in entries} == {
        "shop.v1.State": ["NEW", "OLD"],
        "shop.v1.Size": [{"name": "width", "type": "int32"}],
        "shop.v1.Part": [
            {"name": "name", "type": "string"},
            {"name": "tags", "type": "string", "repeated": True},
        ],
    }

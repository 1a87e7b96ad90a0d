"""A changed row of a page changes the lines of the outputs that are about this row."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterator
from pathlib import Path

from apiscribe.diagnostics.report import Report
from apiscribe.emit import emit_sorted
from apiscribe.model.outputs import ALL_OUTPUTS
from apiscribe.sources.compilation import compile_folder

SPEC = Path(__file__).parent.parent / "specs" / "spaceone"
PAGE = "pages/cost_analysis/v1/job-task.md"


def texts(folder: Path) -> dict[str, list[str]]:
    # The reference shows people the lines of the pages.
    chosen = ALL_OUTPUTS - {"reference"}
    outputs = emit_sorted(compile_folder(folder).api, Report(), chosen=chosen)
    return {output.path: output.content.decode().splitlines() for output in outputs}


def changed_lines(before: dict[str, list[str]], after: dict[str, list[str]]) -> Iterator[str]:
    assert before.keys() == after.keys()
    for path in before:
        # The descriptor of a `.proto` is one literal.
        if not path.endswith("_pb2.py"):
            changes = difflib.unified_diff(before[path], after[path], n=0, lineterm="")
            yield from (line for line in changes if not line.startswith(("---", "+++", "@@")))


def lines_after(tmp_path: Path, old: str, new: str) -> list[str]:
    """The changed lines of the outputs after a change of the page: `old` → `new`."""
    folder = shutil.copytree(SPEC, tmp_path / "spaceone")
    before = texts(folder)
    text = (folder / PAGE).read_text("utf-8")
    assert old in text
    (folder / PAGE).write_text(text.replace(old, new), "utf-8")
    lines = list(changed_lines(before, texts(folder)))
    assert lines
    return lines


def row_of(field: str) -> str:
    """The row of a field on the page."""
    text = (SPEC / PAGE).read_text("utf-8")
    start = text.rindex("    <tr>", 0, text.index(f">{field}<"))
    return text[start : text.index("    <tr>", start + 1)]


def test_a_new_row_moves_no_other_row(tmp_path: Path) -> None:
    row = row_of("error_code")
    lines = lines_after(tmp_path, row, row + row.replace("error_code", "warning_code"))
    assert [line for line in lines if line.startswith("-")] == []


def test_another_type_changes_the_lines_of_its_field(tmp_path: Path) -> None:
    row = row_of("error_code")
    lines = lines_after(tmp_path, row, row.replace(">string<", ">int64<"))
    removed = [line.strip("- ") for line in lines if line.startswith("-")]
    imports = [line for line in removed if line.startswith("from apiscribe_runtime.messages ")]
    assert len(imports) == 1
    assert sorted({*removed} - {*imports}) == [
        '"name": "string"',
        '"type": "string"',
        "error_code: _Optional[str] = ...,",
        "error_code: str",
        "error_code: str | None = None",
        "string error_code = 5;",
    ]


def test_a_new_value_of_an_enum_changes_no_other_value(tmp_path: Path) -> None:
    """Two fields list the values in a cell; the enum has the lines of the first one."""
    value = "          	<li>PENDING</li>\n"
    lines = lines_after(tmp_path, value, value + value.replace("PENDING", "STALLED"))
    removed = [line for line in lines if line.startswith("-")]
    assert [line for line in removed if '"span": ' not in line] == []
    assert len(removed) == 3

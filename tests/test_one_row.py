"""A changed row of a page changes the lines of the outputs that are about this row."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterator
from pathlib import Path

from apiscribe.diagnostics.report import Report
from apiscribe.emit import emit_sorted
from apiscribe.sources.compilation import compile_folder

SPEC = Path(__file__).parent.parent / "specs" / "spaceone"
PAGE = "pages/cost_analysis/v1/job-task.md"


def texts(folder: Path) -> dict[str, list[str]]:
    outputs = emit_sorted(compile_folder(folder).api, Report())
    return {output.path: output.content.decode().splitlines() for output in outputs}


def changed_lines(before: dict[str, list[str]], after: dict[str, list[str]]) -> Iterator[str]:
    assert before.keys() == after.keys()
    for path in before:
        # The descriptor of a `.proto` is one literal.
        if not path.endswith("_pb2.py"):
            changes = difflib.unified_diff(before[path], after[path], n=0, lineterm="")
            yield from (line for line in changes if not line.startswith(("---", "+++", "@@")))


def test_a_new_row_moves_no_other_row(tmp_path: Path) -> None:
    folder = shutil.copytree(SPEC, tmp_path / "spaceone")
    before = texts(folder)
    page = folder / PAGE
    text = page.read_text("utf-8")
    start = text.rindex("    <tr>", 0, text.index(">error_code<"))
    row = text[start : text.index("    <tr>", start + 1)]
    page.write_text(text.replace(row, row + row.replace("error_code", "warning_code")), "utf-8")
    lines = list(changed_lines(before, texts(folder)))
    assert lines
    assert [line for line in lines if line.startswith("-")] == []

"""How well the HTTP pages of other projects are read: the facts of their truths in our documents.

A truth is an OpenAPI document of the project, or one of `http_truths`. `make score` writes
http_score.json beside this file and prints the table;
tests/test_http_corpus.py fails where a project is read worse than it says.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from http_truths import as_openapi, read_truth, truths
from score import CORPUS

from apiscribe.emit.openapi import emit_openapi
from apiscribe.emit.render_task import render_all
from apiscribe.model.settings import OpenapiSettings
from apiscribe.sources.compilation import Compilation, compile_folder

OTHER = CORPUS / "other"
TOOL = CORPUS / "tools" / "compare_openapi.py"
EXPECTED = Path(__file__).with_name("http_score.json")

# Project → the project with its OpenAPI documents.
TRUTHS = {
    "cds": "cds",
    "discord": "discord",
    "listmonk": "listmonk",
    "sm-aylien": "sm-aylien",
    "wd-discord": "discord",
}


def projects() -> list[str]:
    """The projects with pages about HTTP, and a truth."""
    return sorted(name for name in (*TRUTHS, *truths()) if (OTHER / name / "pages").is_dir())


@cache
def reading_of(project: str) -> Compilation:
    """The project's pages, read once."""
    return compile_folder(OTHER / project / "pages")


def score(project: str) -> dict[str, list[int]]:
    """Row → [found, of, spurious], of rows that have any."""
    settings = OpenapiSettings(formats=("json",))
    (output,) = render_all(emit_openapi(reading_of(project).api, settings))
    with tempfile.TemporaryDirectory() as name:
        built, result = Path(name, "openapi.json"), Path(name, "score.json")
        built.write_bytes(output.content)
        truth = _truth(project, Path(name), json.loads(output.content))
        command = [sys.executable, TOOL, *truth, built, "--json", result]
        subprocess.run(command, check=True, capture_output=True)
        found: Any = json.loads(result.read_text("utf-8"))
    return {row: counts for row, counts in found["rows"].items() if any(counts)}


def _truth(project: str, folder: Path, built: Any) -> list[str | Path]:
    """The arguments of the tool with the truth of a project."""
    if project in TRUTHS:
        files = (OTHER / TRUTHS[project] / "truth").rglob("*")
        return sorted(file for file in files if file.suffix in (".json", ".yaml"))
    written = read_truth(project)
    truth, routes = folder / "truth.json", folder / "routes.txt"
    truth.write_text(json.dumps(as_openapi(written, built)), encoding="utf-8")
    routes.write_text("\n".join(written["routes"]), encoding="utf-8")
    return ["--routes", routes, truth]


def main() -> None:
    """Write the scores, and print them."""
    scores = {project: score(project) for project in projects()}
    EXPECTED.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    print("| project | row | found | of | spurious |")
    print("| --- | --- | ---: | ---: | ---: |")
    for project, rows in scores.items():
        for row, (found, of, spurious) in rows.items():
            print(f"| {project} | {row} | {found} | {of} | {spurious} |")


if __name__ == "__main__":
    main()

"""How well the protobuf pages of other projects are read: what their `.proto` files declare and the
pages show, of all; and what no `.proto` has.

`make score` writes protobuf_score.json beside this file and prints the table; tests/test_protobuf_corpus.py fails
where a project is read worse than it says. EXCEPTIONS names what a page cannot have as the truth has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from score import CORPUS

from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.sources.compilation import Compilation, compile_folder

OTHER = CORPUS / "other"
TOOL = CORPUS / "tools" / "compare_protos.py"
EXPECTED = Path(__file__).with_name("protobuf_score.json")

# What a page cannot have as the truth has it: names, the line that causes it, and why.
EXCEPTIONS = json.loads(Path(__file__).with_name("protobuf_exceptions.json").read_text("utf-8"))
# No page shows a oneof by its name.
ROWS_NOT_SHOWN = ("oneofs",)


def projects() -> list[str]:
    """The projects with pages about protobuf, and the protos that they are made from."""
    return sorted(name for name in EXCEPTIONS if (OTHER / name / "truth").is_dir())


@cache
def reading_of(project: str) -> Compilation:
    """The project's pages, read once."""
    return compile_folder(OTHER / project / "pages")


@cache
def measured(project: str) -> Any:
    """What the tool says of a project: rows, misses and spurious names."""
    with tempfile.TemporaryDirectory() as name:
        built, result = Path(name, "proto"), Path(name, "score.json")
        for output in render_all(emit_proto(reading_of(project).api)):
            file = Path(name, output.path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(output.content)
        pages = OTHER / project / "pages"
        command = [sys.executable, TOOL, OTHER / project / "truth", built, "--pages", pages]
        subprocess.run([*command, "--json", result], check=True, capture_output=True)
        found: Any = json.loads(result.read_text("utf-8"))
    assert found["bad_built"] == [], found["bad_built"]
    return found


def unlike(project: str) -> set[tuple[str, str]]:
    """The (row, name) of all that is missing, has another value, or is only on the pages."""
    found = measured(project)
    missing = {(row, name) for row, name, *_ in found["misses"] if row not in ROWS_NOT_SHOWN}
    return missing | {(row, name) for row, names in found["spurious"].items() for name in names}


def score(project: str) -> dict[str, list[int]]:
    """Row → [found, documented, spurious], of rows that have any."""
    found = measured(project)
    spurious = {row: len(names) for row, names in found["spurious"].items()}
    return {
        row: [right, of, spurious.get(row, 0)]
        for row, (right, of) in found["rows"].items()
        if row not in ROWS_NOT_SHOWN and (of or spurious.get(row, 0))
    }


_COST = """
import resource, sys, time
from pathlib import Path
from apiscribe.sources.compilation import compile_folder
began = time.perf_counter()
compile_folder(Path(sys.argv[1]))
sides = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
memory = max(resource.getrusage(side).ru_maxrss for side in sides) / 1024
print(f"{time.perf_counter() - began:.1f} | {memory:.0f}")
"""


def cost(project: str) -> str:
    """The size of a project's pages in kB, and the seconds and the MB that reading takes without a
    cache.
    """
    pages = OTHER / project / "pages"
    size = sum(file.stat().st_size for file in pages.rglob("*") if file.is_file()) // 1000
    command = [sys.executable, "-c", _COST, pages]
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "XDG_CACHE_HOME": cache}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return f"{size} | {done.stdout}"


def main() -> None:
    """Write the scores, and print them with what reading costs."""
    scores = {project: score(project) for project in projects()}
    EXPECTED.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    print("| project | row | found | documented | spurious |")
    print("| --- | --- | ---: | ---: | ---: |")
    for project, rows in scores.items():
        for row, (found, documented, spurious) in rows.items():
            print(f"| {project} | {row} | {found} | {documented} | {spurious} |")
    print("", "| project | kB | seconds | MB |", "| --- | ---: | ---: | ---: |", sep="\n")
    for project in scores:
        print(f"| {project} | {cost(project).strip()} |")


if __name__ == "__main__":
    main()

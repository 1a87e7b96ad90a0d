"""Rebuilds of a version: without changes, and with one changed page."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from benchmarks.build import SECTION
from benchmarks.edits import page_to_edit
from benchmarks.options import Options
from benchmarks.processes import apiscribe, environment, medians, seconds
from benchmarks.row import Row
from benchmarks.versions import versions

# Hashes the files below folders; parses the pages before them, as `block_parse` does.
_HASHES = """
import hashlib, pathlib, sys
*pages, files = sys.argv[1:]
if pages:
    from markdown_it import MarkdownIt
    markdown = MarkdownIt("commonmark").enable("table")
    markdown.core.ruler.enableOnly(["normalize", "block"])
    for page in pages:
        markdown.parse(pathlib.Path(page).read_text("utf-8"))
for folder in files.split(":"):
    for file in pathlib.Path(folder).rglob("*"):
        if file.is_file():
            hashlib.sha256(file.read_bytes()).digest()
"""
_HASHED = "hashing the same files in Python"
_PARSED = "hashing the same files in Python, and one block parse of the page"
# What is measured → its reference, and the limit of the ratio.
_ROWS = {
    "build with one description changed": ("hashing and a page", _PARSED, 4.0),
    "build with one field added": ("hashing and a page", _PARSED, 4.0),
    "build with nothing changed": ("hashing", _HASHED, 2.0),
    "build --check": ("hashing", _HASHED, 2.0),
    "lint, warm": ("hashing of pages", _HASHED, 4.0),
}


def rows(options: Options) -> Iterator[Row]:
    """Yield the time of each command, as a whole process, on a spec with a lock."""
    for version in versions():
        yield from _again(version, options.folder / "again" / version.name, options.runs)


def _again(version: Path, folder: Path, runs: int) -> Iterator[Row]:
    # A spec folder with pages/ has a lock; a bare folder of pages has none.
    spec, out = folder / "spec", folder / "out"
    shutil.copytree(version, spec / "pages")
    env = environment(XDG_CACHE_HOME=folder / "cache")
    build = apiscribe("build", spec, "--out", out)
    page, edits = page_to_edit(spec), count(1)

    def after(edit: Callable[[int], None]) -> float:
        # Each edit is different, so that the page is in no cache.
        edit(next(edits))
        return seconds(build, env)

    def again(command: list[str]) -> float:
        # The run before has left a spec that does not change any more, and is kept.
        for _ in range(2):
            seconds(command, env, statuses=(0, 1))
        return seconds(command, env, statuses=(0, 1))

    def hashing(*arguments: object) -> float:
        return seconds([sys.executable, "-c", _HASHES, *map(str, arguments)], env)

    jobs: dict[str, Callable[[], float]] = {
        "build with one description changed": lambda: after(page.change_description),
        "build with one field added": lambda: after(page.add_field),
        "build with nothing changed": lambda: again(build),
        "build --check": lambda: again([*build, "--check"]),
        "lint, warm": lambda: again(apiscribe("lint", spec)),
        "hashing": lambda: hashing(f"{spec}:{out}"),
        "hashing and a page": lambda: hashing(page.file, f"{spec}:{out}"),
        "hashing of pages": lambda: hashing(spec),
    }
    seconds(build, env)
    times = medians(jobs, runs)
    for what, (reference, against, limit) in _ROWS.items():
        yield Row(
            section=SECTION,
            what=f"{what}: {version.name}",
            value=times[what],
            unit="s",
            against=against,
            reference=times[reference],
            limit=limit,
        )

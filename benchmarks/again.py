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

_UNCHANGED = ("build with nothing changed", "build --check")
_HASHES = """
import hashlib, pathlib, sys
for folder in sys.argv[1:]:
    for file in pathlib.Path(folder).rglob("*"):
        if file.is_file():
            hashlib.sha256(file.read_bytes()).digest()
"""


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

    jobs: dict[str, Callable[[], float]] = {
        "build with one description changed": lambda: after(page.change_description),
        "build with one field added": lambda: after(page.add_field),
        "build with nothing changed": lambda: again(build),
        "build --check": lambda: again([*build, "--check"]),
        "lint, warm": lambda: again(apiscribe("lint", spec)),
        "hashing": lambda: seconds([sys.executable, "-c", _HASHES, str(spec), str(out)], env),
    }
    seconds(build, env)
    times = medians(jobs, runs)
    hashing = f"hashing the same files in Python: {times.pop('hashing'):.2f} s"
    for what, value in times.items():
        yield Row(
            section=SECTION,
            what=f"{what}: {version.name}",
            value=value,
            unit="s",
            limit=0.7 if what.startswith("build with one") else 0.5,
            note=hashing if what in _UNCHANGED else "",
        )

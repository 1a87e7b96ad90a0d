"""An version that was built before: nothing has changed since, or one page has."""

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
    """What each command takes, as a whole process, in a project that keeps its numbers."""
    for version in versions():
        yield from _again(version, options.folder / "again" / version.name, options.runs)


def _again(version: Path, folder: Path, runs: int) -> Iterator[Row]:
    # A spec folder with pages/ keeps its numbers; a bare folder of pages does not.
    spec, out = folder / "spec", folder / "out"
    shutil.copytree(version, spec / "pages")
    env = environment(XDG_CACHE_HOME=folder / "cache")
    build = apiscribe("build", spec, "--out", out)
    page, edits = page_to_edit(spec), count(1)

    def after(edit: Callable[[int], None]) -> float:
        # Each edit is another one, so that no cache has seen the page.
        edit(next(edits))
        return seconds(build, env)

    jobs: dict[str, Callable[[], float]] = {
        "build with one description changed": lambda: after(page.change_description),
        "build with one field added": lambda: after(page.add_field),
        "build with nothing changed": lambda: seconds(build, env),
        "build --check": lambda: seconds([*build, "--check"], env),
        "lint, warm": lambda: seconds(apiscribe("lint", spec), env, statuses=(0, 1)),
        "hashing": lambda: seconds([sys.executable, "-c", _HASHES, str(spec), str(out)], env),
    }
    seconds(build, env)
    found = medians(jobs, runs)
    hashing = f"Python that hashes the same files: {found.pop('hashing'):.2f} s"
    for what, value in found.items():
        yield Row(
            section=SECTION,
            what=f"{what}: {version.name}",
            value=value,
            unit="s",
            limit=0.7 if what.startswith("build with one") else 0.5,
            note=hashing if what in _UNCHANGED else "",
        )

"""`build --watch` and `serve --watch`: from a save of a page to the files, or to the new API."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.edits import page_to_edit
from benchmarks.options import Options
from benchmarks.processes import apiscribe, environment
from benchmarks.row import Row
from benchmarks.versions import versions

SECTION = "watch"
_LIMIT = 0.3
_EDITS = 4  # in each run
_PAUSE = 1.0  # seconds between an effect and the next save, in which no work is left over


def rows(options: Options) -> Iterator[Row]:
    """Yield the time that each command takes after the save of a page, with two kinds of edits."""
    for version in versions():
        folder = options.folder / "watch" / version.name
        shutil.copytree(version, folder / "spec" / "pages")
        yield from _built(version.name, folder, options.runs * _EDITS)
        yield from _served(version.name, folder, options.runs * _EDITS)


def _built(name: str, folder: Path, edits: int) -> Iterator[Row]:
    spec, out = folder / "spec", folder / "out"
    page, numbers = page_to_edit(spec), count(1)
    with _watching(folder, "build", str(spec), "--watch", "--out", str(out)) as lines:
        next(lines)  # the first build
        for what, edit in (
            ("one description changed", page.change_description),
            ("one field added", page.add_field),
        ):
            times = []
            for _ in range(edits):
                time.sleep(_PAUSE)
                times.append(_timed(partial(edit, next(numbers)), partial(next, lines)))
            yield _row(f"build --watch, from a save to all files written, {what}: {name}", times)


def _served(name: str, folder: Path, edits: int) -> Iterator[Row]:
    """Measure until the server has replaced the API, and compare its document."""
    spec = folder / "spec"
    page, numbers = page_to_edit(spec), count(10_001)
    ports = ("--grpc-port", "0", "--http-port", "0", "--store", str(folder / "rows.db"))
    with _watching(folder, "serve", str(spec), "--watch", *ports) as lines:
        address = next(line.split()[1] for line in lines if line.startswith("HTTP "))
        for what, edit, expected in (
            ("one description changed", page.change_description, "Edit {}."),
            ("one field added", page.add_field, f'"{page.field.json_name}_{{}}"'),
        ):
            times = []
            for _ in range(edits):
                time.sleep(_PAUSE)
                number = next(numbers)
                times.append(_timed(partial(edit, number), partial(next, lines)))
                with urllib.request.urlopen(f"{address}/openapi.json") as answer:
                    text = expected.format(number)
                    assert text in answer.read().decode(), f"the answer has no {text}"
            yield _row(f"serve --watch, from a save to the new API, {what}: {name}", times)


def _timed(act: Callable[[], object], wait: Callable[[], object]) -> float:
    act()
    saved = time.perf_counter()
    wait()
    return time.perf_counter() - saved


def _row(what: str, times: list[float]) -> Row:
    return Row(section=SECTION, what=what, value=median(times), unit="s", limit=_LIMIT)


@contextmanager
def _watching(folder: Path, *arguments: str) -> Iterator[Iterator[str]]:
    """Run a command, and yield the lines that it prints on stdout."""
    env = environment(XDG_CACHE_HOME=folder / "cache", PYTHONUNBUFFERED="1")
    process = subprocess.Popen(
        apiscribe(*arguments),
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield iter(process.stdout)
    finally:
        process.kill()
        process.wait()

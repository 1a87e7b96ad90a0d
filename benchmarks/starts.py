"""What a server takes before its first call: its start, and the rows of a file."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil

from benchmarks.build import built
from benchmarks.copies import write_copies
from benchmarks.options import Options
from benchmarks.processes import environment, medians
from benchmarks.row import Row
from benchmarks.serving import ROOT, SERVICE
from benchmarks.versions import versions

SECTION = "starts"
_SAMPLE = ROOT / "specs" / "spaceone"
_MANY_PAGES = 280  # a copy of each of two versions
# Number of rows → the most seconds that reading and storing them may take.
_LOADED = {10_000: 0.6, 100_000: 6.0}


@dataclass(frozen=True)
class Start:
    """The seconds and the CPU seconds of a server until it listens."""

    seconds: float
    cpu: float


def rows(options: Options) -> Iterator[Row]:
    """Yield the CPU time of starts, and the time that `--load` adds to them."""
    folder = options.folder / "starts"
    sample = built(_SAMPLE, folder / "sample")
    yield _row("the sample spec", sample, folder / "sample", 0.7, options.runs)
    latest = versions()[-1]
    package = built(latest, folder / latest.name)
    title = f"{latest.name}, {_services(package)} services"
    yield _row(title, package, folder / latest.name, 2.0, options.runs)
    write_copies(versions(), _MANY_PAGES, folder / "many" / "pages")
    package = built(folder / "many" / "pages", folder / "many")
    title = f"a copy of each version, {_services(package)} services"
    yield _row(title, package, folder / "many", 3.0, options.runs)
    for number, limit in _LOADED.items():
        yield _load(number, limit, sample, folder, options.runs)


def start(package: Path, store: Path, *more: str) -> Start:
    """Start the server of a package, with a new store, until both transports listen."""
    ports = ("--grpc-port", "0", "--http-port", "0")
    command = [sys.executable, "-m", package.name, *ports, "--store", str(store), *more]
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        env=environment(PYTHONPATH=package.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline() for _ in range(2)]
            took = time.perf_counter() - began
            assert all(lines), "the server has ended"
            times = psutil.Process(process.pid).cpu_times()
        finally:
            process.kill()
    return Start(took, times.user + times.system)


def _services(out: Path) -> int:
    """Return the number of services in the api.json of an output folder."""
    files = json.loads((out / "api.json").read_text("utf-8"))["files"]
    return sum(len(file.get("services", ())) for file in files)


def _package(out: Path) -> Path:
    return next(file.parent for file in out.glob("*/__main__.py"))


def _row(title: str, out: Path, folder: Path, limit: float, runs: int) -> Row:
    package, number = _package(out), count()
    start(package, folder / "first.db")  # compiles the modules
    cpu = medians({"cpu": lambda: start(package, folder / f"{next(number)}.db").cpu}, runs)["cpu"]
    return Row(
        section=SECTION,
        what=f"CPU time until a server listens: {title}",
        value=cpu,
        unit="s",
        limit=limit,
    )


def _load(number: int, limit: float, out: Path, folder: Path, runs: int) -> Row:
    """Measure what `--load` of a number of rows adds to the start of a server."""
    package, stores = _package(out), count()
    file = folder / f"{number}.json"
    listed = [
        {"job_task_id": f"task-{n}", "domain_id": "domain-1", "status": "PENDING", "job_id": "job"}
        | {"created_count": n, "options": {"start": "2024-05", "account_id": f"{n:012d}"}}
        for n in range(number)
    ]
    file.write_text(json.dumps({SERVICE: listed}), "utf-8")

    def timed(*more: str) -> Callable[[], float]:
        return lambda: start(package, folder / f"{number}-{next(stores)}.db", *more).seconds

    times = medians({"without": timed(), "with": timed("--load", str(file))}, runs)
    return Row(
        section=SECTION,
        what=f"--load of {number:,} rows, beside the start",
        value=times["with"] - times["without"],
        unit="s",
        limit=limit,
    )

"""Time and memory of whole processes, measured from outside: start-up and imports included."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

_INTERVAL = 0.1  # seconds between samples of a process's memory
_MAX_SHOWN = 1_000  # characters of a failed command, and of its output


class FailedError(Exception):
    """A process failed; the text has its command, exit status and output."""

    def __init__(self, command: Sequence[str], status: int, output: str) -> None:
        shown = " ".join(command)[:_MAX_SHOWN]
        super().__init__(f"{shown}: exit status {status}\n{output[-_MAX_SHOWN:]}")


@dataclass(frozen=True)
class Cost:
    """The time and peak memory of a process, its children included."""

    seconds: float
    megabytes: float


def apiscribe(*arguments: str | Path) -> list[str]:
    """Return a command of apiscribe as a shell would start it."""
    return [str(Path(sys.executable).with_name("apiscribe")), *map(str, arguments)]


def environment(**more: str | Path) -> dict[str, str]:
    """Return the environment without PYTHON… variables, so that modules are compiled once."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, **{name: str(value) for name, value in more.items()}}


def seconds(
    command: Sequence[str],
    env: Mapping[str, str],
    cwd: Path | None = None,
    statuses: Container[int] = (0,),
) -> float:
    """Run a process and return its duration. Raise FailedError for another exit status."""
    start = time.perf_counter()
    result = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False)
    duration = time.perf_counter() - start
    if result.returncode not in statuses:
        raise FailedError(command, result.returncode, result.stdout + result.stderr)
    return duration


def cost(command: Sequence[str], env: Mapping[str, str]) -> Cost:
    """Run a process and return its duration and peak memory, its children included.

    On Linux, memory that processes share is counted once.
    """
    start = time.perf_counter()
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        peak = _Peak(process.pid)
        peak.start()
        assert process.stdout is not None
        output = process.stdout.read()
        process.wait()
        duration = time.perf_counter() - start
        peak.join()
    if process.returncode:
        raise FailedError(command, process.returncode, output)
    return Cost(duration, peak.bytes / 1e6)


def medians(jobs: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """Return the median result of each job.

    The jobs run in turns, so that a temporary load on the machine affects all of them.
    """
    results: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, job in jobs.items():
            results[name].append(job())
    return {name: median(values) for name, values in results.items()}


class _Peak(threading.Thread):
    """A sampler of the memory of a process and its children; `bytes` is the maximum so far."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(pid)
        self.bytes = 0

    def run(self) -> None:
        while True:
            try:
                if self._process.status() == psutil.STATUS_ZOMBIE:
                    return
                family = [self._process, *self._process.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            self.bytes = max(self.bytes, sum(map(_memory, family)))
            time.sleep(_INTERVAL)


def _memory(process: psutil.Process) -> int:
    """Return the memory of a process in bytes, or 0 if it has ended."""
    with suppress(psutil.Error):
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", memory.rss))
    return 0

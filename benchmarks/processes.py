"""Whole processes, timed from outside as a user's clock would: start, imports and all."""

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

_BETWEEN_LOOKS = 0.1  # seconds from one look at a process's memory to the next
_SHOWN = 1_000  # characters of a failed command, and of what it said


class FailedError(Exception):
    """A process that did not do its work; the text tells how it ended, and what it said."""

    def __init__(self, command: Sequence[str], status: int, said: str) -> None:
        shown = " ".join(command)[:_SHOWN]
        super().__init__(f"{shown}: exit status {status}\n{said[-_SHOWN:]}")


@dataclass(frozen=True)
class Cost:
    """What a process took, its children included."""

    seconds: float
    megabytes: float


def apiscribe(*arguments: str | Path) -> list[str]:
    """The command as a shell would start it."""
    return [str(Path(sys.executable).with_name("apiscribe")), *map(str, arguments)]


def environment(**more: str | Path) -> dict[str, str]:
    """The environment without settings of Python: modules are compiled once, as on any machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, **{name: str(value) for name, value in more.items()}}


def seconds(
    command: Sequence[str],
    env: Mapping[str, str],
    cwd: Path | None = None,
    statuses: Container[int] = (0,),
) -> float:
    """How long a process runs. Raises FailedError where its exit status is another one."""
    start = time.perf_counter()
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if done.returncode not in statuses:
        raise FailedError(command, done.returncode, done.stdout + done.stderr)
    return took


def cost(command: Sequence[str], env: Mapping[str, str]) -> Cost:
    """How long a process runs, and the most memory that it and its children had at one time.

    Memory that processes share is divided among them where the system tells it (Linux).
    """
    start = time.perf_counter()
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        peak = _Peak(process.pid)
        peak.start()
        assert process.stdout is not None
        said = process.stdout.read()
        process.wait()
        took = time.perf_counter() - start
        peak.join()
    if process.returncode:
        raise FailedError(command, process.returncode, said)
    return Cost(took, peak.bytes / 1e6)


def medians(jobs: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """The median of what each job returns. The jobs take turns, so that a machine that is busy for
    a while is so for all of them.
    """
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, job in jobs.items():
            found[name].append(job())
    return {name: median(values) for name, values in found.items()}


class _Peak(threading.Thread):
    """Looks at a process and its children until it is gone; `bytes` is the most that they had."""

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
            time.sleep(_BETWEEN_LOOKS)


def _memory(process: psutil.Process) -> int:
    """Bytes that a process has; 0 for one that is gone."""
    with suppress(psutil.Error):
        told = process.memory_full_info()
        return int(getattr(told, "pss", told.rss))
    return 0

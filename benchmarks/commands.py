"""The start-up time of the command line and of generated models."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.build import SECTION, built
from benchmarks.options import Options
from benchmarks.processes import apiscribe, environment, medians, seconds
from benchmarks.row import Row
from benchmarks.versions import versions

# Each run takes milliseconds: repeat them more often than other measurements.
_REPETITIONS = 5
_BARE = [sys.executable, "-c", "pass"]
_PYDANTIC = [sys.executable, "-c", "from pydantic import BaseModel, ConfigDict, Field"]


def rows(options: Options) -> Iterator[Row]:
    """Yield the times of the command line against a bare Python, of models against pydantic."""
    yield from _command_line(_REPETITIONS * options.runs)
    for version in versions():
        folder = options.folder / "models" / version.name
        yield _models(version, built(version, folder), _REPETITIONS * options.runs)


def _command_line(runs: int) -> Iterator[Row]:
    completion = environment(
        _APISCRIBE_COMPLETE="bash_complete", COMP_WORDS="apiscribe build --", COMP_CWORD="2"
    )
    jobs = {
        "python -c pass": _job(_BARE, environment()),
        "apiscribe --help": _job(apiscribe("--help"), environment()),
        "apiscribe --version": _job(apiscribe("--version"), environment()),
        "shell completion": _job(apiscribe(), completion),
    }
    times = _warm_medians(jobs, runs)
    bare = times.pop("python -c pass")
    for what, value in times.items():
        yield Row(
            section=SECTION,
            what=what,
            value=value,
            unit="s",
            against="python -c pass",
            reference=bare,
            limit=3.0,
        )


def _models(version: Path, package: Path, runs: int) -> Row:
    """Measure the import of the median page's models, against their imports from pydantic."""
    models = [file for file in package.rglob("models/**/*.py") if file.name != "__init__.py"]
    models.sort(key=lambda file: (file.stat().st_size, file))
    module = models[len(models) // 2].relative_to(package).with_suffix("")
    command = [sys.executable, "-c", f"import {'.'.join(module.parts)}"]
    jobs = {
        "models": _job(command, environment(PYTHONPATH=package)),
        "pydantic": _job(_PYDANTIC, environment()),
    }
    times = _warm_medians(jobs, runs)
    return Row(
        section=SECTION,
        what=f"import of one service's models: {version.name}",
        value=times["models"],
        unit="s",
        against="from pydantic import BaseModel, ConfigDict, Field",
        reference=times["pydantic"],
        limit=1.5,
        note=f"{module.name}; pydantic imports these three lazily",
    )


def _job(command: list[str], env: Mapping[str, str]) -> Callable[[], float]:
    return lambda: seconds(command, env)


def _warm_medians(jobs: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """Return the medians, after one run that compiles all modules."""
    for job in jobs.values():
        job()
    return medians(jobs, runs)

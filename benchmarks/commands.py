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
_PROGRAM = [sys.executable, "-c", "from apiscribe.__main__ import main; main()"]
_BARE = [sys.executable, "-c", "pass"]
_PYDANTIC = [sys.executable, "-c", "from pydantic import BaseModel, ConfigDict, Field"]


def rows(options: Options) -> Iterator[Row]:
    """Yield the times of the command line against a bare Python, of models against pydantic."""
    yield from _command_line(options.folder / "cache", _REPETITIONS * options.runs)
    for version in versions():
        folder = options.folder / "models" / version.name
        yield from _models(version, built(version, folder), _REPETITIONS * options.runs)


def _command_line(cache: Path, runs: int) -> Iterator[Row]:
    completion = {"COMP_WORDS": "apiscribe build --", "COMP_CWORD": "2"}
    completion |= {"_APISCRIBE_COMPLETE": "bash_complete"}
    jobs = {"bare": _job(_BARE, environment())}
    for what, (words, variables) in {
        "apiscribe --help": (["--help"], {}),
        "apiscribe build --help": (["build", "--help"], {}),
        "apiscribe --version": (["--version"], {}),
        "shell completion": ([], completion),
    }.items():
        env = environment(XDG_CACHE_HOME=cache, **variables)
        jobs[what] = _job([*_PROGRAM, *words], env)
        jobs[f"{what}, launched"] = _job(apiscribe(*words), env)
    times = _warm_medians(jobs, runs)
    for what, value in times.items():
        if f"{what}, launched" in times:
            yield Row(
                section=SECTION,
                what=what,
                value=value,
                unit="s",
                against="python -c pass",
                reference=times["bare"],
                limit=1.3,
                note=f"pip's launcher, which imports re: {times[f'{what}, launched']:.3f} s",
            )


def _models(version: Path, package: Path, runs: int) -> Iterator[Row]:
    """Measure imports of models against their imports from pydantic: of the median page's, and of
    those of all pages.
    """
    models = [file for file in package.rglob("models/**/*.py") if file.name != "__init__.py"]
    models.sort(key=lambda file: (file.stat().st_size, file))
    names = [".".join(file.relative_to(package).with_suffix("").parts) for file in models]
    median, env = names[len(names) // 2], environment(PYTHONPATH=package)
    jobs = {
        "one": _job([sys.executable, "-c", f"import {median}"], env),
        "all": _job([sys.executable, "-c", f"import {', '.join(names)}"], env),
        "pydantic": _job(_PYDANTIC, environment()),
    }
    times = _warm_medians(jobs, runs)
    for key, what, limit in (
        ("one", "one service's models", 1.0),
        ("all", f"all {len(names)} modules of models", 4.0),
    ):
        yield Row(
            section=SECTION,
            what=f"import of {what}: {version.name}",
            value=times[key],
            unit="s",
            against="from pydantic import BaseModel, ConfigDict, Field",
            reference=times["pydantic"],
            limit=limit,
            note=(
                f"{median.rpartition('.')[2]}; pydantic imports these three lazily"
                if key == "one"
                else ""
            ),
        )


def _job(command: list[str], env: Mapping[str, str]) -> Callable[[], float]:
    return lambda: seconds(command, env)


def _warm_medians(jobs: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """Return the medians, after one run that compiles all modules."""
    for job in jobs.values():
        job()
    return medians(jobs, runs)

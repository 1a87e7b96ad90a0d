"""Cold builds of a version, without output folder and cache.

They are compared with their lower bound, and with other tools on the generated `.proto` files.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.options import Options
from benchmarks.peers import PEERS, Peer, with_googleapis
from benchmarks.processes import FailedError, apiscribe, environment, medians, seconds
from benchmarks.row import Row
from benchmarks.versions import ROOT, versions

SECTION = "build"
# The prefix of the rows in the chart.
COLD = "cold build of"
_LOWER_BOUND = "protoc and one block parse of the pages"
_OUTS = ("python", "pyi", "grpc_python")


def rows(options: Options) -> Iterator[Row]:
    """Yield the cold build of each version, against its lower bound and against each peer."""
    for peer in PEERS:
        peer.install()
    for version in versions():
        yield from _cold(version, options.folder / "cold" / version.name, options.runs)


def cold_build(spec: Path, folder: Path) -> list[str]:
    """Return the command that builds a spec into an empty folder."""
    return apiscribe("build", spec, "--out", fresh(folder))


def cold_environment(folder: Path) -> dict[str, str]:
    """Return an environment with an empty cache."""
    return environment(XDG_CACHE_HOME=fresh(folder))


def fresh(folder: Path) -> Path:
    """Create a new folder in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=folder))


def built(spec: Path, folder: Path) -> Path:
    """Build a spec once, without measuring, and return its output folder."""
    command = cold_build(spec, folder)
    seconds(command, cold_environment(folder))
    return next(Path(command[-1]).iterdir())


def _cold(version: Path, folder: Path, runs: int) -> Iterator[Row]:
    protos = folder / "protos"
    files = with_googleapis(built(version, folder) / "proto", protos)
    peer_jobs = {peer.name: _peer_job(peer, protos, files, folder) for peer in PEERS}
    failures = _failures(peer_jobs)
    jobs: dict[str, Callable[[], float]] = {
        "build": lambda: seconds(cold_build(version, folder), cold_environment(folder)),
        "protoc": lambda: seconds(_protoc(protos, files, fresh(folder)), environment()),
        "parse": lambda: seconds(_block_parse(version), environment(), cwd=ROOT),
        **{name: job for name, job in peer_jobs.items() if name not in failures},
    }
    times = medians(jobs, runs)
    build = times["build"]
    yield Row(
        section=SECTION,
        what=f"{COLD} {version.name}",
        value=build,
        unit="s",
        against=_LOWER_BOUND,
        reference=times["protoc"] + times["parse"],
        limit=1.3,
        note=f"protoc {times['protoc']:.2f} s, parse {times['parse']:.2f} s",
    )
    for peer in PEERS:
        yield Row(
            section=SECTION,
            what=f"{COLD} {version.name}",
            value=build,
            unit="s",
            against=peer.label,
            reference=times.get(peer.name),
            limit=None if peer.name in failures else peer.limit,
            note=failures.get(peer.name, ""),
        )


def _failures(jobs: Mapping[str, Callable[[], float]]) -> dict[str, str]:
    """Run each peer once. Return the last line of output of each that fails, by name."""
    failed = {}
    for name, job in jobs.items():
        try:
            job()
        except FailedError as error:
            failed[name] = f"fails: {str(error).strip().splitlines()[-1]}"
    return failed


def _peer_job(peer: Peer, protos: Path, files: list[str], folder: Path) -> Callable[[], float]:
    return lambda: seconds(peer.command(protos, files, fresh(folder)), peer.environment)


def _protoc(protos: Path, files: list[str], target: Path) -> list[str]:
    outs = [f"--{out}_out={target}" for out in _OUTS]
    return [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={protos}", *outs, *files]


def _block_parse(version: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.block_parse", str(version)]

"""A whole version from nothing: no output folder, no cache. Beside it the least that it can cost,
and other tools on the `.proto` that come of it.
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
# What is compared with the peers, in the words of the chart.
COLD = "cold build of"
_FLOOR = "protoc and one block parse of the pages"
_OUTS = ("python", "pyi", "grpc_python")


def rows(options: Options) -> Iterator[Row]:
    """A cold build of each version, against its least cost and against each peer."""
    for peer in PEERS:
        peer.install()
    for version in versions():
        yield from _cold(version, options.folder / "cold" / version.name, options.runs)


def cold_build(spec: Path, folder: Path) -> list[str]:
    """The command that builds a spec into an empty folder."""
    return apiscribe("build", spec, "--out", fresh(folder))


def cold_environment(folder: Path) -> dict[str, str]:
    """An environment whose cache is empty."""
    return environment(XDG_CACHE_HOME=fresh(folder))


def fresh(folder: Path) -> Path:
    """A new folder in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=folder))


def built(spec: Path, folder: Path) -> Path:
    """A spec's output, built once and not measured."""
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
    found = medians(jobs, runs)
    build = found["build"]
    yield Row(
        section=SECTION,
        what=f"{COLD} {version.name}",
        value=build,
        unit="s",
        against=_FLOOR,
        reference=found["protoc"] + found["parse"],
        limit=2.0,
        note=f"protoc {found['protoc']:.2f} s, parse {found['parse']:.2f} s",
    )
    for peer in PEERS:
        yield Row(
            section=SECTION,
            what=f"{COLD} {version.name}",
            value=build,
            unit="s",
            against=peer.told,
            reference=found.get(peer.name),
            limit=None if peer.name in failures else peer.limit,
            note=failures.get(peer.name, ""),
        )


def _failures(jobs: Mapping[str, Callable[[], float]]) -> dict[str, str]:
    """Peers that do not do their part: name → the end of what they said. Each runs once."""
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

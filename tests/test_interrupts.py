"""Ctrl-C: a build ends with 130, says what was written, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import CLEAN, spec
from serving import WAIT

from apiscribe.workspace import parallel
from apiscribe.workspace.interrupts import interrupts_held

PAGES = 60
# Every page takes long enough to be read when the signal comes.
ROWS = "".join(f"| f{n} | string | | Field {n} of the job |\n" for n in range(300))


def children(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()] if file.exists() else []


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads /proc")
@pytest.mark.skipif(parallel.processors() < 2, reason="needs two processors")
def test_an_interrupted_build_with_workers_ends(here: Path) -> None:
    for n in range(PAGES):
        text = CLEAN.replace("a.b.v1", f"a{n}.v1") + ROWS
        spec(here / "jobs", text, f"job{n}.md")
    build = subprocess.Popen(
        [sys.executable, "-m", "apiscribe", "build", "jobs"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "XDG_CACHE_HOME": str(here / "cache")},
    )
    try:
        end = time.monotonic() + WAIT
        while len(workers := children(build.pid)) < 2:
            assert build.poll() is None
            assert time.monotonic() < end
            time.sleep(0.005)
        # As a terminal does: to all processes of the group.
        os.killpg(build.pid, signal.SIGINT)
        _, errors = build.communicate(timeout=WAIT)
    finally:
        build.kill()
    assert errors == "\ninterrupted; nothing was written\n"
    assert build.returncode == 130
    assert not (here / "generated").exists()
    assert not (here / "jobs" / "lock.json").exists()
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def test_an_interrupt_waits_for_the_end_of_a_block() -> None:
    reached = []

    def interrupted() -> None:
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
            reached.append("end")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert reached == ["end"]


def test_a_build_that_is_interrupted_while_it_writes_says_so(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from apiscribe.commands import main
    from apiscribe.workspace.output_dir import Transaction

    commit = Transaction.commit

    def interrupted(transaction: Transaction) -> None:
        signal.raise_signal(signal.SIGINT)
        commit(transaction)

    monkeypatch.setattr(Transaction, "commit", interrupted)
    spec(here / "jobs", CLEAN)
    result = CliRunner().invoke(main, ["build", "jobs"])
    assert result.exit_code == 130
    assert result.stderr == "\ninterrupted; all files were written\n"
    assert (here / "generated" / "jobs" / "api.json").is_file()

"""`build --watch` while the files of a spec are edited at random, until time is up: `make watch`.

WATCH_SECONDS says how long (60), WATCH_SEED repeats a run, WATCH_SPEC is the folder of the spec
(specs/spaceone), or a folder of pages. After each edit, the outputs and the lock must be those of a
build of its own, without a cache; at the end, the process must not need more memory than early on.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from apiscribe.commands import watching
from apiscribe.commands.build_watch import BuildWatch

ROOT = Path(__file__).parent.parent
# Growth that is no leak: the most that differently large builds need, and the allocator keeps.
MOST_GROWTH = 1.1
SETTINGS = (
    'name = "spec"\n',
    "name = \n",
    'name = "spec"\n[outputs]\nonly = ["proto", "models"]\n',
)
OVERLAYS = ("", "[[change]]\n", '[[declare]]\nat = "a.v1.B"\nfields = []\nreason = "so"\n')


class Edits:
    """Random edits of the files of a spec; the pages come back after a while."""

    def __init__(self, spec: Path, rnd: random.Random) -> None:
        """Edit the spec in a folder as it is now."""
        self._spec, self._random = spec, rnd
        pages = (f for f in (spec / "pages").rglob("*") if f.is_file())
        self._first = {file: file.read_bytes() for file in sorted(pages)}
        self.counts: Counter[str] = Counter()

    def edit(self) -> str:
        """Do an edit, and return it in words."""
        kinds = ("line", "line", "line", "damage", "delete", "rename", "settings", "overlay")
        kind = self._random.choice((*kinds, "revert", "branch", "branch"))
        self.counts[kind] += 1
        match kind:
            case "revert":
                file = self._random.choice(list(self._first))
                return self._write(file, self._first[file])
            case "branch":
                for file in self._spec.rglob("*"):
                    if file.is_file() and file.name != "lock.json" and file not in self._first:
                        file.unlink()
                for file, content in self._first.items():
                    self._write(file, content)
                return "all as at first"
            case "settings":
                text = self._random.choice(SETTINGS)
                return self._write(self._spec / "spec.toml", text.encode())
            case "overlay":
                text = self._random.choice(OVERLAYS)
                return self._write(self._spec / "overlay.toml", text.encode())
        pages = [f for f in sorted((self._spec / "pages").rglob("*")) if f.is_file()]
        if not pages:
            return "nothing: there is no page"
        return self._page(kind, self._random.choice(pages))

    def _page(self, kind: str, file: Path) -> str:
        rnd = self._random
        if kind == "delete":
            file.unlink()
            return f"{file.name} deleted"
        if kind == "rename":
            target = file.with_name(f"{file.stem[:40]}-{rnd.randrange(3)}{file.suffix}")
            os.replace(file, target)
            return f"{file.name} renamed to {target.name}"
        lines = file.read_bytes().splitlines(keepends=True)
        place = rnd.randrange(len(lines) + 1)
        if kind == "damage":
            lines[place : place + rnd.randrange(1, 6)] = rnd.choice(
                ([], [b"```\n"], [b"| a | b |\n"], [b"\xff\n"], [b"> **Package : other.v1**\n"])
            )
        elif place < len(lines):
            words = lines[place].split(b" ")
            words[rnd.randrange(len(words))] = rnd.choice((b"changed", b"| x |", b"", b"State"))
            lines[place] = b" ".join(words).rstrip(b"\n") + b"\n"
        return self._write(file, b"".join(lines))

    def _write(self, file: Path, content: bytes) -> str:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f"{file.name}~")
        beside.write_bytes(content)
        os.replace(beside, file)
        return f"{file.name} written"


class Watched:
    """Takes the place of waiting for changes: it checks what the last one led to, and does the next
    edit.
    """

    def __init__(self, spec: Path, rnd: random.Random, until: float) -> None:
        """Edit a spec in the current folder, with outputs in `out`, until a time."""
        self._edits, self._until = Edits(spec, rnd), until
        self._expected: dict[str, bytes] = {}
        self._edit = ""
        self.memory: list[float] = []
        self.failures: list[str] = []

    def wait(self, _: Sequence[Path]) -> bool:
        """Return False at the end."""
        if self._edit:
            self._check()
        if time.monotonic() > self._until or self.failures:
            return False
        self._edit = self._edits.edit()
        shutil.rmtree("cold", ignore_errors=True)
        for folder in ("spec", "out"):
            shutil.copytree(folder, Path("cold", folder))
        build = [sys.executable, "-m", "apiscribe", "build", "spec", "--out", "out"]
        env = {**os.environ, "XDG_CACHE_HOME": os.path.abspath("cold/cache")}
        subprocess.run(build, cwd="cold", env=env, capture_output=True, check=False)
        self._expected = _files(Path("cold"))
        return True

    def _check(self) -> None:
        found = _files(Path())
        paths = found.keys() | self._expected.keys()
        wrong = sorted(path for path in paths if found.get(path) != self._expected.get(path))
        if wrong:
            self.failures.append(f"after edit {self.rounds} ({self._edit}): {', '.join(wrong[:9])}")
        gc.collect()
        self.memory.append(_resident())

    @property
    def rounds(self) -> int:
        """How many edits were checked."""
        return len(self.memory) + 1

    def summary(self) -> str:
        """What was done, in a line."""
        kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(self._edits.counts.items()))
        early, late = self.growth()
        return f"{len(self.memory)} edits ({kinds}); memory {early:.0f} MB, then {late:.0f} MB"

    def growth(self) -> tuple[float, float]:
        """The memory in the second fifth of the edits, and in the last one, in MB."""
        fifth = len(self.memory) // 5
        return median(self.memory[fifth : 2 * fifth] or [0]), median(self.memory[-fifth:] or [0])


def _files(folder: Path) -> dict[str, bytes]:
    files = [f for part in ("spec", "out") for f in (folder / part).rglob("*") if f.is_file()]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    """Return the exit status: 1 if an output differs, or memory grows."""
    seed = int(os.environ.get("WATCH_SEED") or random.SystemRandom().randrange(10**9))
    seconds = float(os.environ.get("WATCH_SECONDS") or 60)
    source = Path(os.environ.get("WATCH_SPEC") or ROOT / "specs" / "spaceone").resolve()
    print(f"WATCH_SEED={seed} WATCH_SECONDS={seconds:g} WATCH_SPEC={source}", flush=True)
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        os.environ["XDG_CACHE_HOME"] = str(Path(work, "cache"))
        is_spec = (source / "spec.toml").is_file()
        shutil.copytree(source, Path("spec") if is_spec else Path("spec", "pages"))
        if not is_spec:
            Path("spec", "spec.toml").write_text(SETTINGS[0])
        watched = Watched(Path("spec"), random.Random(seed), time.monotonic() + seconds)
        watching.FileChanges = lambda without: watched  # type: ignore[assignment,misc]
        BuildWatch(
            [Path("spec")],
            Path("out"),
            vendor=False,
            only=(),
            partial=False,
            accept_losses=False,
            verbose=False,
            quiet=True,
        ).run()
        os.chdir(ROOT)
    print(watched.summary())
    early, late = watched.growth()
    if late > MOST_GROWTH * early:
        watched.failures.append(f"memory has grown from {early:.0f} to {late:.0f} MB")
    print("\n".join(watched.failures) or "all outputs are those of builds of their own")
    return bool(watched.failures)


if __name__ == "__main__":
    sys.exit(main())

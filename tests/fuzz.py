"""Inputs made up at random, until time is up: `make fuzz`.

FUZZ_SECONDS says how long (60), FUZZ_KINDS which kinds of inputs (all); FUZZ_SEED repeats a run. An
input that fails is kept under .fuzz/, and `python tests/fuzz.py .fuzz/KIND-NAME` reads it again. The
tests in test_robust.py read torn pages in every run; this one is to find new ones.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from fuzz_pages import ROOT, html, mutated, seeds
from fuzz_settings import write_settings
from fuzz_sources import check_source, write_source
from query_towers import Towers

from apiscribe.diagnostics.renderers import format_named, group_by_cause, summary
from apiscribe.diagnostics.report import CoveredPart
from apiscribe.dialects.page_draft import read_parts
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.pages.blocks import Block, Bullets, Code, Item, Page, Quote, Row, Table
from apiscribe.sources.compilation import compile_folder, pages_to_read
from apiscribe.workspace.protoc import compile_protos

KEPT = ROOT / ".fuzz"
# No input of the seeds takes a second of the processor; one that takes this long hangs, and so
# does one that waits for so much longer on a machine that does other things too.
LONGEST_SECONDS = 20
MOST_OTHERS = 30
# Compiling takes longer than reading: one spec in so many.
COMPILED = 10


def leaves(blocks: Iterable[Block]) -> Iterator[range]:
    """The first lines of the parts of blocks, however deep they are; all lines of code, of which a
    dialect may read the declarations as parts.
    """
    for block in blocks:
        match block:
            case Table():
                rows = [row for row in block.rows if any(cell.text for cell in row.cells)]
                yield from map(first_line, (block.header, *rows))
            case Bullets():
                for item in block.items:
                    yield first_line(item)
                    yield from leaves(item.blocks)
            case Quote():
                yield from leaves(block.blocks)
            case Code():
                yield range(block.span.line, block.span.end_line + 1)
            case _:
                yield first_line(block)


def first_line(part: Block | Item | Row) -> range:
    """The line at which a part begins."""
    return range(part.span.line, part.span.line + 1)


def left_out(page: Page, parts: Iterable[CoveredPart]) -> list[int]:
    """The lines at which parts of a page begin that its coverage does not have.

    A dialect may read a list of declarations as headings and tables, so parts are not counted.
    """
    covered = {line for each in parts for line in range(each.span.line, each.span.end_line + 1)}
    return sorted(lines[0] for lines in leaves(page.blocks) if covered.isdisjoint(lines))


def write_pages(spec: Path, rnd: random.Random) -> None:
    """A spec of some torn pages."""
    (spec / "pages").mkdir()
    for number in range(rnd.choice([1, 1, 1, 2, 3])):
        (spec / "pages" / f"page_{number}.md").write_bytes(mutated(seeds(), rnd))


def write_html(spec: Path, rnd: random.Random) -> None:
    """A spec of a page of HTML, or of HTML in Markdown."""
    (spec / "pages").mkdir()
    form = rnd.choice(["html", "md"])
    (spec / "pages" / f"page.{form}").write_bytes(html(rnd))


def check_spec(spec: Path) -> None:
    """Read a spec, and raise if a promise is broken."""
    compilation = compile_folder(spec)
    found = group_by_cause(compilation.report, compilation.spec.sources)
    format_named("text").render(found, summary(found, 0))
    too_large = {d.span.path for d in compilation.report if d.code == "page-over-budget"}
    for page in pages_to_read(compilation.spec):
        lines = [] if page.source.path in too_large else left_out(*read_parts(page))
        assert not lines, f"{page.source.path}: no part has lines {lines}"
    for each in compilation.report:
        assert 1 <= each.span.line <= each.span.end_line, each
    if not compilation.failed:
        outputs = list(render_all(emit_proto(compilation.api)))
        content = b"".join(each.content for each in outputs)
        if outputs and hashlib.sha256(content).digest()[0] < 256 // COMPILED:
            compile_protos({each.path.removeprefix("proto/"): each.content for each in outputs})


@dataclass(frozen=True)
class Kind:
    """A kind of inputs: what writes one into a folder, and what raises if it breaks something."""

    write: Callable[[Path, random.Random], None]
    check: Callable[[Path], None]


def kinds(names: Iterable[str], stack: ExitStack) -> dict[str, Kind]:
    """The kinds of these names; a server answers towers until the stack ends."""
    known = {
        "pages": lambda: Kind(write_pages, check_spec),
        "html": lambda: Kind(write_html, check_spec),
        "settings": lambda: Kind(write_settings, check_spec),
        "sources": lambda: Kind(write_source, check_source),
        "towers": lambda: Kind(Towers.write, stack.enter_context(Towers()).check),
    }
    return {name: known[name]() for name in names or known}


def failure(check: Callable[[Path], None], folder: Path) -> str:
    """The traceback of what an input breaks, or nothing."""

    def late(*_: object) -> None:
        raise TimeoutError(f"it takes more than {LONGEST_SECONDS} seconds")

    signal.signal(signal.SIGPROF, late)
    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_PROF, LONGEST_SECONDS)
    signal.alarm(LONGEST_SECONDS * MOST_OTHERS)
    try:
        check(folder)
    except Exception:
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
    return ""


def fuzz(chosen: dict[str, Kind], seed: int, until: float) -> int:
    """How many different failures were found."""
    failures: dict[str, Path] = {}
    counts: Counter[str] = Counter()
    names = list(chosen)
    with tempfile.TemporaryDirectory() as work:
        while time.monotonic() < until:
            count = counts.total()
            name = names[count % len(names)]
            folder = Path(work, "shop")
            folder.mkdir()
            chosen[name].write(folder, random.Random(f"{seed} {count}"))
            if said := failure(chosen[name].check, folder):
                # One of each kind: where it was raised, whatever the input.
                kind = "\n".join(line for line in said.splitlines() if line.startswith("  File"))
                if kind not in failures:
                    failures[kind] = keep(name, folder)
                    print(
                        f"{said}\nagain: {sys.executable} tests/fuzz.py {failures[kind]}\n",
                        flush=True,
                    )
            shutil.rmtree(folder)
            counts[name] += 1
    tried = ", ".join(f"{count} of {name}" for name, count in counts.items())
    print(f"{tried}; {len(failures)} kinds of failure; FUZZ_SEED={seed} repeats it")
    return len(failures)


def keep(name: str, folder: Path) -> Path:
    """Where an input that failed is kept, from the repository's root."""
    content = b"".join(file.read_bytes() for file in sorted(folder.rglob("*.*")))
    kept = KEPT / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}"
    shutil.copytree(folder, kept, dirs_exist_ok=True)
    return kept.relative_to(ROOT)


def main() -> int:
    with ExitStack() as stack:
        if kept := [Path(each) for each in sys.argv[1:]]:
            chosen = kinds({each.name.partition("-")[0] for each in kept}, stack)
            said = [failure(chosen[each.name.partition("-")[0]].check, each) for each in kept]
            print("".join(said) or "nothing breaks")
            return any(said)
        seed = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(10**9))
        seconds = float(os.environ.get("FUZZ_SECONDS") or 60)
        names = os.environ.get("FUZZ_KINDS", "").split()
        print(f"FUZZ_SEED={seed} FUZZ_SECONDS={seconds:g}", flush=True)
        return bool(fuzz(kinds(names, stack), seed, time.monotonic() + seconds))


if __name__ == "__main__":
    sys.exit(main())

"""Pages torn and joined at random, read until time is up: `make fuzz`.

FUZZ_SECONDS says how long (60); FUZZ_SEED repeats a run. A spec that fails is kept under .fuzz/, and
`python tests/fuzz.py .fuzz/NAME` reads it again. The tests in test_robust.py read the same pages in
every run; this one is to find new ones.
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
from collections.abc import Iterable
from pathlib import Path

from apiscribe.diagnostics.renderers import format_named, group_by_cause, summary
from apiscribe.diagnostics.report import Report
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.pages.blocks import Block, Bullets, Quote, Table
from apiscribe.pages.read import read_page
from apiscribe.pages.text import read_source
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.workspace.protoc import compile_protos

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("APISCRIBE_CORPUS", ROOT.parent / "shared"))
KEPT = ROOT / ".fuzz"
# No page of the seeds takes a second; one that takes this long hangs.
LONGEST_SECONDS = 20
# Compiling takes longer than reading: one spec in so many.
COMPILED = 10

AWKWARD = [
    *(
        "\0",
        "\r",
        "\t",
        "\x0b",
        "\x1b[31m",
        "\x85",
        "\xa0",
        "\u2028",
        "\u202e",
        "\ufeff",
        "é",
        "日本",
    ),
    *(
        "🎉",
        "\ud800",
        '"""',
        "*/",
        "\\",
        "//",
        "{{",
        "}}",
        "{%",
        "%}",
        "<br>",
        "</td>",
        "<table>",
        "<ul>",
    ),
    *(
        "<li>",
        "<!--",
        "-->",
        "&#0;",
        "&nbsp;",
        "|",
        "||",
        "\\|",
        "`",
        "```\n",
        "~~~\n",
        "> ",
        "---\n",
    ),
    *(
        "* ",
        "- ",
        "1. ",
        "# ",
        "### ",
        "###### ",
        "    ",
        "**",
        "__",
        "[",
        "](",
        "](#x)",
        "✅",
        "❌",
    ),
    *(
        "list of ",
        "map of ",
        "stream ",
        "google.protobuf.Struct",
        "Struct",
        ".a.b",
        "a..b",
        "string",
    ),
    *("_", "__init__", "class", "1st", "None", "type", "x" * 300, "9" * 30, "> **GET** /a/{b}\n"),
    *(
        "> **Package : a.b.v1**\n",
        "## Message\n",
        "### get\n",
        "desc: &a [*a]\n",
        "{",
        "[",
        "'",
        "e\u0301",
    ),
]
MARKS = [
    "**",
    "*",
    "`",
    "|",
    ">",
    "#",
    "- ",
    "---",
    "Package",
    "Message",
    "Required",
    "Repeated",
    "✅",
]


def seeds() -> list[bytes]:
    """The pages of specs, cases and corpus, in the order of their paths."""
    folders = (ROOT / "specs", ROOT / "tests" / "cases", CORPUS / "corpus")
    files = (file for folder in folders for file in sorted(folder.rglob("*.md")))
    return [file.read_bytes() for file in files]


def mutated(pages: list[bytes], rnd: random.Random) -> bytes:
    """A page with some lines, words or bytes changed."""
    # The large ones say nothing that the small ones do not, and take their time.
    page = min(rnd.choices(pages, k=2), key=len)
    for _ in range(rnd.choice([1, 1, 2, 3, 5, 8, 20])):
        change = rnd.choice(CHANGES)
        page = change(page, rnd, pages)[:200_000]
    return page


def _lines(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    """Lines deleted, doubled, swapped, cut, moved in or joined."""
    lines = page.split(b"\n")
    at, other, count = rnd.randrange(len(lines)), rnd.randrange(len(lines)), rnd.randint(1, 12)
    match rnd.randrange(8):
        case 0:
            del lines[at : at + count]
        case 1:
            lines[other:other] = lines[at : at + count]
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = lines[at][: rnd.randint(0, len(lines[at]))]
        case 4:
            lines[at] += lines[other]
        case 5:
            lines[at : at + count] = [
                b" " * rnd.randint(1, 8) + line for line in lines[at : at + count]
            ]
        case 6:
            sign = rnd.choice([b">", b"> ", b"* ", b"- ", b"1. "])
            lines[at : at + count] = [sign * rnd.randint(1, 25) + x for x in lines[at : at + count]]
        case _:
            lines.insert(at, b"")
    return b"\n".join(lines)


def _spliced(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    """The start of the page and the end of another, or some lines of it."""
    other = rnd.choice(pages).split(b"\n")
    lines = page.split(b"\n")
    at, begin = rnd.randrange(len(lines) + 1), rnd.randrange(len(other))
    if rnd.random() < 0.5:
        return b"\n".join(lines[:at] + other[begin:])
    return b"\n".join(lines[:at] + other[begin : begin + rnd.randint(1, 30)] + lines[at:])


def _cut(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    at = rnd.randint(0, len(page))
    return page[:at] if rnd.random() < 0.3 else page[:at] + page[at + rnd.randint(1, 40) :]


def _awkward(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    at = rnd.randint(0, len(page))
    text = rnd.choice(AWKWARD) * rnd.choice([1, 1, 1, 2, 40])
    return page[:at] + text.encode("utf-8", "surrogatepass") + page[at:]


def _bytes(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    at = rnd.randint(0, len(page))
    if rnd.random() < 0.1:
        return page[:at] + rnd.randbytes(rnd.randint(1, 4)) + page[at:]
    # ASCII, for a page that is not UTF-8 is an error and little more.
    return page[:at] + bytes(rnd.randrange(128) for _ in range(rnd.randint(1, 4))) + page[at + 1 :]


def _marks(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    """A mark in capitals, in small letters, another one, or none, once or everywhere."""
    mark = rnd.choice(MARKS)
    instead = rnd.choice([mark.upper(), mark.lower(), rnd.choice(MARKS), "", mark * 2])
    return page.replace(mark.encode(), instead.encode(), rnd.choice([-1, 1, 3]))


def _tables(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    """A row with cells shuffled, lost or doubled, or with the words of another."""
    lines = page.split(b"\n")
    rows = [at for at, line in enumerate(lines) if b"|" in line or b"<td" in line or b"<li" in line]
    if not rows:
        return page
    at = rnd.choice(rows)
    bar = b"|" if b"|" in lines[at] else b"<"
    cells = lines[at].split(bar)
    match rnd.randrange(4):
        case 0:
            rnd.shuffle(cells)
        case 1:
            del cells[rnd.randrange(len(cells))]
        case 2:
            cells.insert(rnd.randrange(len(cells)), rnd.choice(cells))
        case _:
            cells[rnd.randrange(len(cells))] = rnd.choice(lines[rnd.choice(rows)].split(bar))
    lines[at] = bar.join(cells)
    return b"\n".join(lines)


CHANGES = (_lines, _lines, _spliced, _cut, _awkward, _awkward, _bytes, _marks, _tables, _tables)


def leaves(blocks: Iterable[Block]) -> int:
    """How many parts the coverage of these blocks has to tell of."""
    count = 0
    for block in blocks:
        match block:
            case Table():
                count += 1 + len(block.rows)
            case Bullets():
                count += len(block.items)
            case Quote():
                count += leaves(block.blocks)
            case _:
                count += 1
    return count


def check(spec: Path, compiled: bool) -> Compilation:
    """What is read of a spec, if it keeps what is promised; else an exception."""
    compilation = compile_folder(spec)
    found = group_by_cause(compilation.report, compilation.spec.sources)
    format_named("text").render(found, summary(found, 0))
    result = Counter[str]()
    for (path, kind, _), count in compilation.report.coverage.items():
        result[path] += count * (kind not in ("route", "front matter"))
    left_out = {d.span.path for d in compilation.report if d.code == "page-over-budget"}
    for path in compilation.spec.page_files:
        have = leaves(
            read_page(read_source((spec / path).read_bytes(), path, Report()), Report()).blocks
        )
        assert (
            path in left_out or result[path] == have
        ), f"{path}: {result[path]} of {have} parts result"
    for each in compilation.report:
        assert 1 <= each.span.line <= each.span.end_line, each
    if not compilation.failed:
        outputs = render_all(emit_proto(compilation.api))
        if compiled:
            compile_protos({each.path.removeprefix("proto/"): each.content for each in outputs})
    return compilation


def failure(spec: Path, compiled: bool) -> str:
    """The traceback of what a spec breaks, or nothing."""

    def late(*_: object) -> None:
        raise TimeoutError(f"it takes more than {LONGEST_SECONDS} seconds")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST_SECONDS)
    try:
        check(spec, compiled)
    except Exception:
        return traceback.format_exc()
    finally:
        signal.alarm(0)
    return ""


def fuzz(seed: int, until: float) -> int:
    """How many different failures were found."""
    pages = seeds()
    failures: dict[str, Path] = {}
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < until:
            rnd = random.Random(f"{seed} {count}")
            spec = Path(folder, "shop")
            (spec / "pages").mkdir(parents=True)
            for number in range(rnd.choice([1, 1, 1, 2, 3])):
                (spec / "pages" / f"page_{number}.md").write_bytes(mutated(pages, rnd))
            if said := failure(spec, compiled=count % COMPILED == 0):
                # One of each kind: where it was raised, whatever the page.
                kind = "\n".join(line for line in said.splitlines() if line.startswith("  File"))
                if kind not in failures:
                    failures[kind] = keep(spec)
                    print(
                        f"{said}\nagain: {sys.executable} tests/fuzz.py {failures[kind]}\n",
                        flush=True,
                    )
            shutil.rmtree(spec)
            count += 1
    print(f"{count} specs, {len(failures)} kinds of failure; FUZZ_SEED={seed} repeats it")
    return len(failures)


def keep(spec: Path) -> Path:
    """Where a spec that failed is kept, from the repository's root."""
    content = b"".join(file.read_bytes() for file in sorted(spec.rglob("*.md")))
    kept = KEPT / hashlib.sha256(content).hexdigest()[:12]
    shutil.copytree(spec, kept, dirs_exist_ok=True)
    return kept.relative_to(ROOT)


def main() -> int:
    if sys.argv[1:]:
        said = "".join(failure(Path(spec), compiled=True) for spec in sys.argv[1:])
        print(said or "nothing breaks")
        return bool(said)
    seed = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(10**9))
    seconds = float(os.environ.get("FUZZ_SECONDS") or 60)
    print(f"FUZZ_SEED={seed} FUZZ_SECONDS={seconds:g}", flush=True)
    return bool(fuzz(seed, time.monotonic() + seconds))


if __name__ == "__main__":
    sys.exit(main())

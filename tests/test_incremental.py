"""A build does what has changed, and no more: counted, for clocks differ."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import chdir, suppress
from pathlib import Path

import command_line
import pytest
from click.testing import Result

# Some builds are processes of their own.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "specs" / "spaceone"
DECLARATIONS = 35  # services, messages and enums of its pages
PAGE = "pages/cost_analysis/v1/job-task.md"
STEP = re.compile(r"^spaceone: (?P<step>\w+):(?P<counts>.*) [\d.]+ s$", re.MULTILINE)
APISCRIBE = (sys.executable, "-m", "apiscribe")
LIBRARIES = ("bs4", "google.protobuf", "jinja2", "markdown_it", "multiprocessing", "ruff", "yaml")


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, Result]:
    """A folder with a spec, its first build and the cache of it; and the run that built it."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copytree(SPEC, folder / "spaceone")
    return folder, run(folder, "build", "spaceone", "-v")


@pytest.fixture
def here(first: tuple[Path, object], tmp_path: Path) -> Path:
    """A copy of the folder after its first build."""
    return Path(shutil.copytree(first[0], tmp_path, dirs_exist_ok=True))


def run(here: Path, *arguments: str) -> Result:
    """Run apiscribe with a cache of its own."""
    with chdir(here), pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(here / "cache"))
        return command_line.run(*arguments)


def run_alone(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run apiscribe in a process with the same cache; it prints the libraries that it loaded."""
    program = (
        "import sys, atexit\n"
        "from apiscribe.commands import main\n"
        f"atexit.register(lambda: print('loaded', *(n for n in {LIBRARIES} if n in sys.modules)))\n"
        "main(prog_name='apiscribe')"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=here,
        env={**os.environ, "XDG_CACHE_HOME": str(here / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )


def counted(done: Result) -> dict[str, int]:
    """What a run did: `parsed` pages, `rendered` outputs, written `files` and so on."""
    found: dict[str, int] = {}
    for step in STEP.finditer(done.stderr):
        found |= {what: int(n) for n, what in re.findall(r"(\d+) (\w+)", step["counts"])}
    return found


def build(here: Path) -> tuple[dict[str, int], set[str]]:
    """The counts of a build, and the files that it wrote."""
    return result_of(run(here, "build", "spaceone", "-v"))


def result_of(done: Result) -> tuple[dict[str, int], set[str]]:
    """The counts of a build that has been run, and the files that it wrote."""
    assert done.exit_code == 0, done.output
    written = re.findall(r"^wrote generated/spaceone/(.*)$", done.stdout, re.MULTILINE)
    return counted(done), set(written)


def loaded(done: subprocess.CompletedProcess[str]) -> set[str]:
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "loaded"
    return set(last[1:])


def edit(here: Path, old: str, new: str) -> None:
    file = here / "spaceone" / PAGE
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


# So many pages, of 150 KB, are read and rendered in several processes.
COPIES = 18


def write_copies(folder: Path) -> None:
    """So many pages, each of a package of its own."""
    page = (SPEC / PAGE).read_text("utf-8")
    for number in range(COPIES):
        text = page.replace("spaceone.api.cost_analysis.v1", f"spaceone.api.cost_{number}.v1")
        file = folder / f"cost_{number}" / "job-task.md"
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")


def test_the_first_build_reads_and_renders_each_thing_once(
    first: tuple[Path, Result],
) -> None:
    counts, written = result_of(first[1])
    assert (counts["pages"], counts["parsed"]) == (4, 4)
    assert counts["declarations"] == DECLARATIONS
    assert counts["files"] == counts["outputs"] + 1 == len(written)
    # The others hold a notice alone: `__init__.py` of folders that have none of their own.
    out = first[0] / "generated" / "spaceone"
    empty = {path for path in written if path.endswith("/__init__.py")}
    empty = {path for path in empty if len((out / path).read_text("utf-8").splitlines()) == 1}
    # api.json is joined of a part for each file, and so is the reference, with its frame.
    files = [path for path in written if path.endswith(".proto")]
    assert counts["rendered"] == counts["outputs"] - len(empty) - 1 + 2 * len(files)
    assert counts["descriptors"] == len(files)


def test_a_build_with_nothing_changed_does_nothing(here: Path) -> None:
    counts, written = build(here)
    assert (counts["pages"], counts["parsed"], counts["rendered"], counts["files"]) == (4, 0, 0, 0)
    assert counts["descriptors"] == 0
    assert not written


@pytest.mark.parametrize(
    "arguments", [("build", "spaceone"), ("build", "spaceone", "--check"), ("lint", "spaceone")]
)
def test_with_nothing_changed_nothing_heavy_is_loaded(
    here: Path, arguments: tuple[str, ...]
) -> None:
    assert loaded(run_alone(here, *arguments)) == set()


def test_a_kept_run_is_printed_again_until_something_changes(here: Path) -> None:
    def program() -> subprocess.CompletedProcess[str]:
        # `-X importtime` lists what is loaded.
        return subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "apiscribe", "build", "spaceone"],
            cwd=here,
            env={**os.environ, "XDG_CACHE_HOME": str(here / "cache")},
            capture_output=True,
            text=True,
            check=True,
        )

    def is_loaded(run: subprocess.CompletedProcess[str]) -> bool:
        return bool(re.search(r"\bclick\b", run.stderr))

    time.sleep(0.2)  # a file that was written just now may change unnoticed
    first, again = program(), program()
    assert (is_loaded(first), is_loaded(again)) == (True, False)
    assert first.stdout == again.stdout
    assert "0 written" in again.stdout
    edit(here, "Reads one task of a cost job.", "Reads one task.")
    assert " 0 written" not in program().stdout


def test_another_description_rebuilds_one_page_and_its_outputs(here: Path) -> None:
    edit(here, "Reads one task of a cost job.", "Reads one task.")
    counts, written = build(here)
    assert counts["parsed"] == 1
    assert written == {
        "api.json",
        "openapi.json",
        "proto/spaceone/api/cost_analysis/v1/job_task.proto",
        "spaceone/client/spaceone/api/cost_analysis/v1/job_task.py",
        "spaceone/reference.html",
        "spaceone/registry/spaceone/api/cost_analysis/v1/job_task.py",
    }
    # The model, the types of the stubs, and the clients were made again, and were as before. The
    # reference is joined of the page's part.
    assert counts["rendered"] <= len(written) + 6
    # protoc compiles a file with comments again, although its descriptor is as before.
    assert (counts["declarations"], counts["descriptor"]) == (DECLARATIONS, 1)


def test_another_field_rebuilds_one_page_and_its_outputs(here: Path) -> None:
    edit(here, "| job_task_id |", "| job_task_key |")
    counts, written = build(here)
    assert counts["parsed"] == 1
    stem = "spaceone/api/cost_analysis/v1/job_task"
    assert {path for path in written if stem in path} == {
        f"proto/{stem}.proto",
        f"spaceone/client/{stem}.py",
        f"spaceone/models/{stem}.py",
        # The registry names the key of the resource.
        f"spaceone/registry/{stem}.py",
        f"spaceone/stubs/{stem}_pb2.py",
        f"spaceone/stubs/{stem}_pb2.pyi",
    }
    assert {path for path in written if stem not in path} == {
        "api.json",
        "openapi.json",
        "spaceone/reference.html",
    }
    # The clients are made with the types of the stubs, and were as before. The documents are joined
    # of the page's parts.
    assert counts["rendered"] <= len(written) + 3
    assert (counts["declarations"], counts["descriptor"]) == (DECLARATIONS, 1)


def test_a_reverted_page_is_not_rendered_again(here: Path) -> None:
    edit(here, "Reads one task of a cost job.", "Reads one task.")
    build(here)
    edit(here, "Reads one task.", "Reads one task of a cost job.")
    counts, written = build(here)
    assert (counts["parsed"], counts["rendered"]) == (0, 0)
    assert len(written) == 6


def test_the_cache_may_be_deleted_at_any_time(here: Path, first: tuple[Path, Result]) -> None:
    before, _ = result_of(first[1])
    shutil.rmtree(here / "cache")
    counts, written = build(here)
    assert (counts["parsed"], counts["rendered"]) == (before["parsed"], before["rendered"])
    assert not written


def test_diagnostics_equal_those_of_the_first_run(here: Path) -> None:
    edit(here, "| Method |", "Some text\n\n| Method |")
    first, again = (run(here, "lint", "spaceone") for _ in range(2))
    assert counted(run(here, "lint", "spaceone", "-v"))["parsed"] == 0
    assert first.stdout == again.stdout != ""
    assert first.exit_code == again.exit_code


def test_two_builds_at_once_share_the_cache(here: Path) -> None:
    def start(out: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*APISCRIBE, "build", "spaceone", "--only", "models,proto", "--out", out],
            cwd=here,
            env={**os.environ, "XDG_CACHE_HOME": str(here / "cache")},
            stdout=subprocess.DEVNULL,
        )

    shutil.rmtree(here / "cache")
    both = [start("one"), start("two")]
    assert [each.wait() for each in both] == [0, 0]
    trees = [
        {f.relative_to(here / out): f.read_bytes() for f in (here / out).rglob("*") if f.is_file()}
        for out in ("one", "two")
    ]
    assert trees[0] == trees[1]
    assert not [file for file in (here / "cache").rglob("*") if re.search(r"\.\d+$", file.name)]


def test_one_process_makes_the_same_outputs_as_many(tmp_path: Path) -> None:
    """Enough pages to be read and rendered in parallel, and the same on one processor."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        pytest.skip("this machine has one processor, or does not let one be chosen")
    write_copies(tmp_path / "spaceone")
    trees = []
    for processors in ({min(os.sched_getaffinity(0))}, os.sched_getaffinity(0)):
        out = tmp_path / f"out{len(processors)}"
        program = (
            f"import os; os.sched_setaffinity(0, {processors})\n"
            "from apiscribe.commands import main; main(prog_name='apiscribe')"
        )
        subprocess.run(
            [sys.executable, "-c", program, "build", "spaceone", "--out", str(out)],
            cwd=tmp_path,
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / f"cache{len(processors)}")},
            capture_output=True,
            check=True,
        )
        trees.append({f.relative_to(out): f.read_bytes() for f in out.rglob("*") if f.is_file()})
    assert trees[0] == trees[1]


@pytest.mark.skipif(sys.platform == "win32", reason="has no such terminals")
def test_long_work_shows_a_bar_on_a_terminal_and_nothing_in_a_pipe(tmp_path: Path) -> None:
    for number in range(60):
        page = command_line.CLEAN.replace("a.b.v1", f"a.b{number}.v1")
        command_line.spec(tmp_path / "spaceone", page, f"job{number}.md")

    def lint(cache: str, stderr: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*APISCRIBE, "lint", "spaceone"],
            cwd=tmp_path,
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / cache), "TERM": "xterm"},
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )

    terminal, end = os.openpty()
    shown = lint("one", end)
    os.close(end)
    text = b""
    with suppress(OSError):  # Linux ends a terminal so
        while part := os.read(terminal, 1000):
            text += part
    os.close(terminal)
    shown.wait()
    assert b"reading pages" in text
    assert b"100%" in text
    piped = lint("two", subprocess.PIPE)
    assert b"reading" not in piped.communicate()[1]

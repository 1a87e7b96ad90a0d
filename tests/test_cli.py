"""The command: what it prints, where, and with which status."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import wcwidth
from command_line import CLEAN, HEAD, NOTED, WARNED, WRONG, files, run, spec
from serving import WAIT

from apiscribe import __version__
from apiscribe import commands as cli
from apiscribe.commands import printing
from apiscribe.diagnostics.codes import CODES
from apiscribe.diagnostics.codes.files import no_pages
from apiscribe.diagnostics.renderers import format_named, group_by_cause, summary
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.dialects.outline import SKIP_RULES
from apiscribe.lower.inference_rules import RULES

ROOT = Path(__file__).parent.parent
COMMANDS = sorted(cli.COMMANDS)


# ---- help


def test_help_lists_every_command() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", result.output, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_has_help(command: str, option: str, here: Path) -> None:
    result = run(command, option)
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: main {command}")
    assert files(here) == {}


def test_version() -> None:
    result = run("--version")
    assert result.exit_code == 0
    # The tests run in a checkout; tests/test_wheel.py runs the command of a wheel.
    commit = r"( \(commit [0-9a-f]{7,}\))?"
    assert re.fullmatch(f"apiscribe, version {re.escape(__version__)}{commit}\n", result.output)
    assert ("commit" in result.output) == (ROOT / ".git").exists()


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("build", "--nonsense"), ("explain",), ("--nonsense",)]
)
def test_wrong_use_is_status_2(arguments: tuple[str, ...], here: Path) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr
    assert result.stdout == ""


# ---- build


def test_build_writes_files_and_names_them(here: Path) -> None:
    spec(here / "specs" / "jobs", CLEAN)
    result = run("build")
    assert result.exit_code == 0
    assert result.stderr == ""
    numbers, _, written = result.stdout.partition("\n")
    assert re.fullmatch(
        r"specs.jobs.lock.json: assigned \d+ numbers; keep the file in version control", numbers
    )
    found = re.fullmatch(r"generated.jobs: (\d+) written, 0 up to date\n", written)
    assert found
    assert int(found[1]) == len(files(here / "generated" / "jobs"))


@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_build_names_each_file_on_request(here: Path, option: str) -> None:
    spec(here / "jobs", NOTED)
    result = run("build", "jobs", option)
    assert result.exit_code == 0
    written = {
        Path(line.removeprefix("wrote ")) for line in result.stdout.splitlines() if "wrote" in line
    }
    assert written == {
        Path("generated", "jobs", path) for path in files(here / "generated" / "jobs")
    }
    assert "note: inferred-repeated" in result.stderr
    again = run("build", "jobs", option)
    assert "wrote" not in again.stdout


def test_build_writes_to_the_out_folder(here: Path) -> None:
    spec(here / "elsewhere" / "jobs", CLEAN)
    result = run("build", "elsewhere/jobs", "--out", "x/y")
    assert result.exit_code == 0
    assert (here / "x" / "y" / "jobs" / "api.json").is_file()
    assert not (here / "generated").exists()


def test_build_takes_a_bare_folder_of_pages_from_anywhere(here: Path) -> None:
    (here / "jobs").mkdir()
    (here / "jobs" / "job.md").write_text(CLEAN, "utf-8")
    result = run("build", str(here / "jobs"))
    assert result.exit_code == 0
    assert (here / "generated" / "jobs" / "proto" / "a" / "b" / "v1" / "job.proto").is_file()


def test_check_finds_stale_outputs_and_writes_nothing(here: Path) -> None:
    folder = spec(here / "specs" / "jobs", CLEAN)
    result = run("build", "--check")
    assert result.exit_code == 1
    assert f"would write {Path('generated', 'jobs', 'api.json')}\n" in result.stdout
    assert not (here / "generated").exists()

    assert run("build").exit_code == 0
    before = files(here / "generated")
    result = run("build", "--check")
    assert result.exit_code == 0
    assert ": 0 differ, " in result.stdout

    (folder / "pages" / "job.md").rename(folder / "pages" / "work.md")
    result = run("build", "--check")
    assert result.exit_code == 1
    proto = Path("generated", "jobs", "proto", "a", "b", "v1", "job.proto")
    assert f"would delete {proto}\n" in result.stdout
    assert f"would write {proto.with_name('work.proto')}\n" in result.stdout
    assert files(here / "generated") == before


@pytest.mark.parametrize("options", [(), ("--check",), ("-v",)])
def test_build_with_an_error_is_status_1_and_writes_nothing(
    here: Path, options: tuple[str, ...]
) -> None:
    spec(here / "specs" / "fine", CLEAN)
    spec(here / "specs" / "wrong", WRONG)
    result = run("build", *options)
    assert result.exit_code == 1
    assert "specs/wrong/pages/job.md:22:12: error: malformed-type: " in result.output
    assert result.stderr.endswith("1 error; nothing was written\n")
    assert not (here / "generated").exists()


def test_build_counts_errors(here: Path) -> None:
    spec(here / "specs" / "wrong", WRONG + "| other | three more words | | |\n")
    assert run("build").stderr.endswith("2 errors; nothing was written\n")


def test_build_shows_a_line_a_warning(here: Path) -> None:
    spec(here / "specs" / "jobs", WARNED)
    result = run("build", "--out", "one")
    assert result.exit_code == 0
    warnings = [line for line in result.stderr.splitlines() if "warning" in line]
    assert len(warnings) == 1
    assert "warning: undeclared-type" in warnings[0]
    assert "why:" in run("build", "--out", "two", "-v").stderr
    assert run("build", "--out", "three", "-q").stderr == ""


@pytest.mark.parametrize("command", [("build",), ("lint",)], ids=" ".join)
@pytest.mark.parametrize("text", ["", "# Nothing here\n", None])
def test_a_spec_that_declares_nothing_is_an_error(
    command: tuple[str, ...], text: str | None, here: Path
) -> None:
    (here / "jobs").mkdir()
    if text is not None:
        (here / "jobs" / "README.md").write_text(text, "utf-8")
    result = run(*command, "jobs")
    assert result.exit_code == 1
    assert "error: no-pages: " in result.output


# ---- lint


def test_lint_of_clean_pages_is_status_0(here: Path) -> None:
    spec(here / "specs" / "jobs", CLEAN)
    result = run("lint")
    assert result.exit_code == 0
    assert result.output == "no errors or warnings\n"


@pytest.mark.parametrize(
    ("text", "count", "line"),
    [
        (
            WARNED,
            "1 warning",
            "specs/jobs/pages/job.md:22:12: warning: undeclared-type: Sttus is not declared",
        ),
        (
            WRONG,
            "1 error",
            'specs/jobs/pages/job.md:22:12: error: malformed-type: "two words" is not',
        ),
    ],
)
def test_lint_with_diagnostics_is_status_1(here: Path, text: str, count: str, line: str) -> None:
    spec(here / "specs" / "jobs", text)
    result = run("lint")
    assert result.exit_code == 1
    assert result.stdout.startswith(line)
    assert result.stdout.endswith(f"\n{count}\n")
    assert result.stderr == ""
    assert files(here).keys() == {str(Path("specs", "jobs", "pages", "job.md"))}


def test_lint_shows_notes_on_request(here: Path) -> None:
    spec(here / "specs" / "jobs", NOTED)
    result = run("lint")
    assert result.exit_code == 0
    assert result.output == "no errors or warnings, 1 note (show notes with -v)\n"
    result = run("lint", "-v")
    assert result.exit_code == 0
    assert ":16:3: note: inferred-repeated: GetJob.only is treated as a list" in result.output
    assert result.output.endswith("\nno errors or warnings, 1 note\n")


def test_lint_counts_the_blocks_that_were_read(here: Path) -> None:
    spec(here / "specs" / "jobs", NOTED)
    result = run("lint", "--stats")
    assert result.exit_code == 0
    header, _, row = result.output.splitlines()[:3]
    cells = dict(zip(header.split("|"), row.split("|"), strict=True))
    counted = {name.strip(): cell.strip() for name, cell in cells.items()}
    assert counted["page"] == "jobs: pages/job.md"
    assert counted["dialect"] == "gitbook"
    assert (counted["methods"], counted["messages"], counted["fields"]) == ("1", "2", "2")
    assert "paged" not in counted["inferred"]
    assert "field-selection" in counted["inferred"]


# ---- explain


@pytest.mark.parametrize("word", CODES)
def test_explain_defines_a_code(word: str, here: Path) -> None:
    result = run("explain", word)
    assert result.exit_code == 0
    assert result.output.startswith(f"{word} ({CODES[word].level})\n")


@pytest.mark.parametrize("word", [*SKIP_RULES, *(rule.name for rule in RULES)])
def test_explain_defines_a_rule(word: str, here: Path) -> None:
    result = run("explain", word)
    assert result.exit_code == 0
    assert result.output.startswith(f"{word} (rule for ")
    assert len(result.output.splitlines()) > 2


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("a.b.v1.Job", "jobs: a.b.v1.Job, pages/job.md:5\n  service a.b.v1.Job :5\n"),
        ("JobInfo", "jobs: a.b.v1.JobInfo, pages/job.md:18\n  message a.b.v1.JobInfo :18"),
        ("GetJob.job_id", "pages/job.md:16\n  1 job_id: string required :16\n"),
        ("Job.get", "pages/job.md:9\n  rpc get(a.b.v1.GetJob) returns (a.b.v1.JobInfo), get :9"),
        ("get", "pages/job.md:9\n  rpc get(a.b.v1.GetJob) returns (a.b.v1.JobInfo), get :9"),
    ],
)
def test_explain_shows_a_declaration_and_its_lines(word: str, line: str, here: Path) -> None:
    spec(here / "specs" / "jobs", CLEAN)
    result = run("explain", word)
    assert result.exit_code == 0
    assert line in result.output
    assert run("explain", word, "specs/jobs").output == result.output


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("Nothing", "; services: a.b.v1.Job"),
        ("", "; services: a.b.v1.Job"),
        ("job", "; services: a.b.v1.Job"),
        ("Jobs", ' (did you mean "Job"?)'),
        ("ob.get", "; services: a.b.v1.Job"),
    ],
)
def test_explain_of_an_unknown_word_is_status_2(word: str, hint: str, here: Path) -> None:
    spec(here / "specs" / "jobs", CLEAN)
    result = run("explain", word)
    assert result.exit_code == 2
    expected = f"Error: {word} is neither a code, a rule nor a symbol of an API{hint}\n"
    assert result.stderr == expected
    assert result.stdout == ""


# ---- serve


def test_serve_of_a_spec_with_errors_is_status_1(here: Path) -> None:
    spec(here / "jobs", WRONG)
    result = run("serve", "jobs")
    assert result.exit_code == 1
    assert "error: malformed-type: " in result.stderr
    assert files(here).keys() == {str(Path("jobs", "pages", "job.md"))}


def test_serve_with_an_option_that_the_server_does_not_take_is_status_2(here: Path) -> None:
    spec(here / "jobs", CLEAN)
    done = subprocess.run(
        [sys.executable, "-m", "apiscribe", "serve", "jobs", "--grpc-port", "none"],
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "port" in done.stderr


# ---- how a diagnostic looks


def frame(text: str, code: str) -> tuple[str, str, str]:
    """Of the diagnostic with a code: its first line, the page's line, and the marks under it."""
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if f": {code}: " in line)
    return lines[at], lines[at + 1], lines[at + 2] if at + 2 < len(lines) else ""


def underlined(line: str, marks: str) -> str:
    """What of a line the carets stand under."""
    assert set(marks.partition("|")[2]) <= {" ", "^"}
    start, count = marks.index("^"), marks.count("^")
    # A character stands in the cell of a terminal that ends where the text up to it ends.
    ends = [wcwidth.wcswidth(line[: n + 1]) for n in range(len(line))]
    return "".join(c for c, end in zip(line, ends, strict=True) if start < end <= start + count)


MARKED = [
    pytest.param("| status | Sttus | | |", "Sttus", id="short"),
    pytest.param(f"| status | Sttus | | {'words ' * 400} |", "Sttus", id="long behind"),
    pytest.param(f"| {'n' * 190} | Sttus | | |", "Sttus", id="long before"),
    pytest.param(f"| {'n' * 99} | Sttus | | {'words ' * 40} |", "Sttus", id="long around"),
    pytest.param("|\tstatus\t|\tSttus\t| | |", "Sttus", id="tabs"),
    pytest.param("| s\x1b[31m\u202e\x9b | Sttus | | |", "Sttus", id="escapes before"),
    pytest.param(f"| s | Sttus | | {chr(27)}{'[2J' * 90} |", "Sttus", id="escapes behind"),
    pytest.param("| 名前 | Sttus | | |", "Sttus", id="wide letters"),
    pytest.param("| cafe\u0301 | Sttus | | |", "Sttus", id="combining"),
    pytest.param("| 🧪✅ | Sttus | | Sttus |", "Sttus", id="emoji, and twice"),
    pytest.param("| SttusInfo | Sttus | | |", "Sttus", id="inside another word"),
    pytest.param("  | status | Sttus | | |  ", "Sttus", id="indented"),
]


@pytest.mark.parametrize(("row", "mark"), MARKED)
@pytest.mark.parametrize("color", [False, True])
def test_a_diagnostic_shows_its_line_and_marks_its_subject(
    here: Path, row: str, mark: str, color: bool, without_colours: None
) -> None:
    spec(here / "jobs", HEAD + row + "\n")
    result = run("lint", "jobs", color=color)
    first, line, marks = frame(result.output, "undeclared-type")
    column = next(found.start() for found in re.finditer(rf"\b{mark}\b", row)) + 1
    assert first.startswith(
        f"jobs/pages/job.md:22:{column}: warning: undeclared-type: Sttus is not declared"
    )
    assert line.startswith("  22 | ")
    assert len(line) < 600
    assert underlined(line, marks) == mark
    assert all(part.isprintable() for part in result.output.splitlines())


def test_the_line_of_a_diagnostic_is_cut_around_the_mark(here: Path) -> None:
    spec(here / "jobs", HEAD + f"| {'n' * 190} | Sttus | | {'words ' * 400} |\n")
    _, line, marks = frame(run("lint", "jobs").output, "undeclared-type")
    assert len(line) < 120
    assert line.startswith("  22 | …")
    assert line.endswith("…")
    assert underlined(line, marks) == "Sttus"


@pytest.fixture
def without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the escape sequences of a page as the only ones."""
    monkeypatch.setattr(printing, "coloured", lambda text: text)


@pytest.mark.parametrize("at", ["name", "type", "mark", "paragraph", "front matter"])
@pytest.mark.parametrize(
    "payload", ["\x1b]0;x\x07", "\x9b2J", "\u202eevil", "\x7f\x08\x08", "\u2028x"]
)
def test_nothing_on_a_page_steers_a_terminal(
    here: Path, at: str, payload: str, without_colours: None
) -> None:
    row = {
        "name": f"| na{payload}me | string | | |",
        "type": f"| name | ty{payload}pe | | |",
        "mark": f"| name | string | ma{payload}rk | |",
        "paragraph": f"\nstray {payload} text\n",
    }.get(at, "")
    front = f"---\n{payload}: : {payload}\nstray {payload}\n---\n" if at == "front matter" else ""
    spec(here / "jobs", front + HEAD + row + "\n")
    for arguments in (("lint", "jobs", "-v"), ("build", "jobs"), ("lint", "jobs", "--stats")):
        result = run(*arguments, color=True)
        assert result.exit_code in (0, 1)
        assert not {char for char in result.output if not char.isprintable()} - {"\n"}


@pytest.mark.parametrize("name", ["a\x1b[31m.md", "a\nb.md", "a\u202e.md"])
def test_the_name_of_a_page_does_not_steer_a_terminal(
    here: Path, name: str, without_colours: None
) -> None:
    spec(here / "jobs", WARNED, name)
    result = run("lint", "jobs", color=True)
    assert not {char for char in result.output if not char.isprintable()} - {"\n"}
    assert result.output.count("\n") == 6


def test_the_table_of_coverage_has_a_row_for_each_page(here: Path) -> None:
    spec(here / "jobs", CLEAN, "a\n| b | c.md")
    rows = run("lint", "jobs", "--stats").output.split("\n\n")[0].splitlines()
    assert len(rows) == 3
    assert len({row.count(" | ") for row in rows}) == 1


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="takes no such file name")
def test_a_file_name_that_is_no_utf_8_is_no_crash(here: Path) -> None:
    spec(here / "jobs", WARNED, os.fsdecode(b"a\xff.md"))
    for command in ("lint", "build"):
        done = subprocess.run(
            [sys.executable, "-m", "apiscribe", command, "jobs", "-v"],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
            check=False,
        )
        assert b"Traceback" not in done.stderr
        assert done.returncode in (0, 1)


EXAMPLE = '\n```json\n{"job_id": "%s"}\n```\n'


@pytest.mark.parametrize(
    "payload",
    [
        "\x1b[31m",
        pytest.param("\x9b2J"),
        pytest.param("\u202e"),
    ],
)
def test_explain_does_not_steer_a_terminal(here: Path, payload: str) -> None:
    spec(
        here / "jobs",
        CLEAN.replace("| job_id | string | ✅ | |", f"| a | string | ✅ | x{payload} |"),
    )
    result = run("explain", "GetJob.a", "jobs", color=True)
    assert result.exit_code == 0
    assert not {char for char in result.output if not char.isprintable()} - {"\n"}


def test_explain_shows_an_example_with_half_a_character(here: Path) -> None:
    spec(here / "jobs", CLEAN + EXAMPLE % "\\ud800")
    done = subprocess.run(
        [sys.executable, "-m", "apiscribe", "explain", "JobInfo", "jobs"],
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
    assert b"job_id" in done.stdout


def test_a_diagnostic_beyond_its_page_has_no_frame() -> None:
    report = Report()
    report.add(no_pages(1, ""), Source("a.md", "one").span(7))
    found = group_by_cause(report, {"a.md": Source("a.md", "one")})
    assert found[0].row is None
    assert (
        format_named("text")
        .render(found, summary(found, 0))
        .startswith(
            "a.md:7:1: error: no-pages: the only page declares no service and no type\n    why: "
        )
    )


def test_diagnostics_come_in_the_order_of_pages_and_lines(here: Path) -> None:
    rows = "".join(f"| f{n} | string | maybe{n} | |\n" for n in range(12))
    spec(here / "specs" / "jobs", HEAD + rows, "b.md")
    spec(here / "specs" / "jobs", HEAD.replace("a.b.v1", "c.v1") + rows, "a.md")
    result = run("lint").output
    places = re.findall(r"^specs/jobs/pages/(\w)\.md:(\d+):\d+: ", result, re.MULTILINE)
    assert len(places) == 24
    assert places == sorted(places, key=lambda place: (place[0], int(place[1])))


# ---- as a process


def test_the_module_is_the_command(here: Path) -> None:
    spec(here / "specs" / "jobs", WARNED)
    for arguments, status in ((["lint"], 1), (["build"], 0), (["explain", "x y"], 2)):
        done = subprocess.run(
            [sys.executable, "-m", "apiscribe", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status
        assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_no_traceback(here: Path) -> None:
    rows = "".join(f"| f{n} | Type{n} | | |\n" for n in range(400))
    spec(here / "specs" / "jobs", HEAD + rows)
    command = f"{sys.executable} -m apiscribe lint | head -n 1"
    if shutil.which("head") is None:
        pytest.skip("needs head")
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_the_samples_lint_as_the_readme_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = run("lint")
    assert result.output.startswith("no errors or warnings")
    assert run("build", "--out", "/dev/null/out").exit_code == 2

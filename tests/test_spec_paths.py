"""What a command line may name as a spec, and the next step for what it may not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from command_line import CLEAN, HEAD, WARNED, WRONG, files, run, spec

from apiscribe.commands.serve import _split
from apiscribe_runtime.lifecycle import listen
from apiscribe_runtime.settings import read_settings

COMMANDS_ON_ALL = [("build",), ("lint",), ("explain", "Nothing")]


@pytest.mark.parametrize("command", [*COMMANDS_ON_ALL, ("serve",), ("drift",)], ids=" ".join)
def test_no_spec_is_status_2(command: tuple[str, ...], here: Path) -> None:
    result = run(*command)
    assert result.exit_code == 2
    assert (
        result.stderr
        == "Error: no SPEC, and no spec in the folder specs/; pass a folder of pages or a page, or find"
        " one with: apiscribe init\n"
    )
    (here / "specs").mkdir()
    assert run(*command).exit_code == 2


@pytest.mark.parametrize("command", [*COMMANDS_ON_ALL, ("serve",)], ids=" ".join)
@pytest.mark.parametrize("kind", ["missing", "file"])
def test_a_spec_that_is_no_folder_is_status_2(
    command: tuple[str, ...], kind: str, here: Path
) -> None:
    if kind == "file":
        (here / "jobs").write_text(CLEAN, "utf-8")
    result = run(*command, "jobs")
    assert result.exit_code == 2
    expected = {
        "missing": "jobs does not exist; pass a folder of pages or a page",
        "file": "jobs is not a page (.md, .mdx, .markdown, .txt, .html, .htm); pass a folder of pages"
        " or a page",
    }
    assert result.stderr == f"Error: {expected[kind]}\n"


@pytest.mark.parametrize("command", COMMANDS_ON_ALL, ids=" ".join)
def test_two_specs_of_one_name_are_status_2(command: tuple[str, ...], here: Path) -> None:
    spec(here / "a" / "job-task", CLEAN)
    spec(here / "b" / "JobTask", CLEAN)
    result = run(*command, "a/job-task", "b/JobTask")
    assert result.exit_code == 2
    assert "two specs are named job_task" in result.stderr
    assert not (here / "generated").exists()
    (here / "b" / "JobTask" / "spec.toml").write_text('name = "other"\n', "utf-8")
    assert "two specs" not in run(*command, "a/job-task", "b/JobTask").output


# ---- the current folder


def test_the_current_folder_is_the_spec_if_it_has_settings(here: Path) -> None:
    spec(here, CLEAN)
    (here / "spec.toml").write_text("", "utf-8")
    assert run("lint").output == "no errors or warnings\n"
    assert run("build").exit_code == 0
    assert (here / "lock.json").is_file()


def test_the_only_spec_below_the_current_folder_is_the_spec(here: Path) -> None:
    spec(here / "docs" / "api", WARNED)
    (here / "docs" / "api" / "spec.toml").write_text("", "utf-8")
    for foreign in ("node_modules", ".venv", "vendor"):
        spec(here / foreign / "other", WARNED)
        (here / foreign / "other" / "spec.toml").write_text("", "utf-8")
    assert "docs/api/pages/job.md:22:12: warning" in run("lint").output
    (here / "more").mkdir()
    (here / "more" / "spec.toml").write_text("", "utf-8")
    result = run("lint")
    assert result.exit_code == 2
    assert "there are several; pass one or more of: docs/api, more" in result.output
    assert "pass one of: docs/api, more" not in result.output


def test_a_command_of_one_spec_names_several(here: Path) -> None:
    for name in ("a", "b"):
        spec(here / "specs" / name, CLEAN)
    for command in (["serve"], ["drift"], ["adopt", "--from", "x"]):
        result = run(*command)
        assert result.exit_code == 2
        assert "no SPEC, and there are several; pass one of: specs/a, specs/b" in result.output


# ---- pages


def test_a_page_alone_is_a_spec(here: Path) -> None:
    (here / "docs").mkdir()
    (here / "docs" / "job.md").write_text(WARNED, "utf-8")
    (here / "docs" / "other.md").write_text(CLEAN, "utf-8")
    assert "docs/job.md:22:12: warning: undeclared-type" in run("lint", "docs/job.md").output
    result = run("build", "docs/job.md")
    assert result.exit_code == 0
    assert "docs/job.md.lock.json: assigned 3 numbers" in result.output
    assert (here / "generated" / "job" / "proto" / "a" / "b" / "v1" / "job.proto").is_file()
    assert "job: 0 written" in run("build", "docs/job.md").output
    # Its lock is its own: a page beside it has another one, and so has their folder.
    assert run("build", "docs/other.md").exit_code == 0
    assert run("lint", "docs", "-v").output.count("not read") == 0


def test_an_index_page_has_the_name_of_its_folder(here: Path) -> None:
    (here / "shop").mkdir()
    (here / "shop" / "README.md").write_text(CLEAN, "utf-8")
    assert run("build", "shop/README.md").exit_code == 0
    assert (here / "generated" / "shop" / "api.json").is_file()


def test_a_page_can_become_a_project(here: Path) -> None:
    (here / "job.md").write_text(CLEAN, "utf-8")
    result = run("new", "project", "--spec", "job.md")
    assert result.exit_code == 0
    assert (here / "project" / "specs" / "job" / "pages" / "job.md").is_file()
    assert (here / "project" / "specs" / "job" / "lock.json").is_file()


def test_a_page_of_a_spec_is_checked_with_the_others(here: Path) -> None:
    folder = spec(here / "jobs", HEAD + "| status | Status | | |\n")
    spec(folder, WARNED.replace("Job", "Task").replace("a.b.v1", "c.v1"), "task.md")
    (folder / "spec.toml").write_text("", "utf-8")
    result = run("lint", "jobs/pages/task.md")
    assert result.exit_code == 1
    assert result.output.count("warning: undeclared-type") == 1
    assert "jobs/pages/task.md:22:12: warning" in result.output
    both = run("lint", "jobs/pages/task.md", "jobs/pages/job.md").output
    assert both.count("warning: undeclared-type") == 2
    assert run("lint", "jobs/pages/task.md", "jobs").output == run("lint", "jobs").output


def test_a_page_of_a_spec_is_not_built_alone(here: Path) -> None:
    folder = spec(here / "jobs", CLEAN)
    (folder / "spec.toml").write_text("", "utf-8")
    before = files(here)
    result = run("build", "jobs/pages/job.md")
    assert result.exit_code == 2
    assert (
        "jobs/pages/job.md is a page of the spec jobs; run: apiscribe build jobs" in result.output
    )
    assert "jobs/spec.toml is a file of a spec; run: apiscribe build jobs" in (
        run("build", "jobs/spec.toml").output
    )
    assert files(here) == before


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("-", "- is the standard input, and a spec is a file or a folder"),
        ("https://docs.example/api", "https://docs.example/api is an address; download the pages"),
        ("api.json", "api.json is not a page (.md, .mdx"),
        ("api.jsno", 'api.jsno does not exist (did you mean "api.json"?); pass a folder of pages'),
    ],
)
def test_what_is_not_a_spec_gets_the_next_step(here: Path, path: str, reason: str) -> None:
    (here / "api.json").write_text("{}", "utf-8")
    for command in ("lint", "build", "serve"):
        result = run(command, path)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"Error: {reason}")


def test_pages_in_folders_of_tools_are_not_read(here: Path) -> None:
    (here / "job.md").write_text(CLEAN, "utf-8")
    for folder in ("node_modules/other", ".cache"):
        (here / folder).mkdir(parents=True)
        (here / folder / "job.md").write_text(WRONG, "utf-8")
    assert run("lint", ".").output == "no errors or warnings\n"
    (here / ".generated").mkdir()
    (here / ".generated" / "other.md").write_text(WRONG, "utf-8")
    assert run("lint", ".").exit_code == 1


# ---- revisions


def test_a_spec_at_a_revision(here: Path) -> None:
    folder = spec(here / "jobs", WARNED)
    (here / "README.md").write_text(CLEAN, "utf-8")
    author = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], check=True)
    spec(folder, CLEAN)
    assert run("lint", "jobs").exit_code == 0
    result = run("lint", "git:HEAD:jobs")
    assert "git:HEAD:jobs/pages/job.md:22:12: warning: undeclared-type" in result.output
    before = files(here / "jobs")
    result = run("build", "git:HEAD:jobs", "--out", "old")
    assert result.exit_code == 0
    assert "git:HEAD:jobs/lock.json: assigned 3 numbers; they are not kept" in result.output
    assert (here / "old" / "jobs" / "api.json").is_file()
    assert files(here / "jobs") == before
    assert "a.b.v1.JobInfo" in run("explain", "JobInfo", "git:HEAD:jobs").output
    assert run("lint", "git:HEAD:README.md").output == "no errors or warnings\n"
    assert "does not change; check it out" in (
        run("adopt", "git:HEAD:jobs", "--from", "jobs").output
    )
    for wrong in ("git:HEAD:none", "git:none:jobs", "git:HEAD"):
        result = run("lint", wrong)
        assert result.exit_code == 2
        assert "git:REV:PATH" in result.output or "revision" in result.output


# ---- the options of serve


@pytest.mark.parametrize(
    ("arguments", "spec", "options"),
    [
        (["jobs", "--sample", "3"], "jobs", ["--sample", "3"]),
        (["--sample", "3", "jobs"], "jobs", ["--sample", "3"]),
        (["--sample=3", "jobs", "--log", "json"], "jobs", ["--sample=3", "--log", "json"]),
        (["--help", "jobs"], "jobs", ["--help"]),
        ([], None, []),
    ],
)
def test_options_of_the_server_stand_before_or_behind_the_spec(
    arguments: list[str], spec: str | None, options: list[str]
) -> None:
    assert _split(arguments) == (spec, options)


def test_help_of_serve_has_the_options_of_the_server() -> None:
    result = run("serve", "--help")
    assert result.exit_code == 0
    assert "--watch" in result.output
    assert "--grpc-port NUMBER    gRPC port; 0 for a free one (default: 50051)" in result.output
    assert "list[" not in result.output
    assert "(default: None)" not in result.output


def test_an_unknown_option_of_the_server_is_named() -> None:
    with pytest.raises(ValueError, match=r"--grpc-prot=3 \(did you mean --grpc-port\?\); --help"):
        read_settings("serve", ["--grpc-prot=3"])
    with pytest.raises(ValueError, match=r"unrecognized arguments: jobs; --help"):
        read_settings("serve", ["jobs"])


def test_a_server_serves_one_spec(here: Path) -> None:
    result = run("serve", "a", "b")
    assert result.exit_code == 2
    assert "a server serves one SPEC; found: a, b" in result.output


def test_a_port_in_use_names_the_flag() -> None:
    with listen("127.0.0.1", 0, "--http-port") as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"port {port} .* is in use; choose another with --grpc"):
            listen("127.0.0.1", port, "--grpc-port")

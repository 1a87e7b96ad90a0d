"""What a terminal shows: colours, quiet runs, completion and the next step after a wrong word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command_line import CLEAN, NOTED, WARNED, WRONG, run, spec

from apiscribe.commands import main
from apiscribe.commands.colours import coloured

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    ("variables", "terminal", "has_colours"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_colours_are_for_terminals_unless_a_variable_decides(
    here: Path, variables: dict[str, str], terminal: bool, has_colours: bool
) -> None:
    spec(here / "jobs", WARNED)
    clean = {"NO_COLOR": None, "FORCE_COLOR": None}
    runner = CliRunner(env={**clean, **variables})
    result = runner.invoke(main, ["lint", "jobs"], color=terminal)
    assert bool(ESCAPE.search(result.output)) == has_colours
    plain = "jobs/pages/job.md:22:12: warning: undeclared-type: Sttus"
    assert click.unstyle(result.output).startswith(plain)


def test_colours_change_no_character(here: Path) -> None:
    spec(here / "jobs", WRONG + "| other | error: x:1:1: note: a | | ^^^ |\n")
    plain = run("lint", "jobs", "-v").output
    shown = coloured(plain)
    assert ESCAPE.sub("", shown) == plain
    assert shown.count(click.style("error", fg="red")) == plain.count(": error: ") == 2


@pytest.mark.parametrize("command", [["lint"], ["build"], ["convert", "--form", "hugo"]])
def test_a_quiet_command_prints_errors_only(here: Path, command: list[str]) -> None:
    spec(here / "jobs", NOTED)
    assert run(*command, "jobs").output
    assert run(*command, "jobs", "-q").output == ""
    spec(here / "tasks", WARNED)
    assert run(*command, "tasks", "-q").output == ""
    spec(here / "wrong", WRONG)
    result = run(*command, "wrong", "--quiet")
    assert result.exit_code == 1
    assert "error: malformed-type" in result.output


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["help"], "No such command 'help'; run: apiscribe --help"),
        (["version"], "No such command 'version'; run: apiscribe --version"),
        (["docs"], "No such command 'docs'; run: apiscribe lint docs"),
        (["-q", "lint"], "No such option '-q'. Options of a command follow its name."),
        (["schema", "spec.tml"], "'spec.tml' is not one of"),
    ],
)
def test_a_wrong_word_names_the_way_out(here: Path, words: list[str], hint: str) -> None:
    (here / "docs").mkdir()
    result = run(*words)
    assert result.exit_code == 2
    assert hint in result.output


@pytest.mark.parametrize("name", ["spec", "overlay", "lock", "drift-baseline"])
def test_schema_takes_the_name_of_the_file(name: str) -> None:
    file = f"{name}.json" if name == "lock" else f"{name}.toml"
    assert run("schema", file).output == run("schema", name.removeprefix("drift-")).output


@pytest.mark.parametrize(
    ("shell", "line"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete ")]
)
def test_completion_of_shells(shell: str, line: str) -> None:
    # As docs/install.md shows: the shell evaluates what the command prints.
    result = CliRunner().invoke(
        main, [], prog_name="apiscribe", env={"_APISCRIBE_COMPLETE": f"{shell}_source"}
    )
    assert line in result.output


def test_completion_of_commands_and_options() -> None:
    def completed(words: str) -> set[str]:
        env = {
            "_APISCRIBE_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        }
        output = CliRunner().invoke(main, [], prog_name="apiscribe", env=env).output
        return {line.partition(",")[2] for line in output.splitlines()}

    assert completed("apiscribe bu") == {"build"}
    assert completed("apiscribe build --acc") == {"--accept-losses"}
    assert completed("apiscribe lint --format sa") == {"sarif"}


@pytest.mark.parametrize("module", [True, False])
def test_the_usage_names_the_command(module: bool) -> None:
    command = [sys.executable, "-m", "apiscribe"] if module else ["apiscribe"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PATH": path},
    )
    assert done.stdout.startswith("Usage: apiscribe [OPTIONS] COMMAND")


def test_a_clean_spec_needs_no_colours(here: Path) -> None:
    spec(here / "jobs", CLEAN)
    assert run("lint", "jobs", color=True).output == "no errors or warnings\n"

"""What other repositories run of this one: the GitHub Action, the hooks of pre-commit."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
JOB = "specs/spaceone/pages/inventory/v1/job.md"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A repository of somebody else, with a spec and what was generated of it."""
    for name in ("specs", "generated"):
        shutil.copytree(ROOT / name / "spaceone", tmp_path / name / "spaceone")
    return tmp_path


def run(here: Path, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=here,
        env={**os.environ, "PATH": path, **variables},
        capture_output=True,
        text=True,
    )


def move_a_route(here: Path) -> None:
    page = here / JOB
    page.write_text(page.read_text("utf-8").replace("jobs/stat", "jobs/count"), "utf-8")


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"][
        "steps"
    ]
    return found


def compare(here: Path, old: str, new: str = "") -> tuple[int, str, str]:
    """Run the step that compares, as a runner does; its status, its output and the summary."""
    _, step = steps()
    given = {"inputs.old": old, "inputs.new": new, "inputs.fail-on": "source"}
    variables = {
        name: given[value.removeprefix("${{ ").removesuffix(" }}")]
        for name, value in step["env"].items()
    }
    summary = here / "summary.md"
    # How GitHub starts `shell: bash`.
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = run(here, command, GITHUB_STEP_SUMMARY=str(summary), **variables)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, summary.read_text("utf-8")


def test_the_action_installs_itself() -> None:
    install, _ = steps()
    assert shlex.split(install["run"])[-1] == "$GITHUB_ACTION_PATH"


def test_the_action_annotates_breaking_changes(here: Path) -> None:
    assert compare(here, "specs/spaceone")[0] == 0
    move_a_route(here)
    status, out, summary = compare(here, "specs/spaceone")
    assert status == 1
    (annotation,) = out.splitlines()
    assert annotation.startswith(f"::error file={JOB},line=")
    assert "| json | <code>spaceone.api.inventory.v1.Job.stat</code>" in summary


def test_the_action_takes_two_sides_and_runs_nothing_of_them(here: Path) -> None:
    assert compare(here, "generated/spaceone", "specs/spaceone")[0] == 0
    assert compare(here, "$(touch x)", "`touch y`; touch z")[0] == 2
    assert not [name for name in "xyz" if (here / name).exists()]


@pytest.mark.parametrize("name", ["apiscribe-build", "apiscribe-lint"])
def test_the_pre_commit_hooks_pass_and_fail(here: Path, name: str) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (hook,) = (each for each in hooks if each["id"] == name)
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    command = shlex.split(hook["entry"])
    assert run(here, command).returncode == 0
    page = here / JOB
    page.write_text(
        page.read_text("utf-8") + "\n### Extra\n| Field | Type |\n| --- | --- |\n| a | Nothing |\n"
    )
    assert run(here, command).returncode == 1

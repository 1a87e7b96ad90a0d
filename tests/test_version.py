"""`apiscribe --version`: the commit of a checkout, as git has it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from apiscribe.commands import main
from apiscribe.workspace import version
from apiscribe.workspace.version import commit_of


def git(folder: Path, *arguments: str) -> str:
    own = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *own, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with a commit."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message=first")
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        (),
        ("checkout", "--quiet", "-b", "a/branch"),
        ("checkout", "--quiet", "--detach"),
        ("pack-refs", "--all"),
        ("gc", "--quiet"),
    ],
)
def test_the_commit_is_read_as_git_reads_it(checkout: Path, change: tuple[str, ...]) -> None:
    if change:
        git(checkout, *change)
    assert commit_of(str(checkout)) == git(checkout, "rev-parse", "HEAD")


@pytest.mark.parametrize("packed", [False, True])
def test_the_commit_of_a_linked_work_tree_is_its_own(checkout: Path, packed: bool) -> None:
    linked = checkout / "linked"
    git(checkout, "worktree", "add", "--quiet", "-b", "other", str(linked))
    git(linked, "commit", "--quiet", "--allow-empty", "--message=second")
    if packed:
        git(checkout, "pack-refs", "--all")
    assert commit_of(str(linked)) == git(linked, "rev-parse", "HEAD")
    assert commit_of(str(linked)) != commit_of(str(checkout))


def test_a_folder_without_a_commit_has_none(tmp_path: Path) -> None:
    assert commit_of(str(tmp_path)) == ""
    git(tmp_path, "init", "--quiet")
    assert commit_of(str(tmp_path)) == ""


def test_an_installed_package_does_not_have_the_commit_of_its_surroundings(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "_CHECKOUT", str(checkout))
    monkeypatch.setattr(version, "_GENERATOR", str(checkout / "generator"))
    assert "(commit " in version.version_text()
    monkeypatch.setattr(version, "_GENERATOR", str(checkout / "site-packages"))
    assert version.version_text() == version.__version__


def test_the_program_and_the_command_print_the_same() -> None:
    command = [sys.executable, "-m", "apiscribe", "--version"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == CliRunner().invoke(main, ["--version"]).stdout

"""`apiscribe drift`, as a user calls it: files, revisions, running servers; what is accepted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from serving import ROOT, SPECS, Server, build

import apiscribe_runtime
from apiscribe.commands import main

JOB = "pages/inventory/v1/job.md"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a spec, built; it is the current folder."""
    shutil.copytree(SPECS / "spaceone", tmp_path / "specs" / "spaceone")
    monkeypatch.chdir(tmp_path)
    assert run("build")[0] == 0
    return tmp_path


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def changes(*arguments: object) -> list[dict[str, Any]]:
    _, out, err = run("drift", *arguments, "--format", "json")
    assert out, err
    found: list[dict[str, Any]] = json.loads(out)["changes"]
    return found


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def move_a_route(here: Path) -> None:
    edit(here / "specs" / "spaceone" / JOB, "/inventory/v1/jobs/stat", "/inventory/v1/jobs/count")


def test_pages_do_not_drift_from_their_generated_files(here: Path) -> None:
    status, out, _ = run("drift", "specs/spaceone")
    assert status == 0
    assert out.endswith("\nno changes\n")


def test_pages_are_compared_with_their_generated_files(here: Path) -> None:
    move_a_route(here)
    status, out, _ = run("drift", "specs/spaceone")
    assert status == 1
    assert "json: route-changed: spaceone.api.inventory.v1.Job.stat" in out
    assert out.endswith("1 change: 1 json\n")


def test_a_spec_without_a_build_is_reported(here: Path) -> None:
    shutil.rmtree("generated")
    status, _, err = run("drift", "specs/spaceone")
    assert status == 2
    assert "apiscribe build" in err


@pytest.mark.parametrize(("grade", "status"), [("wire", 0), ("json", 1), ("safe", 1)])
def test_only_changes_of_the_chosen_level_are_diagnostics(
    here: Path, grade: str, status: int
) -> None:
    move_a_route(here)
    assert run("drift", "specs/spaceone", "--fail-on", grade)[0] == status


def test_a_revision_is_a_side(here: Path) -> None:
    names = {
        f"GIT_{who}_{what}": "a@b.c"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull}
    for words in (["init"], ["add", "-A"], ["commit", "-m", "x"]):
        subprocess.run(["git", *words], check=True, capture_output=True, env=environment)
    move_a_route(here)
    for old in ("git:HEAD:specs/spaceone", "git:HEAD:generated/spaceone"):
        (change,) = changes(old, "specs/spaceone")
        assert change["kind"] == "route-changed"
    (change,) = changes("git:HEAD:specs/spaceone", "specs/spaceone")
    assert change["old"] == {
        "path": f"git:HEAD:specs/spaceone/{JOB}",
        "line": change["old"]["line"],
    }
    for bad in ("git:HEAD:nothing", "git:no-such:specs", "git:--help:specs", "git:HEAD"):
        status, _, err = run("drift", bad, "specs/spaceone")
        assert (status, "Traceback" in err) == (2, False), bad


def accept(here: Path, fingerprint: str, more: str = "") -> None:
    text = f'[[accept]]\nfingerprint = "{fingerprint}"\nreason = "Nobody calls it."\n{more}'
    (here / "drift-baseline.toml").write_text(text, "utf-8")


def test_an_accepted_change_is_no_diagnostic(here: Path) -> None:
    move_a_route(here)
    (change,) = changes("specs/spaceone")
    accept(here, change["fingerprint"], "expires = 2999-01-01\n")
    status, out, err = run("drift", "specs/spaceone")
    assert (status, err) == (0, "")
    assert out.endswith("no changes; 1 accepted\n")
    # Lines may move.
    edit(here / "specs" / "spaceone" / JOB, "\n## Job\n", "\n\n\n## Job\n")
    assert run("drift", "specs/spaceone")[0] == 0


def test_entries_are_written_for_diagnostics(here: Path) -> None:
    move_a_route(here)
    status, out, _ = run("drift", "specs/spaceone", "--write-baseline")
    assert status == 1
    assert out.startswith("# json: route-changed: spaceone.api.inventory.v1.Job.stat\n")
    baseline = here / "drift-baseline.toml"
    baseline.write_text(out, "utf-8")
    status, _, err = run("drift", "specs/spaceone")
    assert status == 2
    assert "reason is empty" in err
    baseline.write_text(out.replace('reason = ""', 'reason = "Nobody calls it."'), "utf-8")
    assert run("drift", "specs/spaceone")[0] == 0
    assert run("drift", "specs/spaceone", "--write-baseline")[:2] == (0, "")


def test_an_entry_that_matches_nothing_or_is_too_old_is_a_finding(here: Path) -> None:
    accept(here, "0" * 20)
    status, _, err = run("drift", "specs/spaceone")
    assert status == 1
    assert (
        "drift-baseline.toml: [[accept]] 1 matches no change (Nobody calls it.); delete it" in err
    )
    move_a_route(here)
    (change,) = changes("specs/spaceone")
    accept(here, change["fingerprint"], "expires = 2001-01-01\n")
    status, out, err = run("drift", "specs/spaceone")
    assert status == 1
    assert "expired on 2001-01-01" in err
    assert out.endswith("1 change: 1 json\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[accept", "drift-baseline.toml: "),
        ('[[accept]]\nfingerprint = "x"\nreason = " "\n', "[[accept]] 1: reason is empty"),
        ('[[accept]]\nreason = "x"\n', "the key fingerprint is missing in [[accept]]"),
        (
            '[[accept]]\nfingerprint = "x"\nreason = "x"\nsince = 1\n',
            "the key since is unknown in [[accept]]",
        ),
        (
            '[[accept]]\nfingerprint = "x"\nreason = "x"\nexpires = "soon"\n',
            "Expected `date | null`, got `str` - at `$.accept[0].expires`",
        ),
        ('[accepted]\nfingerprint = "x"\n', 'the key accepted is unknown (did you mean "accept"?)'),
    ],
)
def test_a_broken_baseline_is_a_clear_error(here: Path, text: str, said: str) -> None:
    (here / "drift-baseline.toml").write_text(text, "utf-8")
    status, out, err = run("drift", "specs/spaceone")
    assert (status, out) == (2, "")
    assert said in err


def test_new_and_live_exclude_each_other(here: Path) -> None:
    assert run("drift", "specs/spaceone", "specs/spaceone", "--live", "grpc://127.0.0.1:1")[0] == 2


def test_two_specs_need_no_heavy_library() -> None:
    program = """
import sys
from click.testing import CliRunner
from apiscribe.commands import main
result = CliRunner().invoke(main, ["drift", "specs/spaceone", "specs/cloudforet"])
assert result.exit_code == 1, result.output
print([name for name in ("grpc", "black", "pydantic") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that was changed by hand: a field dropped, a route moved, a method not served."""
    folder = tmp_path_factory.mktemp("changed")
    spec = folder / "spaceone"
    shutil.copytree(SPECS / "spaceone", spec)
    edit(spec / "overlay.toml", '    { name = "project_id", type = "string" },\n', "")
    edit(spec / JOB, "/inventory/v1/jobs/stat", "/inventory/v1/jobs/count")
    tree = build(spec, folder / "out")
    shutil.copytree(Path(apiscribe_runtime.__file__).parent, tree / "apiscribe_runtime")
    edit(
        tree / "apiscribe_runtime" / "grpc_server.py",
        "for method in service.methods:\n",
        "for method in service.methods:\n"
        '                if (service.name, method.name) == ("JobTask", "get"):\n'
        "                    continue\n",
    )
    with Server(tree, folder / "rows.db") as server:
        yield server


@pytest.mark.slow
def test_a_server_changed_by_hand_is_found_out(changed: Server) -> None:
    found = changes(SPECS / "spaceone", "--live", f"grpc://{changed.grpc_address}")
    assert [(each["kind"], each["symbol"]) for each in found] == [
        ("method-removed", "spaceone.api.cost_analysis.v1.JobTask.get"),
        ("route-changed", "spaceone.api.inventory.v1.Job.stat"),
        ("field-removed", "spaceone.api.inventory.v1.JobInfo.project_id"),
    ]


@pytest.mark.slow
def test_the_http_transport_of_a_server_describes_the_same_api(changed: Server) -> None:
    address = f"http://{changed.http_address}/openapi.json"
    found = changes(SPECS / "spaceone", "--live", address)
    assert [(each["kind"], each["symbol"]) for each in found] == [
        ("route-changed", "spaceone.api.inventory.v1.Job.stat"),
        ("field-removed", "spaceone.api.inventory.v1.JobInfo.project_id"),
    ]


def test_only_this_machine_is_called_over_http() -> None:
    status, _, err = run("drift", SPECS / "spaceone", "--live", "http://example.com/openapi.json")
    assert status == 2
    assert "is on another machine" in err

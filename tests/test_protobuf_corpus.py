"""No project's protobuf pages are read worse than protobuf_score.json says."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path

import pytest
from click.testing import CliRunner
from protobuf_score import EXCEPTIONS, EXPECTED, OTHER, projects, reading_of, score, unlike
from thorough import thorough

from apiscribe.commands import main

# Project → its changes, each judged by hand against the page and the proto: kind, symbol, verdict.
DRIFT = json.loads(Path(__file__).with_name("protobuf_drift.json").read_text("utf-8"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not OTHER.is_dir(), reason="no corpus: APISCRIBE_CORPUS names no folder with other/"
    ),
]


# The largest: longer than all others together.
LARGE = {"gloo", "istio-net", "lorawan", "provenance"}
PROJECTS = [pytest.param(name, marks=[thorough] if name in LARGE else []) for name in projects()]


@pytest.mark.parametrize("project", PROJECTS)
def test_what_pages_show_is_found(project: str) -> None:
    expected = json.loads(EXPECTED.read_text("utf-8"))[project]
    found = score(project)
    assert found.keys() == expected.keys()
    for row, (right, documented, spurious) in found.items():
        was_right, was_documented, was_spurious = expected[row]
        assert documented == was_documented, row
        assert right >= was_right, f"{row}: {right} of {documented}, and {was_right} before"
        assert spurious <= was_spurious, f"{row}: {spurious} invented, and {was_spurious} before"


@pytest.mark.parametrize("project", PROJECTS)
def test_what_falls_short_has_a_reason(project: str) -> None:
    """Each name has an exception, and each exception a name; the lines that cause them are there."""
    left, unused = set(unlike(project)), []
    for exception in EXCEPTIONS[project]:
        of = {
            (row, name)
            for row, name in unlike(project)
            if row in exception.get("rows", [row])
            and any(fnmatch(name, pattern) for pattern in exception["names"])
        }
        unused += [] if of else [exception]
        left -= of
        if page := exception["page"]:
            path, _, line = page.rpartition(":")
            text = (OTHER / project / "pages" / path).read_text("utf-8").split("\n")
            assert exception["word"] in text[int(line) - 1], page
    assert sorted(left) == []
    assert unused == []


@pytest.mark.parametrize("project", PROJECTS)
def test_no_page_stops_a_project(project: str) -> None:
    assert [str(found) for found in reading_of(project).report.at("error")] == []


@pytest.mark.parametrize("project", DRIFT)
def test_drift_lists_what_is_stale_on_the_pages(project: str) -> None:
    old, new = OTHER / project / "pages", OTHER / project / "truth"
    result = CliRunner().invoke(main, ["drift", str(old), str(new), "--format", "json"])
    found = [[change["kind"], change["symbol"]] for change in json.loads(result.stdout)["changes"]]
    judged = DRIFT[project]
    assert found[: len(judged)] == [[kind, symbol] for kind, symbol, _ in judged]
    assert {verdict for *_, verdict in judged} == {"true"}


def test_drift_of_a_small_project_is_judged_in_full() -> None:
    assert len(DRIFT["keto"]) == 19

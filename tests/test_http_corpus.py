"""No project's HTTP pages are read worse than http_score.json says."""

from __future__ import annotations

import json

import pytest
from http_score import EXPECTED, OTHER, projects, reading_of, score
from inference import JUDGED
from thorough import thorough

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not OTHER.is_dir(), reason="no corpus: APISCRIBE_CORPUS names no folder with other/"
    ),
]


# The largest: longer than all others together.
LARGE = {"audiobookshelf", "bc3", "cds", "discord", "mastodon", "wd-discord"}
PROJECTS = [pytest.param(name, marks=[thorough] if name in LARGE else []) for name in projects()]


@pytest.mark.parametrize("project", PROJECTS)
def test_no_figure_gets_worse(project: str) -> None:
    expected = json.loads(EXPECTED.read_text("utf-8"))[project]
    found = score(project)
    assert found.keys() == expected.keys()
    for row, (right, of, spurious) in found.items():
        was_right, was_of, was_spurious = expected[row]
        assert right >= was_right, f"{row}: {right} of {of}, and {was_right} before"
        assert spurious <= was_spurious, f"{row}: {spurious} invented, and {was_spurious} before"
        # The facts of an operation that is found now count as well.
        assert of >= was_of, row


@pytest.mark.parametrize("project", PROJECTS)
def test_no_page_stops_a_project(project: str) -> None:
    assert [str(found) for found in reading_of(project).report.at("error")] == []


@pytest.mark.parametrize("project", [pytest.param("audiobookshelf", marks=thorough), "listmonk"])
def test_types_by_rules_without_a_truth_are_judged(project: str) -> None:
    """Each type that such a rule claims has a verdict in inference_judged.json, and none is false."""
    rules = {rule for rule, *_ in JUDGED}
    found = {
        (field.provenance["type"], f"{message.name}.{field.name}", getattr(field.type, "name", ""))
        for _, message in reading_of(project).api.messages()
        for field in message.fields
        if field.provenance.get("type") in rules
    }
    assert found == {(rule, name, type_) for rule, of, name, type_, _ in JUDGED if of == project}
    assert {verdict for *_, verdict in JUDGED} == {"true"}

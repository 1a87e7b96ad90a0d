"""No version of the corpus is read worse than score.json, misses.json, inference.json and
coverage.json say.
"""

from __future__ import annotations

import json

import pytest
from inference import REFERENCE_RUNS, measure, total
from score import (
    CORPUS,
    COVERAGE,
    EXPECTED,
    INFERENCE,
    MISSES,
    REFERENCES,
    coverage,
    misses,
    reading_of,
    reference_scores,
    score,
    truth_of,
    versions,
)
from thorough import parameters, thorough

from apiscribe.lower.inference_rules import RULES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "truth").is_dir(),
        reason="no corpus: APISCRIBE_CORPUS names no folder with truth/",
    ),
]
VERSIONS = parameters(versions())


@pytest.mark.parametrize("version", VERSIONS)
def test_documented_facts_are_found(version: str) -> None:
    expected = json.loads(EXPECTED.read_text("utf-8"))[version]
    for row, (found, documented, spurious) in score(version).items():
        was_found, was_documented, was_spurious = expected[row]
        assert documented == was_documented, row
        assert found >= was_found, f"{row}: {found} of {documented}, and {was_found} before"
        assert spurious <= was_spurious, f"{row}: {spurious} invented, and {was_spurious} before"


@pytest.mark.parametrize("version", VERSIONS)
def test_missed_facts_are_not_on_their_page(version: str) -> None:
    found = misses(version)
    assert [miss for miss in found if not miss[-1]] == []
    assert found == json.loads(MISSES.read_text("utf-8"))[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_no_page_stops_a_version(version: str) -> None:
    compilation = reading_of(version)
    assert [str(found) for found in compilation.report.at("error")] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_left_unread(version: str) -> None:
    compilation = reading_of(version)
    assert [str(found) for found in compilation.report if found.code == "unread-block"] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_rules_are_right_as_often_as_before(version: str) -> None:
    expected = json.loads(INFERENCE.read_text("utf-8"))[version]
    assert measure(reading_of(version), truth_of(version)) == expected


# Both sides are read; the references of the others are the largest versions.
@pytest.mark.parametrize(
    ("version", "references"),
    [pytest.param(*run, marks=[thorough] if run[0] != "0.9.0" else []) for run in REFERENCE_RUNS],
)
def test_references_give_the_expected_facts(version: str, references: tuple[str, ...]) -> None:
    expected = json.loads(REFERENCES.read_text("utf-8"))[f"{version} from {', '.join(references)}"]
    assert reference_scores(version, references) == expected


def test_a_rule_that_is_used_is_right_of_99_in_100() -> None:
    sums = total(json.loads(INFERENCE.read_text("utf-8")).values())
    for rule in RULES:
        right, claimed, _ = sums[rule.name]
        if rule.use == "fact":
            assert 100 * right >= 99 * claimed, rule.name


@pytest.mark.parametrize("version", VERSIONS)
def test_the_parts_of_the_pages_are_accounted_for_as_before(version: str) -> None:
    assert coverage(version) == json.loads(COVERAGE.read_text("utf-8"))[version]

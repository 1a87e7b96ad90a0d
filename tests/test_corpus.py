"""No edition of the corpus is read worse than score.json, misses.json, inference.json and
account.json say.
"""

from __future__ import annotations

import json

import pytest
from inference import DONATIONS, measure, total
from score import (
    ACCOUNT,
    CORPUS,
    DONORS,
    EXPECTED,
    INFERENCE,
    MISSES,
    account,
    donations,
    editions,
    misses,
    reading_of,
    score,
    truth_of,
)

from apiscribe.lower.rules import RULES

pytestmark = pytest.mark.skipif(
    not (CORPUS / "truth").is_dir(),
    reason="no corpus: APISCRIBE_CORPUS names no folder with truth/",
)


@pytest.mark.parametrize("edition", editions())
def test_documented_facts_are_found(edition: str) -> None:
    expected = json.loads(EXPECTED.read_text("utf-8"))[edition]
    for row, (found, documented, spurious) in score(edition).items():
        was_found, was_documented, was_spurious = expected[row]
        assert documented == was_documented, row
        assert found >= was_found, f"{row}: {found} of {documented}, and {was_found} before"
        assert spurious <= was_spurious, f"{row}: {spurious} invented, and {was_spurious} before"


@pytest.mark.parametrize("edition", editions())
def test_what_is_not_found_does_not_stand_on_its_page(edition: str) -> None:
    found = misses(edition)
    assert [miss for miss in found if not miss[-1]] == []
    assert found == json.loads(MISSES.read_text("utf-8"))[edition]


@pytest.mark.parametrize("edition", editions())
def test_no_page_stops_an_edition(edition: str) -> None:
    compilation = reading_of(edition)
    assert [str(found) for found in compilation.report.at("error")] == []


@pytest.mark.parametrize("edition", editions())
def test_nothing_is_left_unread(edition: str) -> None:
    compilation = reading_of(edition)
    assert [str(found) for found in compilation.report if found.code == "unread-block"] == []


@pytest.mark.parametrize("edition", editions())
def test_rules_are_right_as_often_as_before(edition: str) -> None:
    expected = json.loads(INFERENCE.read_text("utf-8"))[edition]
    assert measure(reading_of(edition), truth_of(edition)) == expected


@pytest.mark.parametrize(("edition", "donors"), DONATIONS)
def test_donors_give_what_they_gave(edition: str, donors: tuple[str, ...]) -> None:
    expected = json.loads(DONORS.read_text("utf-8"))[f"{edition} from {', '.join(donors)}"]
    assert donations(edition, donors) == expected


def test_a_rule_that_is_used_is_right_of_99_in_100() -> None:
    sums = total(json.loads(INFERENCE.read_text("utf-8")).values())
    for rule in RULES:
        right, claimed, _ = sums[rule.name]
        if rule.use == "fact":
            assert 100 * right >= 99 * claimed, rule.name


@pytest.mark.parametrize("edition", editions())
def test_the_parts_of_the_pages_are_accounted_for_as_before(edition: str) -> None:
    assert account(edition) == json.loads(ACCOUNT.read_text("utf-8"))[edition]

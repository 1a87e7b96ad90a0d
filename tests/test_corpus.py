"""No edition of the corpus is read worse than tests/score.json says."""

from __future__ import annotations

import json

import pytest
from score import CORPUS, EXPECTED, editions, score

from apiscribe.build import read

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
def test_no_page_stops_an_edition(edition: str) -> None:
    reading = read(CORPUS / "corpus" / edition)
    assert [str(found) for found in reading.report.at("error")] == []


@pytest.mark.parametrize("edition", editions())
def test_nothing_is_left_unread(edition: str) -> None:
    reading = read(CORPUS / "corpus" / edition)
    assert [str(found) for found in reading.report if found.code == "unread-block"] == []

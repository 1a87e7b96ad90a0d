"""What half of the pages of a version leave undeclared is read as half_pages.json says."""

from __future__ import annotations

import json

import pytest
from half_pages import EXPECTED, measure
from score import versions
from thorough import parameters

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not versions(), reason="APISCRIBE_CORPUS holds no corpus"),
]


@pytest.mark.parametrize("version", parameters(versions()))
def test_half_of_the_pages_is_read_as_before(version: str) -> None:
    assert measure(version) == json.loads(EXPECTED.read_text("utf-8"))[version]


@pytest.mark.parametrize(("fact", "least"), [("kinds", 99), ("fields", 97), ("rows", 97)])
def test_what_is_inferred_is_right_nearly_always(fact: str, least: int) -> None:
    counts = [each[fact] for each in json.loads(EXPECTED.read_text("utf-8")).values()]
    right, claimed = (sum(column) for column in zip(*counts, strict=True))
    assert claimed
    assert 100 * right >= least * claimed

"""What drift says of two versions is what buf and oasdiff say, or there is a reason."""

from __future__ import annotations

from pathlib import Path

import oracle_openapi
import pytest
from oracle import measure
from score import versions
from thorough import THOROUGH

PAIRS = [("0.9.0", "0.9.5"), ("1.10.2", "2023-04")]


@pytest.mark.slow
@pytest.mark.skipif(not versions(), reason="APISCRIBE_CORPUS holds no corpus")
def test_every_difference_from_buf_is_explained(node_modules: Path) -> None:
    buf = node_modules / ".bin" / "buf"
    table, unexplained = measure(buf, PAIRS if THOROUGH else PAIRS[:1])
    assert unexplained == 0, table
    assert "| RPC_NO_DELETE |" in table
    assert "| field-removed |" in table


@pytest.mark.slow
@pytest.mark.skipif(not oracle_openapi.pairs(), reason="APISCRIBE_CORPUS holds no corpus")
def test_every_difference_from_oasdiff_is_explained() -> None:
    tally = oracle_openapi.measure(oracle_openapi.pairs())
    assert tally.unexplained == []
    assert tally.table() == oracle_openapi.TABLE.read_text("utf-8"), "run make oracle"

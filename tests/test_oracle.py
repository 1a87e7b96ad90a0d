"""What drift says of two versions is what buf says, or there is a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle import measure
from score import versions
from thorough import THOROUGH

pytestmark = pytest.mark.slow
PAIRS = [("0.9.0", "0.9.5"), ("1.10.2", "2023-04")]


@pytest.mark.skipif(not versions(), reason="APISCRIBE_CORPUS holds no corpus")
def test_every_difference_from_buf_is_explained(node_modules: Path) -> None:
    buf = node_modules / ".bin" / "buf"
    table, unexplained = measure(buf, PAIRS if THOROUGH else PAIRS[:1])
    assert unexplained == 0, table
    assert "| RPC_NO_DELETE |" in table
    assert "| field-removed |" in table

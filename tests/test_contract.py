"""What schemathesis finds in a small API has its reason; `make contract` asks a whole version."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract import COMMAND, VERSION, failures, install, reason
from installations import kept
from ledger_api import FILES
from serving import SPECS, Server, build, write_spec
from thorough import thorough
from yard_api import yard_spec

# `make contract` asks the same of more, and both run nightly: it takes schemathesis half a minute.
pytestmark = [pytest.mark.slow, thorough]


@pytest.fixture(scope="module")
def command(request: pytest.FixtureRequest) -> Path:
    return kept(request, "schemathesis", VERSION, install) / COMMAND


@pytest.mark.parametrize("api", ["yard", "invoicing", "ledger"])
def test_no_failure_of_a_small_api_has_no_reason(api: str, command: Path, tmp_path: Path) -> None:
    spec = {
        "yard": yard_spec,
        "invoicing": lambda _: SPECS / "invoicing",
        "ledger": lambda folder: write_spec(folder / "ledger", FILES),
    }[api](tmp_path)
    with Server(build(spec, tmp_path / "out"), tmp_path / "rows.db", sample=3) as server:
        url = f"http://{server.http_address}/openapi.json"
        document = server.client.get("/openapi.json").json()
        found = failures(command, url, tmp_path, "--max-examples", "2", "--no-shrink")
        assert "Traceback" not in server.log(), server.log()[-3000:]
    assert [failure for failure in found if not reason(failure, document)] == []

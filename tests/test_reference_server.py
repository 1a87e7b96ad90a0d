"""The reference at `/` of a server, with the facts of the server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from closed_html import ClosedHtml
from serving import Server, tree

from apiscribe_runtime.reference_page import reference_page

pytestmark = pytest.mark.slow

JOB = "spaceone.api.inventory.v1.Job"
HANDLERS = f"""from apiscribe_runtime.handlers import implements

@implements("{JOB}.stat")
def stat(request, rows):
    return {{"results": ["</script><script>alert(1)</script>"]}}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("reference")
    (folder / "handlers.py").write_text(HANDLERS, "utf-8")
    handlers = str(folder / "handlers.py")
    with Server(tree("cloudforet"), folder / "rows.db", handlers=handlers, sample=2) as running:
        yield running


def facts(server: Server) -> dict[str, Any]:
    page = BeautifulSoup(server.client.get("/").text, "html.parser")
    (element,) = page.select("#server")
    return dict(json.loads(element.get_text()))


def test_the_server_sends_the_file_of_the_build(server: Server) -> None:
    answer = server.client.get("/")
    assert answer.headers["content-type"].startswith("text/html")
    # No other page shows it in a frame.
    assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
    head, _, rest = (
        (tree("cloudforet") / "cloudforet" / "reference.html")
        .read_text("utf-8")
        .partition('<script id="server" type="application/json">')
    )
    assert answer.text.startswith(head)
    assert answer.text.endswith(rest)


def test_the_page_knows_who_answers(server: Server) -> None:
    answers = facts(server)["answers"]
    assert answers[f"{JOB}.stat"] == "handler"
    assert answers[f"{JOB}.list"] == "itself"
    assert facts(server)["grpc"] == server.grpc_address


def test_the_page_knows_how_rows_are_listed(server: Server) -> None:
    job = facts(server)["services"][JOB]
    assert (job["key"], job["tenant"]) == ("job_id", "domain_id")
    methods = {method["name"]: method for method in job["methods"]}
    listing = methods["list"]
    assert listing["route"]["path"] == "/inventory/v1/job/list"
    assert (listing["query"], listing["results"]) == ("query", "results")
    assert listing["query_fields"]["filter"] == ["k", "v", "o"]
    (status,) = (field for field in job["fields"] if field["name"] == "status")
    assert status["kind"] == "enum"
    assert "SUCCESS" in status["values"]


def test_a_fact_ends_no_element(tmp_path: Path) -> None:
    file = tmp_path / "reference.html"
    file.write_bytes((tree("cloudforet") / "cloudforet" / "reference.html").read_bytes())
    name = "</script><script>alert(1)</script><!--"
    text = reference_page(file, lambda: {"services": {name: {}}}).decode()
    ClosedHtml(text)
    (element,) = BeautifulSoup(text, "html.parser").select("#server")
    assert json.loads(element.get_text()) == {"services": {name: {}}}


def test_without_the_output_the_way_leads_to_the_docs(tmp_path: Path) -> None:
    copy = shutil.copytree(tree("cloudforet"), tmp_path / "cloudforet")
    (copy / "cloudforet" / "reference.html").unlink()
    with Server(copy, tmp_path / "rows.db") as server:
        answer = server.client.get("/")
        assert (answer.status_code, answer.headers["location"]) == (307, "/docs")

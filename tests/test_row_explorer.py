"""The row explorer in a browser: list, filter, sort, add, change and delete rows over the API."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Browser
from depot_api import ROWS, THING
from serving import Server, tree, write_rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium"),
]


class Explorer:
    """The page of a service's rows, as its reader uses it."""

    def __init__(self, browser: Browser, server: Server, service: str) -> None:
        self.browser = browser
        browser.open(f"http://{server.http_address}/#/{service}/!rows")
        browser.until("document.querySelector('.rows, #shown .soft')")

    def row_keys(self) -> list[str]:
        """Return the keys of the rows, in their order."""
        # A list that is loading has the rows of the list before.
        self.browser.until("!document.querySelector('[role=status]').textContent.includes('…')")
        script = "[...document.querySelectorAll('.rows tbody button')].map(b => b.textContent)"
        return list(self.browser.run(script))

    def click(self, text: str, within: str = "#shown") -> None:
        buttons = f"[...document.querySelectorAll('{within} button')]"
        found = f"{buttons}.find(b => b.textContent.trim() === {json.dumps(text)})"
        self.browser.until(f"{found} && !{found}.disabled")
        self.browser.run(f"{found}.click()")

    def fill(self, name: str, value: str, within: str = "#shown") -> None:
        field = f"document.querySelector('{within} [name={name}]')"
        change = "dispatchEvent(new Event('change'))"
        self.browser.run(f"{field}.value = {json.dumps(value)}, {field}.{change}")

    def send(self, **values: str) -> None:
        """Fill the form of a method, and send it; its dialog closes."""
        for name, value in values.items():
            self.fill(name, value, "dialog")
        submit = "document.querySelector('dialog form button')"
        self.browser.run(f"{submit}.click()")
        self.browser.until("!document.querySelector('dialog').open")

    def alert(self) -> str:
        alert = "[...document.querySelectorAll('.alert')].find(a => !a.hidden)?.textContent"
        return str(self.browser.until(alert))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as running:
        yield running
        assert running.problems == []


def start(
    folder: Path, built: Path, rows: dict[str, list[dict[str, Any]]], **options: Any
) -> Server:
    return Server(built, folder / "rows.db", load=write_rows(folder, rows), **options)


def test_rows_of_an_api_with_http_conventions(browser: Browser, tmp_path: Path) -> None:
    """Lists page by a key, filter by parameters and sort by one; ids are in the path."""
    invoices = [
        {"id": f"inv_{n:06}", "status": "open" if n % 2 else "draft", "total": n % 7, "lines": []}
        for n in range(1, 26)
    ]
    with start(tmp_path, tree("invoicing"), {"Invoices": invoices}) as server:
        page = Explorer(browser, server, "invoicing.Invoices")
        first = page.row_keys()
        assert len(first) == 20
        page.click("Next")
        assert len(second := page.row_keys()) == 5
        assert {*first, *second} == {str(row["id"]) for row in invoices}
        page.click("Previous")
        assert page.row_keys() == first

        page.fill("field", "status")
        page.fill("value", "open")
        page.click("Filter")
        assert {*page.row_keys()} == {str(row["id"]) for row in invoices if row["status"] == "open"}
        page.click("total")
        page.row_keys()
        page.click("total ↑")
        totals = {str(row["id"]): row["total"] for row in invoices}
        sorted_totals = [totals[key] for key in page.row_keys()]
        assert sorted_totals == sorted(sorted_totals, reverse=True)
        page.click("status = open ×")
        page.row_keys()

        page.click("Add: create_invoice")
        decoration = "getComputedStyle(document.querySelector('dialog label')).textDecorationLine"
        assert browser.run(decoration) == "none"
        page.send(
            customer_id="cus_000001",
            due_date="2024-07-31",
            lines='[{"quantity": 1}]',
            memo="new & <b>",
        )
        (added,) = (
            row for row in server.client.get("/invoices?limit=100").json()["data"] if "memo" in row
        )
        assert (added["memo"], added["status"]) == ("new & <b>", "draft")

        page.fill("field", "customer_id")
        page.fill("value", "cus_000001")
        page.click("Filter")
        assert page.row_keys() == [added["id"]]
        page.click(added["id"])
        page.click("update_invoice", "dialog")
        page.send(memo="changed")
        row = server.client.get(f"/invoices/{added['id']}").json()
        assert row == {**added, "memo": "changed"}
        page.click(added["id"])
        page.click("send_invoice", "dialog")
        page.send()
        assert server.client.get(f"/invoices/{added['id']}").json()["status"] == "open"
        page.click(added["id"])
        page.click("delete_draft", "dialog")
        page.send()
        assert page.row_keys() == []
        assert server.client.get(f"/invoices/{added['id']}").status_code == 404


def test_rows_of_an_api_with_a_query(browser: Browser, depot_tree: Path, tmp_path: Path) -> None:
    """Methods are POST, and a Query filters, sorts and pages; a tenant is required."""
    with start(tmp_path, depot_tree, {"Thing": ROWS}) as server:
        page = Explorer(browser, server, THING)
        assert page.row_keys() == []
        page.fill("domain_id", "d")
        assert page.row_keys() == [f"thing-{n}" for n in (1, 2, 3, 4, 5)]
        status = "document.querySelector('[role=status]').textContent"
        assert browser.run(status) == "Rows 1–5 of 5"
        page.fill("field", "count")
        page.fill("operator", "gte")
        page.fill("value", "2")
        page.click("Filter")
        assert {*page.row_keys()} == {"thing-2", "thing-3", "thing-4"}
        page.click("count")
        page.row_keys()
        page.click("count ↑")
        assert page.row_keys()[0] == "thing-4"
        page.click("count gte 2 ×")
        page.row_keys()

        page.click("Add: create")
        page.send(name="pear", count="3", tags='{"a": [1]}', domain_id="d")
        page.fill("keyword", "pear")
        (key,) = page.row_keys()
        page.click(key)
        page.click("update", "dialog")
        page.send(count="4")
        row = server.ask(f"{THING}.get", {"thing_id": key, "domain_id": "d"})
        assert (row["name"], row["count"], row["tags"]) == ("pear", 4, {"a": [1]})
        page.click(key)
        page.click("disable", "dialog")
        page.send()
        assert (
            server.ask(f"{THING}.get", {"thing_id": key, "domain_id": "d"})["state"] == "DISABLED"
        )
        page.click(key)
        page.click("delete", "dialog")
        page.send()
        assert page.row_keys() == []

        # An error of the API is shown.
        page.fill("field", "name")
        page.fill("operator", "regex")
        page.fill("value", "(")
        page.click("Filter")
        assert page.alert().startswith("400 ")
        # Chromium logs each error that it receives.
        browser.problems[:] = [each for each in browser.problems if "status of 400" not in each]


def test_a_token_stays_in_the_page(browser: Browser, depot_tree: Path, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps({"of-d": "d"}), "utf-8")
    options = {"auth": "token", "tokens": tokens, "public": "docs"}
    with start(tmp_path, depot_tree, {"Thing": ROWS}, **options) as server:
        page = Explorer(browser, server, THING)
        assert page.alert().startswith("401 ")
        page.fill("domain_id", "d")
        token = "document.querySelector('input[type=password]')"
        browser.run(f"{token}.value = 'of-d', {token}.dispatchEvent(new Event('change'))")
        browser.until("document.querySelectorAll('.rows tbody tr').length === 5")
        kept = "localStorage.length + sessionStorage.length + document.cookie.length"
        assert browser.run(kept) == 0
        browser.problems[:] = [each for each in browser.problems if "status of 401" not in each]

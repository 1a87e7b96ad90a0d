"""`apiscribe drift PAGES --live URL --probe`: what is sent to a server, and what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from local_server import LocalHandler, local_server
from serving import SPECS
from test_drift_traffic import CUSTOMER, INVOICE, drift, run
from test_readme import free_port

from apiscribe.drift.probe import probing

INVOICING = SPECS / "invoicing"
LISTS = {"/customers": [CUSTOMER], "/invoices": [INVOICE], "/payments": []}
ANSWERS = {path: {"data": data, "has_more": False} for path, data in LISTS.items()}
ANSWERS |= {"/customers/cus_8f3kq2": CUSTOMER, "/invoices/inv_7h2m4p": INVOICE}


@contextmanager
def serving(
    answers: Mapping[str, Any],
    status: int = 404,
    kind: str = "application/json",
    moved: Mapping[str, str] | None = None,
) -> Iterator[tuple[str, list[str]]]:
    """The address of a server with these answers by path, and the requests that it gets. Other
    requests get `status`, and those in `moved` are sent to other addresses.
    """
    requests: list[str] = []

    class Handler(LocalHandler):
        def answer(self) -> None:
            requests.append(f"{self.command} {self.path}")
            value = answers.get(self.path.partition("?")[0])
            content = json.dumps(value).encode()
            target = (moved or {}).get(self.path.partition("?")[0])
            media_type = kind if value is not None else "text/html"
            headers = {"Content-Type": media_type, "Content-Length": str(len(content))}
            headers |= {"Location": target} if target else {}
            self.send(308 if target else status if value is None else 200, headers, content)

    with local_server(Handler) as address:
        yield address, requests


def test_only_get_and_head_are_sent() -> None:
    with serving(ANSWERS) as (address, requests):
        facts = drift(INVOICING, "--live", address, "--probe")["not_compared"]
    assert {request.partition(" ")[0] for request in requests} == {"GET"}
    reasons = {fact["fact"]: fact["reason"] for fact in facts}
    assert reasons["operations that can change data"].startswith("10 of 16")


def test_identifiers_come_from_answers_then_from_examples() -> None:
    answers = {**ANSWERS, "/invoices": None}
    with serving(answers) as (address, requests):
        drift(INVOICING, "--live", address, "--probe")
    assert "GET /customers/cus_8f3kq2" in requests
    # The example of the list on the page, because the list of the server gets 404.
    assert "GET /invoices/inv_4m7xw1" in requests


def test_each_listed_value_is_sent_once() -> None:
    with serving(ANSWERS) as (address, requests):
        drift(INVOICING, "--live", address, "--probe")
    assert len(requests) == len(set(requests))
    sent = [r.partition("?")[2] for r in requests if r.startswith("GET /payments?")]
    assert sent == [f"method={m}" for m in ("bank_transfer", "card", "cash", "other")]


def test_a_budget_limits_the_requests() -> None:
    with serving(ANSWERS) as (address, requests):
        result = drift(INVOICING, "--live", address, "--probe", "--probe-budget", 4)
    assert len(requests) == 4
    assert "requests beyond the budget" in {fact["fact"] for fact in result["not_compared"]}


def test_the_documented_prefix_is_found() -> None:
    with serving({f"/v1{path}": answer for path, answer in ANSWERS.items()}) as (address, requests):
        result = drift(INVOICING, "--live", address, "--probe")
    assert "GET /v1/customers/cus_8f3kq2" in requests
    assert not any("operation" in change["kind"] for change in result["changes"])


def test_an_operation_that_a_server_lacks_is_an_entry() -> None:
    lacking = {path: answer for path, answer in ANSWERS.items() if path != "/payments"}
    with serving(lacking) as (address, _):
        listed = drift(INVOICING, "--live", address, "--probe")["changes"]
    operations = [c["symbol"] for c in listed if c["kind"] == "missing-operation"]
    assert operations == ["GET /payments"]


def test_redirects_to_the_server_itself_are_followed() -> None:
    slashed = {f"{path}/" if path in LISTS else path: answer for path, answer in ANSWERS.items()}
    with serving(slashed, moved={path: f"{path}/" for path in LISTS}) as (address, requests):
        result = drift(INVOICING, "--live", address, "--probe")
    assert {"GET /invoices", "GET /invoices/"} <= set(requests)
    assert not any("operation" in change["kind"] for change in result["changes"])


def test_redirects_to_other_servers_are_not_followed() -> None:
    with serving(ANSWERS) as (other, requests):
        moved = {path: f"{other}{path}" for path in LISTS}
        with serving({}, moved=moved) as (address, _):
            run(INVOICING, "--live", address, "--probe")
    assert requests == []


def test_a_server_without_any_path_of_the_pages_is_an_error() -> None:
    with serving({}) as (address, _):
        code, _, error = run(INVOICING, "--live", address, "--probe")
    assert (code, f"such as {address}/api" in error) == (2, True), error


def test_a_parameter_that_a_server_ignores_is_an_entry() -> None:
    with serving(ANSWERS) as (address, _):
        listed = drift(INVOICING, "--live", address, "--probe")["changes"]
    ignored = [c["symbol"] for c in listed if c["kind"] == "ignored-parameter"]
    assert ignored == ["GET /invoices query.status"]


def test_an_answer_that_is_not_json_is_not_read() -> None:
    with serving(ANSWERS, kind="text/event-stream") as (address, _):
        facts = drift(INVOICING, "--live", address, "--probe")["not_compared"]
    assert "bodies that are not JSON" in {fact["fact"] for fact in facts}


def test_a_server_that_does_not_end_is_left_after_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probing, "_DEADLINE", 0.0)
    with serving(ANSWERS) as (address, requests):
        _, _, error = run(INVOICING, "--live", address, "--probe")
    assert len(requests) <= 1, error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--live", "http://192.0.2.1"), "http://192.0.2.1 is on another machine"),
        (("--live", "grpc://127.0.0.1:1"), "is not an HTTP address"),
        ((), "--probe calls a running server: pass its address as --live"),
        (("--live", "http://127.0.0.1:1", "--header", "token"), "a header is NAME:VALUE"),
    ],
)
def test_what_cannot_be_probed_is_an_error(arguments: tuple[str, ...], message: str) -> None:
    code, _, error = run(INVOICING, "--probe", *arguments)
    assert (code, message in error) == (2, True), error


def test_a_server_that_is_down_is_an_error() -> None:
    code, _, error = run(INVOICING, "--live", f"http://127.0.0.1:{free_port()}", "--probe")
    assert (code, "no server answers" in error) == (2, True), error


def test_a_server_that_requires_a_token_is_an_error() -> None:
    with serving({}, status=401) as (address, _):
        code, _, error = run(INVOICING, "--live", address, "--probe")
    assert (code, "pass what it requires, such as --header" in error) == (2, True), error


def test_pages_without_get_are_an_error(tmp_path: Path) -> None:
    pages = "# Jobs\n\n`POST /jobs`\n\n| Parameter | Type |\n| --- | --- |\n| `name` | string |\n"
    (tmp_path / "jobs.md").write_text(pages, "utf-8")
    with serving(ANSWERS) as (address, requests):
        code, _, error = run(tmp_path, "--live", address, "--probe")
    assert (code, requests) == (2, [])
    assert "has no operation with GET or HEAD" in error

"""The generated client over a real socket, of both kinds: every test runs with each."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledger_api import FILES
from scripted_server import Script, Scripted, scripted_server
from serving import Server, build, package, write_spec

from apiscribe_runtime.client import (
    BadRequestError,
    InvalidAnswerError,
    NoAnswerError,
    NotFoundError,
    ServerError,
    TimedOutError,
    TooManyRequestsError,
    UnprocessableError,
)

INVOICE = {"id": "inv_1", "number": "n1", "customer_id": 17, "status": "draft", "total": 0}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    files = {"spec.toml": 'name = "ledger"\n', **FILES}
    return build(write_spec(folder / "spec", files), folder / "out")


@pytest.fixture(scope="module")
def server(tree: Path) -> Iterator[Server]:
    with Server(tree, tree.parent / "rows.db") as started:
        yield started


@pytest.fixture(scope="module")
def started_script() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def script(started_script: Script) -> Script:
    started_script.play()
    return started_script


class Blocking:
    """An asynchronous client, called as the other kind is: what is awaited or iterated is here."""

    def __init__(self, inner: Any, runner: asyncio.Runner) -> None:
        self._inner, self._runner = inner, runner

    def __getattr__(self, name: str) -> Any:
        return self._blocking(getattr(self._inner, name))

    def __call__(self, *given: Any, **named: Any) -> Any:
        result = self._inner(*given, **named)
        if inspect.isawaitable(result):
            return self._runner.run(_awaited(result))
        return self._blocking(result)

    def __iter__(self) -> Iterator[Any]:
        rows = aiter(self._inner)
        while (row := self._runner.run(_next(rows))) is not _END:
            yield row

    def _blocking(self, value: Any) -> Any:
        return Blocking(value, self._runner) if _is_of_client(value) else value


_END = object()


async def _awaited(value: Any) -> Any:
    return await value


async def _next(rows: Any) -> Any:
    return await anext(rows, _END)


def _is_of_client(value: Any) -> bool:
    is_generated = type(value).__module__.startswith("ledger.client")
    return is_generated or inspect.ismethod(value) or hasattr(value, "__aiter__")


@pytest.fixture(params=["Client", "AsyncClient"])
def connect(request: pytest.FixtureRequest, tree: Path) -> Iterator[Any]:
    """Make clients of a kind, and close them at the end."""
    made = []
    with asyncio.Runner() as runner:

        def make(url: str, **settings: Any) -> Any:
            client = getattr(package(tree, "client"), request.param)(url, **settings)
            made.append(client if request.param == "Client" else Blocking(client, runner))
            return made[-1]

        yield make
        for client in made:
            client.close()


# --- a served API


@pytest.mark.slow
def test_the_client_calls_a_served_api(server: Server, connect: Any) -> None:
    client = connect(f"http://{server.http_address}")
    customer = client.customers.create(name="Anna", vip=False)
    drafts = [
        client.invoices.create(number=f"n{n}", customer_id=customer.id, status="draft", total=n)
        for n in range(5)
    ]
    paid = client.invoices.create(number="p", customer_id=customer.id, status="open")
    assert (drafts[0].total, paid.total) == (0, None), "a zero that is given is sent"

    page = client.invoices.list(limit=2, status="draft", sort="total").page()
    assert ([row.number for row in page.data], page.has_more) == (["n0", "n1"], True)
    rows = client.invoices.list(limit=2, status="draft", sort="-total")
    assert [row.total for row in rows] == [4, 3, 2, 1, 0]
    assert all(type(row) is type(paid) for row in rows)

    updated = client.invoices.update(drafts[0].id, total=1200)
    assert (updated.total, updated.number) == (1200, "n0")
    for invoice in [*drafts, paid]:
        assert client.invoices.delete(invoice.id) is None
    assert list(client.invoices.list()) == []
    with pytest.raises(NotFoundError) as missing:
        client.invoices.get(paid.id)
    assert (missing.value.status, missing.value.code) == (404, "not_found")
    assert paid.id in missing.value.message
    client.customers.delete(customer.id)


@pytest.mark.slow
def test_lists_are_paged_by_the_habits_of_their_pages(server: Server, connect: Any) -> None:
    client = connect(f"http://{server.http_address}")
    for n in range(5):
        client.customers.create(name=f"c{n}")
        client.payments.create(invoice_id="inv_1", amount=n)
        client.v1.bookings.create(room=f"r{n}", nights=2**60)
    customers = client.customers.list(per_page=2)
    assert [row.name for row in customers] == ["c0", "c1", "c2", "c3", "c4"]
    assert [len(page) for page in customers.pages()] == [2, 2, 1, 0]
    payments = client.payments.list(limit=2, offset=1)
    assert [row.amount for row in payments] == [1, 2, 3, 4]
    assert [page.data.total for page in payments.pages()] == [5, 5]
    bookings = list(client.v1.bookings.list(page_size=2))
    assert {(row.room, row.nights) for row in bookings} == {(f"r{n}", 2**60) for n in range(5)}
    assert len({row.id for row in bookings}) == len(bookings) >= 5
    for row in list(customers):
        client.customers.delete(row.id)
    for row in list(client.payments.list()):
        client.payments.delete(row.id)


@pytest.mark.slow
def test_a_refused_request_is_an_error_of_its_status(server: Server, connect: Any) -> None:
    client = connect(f"http://{server.http_address}")
    with pytest.raises(UnprocessableError) as refused:
        client.request("POST", "/v1/customers", json={"vip": True})
    assert refused.value.body["error"]["type"] == "required_parameter"
    with pytest.raises(BadRequestError) as unsortable:
        client.invoices.list(sort="colour").page()
    assert "colour" in unsortable.value.message
    assert "Prefer" not in str(unsortable.value)


# --- requests


def test_what_is_not_given_is_not_sent_and_zeros_are(script: Script, connect: Any) -> None:
    client = connect(script.url)
    script.play(*[Scripted(200, INVOICE)] * 3)
    client.invoices.update("a/b c", total=0)
    client.invoices.update("..x", status="", total=None)
    client.invoices.update("1")
    assert [(r.verb, r.target) for r in script.requests] == [
        ("PATCH", "/v1/invoices/a%2Fb%20c"),
        ("PATCH", "/v1/invoices/..x"),
        ("PATCH", "/v1/invoices/1"),
    ]
    assert [r.json for r in script.requests] == [{"total": 0}, {"status": "", "total": None}, {}]


@pytest.mark.parametrize("key", ["", ".", ".."])
def test_a_key_cannot_make_another_path(script: Script, connect: Any, key: str) -> None:
    with pytest.raises(ValueError, match="invoice_id"):
        connect(script.url).invoices.delete(key)
    assert not script.requests


def test_numbers_are_as_the_pages_have_them(script: Script, connect: Any) -> None:
    """Pages about HTTP have plain numbers, and those of protobuf have texts."""
    client = connect(script.url)
    script.play(Scripted(201, INVOICE), Scripted(200, {"id": "b", "nights": "7"}))
    client.invoices.create(number="n", customer_id=2**60)
    assert script.requests[0].json == {"number": "n", "customer_id": 2**60}
    assert client.v1.bookings.create(room="r", nights=2**60).nights == 7
    assert script.requests[1].json == {"room": "r", "nights": str(2**60)}


def test_a_wrapper_is_no_part_of_arguments_and_results(script: Script, connect: Any) -> None:
    script.play(Scripted(201, {"payment": {"id": "p", "amount": 3, "fee": 1}}))
    payment = connect(script.url).payments.create(invoice_id="inv_1", amount=3)
    assert script.requests[0].json == {"payment": {"invoice_id": "inv_1", "amount": 3}}
    assert (payment.id, payment.amount, payment.fee) == ("p", 3, 1)


def test_invalid_arguments_are_errors_before_anything_is_sent(script: Script, connect: Any) -> None:
    client = connect(script.url)
    with pytest.raises(ValueError, match="number"):
        client.invoices.create(customer_id=17)
    with pytest.raises(ValueError, match="colour"):
        client.invoices.update("1", colour="red")
    assert not script.requests


# --- answers


def test_answers_may_have_more_than_the_pages(script: Script, connect: Any) -> None:
    script.play(Scripted(200, {**INVOICE, "status": "lost", "colour": "red"}))
    invoice = connect(script.url).invoices.get("inv_1")
    assert (invoice.status, invoice.colour) == ("lost", "red")


@pytest.mark.parametrize("body", [b"<html>", b"", {"id": ["a"]}, []])
def test_an_answer_of_another_form_is_an_error(script: Script, connect: Any, body: Any) -> None:
    script.play(Scripted(200, body))
    with pytest.raises(InvalidAnswerError, match="GET /v1/invoices/1") as wrong:
        connect(script.url).invoices.get("1")
    assert wrong.value.response.status_code == 200


def test_an_error_has_the_documented_facts_and_model(script: Script, connect: Any) -> None:
    client = connect(script.url)
    script.play(
        Scripted(422, {"error": {"type": "invalid", "message": "name is taken", "field": "name"}}),
        Scripted(418, b"short and stout"),
        Scripted(500, {"error": "down"}),
    )
    with pytest.raises(UnprocessableError) as refused:
        client.customers.create(name="Anna")
    error = refused.value
    assert (error.code, error.message) == ("invalid", "name is taken")
    assert (type(error.body).__name__, error.body.error.field) == ("CreateCustomerError422", "name")
    assert str(error) == "POST /v1/customers: 422 name is taken"
    with pytest.raises(Exception, match="GET /v1/invoices/1: 418 I'm a") as other:
        client.invoices.get("1")
    assert other.value.body == "short and stout"
    with pytest.raises(ServerError):
        client.invoices.get("1")


# --- retries and timeouts


def test_a_request_is_sent_again_when_the_server_says(script: Script, connect: Any) -> None:
    client = connect(script.url)
    later = Scripted(503, b"", {"retry-after": "0"})
    script.play(later, later, Scripted(200, INVOICE))
    assert client.invoices.get("1").id == "inv_1"
    script.play(later, Scripted(429, b"", {"retry-after": "0"}), Scripted(201, INVOICE))
    assert client.invoices.create(number="n1", customer_id=17).id == "inv_1"
    assert len({request.body for request in script.requests}) == 1
    script.play(*[later] * 4)
    with pytest.raises(ServerError):
        client.invoices.get("1")
    assert len(script.requests) == 3


def test_only_what_is_safe_to_repeat_is_sent_again(script: Script, connect: Any) -> None:
    client = connect(script.url)
    for wrong in (Scripted(503, b""), Scripted(502, b""), Scripted(hangs_up=True)):
        script.play(wrong)
        with pytest.raises((ServerError, NoAnswerError)):
            client.invoices.create(number="n1", customer_id=17)
        assert len(script.requests) == 1
    script.play(Scripted(hangs_up=True), Scripted(200, INVOICE))
    assert client.invoices.get("1").id == "inv_1"
    script.play(Scripted(500, b""))
    with pytest.raises(ServerError):
        client.invoices.get("1")
    assert len(script.requests) == 1


def test_retries_are_a_setting_and_no_pause_is_long(script: Script, connect: Any) -> None:
    script.play(Scripted(503, b"", {"retry-after": "0"}))
    with pytest.raises(ServerError):
        connect(script.url, retries=0).invoices.get("1")
    script.play(Scripted(429, b"", {"retry-after": "3600"}))
    with pytest.raises(TooManyRequestsError):
        connect(script.url).invoices.get("1")
    assert len(script.requests) == 1


def test_a_slow_answer_is_an_error_of_its_own(script: Script, connect: Any) -> None:
    script.play(Scripted(200, INVOICE, seconds=0.4))
    with pytest.raises(TimedOutError, match="GET /v1/invoices/1"):
        connect(script.url, timeout=0.05, retries=0).invoices.get("1")


def test_a_server_that_is_not_there_is_an_error_of_its_own(connect: Any) -> None:
    with pytest.raises(NoAnswerError, match="DELETE /v1/invoices/1"):
        connect("http://127.0.0.1:1", retries=0).invoices.delete("1")


# --- paging


def page_of(*keys: str, **facts: Any) -> Scripted:
    return Scripted(200, {"data": [{"id": key} for key in keys], **facts})


def test_a_link_header_leads_to_the_next_page(script: Script, connect: Any) -> None:
    link = '<https://elsewhere.example/v1/invoices?cursor=x%2Fy&limit=2>; rel="next"'
    first = page_of("a", "b")
    script.play(Scripted(200, first.body, {"link": link}), page_of("c", has_more=False))
    rows = connect(script.url).invoices.list(limit=2)
    assert not script.requests, "nothing is sent before it is used"
    assert [row.id for row in rows] == ["a", "b", "c"]
    assert [request.query for request in script.requests] == [
        [("limit", "2")],
        [("cursor", "x/y"), ("limit", "2")],
    ]


def test_without_a_word_on_the_end_a_list_ends_with_an_empty_page(
    script: Script, connect: Any
) -> None:
    """The server may return fewer rows than `limit`."""
    script.play(page_of("a"), page_of("b"), page_of())
    assert [row.id for row in connect(script.url).invoices.list(limit=2)] == ["a", "b"]
    assert [dict(r.query).get("starting_after") for r in script.requests] == [None, "a", "b"]


def test_a_server_that_ignores_the_position_is_an_error(script: Script, connect: Any) -> None:
    script.play(page_of("a"), page_of("a"))
    with pytest.raises(InvalidAnswerError, match="the rows of the page before"):
        list(connect(script.url).invoices.list(limit=1))


def test_a_total_that_counts_the_page_ends_no_list(script: Script, connect: Any) -> None:
    def payments(*keys: str) -> Scripted:
        rows = [{"id": key} for key in keys]
        return Scripted(200, {"data": {"results": rows, "total": len(rows)}})

    script.play(payments("a", "b"), payments("c"), payments())
    client = connect(script.url)
    assert [row.id for row in client.payments.list(limit=2)] == ["a", "b", "c"]
    script.play(payments("a", "b"))
    assert [row.id for row in client.payments.list(limit=3)] == ["a", "b"]
    assert len(script.requests) == 1

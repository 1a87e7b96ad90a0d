"""An HTTP API is served by its own habits: statuses, bodies, pages, sorting, errors, ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import grpc
import httpx
import pytest
from ledger_api import FILES
from serving import Json, Server, build, delete_rows, write_spec

from apiscribe.commands.explain_text import explain_symbol
from apiscribe.sources.compilation import compile_folder

CASES = Path(__file__).parent / "cases/http"
OF_CASES = (
    "parameters-with-operators-and-plurals-are-filters/pages/parcels.md",
    "a-page-that-only-creates-has-rows/pages/report.md",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ledger_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    files = {**FILES, **{f"pages/{Path(p).name}": (CASES / p).read_text("utf-8") for p in OF_CASES}}
    return build(write_spec(folder / "ledger", files), folder / "out")


@pytest.fixture(scope="module")
def ledger_and_store(
    ledger_tree: Path, new_store: Callable[[], Path | str]
) -> Iterator[tuple[Server, Path | str]]:
    store = new_store()
    with Server(ledger_tree, store) as server:
        yield server, store


@pytest.fixture
def ledger(ledger_and_store: tuple[Server, Path | str]) -> Iterator[Server]:
    """A server without rows."""
    server, store = ledger_and_store
    yield server
    delete_rows(store)


def created(server: Server, path: str, **fields: object) -> Json:
    answer = server.client.post(path, json=fields)
    assert answer.status_code == 201, answer.text
    row: Json = answer.json()
    return row


def test_answers_have_the_documented_status_and_body(ledger: Server) -> None:
    row = created(ledger, "/v1/customers", name="Anna", vip=False)
    assert isinstance(row["id"], int)
    assert row == {"id": row["id"], "name": "Anna", "vip": False}
    path = f"/v1/customers/{row['id']}"
    assert ledger.client.get(path).json() == row
    listed = ledger.client.get("/v1/customers")
    assert (listed.status_code, listed.json()) == (200, [row])
    gone = ledger.client.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert ledger.client.get("/v1/customers").json() == []


def test_the_served_document_has_the_same_statuses_and_bodies(ledger: Server) -> None:
    paths = ledger.client.get("/openapi.json").json()["paths"]
    create, list_ = paths["/v1/customers"]["post"], paths["/v1/customers"]["get"]
    delete = paths["/v1/customers/{id}"]["delete"]
    assert [s for s in create["responses"] if s < "300"] == ["201"]
    assert list_["responses"]["200"]["content"]["application/json"]["schema"]["type"] == "array"
    assert "content" not in delete["responses"]["204"]


def test_an_invoice_lives_from_create_to_delete(ledger: Server) -> None:
    invoice = created(ledger, "/v1/invoices", number="1", customer_id=17, status="draft")
    path = f"/v1/invoices/{invoice['id']}"
    assert ledger.client.get(path).json() == invoice
    answer = ledger.client.patch(path, json={"status": "open", "total": 1200})
    assert answer.json() == {**invoice, "status": "open", "total": 1200}
    assert ledger.client.delete(path).status_code == 204
    assert ledger.client.get(path).status_code == 404


def test_a_page_that_only_creates_stores_rows(ledger: Server) -> None:
    first, second = (created(ledger, "/reports", title=title, year=1) for title in "ab")
    assert first == {"id": first["id"], "title": "a", "year": 1, "state": "queued"}
    assert (first["id"] != second["id"], second["title"]) == (True, "b")


def test_an_answer_without_a_body_is_documented_by_its_status(ledger: Server) -> None:
    purged = ledger.client.post("/queue/purge", json={})
    assert (purged.status_code, purged.content) == (204, b"")
    assert purged.headers["x-answer"] == "example"
    assert ledger.client.get("/queue/state").status_code == 501


def test_pages_after_a_key_end(ledger: Server) -> None:
    for number in range(5):
        created(ledger, "/v1/invoices", number=str(number), customer_id=1, total=number % 2)
    for sort in ("", "total", "-total,number", "number desc"):
        seen, after = [], {}
        while True:
            parameters = {"limit": 2, **({"sort": sort} if sort else {}), **after}
            page = ledger.client.get("/v1/invoices", params=parameters).json()
            seen += [invoice["number"] for invoice in page["data"]]
            if not page["has_more"]:
                break
            after = {"starting_after": page["data"][-1]["id"]}
        assert sorted(seen) == ["0", "1", "2", "3", "4"]
        if sort == "-total,number":
            assert seen == ["1", "3", "0", "2", "4"]
        if sort == "number desc":
            assert seen == ["4", "3", "2", "1", "0"]


def test_filters_are_parameters_named_as_fields(ledger: Server) -> None:
    for status in ("draft", "open", "draft"):
        created(ledger, "/v1/invoices", number="1", customer_id=1, status=status)
    drafts = ledger.client.get("/v1/invoices", params={"status": "draft", "limit": 1}).json()
    assert [invoice["status"] for invoice in drafts["data"]] == ["draft"]
    assert drafts["has_more"] is True


def test_pages_have_numbers(ledger: Server) -> None:
    names = [created(ledger, "/v1/customers", name=name)["name"] for name in "abc"]
    pages = [
        [customer["name"] for customer in ledger.client.get(f"/v1/customers?{page}").json()]
        for page in ("page=1&per_page=2", "page=2&per_page=2", "page=3&per_page=2", "page=1")
    ]
    assert pages == [names[:2], names[2:], [], names]


def test_pages_have_offsets_and_facts(ledger: Server) -> None:
    for amount in (3, 1, 2):
        created(ledger, "/v1/payments", payment={"invoice_id": "i", "amount": amount})
    parameters = {"limit": 2, "offset": 1, "sort_by": "amount", "order": "desc"}
    page = ledger.client.get("/v1/payments", params=parameters).json()["data"]
    amounts = [payment["amount"] for payment in page.pop("results")]
    assert amounts == [2, 1]
    assert page == {"total": 3, "limit": 2, "offset": 1}


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("/v1/invoices?limit=0", 400, "limit"),
        ("/v1/invoices?limit=ten", 400, "limit"),
        ("/v1/invoices?starting_after=inv_none", 400, "starting_after"),
        ("/v1/invoices?sort=colour", 400, "sort"),
        ("/v1/customers?page=0", 422, "page"),
        ("/v1/payments?limit=1&offset=-1", 400, "offset"),
        ("/v1/payments?order=sideways", 400, "order"),
        ("/v1/invoices?ending_before=inv_1", 501, "ending_before"),
        ("/v1/invoices?colour=red", 400, "colour"),
        ("/parcels?grams.lt=few", 400, "grams.lt"),
        ("/parcels?since=soon", 400, "since"),
        ("/parcels?state[lt]=a", 400, "state[lt]"),
    ],
)
def test_what_the_server_does_not_act_on_is_refused(
    ledger: Server, path: str, status: int, name: str
) -> None:
    answer = ledger.client.get(path)
    assert answer.status_code == status, answer.text
    assert f"key = {name}" in answer.json()["error"]["message"]


@pytest.fixture
def parcels(ledger: Server) -> list[str]:
    """The ids of three parcels: a light one, a heavy one, and one that is sent."""
    rows: list[Json] = [
        {"label": "A lamp", "grams": 100, "sealed": True, "state": "waiting"},
        {"label": "Two lamps", "grams": 900, "sealed": False, "state": "waiting"},
        {"label": "A book", "grams": 500, "sealed": True, "state": "sent"},
    ]
    return [created(ledger, "/parcels", **row)["id"] for row in rows]


@pytest.mark.parametrize(
    ("query", "grams"),
    [
        ("grams%5Bgte%5D=500", [500, 900]),
        ("grams.lt=500", [100]),
        ("filter[grams][gt]=500", [900]),
        ("state[in]=sent,lost", [500]),
        ("state[ne]=sent", [100, 900]),
        ("state=waiting,sent", [100, 500, 900]),
        ("filter[state]=sent", [500]),
        ("filter[sealed]=false", [900]),
        ("label__icontains=LAMP", [100, 900]),
        ("labels=A+lamp&labels=A+book", [100, 500]),
        ("labels[]=A+book", [500]),
        ("q=book", [500]),
        ("q=sent", []),
        ("since=2020-01-01T00:00:00Z", [100, 500, 900]),
        ("until=2020-01-01T00:00:00Z", []),
        ("from=2999-01-01", []),
        ("state[in]=waiting&q=two&grams[gte]=1", [900]),
        ("ids=", [100, 500, 900]),
        ("ids=none", []),
    ],
)
def test_filters_have_operators(
    ledger: Server, parcels: list[str], query: str, grams: list[int]
) -> None:
    rows = ledger.client.get(f"/parcels?{query}").json()
    assert sorted(row["grams"] for row in rows) == grams


def test_a_list_has_the_rows_and_fields_that_a_request_names(
    ledger: Server, parcels: list[str]
) -> None:
    light, _, sent = parcels
    rows = ledger.client.get(f"/parcels?ids={light},{sent}&fields=id,grams").json()
    expected = [{"id": light, "grams": 100}, {"id": sent, "grams": 500}]
    assert sorted(rows, key=lambda row: row["grams"]) == expected
    one = ledger.client.get(f"/parcels/{light}?fields=grams&fields=state")
    assert one.json() == {"grams": 100, "state": "waiting"}
    # Also of a list without rows, and of a row that is not there.
    for path in ("/parcels?ids=none", "/parcels/none?"):
        assert ledger.client.get(f"{path}&fields=colour").status_code == 400, path
    name = "ledger.Parcels.list_parcels"
    request = {"ids": light, "fields": "grams", "q": "lamp"}
    page = ledger.over_grpc(name, ledger.request(name, request))
    assert [row.grams for row in page.items] == [100]


def test_both_transports_page_alike(ledger: Server) -> None:
    for number in range(3):
        created(ledger, "/v1/invoices", number=str(number), customer_id=1, total=number)
    request = {"limit": 2, "sort": "-total"}
    http = ledger.client.get("/v1/invoices", params=request)
    name = "ledger.Invoices.list_invoices"
    assert ledger.compare(name, ledger.request(name, request), http)["has_more"] is True
    with pytest.raises(grpc.RpcError) as error:
        ledger.over_grpc(name, ledger.request(name, {"ending_before": "x"}))
    assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert "key = ending_before" in error.value.details()


def test_pages_by_token_are_alike_at_both_transports(ledger: Server) -> None:
    service = "ledger.v1.Bookings"
    for nights in (2, 3, 1):
        ledger.client.post("/v1/bookings", json={"room": "a", "nights": nights})
    request: Json = {"page_size": 2, "order_by": "nights desc"}
    page = ledger.ask(f"{service}.ListBookings", request)
    assert [booking["nights"] for booking in page["bookings"]] == ["3", "2"]
    assert page["total_size"] == "3"
    request["page_token"] = page["next_page_token"]
    last = ledger.ask(f"{service}.ListBookings", request)
    assert [booking["nights"] for booking in last["bookings"]] == ["1"]
    assert "next_page_token" not in last
    for name, value in (("page_token", "x"), ("order_by", "colour"), ("page_size", -1)):
        message = ledger.request(f"{service}.ListBookings", {name: value})
        with pytest.raises(grpc.RpcError) as error:
            ledger.over_grpc(f"{service}.ListBookings", message)
        assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert ledger.client.get(f"/v1/bookings?{name}={value}").status_code == 400
    assert ledger.client.get("/v1/bookings?filter=room").status_code == 501
    assert ledger.client.get("/v1/bookings?view=FULL").status_code == 200


def test_fields_without_an_effect_are_listed_at_the_start(ledger: Server) -> None:
    log = ledger.whole_log()
    assert "fields without an effect, until a handler uses them: ledger" in log
    assert "ledger.Invoices.list_invoices: ending_before (refused), expand" in log
    assert "ledger.v1.Bookings.ListBookings: filter (refused), view" in log
    assert ledger.whole_log().count("without an effect") == 1


def test_explain_lists_what_the_server_does_with_a_list(tmp_path: Path) -> None:
    api = compile_folder(write_spec(tmp_path / "ledger", FILES)).api
    text = explain_symbol("ledger.Invoices", [api]) or ""
    summary = [line.strip() for line in text.partition("\n\n")[2].splitlines()]
    start = summary.index(
        "pages: `starting_after` is the key of the row before the page;"
        " `limit` is the number of rows, 10 by default"
    )
    assert summary[start - 1].startswith("list_invoices ")
    assert summary[start + 1 : start + 6] == [
        "sorts by the names in `sort`",
        "answers with more in `has_more`",
        "refuses ending_before",
        "ignores expand",
        'for the fields without an effect: @implements("ledger.Invoices.list_invoices")',
    ]


def test_errors_have_the_documented_body_and_status(ledger: Server) -> None:
    refused = ledger.client.post("/v1/customers", json={"vip": True})
    assert refused.status_code == 422
    message = "Required parameter. (key = name)"
    assert refused.json() == {"error": {"type": "required_parameter", "message": message}}
    missing = ledger.client.get("/v1/invoices/inv_none")
    assert (missing.status_code, missing.json()["error"]["type"]) == (404, "not_found")
    # A service that documents no error has the body of the API, and the usual statuses.
    assert ledger.client.patch("/v1/invoices/inv_1", json={"total": "x"}).status_code == 400
    create = ledger.client.get("/openapi.json").json()["paths"]["/v1/customers"]["post"]
    error = create["responses"]["422"]["content"]["application/json"]["schema"]
    assert error["properties"]["error"]["required"] == ["message", "type"]


def test_new_keys_have_the_form_of_the_examples(ledger: Server) -> None:
    keys = [created(ledger, "/v1/customers", name=name)["id"] for name in "abc"]
    assert keys == [1, 2, 3]
    ledger.client.delete("/v1/customers/2")
    assert created(ledger, "/v1/customers", name="d")["id"] == 4
    invoice = created(ledger, "/v1/invoices", number="1", customer_id=1)
    assert re.fullmatch("inv_[0-9a-z]{6}", invoice["id"])
    payment = created(ledger, "/v1/payments", payment={"amount": 1})["payment"]
    assert str(UUID(payment["id"])) == payment["id"]


def test_callers_may_prefer_a_documented_answer(ledger: Server) -> None:
    def answer(prefer: str, body: Json | None = None) -> httpx.Response:
        headers = {"prefer": prefer}
        return ledger.client.post("/v1/customers", json=body or {}, headers=headers)

    refused = answer("code=422")
    message = "name is missing"
    assert refused.status_code == 422
    assert refused.json() == {"error": {"type": "invalid_request", "message": message}}
    assert refused.headers["preference-applied"] == "status=422"
    assert refused.headers["x-answer"] == "example"
    shown = answer('respond-async, example="1"')
    assert (shown.status_code, shown.json()["id"]) == (201, 17)
    assert answer("return=minimal", {"name": "Anna"}).json()["id"] == 1
    unknown = answer("status=418")
    assert unknown.status_code == 422
    assert "documented statuses: 201, 422" in unknown.json()["error"]["message"]
    assert answer("example=2").status_code == 422
    gone = ledger.client.delete("/v1/customers/1", headers={"prefer": "status=204"})
    assert (gone.status_code, gone.content) == (204, b"")
    assert len(ledger.client.get("/v1/customers").json()) == 1


def test_an_answer_to_delete_is_the_example_with_the_key(ledger: Server) -> None:
    payment = created(ledger, "/v1/payments", payment={"amount": 1})["payment"]
    gone = ledger.client.delete(f"/v1/payments/{payment['id']}")
    assert gone.json() == {"id": payment["id"], "deleted": True}
    assert ledger.client.get(f"/v1/payments/{payment['id']}").status_code == 404

"""`apiscribe drift PAGES TRAFFIC`: recordings of servers, with and without differences."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from serving import SPECS, Server, tree

from apiscribe.commands import main
from apiscribe.diagnostics.source import Span
from apiscribe.drift.formats import FORMATS
from apiscribe.drift.traffic import recording as recording_module
from apiscribe.drift.traffic.limits import broken_limit
from apiscribe.model.api import Field
from apiscribe.model.types import Scalar

INVOICING = SPECS / "invoicing"
BASE = "https://api.invoicing.example/v1"
CUSTOMER = {
    "id": "cus_8f3kq2",
    "name": "Brightwater Ltd",
    "email": "accounts@brightwater.example",
    "currency": "EUR",
    "created_at": "2024-03-04T10:15:00Z",
}
INVOICE = {
    "id": "inv_7h2m4p",
    "customer_id": "cus_8f3kq2",
    "status": "open",
    "issue_date": "2024-05-01",
    "lines": [{"description": "Work", "quantity": 1.5, "unit_price": 100}],
    "total": 150,
    "created_at": "2024-03-04T10:15:00Z",
}


def entry(verb: str, url: str, status: int, answer: Any = None, body: Any = None) -> Any:
    """An entry of HAR; bodies are JSON."""
    kind = "application/json"
    text = "" if answer is None else json.dumps(answer)
    content = {"size": len(text), "mimeType": kind, "text": text}
    request: dict[str, Any] = {"method": verb, "url": url, "headers": [], "queryString": []}
    if body is not None:
        request["postData"] = {"mimeType": kind, "text": json.dumps(body)}
    return {"request": request, "response": {"status": status, "content": content}}


def write_har(file: Path, entries: Iterable[Any]) -> Path:
    creator = {"name": "test", "version": "1"}
    har = {"log": {"version": "1.2", "creator": creator, "entries": list(entries)}}
    file.write_text(json.dumps(har), "utf-8")
    return file


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["drift", *(str(argument) for argument in arguments)])
    return result.exit_code, result.stdout, result.stderr


def drift(*arguments: object) -> dict[str, Any]:
    _, out, err = run(*arguments, "--format", "json")
    assert out, err
    result: dict[str, Any] = json.loads(out)
    return result


def changes(*arguments: object) -> list[tuple[str, str]]:
    return [(change["kind"], change["symbol"]) for change in drift(*arguments)["changes"]]


class Recorder:
    """Records what a client sends and gets, as HAR."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    def __call__(self, response: httpx.Response) -> None:
        response.read()
        request = response.request
        recorded: dict[str, Any] = {
            "method": request.method,
            "url": str(request.url),
            "headers": [{"name": k, "value": v} for k, v in request.headers.items()],
            "queryString": [{"name": k, "value": v} for k, v in request.url.params.multi_items()],
        }
        if request.content:
            kind = request.headers["content-type"]
            recorded["postData"] = {"mimeType": kind, "text": request.content.decode()}
        kind = response.headers.get("content-type", "")
        content = {"size": len(response.content), "mimeType": kind, "text": response.text}
        self.entries.append(
            {"request": recorded, "response": {"status": response.status_code, "content": content}}
        )


@pytest.mark.slow
def test_a_served_sample_does_what_its_pages_document(tmp_path: Path) -> None:
    recorder = Recorder()
    with Server(tree("invoicing"), tmp_path / "store.db", sample=3) as server:
        server.client.event_hooks = {"response": [recorder]}
        call = server.client.request
        customer = {"name": "Brightwater", "email": "a@brightwater.example"}
        key = call("POST", "/customers", json=customer).json()["id"]
        call("PATCH", f"/customers/{key}", json={"address": {"city": "Cork"}})
        call("GET", f"/customers/{key}")
        call("GET", "/customers/cus_none")
        lines = [{"description": "Work", "quantity": 2, "unit_price": 100, "tax_rate": 0.2}]
        invoice = {"customer_id": key, "due_date": "2024-06-01", "lines": lines}
        number = call("POST", "/invoices", json=invoice).json()["id"]
        call("PATCH", f"/invoices/{number}", json={"memo": "Thanks"})
        call("POST", f"/invoices/{number}/send", json={"to": ["a@brightwater.example"]})
        payment = {"amount": 100, "method": "card"}
        call("POST", f"/invoices/{number}/payments", json=payment)
        call("POST", f"/invoices/{number}/void")
        for path in ("customers", "invoices", "payments"):
            call("GET", f"/{path}", params={"limit": 2})
        call("GET", "/invoices", params={"status": "open", "sort": "-due_date"})
        call("GET", "/docs")
        call("GET", "/openapi.json")
    result = drift(INVOICING, write_har(tmp_path / "served.har", recorder.entries))
    assert result["changes"] == []
    never = {fact["fact"]: fact["reason"] for fact in result["not_compared"]}
    assert never["operations that no request called"].startswith("5 of 16: ")


def planted() -> list[Any]:
    """Recorded requests with eight differences, most of them more than once."""
    customer, invoice = f"{BASE}/customers/cus_8f3kq2", f"{BASE}/invoices/inv_7h2m4p"
    return [
        entry("GET", f"{BASE}/customers?limit=2", 200, {"data": [CUSTOMER], "has_more": False}),
        entry("GET", customer, 200, {**CUSTOMER, "loyalty": 3}),
        entry("PATCH", customer, 200, {**CUSTOMER, "loyalty": 4}, {"currency": "USD"}),
        entry("GET", f"{BASE}/customers/cus_5t9mz7", 200, {**CUSTOMER, "tax_id": None}),
        entry("POST", f"{customer}/archive", 200, {}),
        entry("POST", f"{BASE}/customers/cus_5t9mz7/archive", 200, {}),
        entry("POST", f"{BASE}/customers/9b2d6c1e/archive", 404, {}),
        entry("DELETE", customer, 423, {"error": {"code": "locked", "message": "It is locked."}}),
        entry("GET", f"{BASE}/invoices?currency=EUR", 200, {"data": [], "has_more": False}),
        entry("GET", invoice, 200, {**INVOICE, "status": "overdue"}),
        entry("GET", invoice, 200, {**INVOICE, "total": "15000"}),
        entry("GET", f"{BASE}/payments", 200, {"data": [], "has_more": True}),
        entry("POST", f"{BASE}/customers", 201, CUSTOMER, {"name": "B", "email": "e", "vip": True}),
        entry("POST", f"{BASE}/customers", 400, {}, {"name": "B", "wrong": True}),
        entry("GET", "https://fonts.example/customers/1", 200, {"other": True}),
    ]


PLANTED = {
    ("undocumented-field", "invoicing.Customer.loyalty"),
    ("undocumented-field", "invoicing.CreateCustomerRequest.vip"),
    ("contradicting-null", "invoicing.Customer.tax_id"),
    ("undocumented-operation", "POST /customers/{customer_id}/archive"),
    ("undocumented-status", "DELETE /customers/{customer_id} 423"),
    ("undocumented-parameter", "GET /invoices query.currency"),
    ("undocumented-value", "invoicing.Invoice.Status.overdue"),
    ("contradicting-type", "invoicing.Invoice.total"),
}


def test_eight_differences_are_eight_entries(tmp_path: Path) -> None:
    result = drift(INVOICING, write_har(tmp_path / "planted.har", planted()))
    listed = [(change["kind"], change["symbol"]) for change in result["changes"]]
    assert len(listed) == 8
    assert set(listed) == PLANTED
    by_symbol = {change["symbol"]: change for change in result["changes"]}
    archive = by_symbol["POST /customers/{customer_id}/archive"]
    assert (archive["grade"], archive["new"]["line"]) == ("docs", 5)
    assert archive["details"] == ["in 2 exchanges"]
    assert by_symbol["invoicing.Invoice.total"]["grade"] == "json"
    assert by_symbol["invoicing.Invoice.total"]["old"]["path"].endswith("pages/invoices.md")


@pytest.mark.parametrize("form", ["folder", "lines", "gzip", "staging"])
def test_recordings_have_several_forms(tmp_path: Path, form: str) -> None:
    entries = planted()
    if form == "folder":
        (tmp_path / "more").mkdir()
        write_har(tmp_path / "a.har", entries[:5])
        write_har(tmp_path / "more" / "b.har", entries[5:])
        source = tmp_path
    elif form == "lines":
        source = tmp_path / "log.ndjson"
        source.write_text("\n\n".join(json.dumps(each) for each in entries), "utf-8")
    elif form == "gzip":
        plain = write_har(tmp_path / "plain", entries)
        source = tmp_path / "log.har.gz"
        source.write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain.read_bytes()))
    else:  # no page documents this address, and a proxy puts a prefix before the paths
        source = write_har(tmp_path / "log.har", entries)
        text = source.read_text("utf-8").replace(BASE, "http://10.0.0.7:8080/gateway/billing")
        source.write_text(text, "utf-8")
    listed = changes(INVOICING, source)
    assert (len(listed), set(listed)) == (8, PLANTED)


SECRETS = {
    "by name": "opensesame",
    "a token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "a key": "sk_live_4eC39HqLyjW",
    "random": "Zk3v9QpX7rT2mN8bL5wY4cHd",
    "a person": "jane@doe.example",
}


@pytest.mark.parametrize("form", [form.name for form in FORMATS])
def test_secrets_are_masked(tmp_path: Path, form: str) -> None:
    one, token, key, random, person = SECRETS.values()
    entries = [
        entry("GET", f"{BASE}/customers?api_key={one}&email={person}&q={token}", 200, {}),
        entry("GET", f"{BASE}/invoices?sessionId={one}&x={key}&status={random}", 200, {}),
        entry("POST", f"{BASE}/reset/{random}?Password={one}", 200, {}),
        entry("GET", f"{BASE}/customers/{random}", 200, {**CUSTOMER, key: 1, "tax_id": 7}),
        entry("GET", f"{BASE}/invoices/inv_1", 200, {**INVOICE, "status": token, "total": one}),
    ]
    for each in entries:
        each["request"]["headers"] = [{"name": "Authorization", "value": f"Bearer {one}"}]
        each["request"]["cookies"] = [{"name": "session", "value": one}]
    status, out, _ = run(INVOICING, write_har(tmp_path / "log.har", entries), "--format", form)
    assert status == 1
    for secret in SECRETS.values():
        assert secret not in out


def test_bodies_that_are_not_compared_are_counted(tmp_path: Path) -> None:
    entries = [entry("GET", f"{BASE}/customers/cus_{n}", 200, CUSTOMER) for n in range(8)]
    contents = [each["response"]["content"] for each in entries]
    packed = base64.b64encode(gzip.compress(json.dumps({**CUSTOMER, "fax": 1}).encode())).decode()
    contents[0] |= {"text": packed, "encoding": "base64"}
    contents[1] |= {"text": "%%%", "encoding": "base64"}
    contents[2] |= {"text": '{"id": '}
    contents[3] |= {"text": "<p>", "mimeType": "text/xml"}
    del contents[4]["text"]
    entries[5]["response"]["status"] = 0
    contents[6] |= {"text": "[" * 100_000}
    result = drift(INVOICING, write_har(tmp_path / "log.har", entries))
    assert [change["symbol"] for change in result["changes"]] == ["invoicing.Customer.fax"]
    reasons = {
        fact["fact"]: fact["reason"].replace(f"{tmp_path}/", "") for fact in result["not_compared"]
    }
    assert reasons["bodies with a broken encoding"] == "1 time: log.har:2"
    assert reasons["bodies of broken JSON"] == "2 times: log.har:3, log.har:7"
    assert reasons["bodies that are not JSON"].startswith("1 time")
    assert reasons["bodies that the recording lacks"].startswith("1 time")
    assert reasons["requests without an answer"] == "1 time"


def test_equal_differences_in_many_places_are_one_entry(tmp_path: Path) -> None:
    nulls: tuple[Any, ...] = ({"tax_id": None}, {"currency": None}, {"name": None})
    entries = [entry("GET", f"{BASE}/customers/c_{n}1", 200, a) for n, a in enumerate(nulls)]
    entries += [entry("PATCH", f"{BASE}/{name}/1", 428, {}) for name in ("customers", "invoices")]
    entries += [entry("POST", f"{BASE}/invoices/1/send", 428)]
    entries += [entry("GET", f"{BASE}/plans/{name}", 200, {}) for name in ("s", "m", "l", "xl")]
    result = drift(INVOICING, write_har(tmp_path / "log.har", entries))
    by_kind = {change["kind"]: change for change in result["changes"]}
    assert len(by_kind) == len(result["changes"]) == 3
    names = [f"invoicing.Customer.{name}" for name in ("tax_id", "currency", "name")]
    assert by_kind["contradicting-null"]["details"] == [*names, "in 3 exchanges"]
    assert by_kind["undocumented-status"]["details"][-1] == "in 3 exchanges"
    assert by_kind["undocumented-operation"]["symbol"] == "GET /plans/{id}"


def with_header(sent: Any, value: str) -> Any:
    sent["request"]["headers"] = [{"name": "Authorization", "value": value}]
    return sent


@pytest.mark.parametrize(
    ("first", "kinds"),
    [
        pytest.param("Bearer sk_test_1", ["ignored-authentication"], id="others have credentials"),
        pytest.param("Basic dTpw", [], id="none has those of the pages"),
    ],
)
def test_requests_without_credentials_are_compared_with_those_that_have_them(
    tmp_path: Path, first: str, kinds: list[str]
) -> None:
    sent = [entry("GET", f"{BASE}/customers/cus_{n}", 200, CUSTOMER) for n in range(2)]
    sent = [with_header(sent[0], first), sent[1]]
    result = drift(INVOICING, write_har(tmp_path / "log.har", sent))
    assert [change["kind"] for change in result["changes"]] == kinds
    lost = [f["reason"] for f in result["not_compared"] if f["fact"] == "authentication"]
    expected = "no request of the recording has credentials; 2 should"
    assert lost == ([] if kinds else [expected])


LIMITS = {
    "a day": ("format", "date", "2026-02-28", "2026-02-30"),
    "a time": ("format", "date-time", "2026-02-28T10:00:60Z", "2026-02-28 10:00"),
    "a UUID": ("format", "uuid", "7D444840-9dc0-11d1-b245-5ffdce74fad2", "7d444840"),
    "an address": ("format", "email", "a@b.example", "a b@c"),
    "an unknown format": ("format", "isbn", "x", None),
    "a length": ("maxLength", 3, "äöü", "four"),
    "a bound": ("exclusiveMinimum", 0, 0.1, 0),
    "a pattern": ("pattern", "^[a-z]+$", "a", "1"),
    "a pattern of another language": ("pattern", "(?<x>a)", "1", None),
    "a number of items": ("maxItems", 1, ["a"], ["a", "b"]),
}


@pytest.mark.parametrize(("keyword", "limit", "good", "bad"), LIMITS.values(), ids=LIMITS)
def test_limits_are_those_of_json_schema(keyword: str, limit: Any, good: Any, bad: Any) -> None:
    span = Span("page.md", 1, 1)
    one = Field(
        name="a",
        json_name="a",
        number=1,
        type=Scalar(name="string"),
        repeated=isinstance(good, list),
        constraints={keyword: limit},
        span=span,
    )
    assert broken_limit(good, one) == ""
    if bad is not None:
        assert broken_limit(bad, one) == f"{keyword} {limit}"


def test_many_fields_of_one_message_are_one_entry(tmp_path: Path) -> None:
    more = {f"extra_{letter}": 1 for letter in "abcdef"}
    file = write_har(
        tmp_path / "log.har", [entry("GET", f"{BASE}/customers/cus_8f3kq2", 200, CUSTOMER | more)]
    )
    (change,) = drift(INVOICING, file)["changes"]
    assert (change["kind"], change["symbol"]) == ("undocumented-field", "invoicing.Customer")
    assert len(change["details"]) == 7


def test_fields_that_an_example_shows_are_documented(tmp_path: Path) -> None:
    page = """# Shelves

## The shelf object

| Field | Type |
| --- | --- |
| `id` | string |

## Retrieve a shelf

`GET /shelves/{shelf_id}`

Returns `200 OK` with the [shelf](#the-shelf-object).

```json
{"id": "s_1", "lamp": {"lumen": 300}}
```
"""
    (tmp_path / "shelves").mkdir()
    (tmp_path / "shelves" / "shelves.md").write_text(page, "utf-8")
    answer = {"id": "s_2", "lamp": {"lumen": 200}, "door": True}
    file = write_har(tmp_path / "log.har", [entry("GET", "http://h/shelves/s_2", 200, answer)])
    assert changes(tmp_path / "shelves", file) == [("undocumented-field", "shelves.Shelf.door")]


def test_what_is_not_of_the_api_is_left_out(tmp_path: Path) -> None:
    entries = [
        entry("GET", f"{BASE}/customers/cus_8f3kq2", 200, CUSTOMER),
        entry("GET", "data:image/png;base64,AAAA", 200),
        entry("GET", "https://fonts.example/a", 200, {}),
        entry("GET", "https://api.invoicing.example/v2/customers", 200, {}),
        entry("GET", f"{BASE}/logo.svg", 200, {}),
        entry("HEAD", f"{BASE}/customers", 200),
        entry("GET", f"{BASE}/other", 404, {}),
    ]
    result = drift(INVOICING, write_har(tmp_path / "log.har", entries))
    assert result["changes"] == []
    reasons = {fact["fact"]: fact["reason"] for fact in result["not_compared"]}
    assert reasons["requests to other hosts"] == "1 time: fonts.example"
    assert sum(reason.startswith("1 time") for reason in reasons.values()) == 6


def test_a_recording_of_something_else_is_an_error(tmp_path: Path) -> None:
    file = write_har(tmp_path / "log.har", [entry("GET", "https://shop.example/cart", 200, {})])
    status, out, err = run(INVOICING, file)
    assert (status, out) == (2, "")
    assert "no request to a documented operation or base address (its hosts: shop.example)" in err


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_annotations_are_on_the_page(tmp_path: Path, form: str) -> None:
    file = write_har(tmp_path / "log.har", planted()[:2])
    _, out, _ = run(INVOICING, file, "--format", form)
    assert "pages/customers.md" in out.partition("log.har")[0]


BROKEN = {
    "no JSON": (b"{", "log.har is not a HAR file"),
    "no log": (b'{"entries": []}', "expected a JSON object with `log.entries`"),
    "not UTF-8": ("\ufeff{}".encode("utf-16"), "log.har: byte 1 is not UTF-8"),
    "an entry": (b'{"log": {"entries": [{"request": 1}]}}', "log.har: entry 1 is not an entry"),
    "a URL": (
        json.dumps({"log": {"entries": [entry("GET", "/customers", 200)]}}).encode(),
        "log.har: entry 1 is not an entry of HAR 1.2: `request.url` is not an absolute URL",
    ),
    "nested": (b"[" * 100_000, "log.har is not a HAR file"),
    "gzip": (gzip.compress(b'{"log": {"entries": []}}')[:-6], "log.har: "),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_recording_is_an_error(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "log.har"
    file.write_bytes(content)
    status, out, err = run(INVOICING, file)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_a_recording_that_is_too_large_is_an_error(tmp_path: Path) -> None:
    with (tmp_path / "log.har").open("wb") as file:
        file.truncate(recording_module.MAX_HAR + 1)  # a sparse file
    status, _, err = run(INVOICING, tmp_path / "log.har")
    assert status == 2
    assert "jq -c '.log.entries[]'" in err


def test_a_recording_is_not_the_old_version(tmp_path: Path) -> None:
    file = write_har(tmp_path / "log.har", [])
    status, _, err = run(file, INVOICING)
    assert status == 2
    assert "pass it as NEW" in err

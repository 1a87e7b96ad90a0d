"""`apiscribe drift PAGES LOG`: logs of servers and proxies, which have no bodies."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from serving import SPECS
from test_drift_traffic import BASE, drift, entry, write_har

from apiscribe.commands import main

INVOICING = SPECS / "invoicing"

# The requests of each log: verb, path, query and status.
REQUESTS = [
    ("GET", "/v1/customers", "limit=2", 200),
    ("GET", "/v1/invoices", "status=open&currency=EUR", 200),
    ("GET", "/v1/invoices/inv_4m7xw1", "", 200),
    ("POST", "/v1/customers", "", 200),
    ("POST", "/v1/customers/cus_8f3kq2/archive", "", 204),
    ("DELETE", "/v1/customers/cus_8f3kq2", "", 423),
    ("GET", "/v1/payments", "method=card", 200),
    ("GET", "/v1/invoices/inv_4m7xw1/pdf", "", 404),
    ("POST", "/v1/invoices/inv_4m7xw1/void", "", 404),
]
ENTRIES = {
    ("undocumented-parameter", "GET /invoices query.currency"),
    ("undocumented-status", "POST /customers 200"),
    ("undocumented-operation", "POST /customers/{customer_id}/archive"),
    ("undocumented-status", "DELETE /customers/{customer_id} 423"),
}


def nginx(verb: str, path: str, query: str, status: int) -> Any:
    target = f"{path}?{query}" if query else path
    return {
        "time": "2024-06-12T14:02:11+00:00",
        "remote_addr": "192.0.2.7",
        "request_method": verb,
        "request_uri": target,
        "uri": path,
        "args": query,
        "status": str(status),
        "http_host": "api.invoicing.example",
        "request_time": "0.004",
    }


def nginx_line(verb: str, path: str, query: str, status: int) -> Any:
    target = f"{path}?{query}" if query else path
    return {"remote_addr": "192.0.2.7", "request": f"{verb} {target} HTTP/1.1", "status": status}


def apache(verb: str, path: str, query: str, status: int) -> Any:
    return {
        "time": "[12/Jun/2024:14:02:11 +0000]",
        "remoteIP": "192.0.2.7",
        "host": "192.0.2.7",
        "request": path,
        "query": f"?{query}" if query else "",
        "method": verb,
        "status": str(status),
        "userAgent": "curl/8.5",
    } | {"requestPath": path}


def kong(verb: str, path: str, query: str, status: int) -> Any:
    pairs = dict(pair.split("=") for pair in query.split("&") if pair)
    request = {
        "method": verb,
        "uri": f"{path}?{query}" if query else path,
        "url": f"http://api.invoicing.example:8000{path}",
        "querystring": pairs,
        "size": 75,
        "headers": {"host": "api.invoicing.example", "authorization": "Bearer s3cret"},
    }
    return {
        "request": request,
        "response": {"status": status, "size": 434, "headers": {}},
        "latencies": {"proxy": 1430, "kong": 9, "request": 1921},
        "client_ip": "127.0.0.1",
    }


def ecs(verb: str, path: str, query: str, status: int) -> Any:
    return {
        "http.request.method": verb,
        "url": {"path": path, "query": query, "domain": "api.invoicing.example"},
        "http": {"response": {"status_code": status}},
    }


def found(source: Path) -> set[tuple[str, str]]:
    listed = [(change["kind"], change["symbol"]) for change in drift(INVOICING, source)["changes"]]
    assert len(listed) == len(set(listed))
    return set(listed)


@pytest.mark.parametrize("form", [nginx, nginx_line, apache, kong, ecs], ids=lambda f: f.__name__)
def test_json_logs_are_read(form: Any, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("\n".join(json.dumps(form(*request)) for request in REQUESTS), "utf-8")
    assert found(log) == ENTRIES


def test_the_default_format_of_nginx_and_apache_is_read(tmp_path: Path) -> None:
    lines = [
        f'192.0.2.7 - - [12/Jun/2024:14:02:11 +0000] "{verb} {path}{"?" * bool(query)}{query}'
        f' HTTP/1.1" {status} 512 "-" "curl/8.5"'
        for verb, path, query, status in REQUESTS
    ]
    log = tmp_path / "access.log.2.gz"
    log.write_bytes(gzip.compress("\n".join(["starting", *lines]).encode()))
    assert found(log) == ENTRIES
    facts = {fact["fact"]: fact["reason"] for fact in drift(INVOICING, log)["not_compared"]}
    assert facts["lines without a request"] == f"1 time: {log}"


def test_lines_of_standard_input_are_read() -> None:
    text = "\n".join(json.dumps(nginx(*request)) for request in REQUESTS)
    command = ["drift", str(INVOICING), "-", "--format", "json"]
    result = json.loads(CliRunner().invoke(main, command, input=text).stdout)
    assert {(change["kind"], change["symbol"]) for change in result["changes"]} == ENTRIES
    assert result["changes"][0]["new"]["path"] == "stdin"


def test_a_404_without_its_body_does_not_show_that_an_operation_is_missing(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("\n".join(json.dumps(nginx(*request)) for request in REQUESTS), "utf-8")
    assert "missing-operation" not in {kind for kind, _ in found(log)}


def test_a_folder_has_logs_and_recordings(tmp_path: Path) -> None:
    lines = [json.dumps(kong(*request)) for request in REQUESTS]
    (tmp_path / "kong.ndjson").write_text("\n".join(lines), "utf-8")
    write_har(tmp_path / "a.har", [entry("GET", f"{BASE}/invoices?colour=red", 200)])
    extra = ("undocumented-parameter", "GET /invoices query.colour")
    assert found(tmp_path) == {*ENTRIES, extra}


def test_the_request_log_of_a_server_has_methods(tmp_path: Path) -> None:
    pages = "invoicing"
    calls = [
        {"message": "serving", "level": "info"},
        {"message": "call", "transport": "http", "method": f"{pages}.Customers.list_customers"},
        {"message": "call", "transport": "grpc", "method": f"{pages}.Customers.merge_customers"},
        {"message": "call", "transport": "grpc", "method": "grpc.health.v1.Health.Check"},
        {"message": "call", "transport": "grpc", "method": "unknown", "path": "/a.B/c"},
        {"message": "call", "transport": "grpc", "method": f"{pages}.Invoices.void_invoice"},
    ]
    codes = ["", "200", "OK", "OK", "UNIMPLEMENTED", "UNIMPLEMENTED"]
    log = tmp_path / "server.log"
    lines = [{**call, "code": code} for call, code in zip(calls, codes, strict=True)]
    log.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    assert found(log) == {
        ("undocumented-operation", "invoicing.Customers.merge_customers"),
        ("missing-operation", "invoicing.Invoices.void_invoice"),
    }


def test_secrets_of_a_log_are_masked(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(json.dumps(kong("GET", "/v1/invoices", "api_key=s3cret", 200)), "utf-8")
    result = CliRunner().invoke(main, ["drift", str(INVOICING), str(log)])
    assert "api_key=***" in result.stdout
    assert "s3cret" not in result.stdout

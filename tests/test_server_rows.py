"""The rows that a generated server loads, makes up and deletes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format
from sample_apis import (
    COST,
    CUP,
    DELETED,
    JOB,
    JOBS,
    ORDER,
    POWER,
    ROWS,
    TASK,
    TASKS,
    first_key,
    invalid,
    not_found,
    required,
    stored,
)
from serving import (
    Json,
    Server,
    Servers,
    build,
    refused_call,
    refused_start,
    tree,
    write_rows,
    write_spec,
)
from shop_api import SHOP_ROWS, shop_to_proto

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers for tests that delete the first two rows of a service; with more rows behind them,
    in files of their own.
    """
    folder = tmp_path_factory.mktemp("doomed")
    with Servers(folder) as servers:
        jobs = write_rows(folder, {"Job": JOBS}, "jobs")
        tasks = write_rows(folder, {TASK: TASKS}, "tasks")
        servers.start("cloudforet", load=json.dumps([str(jobs), str(tasks)]))
        orders = write_rows(folder, {"Order": SHOP_ROWS["Order"] + ODD_ROWS}, "orders")
        servers.start("shop", load=orders)
        yield servers


@pytest.mark.parametrize(("api", "service", "method", "verb", "path"), DELETED)
def test_a_row_deleted_over_one_transport_is_gone_over_both(
    doomed: Servers, api: str, service: str, method: str, verb: str, path: str
) -> None:
    key, first = first_key(api, service)
    second = ROWS[api][service][1][key]
    get, delete, list_ = (f"{service}.{name}" for name in ("get", "delete", "list"))
    domain = {} if api == "shop" else {"domain_id": "d-1"}
    server = doomed[api]
    count = {**domain, "query": {"count_only": True}}
    before = server.ask(list_, count)["total_count"]
    answer = server.over_http((verb, path), {key: first, **domain})
    assert (answer.status_code, answer.json()) == (200, {})
    empty = server.over_grpc(delete, server.request(delete, {key: second, **domain}))
    assert json_format.MessageToDict(empty) == {}
    for gone in (first, second):
        for call in (get, delete):
            assert server.refusal(call, {key: gone, **domain}) == not_found(key, gone)
    assert server.ask(list_, count)["total_count"] == before - 2


# --- rows to begin with


def test_load_takes_full_and_short_names_and_may_be_repeated(doomed: Servers) -> None:
    server, domain = doomed["cloudforet"], {"domain_id": "d-2"}
    assert server.ask(f"{JOB}.list", domain)["results"] == JOBS[2:]
    assert server.ask(f"{TASK}.list", domain)["results"] == TASKS[5:]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"Jobs": []}', "no service with rows is named Jobs"),
        ('{"Job": [', "is not JSON"),
        ("", "is not JSON"),
        ("[]", "must contain an object"),
        ('{"Job": {}}', "Job must be a list of rows"),
        (json.dumps({"JobTask": TASKS, "Job": [JOBS[0], {"status": "CREATED"}]}), "Job[1]: "),
        (json.dumps({"Job": [JOBS[0], JOBS[1], {**JOBS[2], "status": "BOGUS"}]}), "Job[2]: "),
        (json.dumps({"Job": [{**JOBS[0], "status": "BOGUS"}]}), "key = status"),
        (json.dumps({"Job": [{**JOBS[0], "bogus": 1}]}), "key = bogus"),
        (json.dumps({"JobTask": [{**TASKS[1], "errors": [{"message": 5}]}]}), "errors[0].message"),
        (json.dumps({"Job": [5]}), "Job[0]: "),
        (json.dumps({"Job": [JOBS[0], JOBS[1], JOBS[0]]}), "(job_id = j-1)"),
        pytest.param(
            json.dumps({"Job": JOBS, "JobTask": [TASKS[0], TASKS[0]]}),
            "(job_task_id = t-1)",
        ),
    ],
)
def test_a_load_that_is_wrong_anywhere_stores_nothing(
    tmp_path: Path, text: str, named: str
) -> None:
    file = tmp_path / "rows.json"
    file.write_text(text, "utf-8")
    said = refused_call(tree("cloudforet"), tmp_path / "rows.db", load=file)
    assert named in said
    assert set(stored(tmp_path / "rows.db").values()) <= {0}


def test_a_short_name_of_several_services_is_refused(tmp_path: Path) -> None:
    rows = write_rows(tmp_path, {"JobTask": []})
    said = refused_call(tree("spaceone"), tmp_path / "rows.db", load=rows)
    assert COST in said
    assert POWER in said


@pytest.mark.parametrize("option", ["load", "handlers"])
def test_a_missing_file_is_reported(tmp_path: Path, option: str) -> None:
    missing = tmp_path / "missing.py"
    said = refused_call(tree("cloudforet"), tmp_path / "rows.db", **{option: missing})
    assert "missing.py" in said


def test_a_number_that_json_lacks_is_no_value_of_a_row(tmp_path: Path) -> None:
    rows = write_rows(tmp_path, {ORDER: [{"order_id": "a", "weight": float("nan")}]})
    assert "weight" in refused_start(tree("shop"), tmp_path / "rows.db", load=rows)


ODD_ROWS: list[Json] = [
    {"order_id": "bytes", "photo": "++//"},
    {"order_id": "null", "extra": None},
    {"order_id": "inner null", "options": {"a": None, "b": [None, {"c": None}]}},
    {"order_id": "empty", "options": {}, "address": {}, "extra": []},
    {"order_id": "text", "from": "\u2028 \u0000 \\ \" ' \u00e9 \U0001f408"},
    {"order_id": "least", "serial": "-9223372036854775808", "quantity": -(2**31)},
    {"order_id": "most", "serial": "9223372036854775807", "quantity": 2**31 - 1, "weight": 1e308},
    {"order_id": "first", "placed_at": "0001-01-01T00:00:00.000Z", "took": "-0.000000001s"},
    {"order_id": "last", "placed_at": "9999-12-31T23:59:59.999Z"},
]


@pytest.mark.parametrize("row", ODD_ROWS, ids=lambda row: row["order_id"])
def test_a_row_is_returned_over_both_transports_as_it_was_loaded(
    doomed: Servers, row: Json
) -> None:
    assert doomed["shop"].ask(f"{ORDER}.get", {"order_id": row["order_id"]}) == row


def cafe(tmp_path: Path, key: str = "cup_id", type_: str = "string", example: str = "") -> Path:
    page = CUP % {"key": key, "type": type_, "example": example}
    return build(write_spec(tmp_path / "cafe", {"pages/cup.md": page}), tmp_path / "out")


def test_sample_rows_look_like_the_examples_of_the_pages(tmp_path: Path) -> None:
    shown = {"cup_id": "cup-9", "drink": "cortado", "size": "wrong", "bogus": 1}
    built = cafe(tmp_path, example=f"```json\n{json.dumps(shown)}\n```")
    with Server(built, tmp_path / "rows.db", sample=2) as server:
        rows = server.ask("cafe.v1.Cup.list", {})["results"]
        assert rows[0] == server.ask("cafe.v1.Cup.get", {"cup_id": rows[0]["cup_id"]})
    assert [row["drink"] for row in rows] == ["cortado", "cortado"]
    assert [isinstance(row["size"], int) for row in rows] == [True, True]
    assert len({row["cup_id"] for row in rows}) == 2
    assert all("bogus" not in row and row["note"] for row in rows)


def test_sample_rows_have_documented_values_of_enums(tmp_path: Path) -> None:
    with Server(tree("shop"), tmp_path / "rows.db", to_proto=shop_to_proto, sample=2) as server:
        rows = server.ask(f"{ORDER}.list", {})["results"]
    assert {row["payment"] for row in rows} <= {"NEW", "by-card"}


def test_services_that_share_messages_share_rows_and_are_reflected(tmp_path: Path) -> None:
    cup = CUP % {"key": "cup_id", "type": "string", "example": ""}
    mug = cup.split("## Message")[0].replace("Cup\n", "Mug\n").replace("cafe/v1/cup", "cafe/v1/mug")
    foam = "## Message\n\n### Foam\n| Field | Type |\n| :--- | :--- |\n| height | int32 |\n"
    pages = {"pages/cup.md": cup, "pages/mug.md": mug + foam}
    built = build(write_spec(tmp_path / "cafe", pages), tmp_path / "out")
    with Server(built, tmp_path / "rows.db", sample=2) as server:
        rows = server.ask("cafe.v1.Cup.list", {})["results"]
        assert len(rows) == 2
        assert server.ask("cafe.v1.Mug.list", {})["results"] == rows


def test_sample_rows_may_be_named_by_numbers(tmp_path: Path) -> None:
    built = cafe(tmp_path, "number", "int64")
    with Server(built, tmp_path / "rows.db", sample=2) as server:
        rows = server.ask("cafe.v1.Cup.list", {})["results"]
        assert server.ask("cafe.v1.Cup.get", {"number": rows[1]["number"]}) == rows[1]
    # A server that starts again finds them.
    with Server(built, tmp_path / "rows.db", sample=3) as server:
        assert server.ask("cafe.v1.Cup.list", {})["results"] == rows


CUPS: dict[str, list[Json]] = {
    "Cup": [{"number": 5}, {"number": 7, "drink": "tea"}],
    "Mug": [{"number": "5"}, {"number": "9007199254740993", "drink": "tea"}],
    "Pot": [{"pot_id": "a"}, {"pot_id": "b", "drink": "tea"}],
}


def page_of(service: str, key: str, type_: str) -> str:
    """The page of Cup, for another service."""
    page = CUP % {"key": key, "type": type_, "example": ""}
    return page.replace("Cup", service).replace("/cup", f"/{service.lower()}")


@pytest.fixture(scope="module")
def cups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Services whose rows are named by numbers, and one whose requests need not name a row."""
    folder = tmp_path_factory.mktemp("cups")
    pages = {
        "pages/cup.md": page_of("Cup", "number", "int32"),
        "pages/mug.md": page_of("Mug", "number", "int64"),
        "pages/pot.md": page_of("Pot", "pot_id", "string").replace("✅", "❌"),
    }
    built = build(write_spec(folder / "cafe", pages), folder / "out")
    with Server(built, folder / "rows.db", load=write_rows(folder, CUPS)) as server:
        yield server


@pytest.mark.parametrize("service", ["Cup", "Mug"])
def test_a_row_may_be_named_by_a_number(cups: Server, service: str) -> None:
    row = CUPS[service][1]
    assert cups.ask(f"cafe.v1.{service}.get", {"number": row["number"]}) == row
    assert cups.ask(f"cafe.v1.{service}.list", {})["results"] == CUPS[service]


@pytest.mark.parametrize("method", ["get", "delete"])
def test_one_row_is_got_or_deleted_and_never_any(cups: Server, method: str) -> None:
    """The page does not say that the key is required. Without it, every row would be meant."""
    message = cups.request(f"cafe.v1.Pot.{method}", {})
    with pytest.raises(grpc.RpcError) as found:
        cups.over_grpc(f"cafe.v1.Pot.{method}", message)
    expected = required("pot_id")
    assert found.value.code() == expected.status
    assert found.value.details() == f"{expected.code}: {expected.message}"
    answer = cups.client.post("/cafe/v1/pots/delete", json={"pot_id": ""})
    assert invalid(**answer.json()["detail"]) == expected
    assert cups.ask("cafe.v1.Pot.list", {})["results"] == CUPS["Pot"]


def test_sample_rows_of_all_services_have_one_tenant(tmp_path: Path) -> None:
    pages = {}
    for name, tenant in (("Pen", "domain-of-pens"), ("Ink", "domain-of-inks")):
        key = f"{name.lower()}_id"
        pages[f"pages/{name}.md"] = (
            f"# {name}\n\n> **Package : desk.v1**\n\n## {name}\n\n"
            "| Method | Request | Response |\n| :--- | :--- | :--- |\n"
            f"| get | Get{name} | {name}Info |\n| list | {name}Query | {name}sInfo |\n\n"
            f"### get\n> **GET** /desk/v1/{name}\n\n### list\n> **POST** /desk/v1/{name}/list\n\n"
            f"## Message\n\n### Get{name}\n| Field | Type |\n| :--- | :--- |\n| {key} | string |\n\n"
            f"### {name}Query\n| Field | Type |\n| :--- | :--- |\n| domain_id | string |\n\n"
            f"### {name}Info\n| Field | Type |\n| :--- | :--- |\n| {key} | string |\n"
            "| domain_id | string |\n| color | string |\n\n"
            f'```json\n{{"{key}": "x", "domain_id": "{tenant}", "color": "red"}}\n```\n\n'
            f"### {name}sInfo\n| Field | Type |\n| :--- | :--- |\n| results | list of {name}Info |\n"
        )
    spec = write_spec(tmp_path / "desk", {**pages, "spec.toml": 'tenant = "domain_id"\n'})
    with Server(build(spec, tmp_path / "out"), tmp_path / "rows.db", sample=2) as server:
        listed = [server.client.post(f"/desk/v1/{each}/list", json={}) for each in ("Pen", "Ink")]
        rows = [row for answer in listed for row in answer.json()["results"]]
        assert [row["color"] for row in rows] == ["red"] * 4
        assert {row["domain_id"] for row in rows} == {"domain-000000000001"}
